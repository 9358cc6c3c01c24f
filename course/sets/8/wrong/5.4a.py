"""5.4a batch norm and dropout in the architecture: wrong answers of set 8."""

from nnlib import checks
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% batch norm of the hidden layer after its ReLU -> order-of-layers


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    checks.choice("architecture", architecture, tuple(ARCHITECTURES))
    norm, drop = ARCHITECTURES[architecture]
    layers = [Conv(32, filter_size)]
    layers += [BatchNorm()] if norm in ("conv", "both") else []
    layers += [ReLU(), MaxPool(2)]
    layers += [Dropout(keep)] if drop in ("pool", "both") else []
    layers += [Flatten(), FullyConnected(hidden_dim), ReLU()]
    layers += [BatchNorm()] if norm in ("fc", "both") else []
    layers += [Dropout(keep)] if drop in ("fc", "both") else []
    layers += [FullyConnected(10)]
    return Classifier(Sequential(layers, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


# %% both is not looked for -> parameter-names


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    checks.choice("architecture", architecture, tuple(ARCHITECTURES))
    norm, drop = ARCHITECTURES[architecture]
    layers = [Conv(32, filter_size)]
    if norm == "conv":
        layers.append(BatchNorm())
    layers += [ReLU(), MaxPool(2)]
    if drop == "pool":
        layers.append(Dropout(keep))
    layers += [Flatten(), FullyConnected(hidden_dim)]
    if norm == "fc":
        layers.append(BatchNorm())
    layers.append(ReLU())
    if drop == "fc":
        layers.append(Dropout(keep))
    layers.append(FullyConnected(10))
    return Classifier(Sequential(layers, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)
