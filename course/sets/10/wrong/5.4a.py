"""5.4a batch norm and dropout in the architecture: wrong answers of set 10."""

from nnlib.losses import softmax_loss
from nnlib.models import Classifier, ConvNet
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% "both" falls through -> parameter-names


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    layers = [Conv(32, filter_size)] + [BatchNorm()] * (norm == "conv") + [ReLU(), MaxPool(2)]
    layers += [Dropout(keep)] * (drop == "pool") + [Flatten(), FullyConnected(hidden_dim)]
    layers += [BatchNorm()] * (norm == "fc") + [ReLU()] + [Dropout(keep)] * (drop == "fc") + [FullyConnected(10)]
    return Classifier(Sequential(layers, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


# %% ConvNet for every architecture -> parameter-names


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    return ConvNet(
        filter_size=filter_size,
        hidden_dim=hidden_dim,
        weight_scale=weight_scale,
        reg=reg,
        dropout=keep,
        batchnorm=True,
        rng=rng,
    )


# %% batch norm after the hidden ReLU -> order-of-layers


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    layers = [Conv(32, filter_size)] + [BatchNorm()] * (norm in ("conv", "both")) + [ReLU(), MaxPool(2)]
    layers += [Dropout(keep)] * (drop in ("pool", "both")) + [Flatten(), FullyConnected(hidden_dim), ReLU()]
    layers += [BatchNorm()] * (norm in ("fc", "both")) + [Dropout(keep)] * (drop in ("fc", "both"))
    network = Sequential([*layers, FullyConnected(10)], (1, 28, 28), weight_scale=weight_scale, rng=rng)
    return Classifier(network, softmax_loss, reg)


# %% keep as a rate of dropping -> p-drops


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    rate = max(1 - keep, 0.01)
    layers = [Conv(32, filter_size)] + [BatchNorm()] * (norm in ("conv", "both")) + [ReLU(), MaxPool(2)]
    layers += [Dropout(rate)] * (drop in ("pool", "both")) + [Flatten(), FullyConnected(hidden_dim)]
    layers += [BatchNorm()] * (norm in ("fc", "both")) + [ReLU()] + [Dropout(rate)] * (drop in ("fc", "both"))
    network = Sequential([*layers, FullyConnected(10)], (1, 28, 28), weight_scale=weight_scale, rng=rng)
    return Classifier(network, softmax_loss, reg)
