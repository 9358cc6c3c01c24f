"""5.2a ConvNet: wrong answers of set 8."""

import numpy as np

from nnlib import checks
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% batch norm after the ReLU (set 8) -> order-of-layers


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
        layers = [Conv(num_filters, filter_size), ReLU()]
        if batchnorm:
            layers.append(BatchNorm())
        layers.append(MaxPool(2))
        if dropout is not None:
            layers.append(Dropout(dropout))
        layers += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(layers, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% the dropout probability is turned over -> p-drops


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
        layers = [Conv(num_filters, filter_size)]
        if batchnorm:
            layers.append(BatchNorm())
        layers += [ReLU(), MaxPool(2)]
        if dropout is not None:
            layers.append(Dropout(1 - dropout))
        layers += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(layers, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% a pool of stride 1 -> parameter-names


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
        layers = [Conv(num_filters, filter_size)]
        if batchnorm:
            layers.append(BatchNorm())
        layers += [ReLU(), MaxPool(2, 1)]
        if dropout is not None:
            layers.append(Dropout(dropout))
        layers += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(layers, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)
