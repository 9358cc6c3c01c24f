"""5.2a ConvNet: wrong answers of set 11."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% batch norm of another eps and momentum, and after the hidden layer too -> parameter-names


class ConvNet(Classifier):
    def __init__(
        self,
        input_dim=(1, 28, 28),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dropout=None,
        batchnorm=False,
        dtype=np.float32,
        *,
        rng=0,
    ):
        norm = [BatchNorm(momentum=0.99, eps=1e-3)] if batchnorm else []
        drop = [] if dropout is None else [Dropout(dropout)]
        specs = [Conv(num_filters, filter_size), *norm, ReLU(), MaxPool(2), *drop, Flatten()]
        specs += [FullyConnected(hidden_dim), *norm, ReLU(), FullyConnected(num_classes)]
        network = Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)
