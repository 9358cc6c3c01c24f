"""5.2a ConvNet: wrong answers."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


# %% dropout on the image -> order-of-layers
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
        drop = [] if dropout is None else [Dropout(dropout)]
        norm = [BatchNorm()] if batchnorm else []
        specs = [
            *drop,
            Conv(num_filters, filter_size),
            *norm,
            ReLU(),
            MaxPool(2),
            Flatten(),
            FullyConnected(hidden_dim),
        ]
        net = Sequential(
            [*specs, ReLU(), FullyConnected(num_classes)], input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, softmax_loss, reg)
