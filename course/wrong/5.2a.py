"""5.2a ConvNet: wrong answers. All but the last ones have this constructor, and differ in their layers."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


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
        specs = _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm)
        super().__init__(
            Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% no ReLU after the convolution -> missing-activation


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% no ReLU in the hidden layer -> missing-activation


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), FullyConnected(num_classes)]


# %% a ReLU on the scores -> extra-activation


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes), ReLU()]


# %% no hidden layer -> parameter-names


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(num_classes)]


# %% no max pool -> parameter-names


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU()]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% a max pool that moves by one pixel -> parameter-names


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2, stride=1)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% batch norm is left out -> parameter-names


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size), ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% batch norm always -> parameter-names


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size), BatchNorm(), ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% batch norm after the ReLU -> order-of-layers


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size), ReLU()]
    specs += [BatchNorm()] if batchnorm else []
    specs += [MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% batch norm after the max pool -> order-of-layers


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size), ReLU(), MaxPool(2)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% dropout is left out -> order-of-layers


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% dropout drops what it should keep -> p-drops


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(1 - dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% dropout in the hidden layer -> order-of-layers


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, filter_size)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2), Flatten(), FullyConnected(hidden_dim), ReLU()]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, FullyConnected(num_classes)]


# %% filters of 7 x 7 whatever the caller says -> parameter-names


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(num_filters, 7)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% the filter's size and the number of filters exchanged -> exception, parameter-names


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm):
    specs = [Conv(filter_size, num_filters)]
    specs += [BatchNorm()] if batchnorm else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(dropout)] if dropout is not None else []
    return [*specs, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]


# %% the strength of L2 is not handed on -> reg-missing


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
        specs = _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm)
        super().__init__(Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss)


# %% the scale of the initial weights is not handed on -> weight-scale


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
        specs = _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm)
        super().__init__(Sequential(specs, input_dim, rng=rng, dtype=dtype), softmax_loss, reg)
