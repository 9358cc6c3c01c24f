"""5.2a ConvNet: right answers of set 11."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% None filtered out of a tuple


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
        layers = (
            Conv(num_filters, filter_size),
            BatchNorm() if batchnorm else None,
            ReLU(),
            MaxPool(2),
            Dropout(dropout) if dropout is not None else None,
            Flatten(),
            FullyConnected(hidden_dim),
            ReLU(),
            FullyConnected(num_classes),
        )
        network = Sequential(
            [layer for layer in layers if layer is not None],
            tuple(input_dim),
            weight_scale=weight_scale,
            rng=rng,
            dtype=dtype,
        )
        super().__init__(network, softmax_loss, reg)
