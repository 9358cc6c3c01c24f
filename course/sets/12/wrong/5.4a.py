"""5.4a batch norm and dropout in the architecture: wrong answers of set 12."""

from nnlib.homework.sweeps import ARCHITECTURES
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% batch norm's momentum as PyTorch writes it, 0.1 -> momentum-ignored


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    specs = [Conv(32, filter_size)]
    specs += [BatchNorm(momentum=0.1)] if norm in ("conv", "both") else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(keep)] if drop in ("pool", "both") else []
    specs += [Flatten(), FullyConnected(hidden_dim)]
    specs += [BatchNorm(momentum=0.1)] if norm in ("fc", "both") else []
    specs += [ReLU()]
    specs += [Dropout(keep)] if drop in ("fc", "both") else []
    specs += [FullyConnected(10)]
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)
