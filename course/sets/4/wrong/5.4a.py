"""5.4a batch norm and dropout in the architecture: wrong answers."""

from nnlib.homework.sweeps import ARCHITECTURES
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


# %% the strength of L2 is not handed on -> reg-missing, reg-gradient-missing
def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    bc, bf = ([BatchNorm()] if norm in (p, "both") else [] for p in ("conv", "fc"))
    dp, df = ([Dropout(keep)] if drop in (p, "both") else [] for p in ("pool", "fc"))
    specs = [
        Conv(32, filter_size),
        *bc,
        ReLU(),
        MaxPool(2),
        *dp,
        Flatten(),
        FullyConnected(hidden_dim),
        *bf,
        ReLU(),
        *df,
        FullyConnected(10),
    ]
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss)
