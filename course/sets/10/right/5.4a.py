"""5.4a batch norm and dropout in the architecture: right answers of set 10."""

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% sets of places


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    norms = {"conv", "fc"} if norm == "both" else {norm}
    drops = {"pool", "fc"} if drop == "both" else {drop}
    layers = [Conv(32, filter_size)]
    if "conv" in norms:
        layers.append(BatchNorm())
    layers.extend((ReLU(), MaxPool(2)))
    if "pool" in drops:
        layers.append(Dropout(keep))
    layers.extend((Flatten(), FullyConnected(hidden_dim)))
    if "fc" in norms:
        layers.append(BatchNorm())
    layers.append(ReLU())
    if "fc" in drops:
        layers.append(Dropout(keep))
    layers.append(FullyConnected(10))
    return Classifier(Sequential(layers, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


# %% inserts into the plain list from its end


def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    plain = [
        Conv(32, filter_size),
        ReLU(),
        MaxPool(2),
        Flatten(),
        FullyConnected(hidden_dim),
        ReLU(),
        FullyConnected(10),
    ]
    if drop in ("fc", "both"):
        plain.insert(6, Dropout(keep))
    if norm in ("fc", "both"):
        plain.insert(5, BatchNorm())
    if drop in ("pool", "both"):
        plain.insert(4, Dropout(keep))
    if norm in ("conv", "both"):
        plain.insert(1, BatchNorm())
    network = Sequential(plain, input_shape=(1, 28, 28), weight_scale=weight_scale, rng=rng)
    return Classifier(network=network, data_loss=softmax_loss, reg=reg)
