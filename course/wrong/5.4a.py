"""5.4a batch norm and dropout in the architecture: wrong answers. They differ in their layers."""

from nnlib.homework.sweeps import ARCHITECTURES
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    specs = [each for each in _layers(norm, drop, filter_size, hidden_dim, keep) if each is not None]
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


# %% "both" is forgotten -> parameter-names


def _layers(norm, drop, filter_size, hidden_dim, keep):
    return [
        Conv(32, filter_size),
        BatchNorm() if norm == "conv" else None,
        *(ReLU(), MaxPool(2)),
        Dropout(keep) if drop == "pool" else None,
        *(Flatten(), FullyConnected(hidden_dim)),
        BatchNorm() if norm == "fc" else None,
        ReLU(),
        Dropout(keep) if drop == "fc" else None,
        FullyConnected(10),
    ]


# %% "both" is forgotten for dropout alone -> order-of-layers


def _layers(norm, drop, filter_size, hidden_dim, keep):
    return [
        Conv(32, filter_size),
        BatchNorm() if norm in ("conv", "both") else None,
        *(ReLU(), MaxPool(2)),
        Dropout(keep) if drop == "pool" else None,
        *(Flatten(), FullyConnected(hidden_dim)),
        BatchNorm() if norm in ("fc", "both") else None,
        ReLU(),
        Dropout(keep) if drop == "fc" else None,
        FullyConnected(10),
    ]


# %% batch norm after the ReLUs -> order-of-layers


def _layers(norm, drop, filter_size, hidden_dim, keep):
    return [
        *(Conv(32, filter_size), ReLU()),
        BatchNorm() if norm in ("conv", "both") else None,
        MaxPool(2),
        Dropout(keep) if drop in ("pool", "both") else None,
        *(Flatten(), FullyConnected(hidden_dim), ReLU()),
        BatchNorm() if norm in ("fc", "both") else None,
        Dropout(keep) if drop in ("fc", "both") else None,
        FullyConnected(10),
    ]


# %% dropout before the pooling -> order-of-layers


def _layers(norm, drop, filter_size, hidden_dim, keep):
    return [
        Conv(32, filter_size),
        BatchNorm() if norm in ("conv", "both") else None,
        ReLU(),
        Dropout(keep) if drop in ("pool", "both") else None,
        *(MaxPool(2), Flatten(), FullyConnected(hidden_dim)),
        BatchNorm() if norm in ("fc", "both") else None,
        ReLU(),
        Dropout(keep) if drop in ("fc", "both") else None,
        FullyConnected(10),
    ]


# %% always batch norm after the convolution, always dropout after the pooling -> parameter-names


def _layers(norm, drop, filter_size, hidden_dim, keep):
    head = [Conv(32, filter_size), BatchNorm(), ReLU(), MaxPool(2), Dropout(keep)]
    return [*head, Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(10)]


# %% dropout on the scores -> order-of-layers


def _layers(norm, drop, filter_size, hidden_dim, keep):
    return [
        Conv(32, filter_size),
        BatchNorm() if norm in ("conv", "both") else None,
        *(ReLU(), MaxPool(2)),
        Dropout(keep) if drop in ("pool", "both") else None,
        *(Flatten(), FullyConnected(hidden_dim)),
        BatchNorm() if norm in ("fc", "both") else None,
        *(ReLU(), FullyConnected(10)),
        Dropout(keep) if drop in ("fc", "both") else None,
    ]


# %% dropout drops what it should keep -> p-drops, exception


def _layers(norm, drop, filter_size, hidden_dim, keep):
    return [
        Conv(32, filter_size),
        BatchNorm() if norm in ("conv", "both") else None,
        *(ReLU(), MaxPool(2)),
        Dropout(1 - keep) if drop in ("pool", "both") else None,
        *(Flatten(), FullyConnected(hidden_dim)),
        BatchNorm() if norm in ("fc", "both") else None,
        ReLU(),
        Dropout(1 - keep) if drop in ("fc", "both") else None,
        FullyConnected(10),
    ]


# %% no ReLU in the hidden layer -> missing-activation


def _layers(norm, drop, filter_size, hidden_dim, keep):
    return [
        Conv(32, filter_size),
        BatchNorm() if norm in ("conv", "both") else None,
        *(ReLU(), MaxPool(2)),
        Dropout(keep) if drop in ("pool", "both") else None,
        *(Flatten(), FullyConnected(hidden_dim)),
        BatchNorm() if norm in ("fc", "both") else None,
        Dropout(keep) if drop in ("fc", "both") else None,
        FullyConnected(10),
    ]


# %% the pairs of ARCHITECTURES are read the other way round -> parameter-names


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    drop, norm = ARCHITECTURES[architecture]
    specs = [Conv(32, filter_size)]
    specs += [BatchNorm()] if norm in ("conv", "both") else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(keep)] if drop in ("pool", "both") else []
    specs += [Flatten(), FullyConnected(hidden_dim)]
    specs += [BatchNorm()] if norm in ("fc", "both") else []
    specs += [ReLU()]
    specs += [Dropout(keep)] if drop in ("fc", "both") else []
    specs += [FullyConnected(10)]
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)
