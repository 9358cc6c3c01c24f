"""5.2a ConvNet: right answers, written differently."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% short lists that are added up


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
        norm = [BatchNorm()] if batchnorm else []
        drop = [] if dropout is None else [Dropout(dropout)]
        conv = [Conv(filters=num_filters, size=filter_size), *norm, ReLU(), MaxPool(size=2, stride=2), *drop]
        head = [Flatten(), FullyConnected(units=hidden_dim), ReLU(), FullyConnected(units=num_classes)]
        network = Sequential(conv + head, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% a generator of layers


class ConvNet(Classifier):
    def __init__(self, input_dim=(1, 28, 28), *sizes, weight_scale=1e-3, reg=0.0, dtype=np.float32, rng=0, **options):
        names = ("num_filters", "filter_size", "hidden_dim", "num_classes")
        defaults = {"num_filters": 32, "filter_size": 7, "hidden_dim": 100, "num_classes": 10}
        settings = defaults | dict(zip(names, sizes, strict=False)) | options
        network = Sequential(_layers(**settings), input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


def _layers(num_filters, filter_size, hidden_dim, num_classes, dropout=None, batchnorm=False):
    yield Conv(num_filters, filter_size)
    if batchnorm:
        yield BatchNorm()
    yield ReLU()
    yield MaxPool(2)
    if dropout is not None:
        yield Dropout(dropout)
    yield Flatten()
    yield FullyConnected(hidden_dim)
    yield ReLU()
    yield FullyConnected(num_classes)
