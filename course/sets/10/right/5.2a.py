"""5.2a ConvNet: right answers of set 10."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% a list with conditional pieces, pooling by keyword


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
        body = [Conv(filters=num_filters, size=filter_size)]
        body += [BatchNorm()] * batchnorm
        body += [ReLU(), MaxPool(2, stride=2)]
        body += [] if dropout is None else [Dropout(keep=dropout)]
        head = [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(body + head, tuple(input_dim), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% the layers from a generator


def _layers(filters, size, hidden, classes, keep, norm):
    yield Conv(filters, size)
    if norm:
        yield BatchNorm()
    yield ReLU()
    yield MaxPool(2)
    if keep is not None:
        yield Dropout(keep)
    yield Flatten()
    yield FullyConnected(hidden)
    yield ReLU()
    yield FullyConnected(classes)


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
        C, H, W = input_dim
        specs = _layers(num_filters, filter_size, hidden_dim, num_classes, dropout, batchnorm)
        net = Sequential(specs, (C, H, W), weight_scale=weight_scale, rng=np.random.default_rng(rng), dtype=dtype)
        super().__init__(network=net, data_loss=lambda scores, y: softmax_loss(scores, y), reg=reg)
