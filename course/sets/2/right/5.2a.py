"""5.2a ConvNet: right answers, written differently."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


# %% insertions into the plain list
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
        specs = [Conv(num_filters, filter_size), ReLU(), MaxPool(2), Flatten(), FullyConnected(hidden_dim), ReLU()]
        specs.append(FullyConnected(num_classes))
        if dropout is not None:
            specs.insert(4, Dropout(dropout))
        if batchnorm:
            specs.insert(1, BatchNorm())
        net = Sequential(specs, tuple(input_dim), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(net, softmax_loss, reg)
