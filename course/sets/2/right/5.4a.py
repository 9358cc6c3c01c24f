"""5.4a batch norm and dropout in the architecture: right answers, written differently."""

from nnlib.homework.sweeps import ARCHITECTURES
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


# %% a function for what is optional
def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]

    def maybe(layer, choice, place):
        return (layer,) if choice in {place, "both"} else ()

    specs = (
        Conv(32, filter_size),
        *maybe(BatchNorm(), norm, "conv"),
        ReLU(),
        MaxPool(2),
        *maybe(Dropout(keep), drop, "pool"),
        Flatten(),
        FullyConnected(hidden_dim),
        *maybe(BatchNorm(), norm, "fc"),
        ReLU(),
        *maybe(Dropout(keep), drop, "fc"),
        FullyConnected(10),
    )
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)
