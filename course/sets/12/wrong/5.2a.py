"""5.2a ConvNet: wrong answers of set 12."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% batch norm's momentum is 0.1, as in PyTorch -> momentum-ignored


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
        norm = [BatchNorm(momentum=0.1)] if batchnorm else []
        drop = [] if dropout is None else [Dropout(dropout)]
        specs = [Conv(num_filters, filter_size), *norm, ReLU(), MaxPool(2), *drop, Flatten()]
        specs += [FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% batch norm with a larger eps -> eps-ignored


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
        specs = [Conv(num_filters, filter_size)] + ([BatchNorm(eps=1e-2)] if batchnorm else []) + [ReLU(), MaxPool(2)]
        if dropout is not None:
            specs.append(Dropout(dropout))
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(
            Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )
