"""5.2a ConvNet: wrong answers of set 10."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


def _given(specs, input_dim, weight_scale, rng, dtype):
    return Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)


# %% dropout's rate in place of keep -> p-drops


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
        specs = [Conv(num_filters, filter_size), *([BatchNorm()] if batchnorm else []), ReLU(), MaxPool(2)]
        specs += [Dropout(1 - dropout)] if dropout is not None else []
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(_given(specs, input_dim, weight_scale, rng, dtype), softmax_loss, reg)


# %% batch norm after the ReLU, otherwise -> order-of-layers


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
        specs = [Conv(num_filters, filter_size), ReLU(), *([BatchNorm()] if batchnorm else []), MaxPool(2)]
        specs += [Dropout(dropout)] if dropout is not None else []
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(_given(specs, input_dim, weight_scale, rng, dtype), softmax_loss, reg)


# %% one ReLU only -> missing-activation


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
        specs = [Conv(num_filters, filter_size), *([BatchNorm()] if batchnorm else []), ReLU(), MaxPool(2)]
        specs += [Dropout(dropout)] if dropout is not None else []
        specs += [Flatten(), FullyConnected(hidden_dim), FullyConnected(num_classes)]
        super().__init__(_given(specs, input_dim, weight_scale, rng, dtype), softmax_loss, reg)


# %% dropout before the last layer -> order-of-layers


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
        specs = [Conv(num_filters, filter_size), *([BatchNorm()] if batchnorm else []), ReLU(), MaxPool(2), Flatten()]
        specs += [FullyConnected(hidden_dim), ReLU()]
        specs += [Dropout(dropout)] if dropout is not None else []
        super().__init__(
            _given([*specs, FullyConnected(num_classes)], input_dim, weight_scale, rng, dtype), softmax_loss, reg
        )


# %% Flatten forgotten -> exception


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
        specs = [Conv(num_filters, filter_size), *([BatchNorm()] if batchnorm else []), ReLU(), MaxPool(2)]
        specs += [FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(_given(specs, input_dim, weight_scale, rng, dtype), softmax_loss, reg)


# %% number and size of the filters traded -> parameter-names


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
        specs = [Conv(filter_size, num_filters), *([BatchNorm()] if batchnorm else []), ReLU(), MaxPool(2)]
        specs += [Dropout(dropout)] if dropout is not None else []
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(_given(specs, input_dim, weight_scale, rng, dtype), softmax_loss, reg)


# %% overlapping pooling -> parameter-names


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
        specs = [Conv(num_filters, filter_size), *([BatchNorm()] if batchnorm else []), ReLU(), MaxPool(2, 1)]
        specs += [Dropout(dropout)] if dropout is not None else []
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(_given(specs, input_dim, weight_scale, rng, dtype), softmax_loss, reg)
