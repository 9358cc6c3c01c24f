"""5.2a ConvNet: right answers of set 8."""

import numpy as np

from nnlib import checks
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% empty places filtered out


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
        checks.boolean("batchnorm", batchnorm)
        places = [
            Conv(num_filters, filter_size),
            BatchNorm() if batchnorm else None,
            ReLU(),
            MaxPool(2),
            None if dropout is None else Dropout(dropout),
            Flatten(),
            FullyConnected(hidden_dim),
            ReLU(),
            FullyConnected(num_classes),
        ]
        specs = [place for place in places if place is not None]
        network = Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% dropout after flattening, the stride named


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
        checks.boolean("batchnorm", batchnorm)
        head = (Conv(filters=num_filters, size=filter_size),) + (BatchNorm(),) * batchnorm
        middle = (ReLU(), MaxPool(size=2, stride=2), Flatten())
        middle += () if dropout is None else (Dropout(keep=dropout),)
        tail = (FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes))
        keywords = dict(weight_scale=weight_scale, dtype=dtype, rng=rng)
        super().__init__(Sequential(head + middle + tail, input_dim, **keywords), softmax_loss, reg)
