"""5.4a batch norm and dropout in the architecture: right answers of set 8."""

from nnlib import checks
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% insertions from the end of the plain network


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    checks.choice("architecture", architecture, tuple(ARCHITECTURES))
    norm, drop = ARCHITECTURES[architecture]
    layers = [
        Conv(32, filter_size), ReLU(), MaxPool(2), Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(10)
    ]  # fmt: skip
    if drop in ("fc", "both"):
        layers.insert(6, Dropout(keep))
    if norm in ("fc", "both"):
        layers.insert(5, BatchNorm())
    if drop in ("pool", "both"):
        layers.insert(3, Dropout(keep))
    if norm in ("conv", "both"):
        layers.insert(1, BatchNorm())
    return Classifier(Sequential(layers, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)
