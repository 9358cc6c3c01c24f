"""5.4a batch norm and dropout in the architecture: right answers, written differently."""

from nnlib.homework.sweeps import ARCHITECTURES
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% a place after another, with a test of its name


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    specs = [Conv(32, filter_size)]
    if norm != "fc":
        specs.append(BatchNorm())
    specs.extend((ReLU(), MaxPool(2)))
    if drop != "fc":
        specs.append(Dropout(keep))
    specs.extend((Flatten(), FullyConnected(hidden_dim)))
    if norm != "conv":
        specs.append(BatchNorm())
    specs.append(ReLU())
    if drop != "pool":
        specs.append(Dropout(keep))
    specs.append(FullyConnected(10))
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


# %% layers multiplied by 0 or 1


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    specs = (
        [Conv(32, filter_size)]
        + [BatchNorm()] * (norm in ("conv", "both"))
        + [ReLU(), MaxPool(2)]
        + [Dropout(keep)] * (drop in ("pool", "both"))
        + [Flatten(), FullyConnected(hidden_dim)]
        + [BatchNorm()] * (norm in ("fc", "both"))
        + [ReLU()]
        + [Dropout(keep)] * (drop in ("fc", "both"))
        + [FullyConnected(10)]
    )
    network = Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng)
    return Classifier(network=network, data_loss=softmax_loss, reg=reg)
