"""5.4a batch norm and dropout in the architecture: right answers of set 11."""

from nnlib.homework.sweeps import ARCHITECTURES
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% inserted from the back into the plain list


def regularised_conv_net(
    filter_size: int,
    hidden_dim: int,
    keep: float,
    architecture: str = "BN conv, dropout pool",
    *,
    weight_scale=None,
    reg=3e-5,
    rng,
):
    norm, drop = ARCHITECTURES[architecture]
    specs = [
        Conv(32, filter_size),
        ReLU(),
        MaxPool(2),
        Flatten(),
        FullyConnected(hidden_dim),
        ReLU(),
        FullyConnected(10),
    ]
    if drop in {"fc", "both"}:
        specs.insert(6, Dropout(keep))
    if norm in {"fc", "both"}:
        specs.insert(5, BatchNorm())
    if drop in {"pool", "both"}:
        specs.insert(3, Dropout(keep))
    if norm in {"conv", "both"}:
        specs.insert(1, BatchNorm())
    net = Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng)
    return Classifier(net, softmax_loss, reg)
