"""5.2a ConvNet: wrong answers."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


# %% norm after relu -> order-of-layers
# batch norm stands after the ReLU instead of between convolution and ReLU
class ConvNet(Classifier):
    def __init__(
        self,
        input_dim=(1, 28, 28),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dropout=None,
        batchnorm=False,
        dtype=np.float32,
        *,
        rng=0,
    ):
        layers = [Conv(num_filters, filter_size), ReLU()]
        if batchnorm:
            layers.append(BatchNorm())
        layers.append(MaxPool(2))
        if dropout is not None:
            layers.append(Dropout(dropout))
        layers += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(layers, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% keep for drop -> p-drops
# dropout is taken for the probability of dropping and 1 - dropout is handed to the layer
class ConvNet(Classifier):
    def __init__(
        self,
        input_dim=(1, 28, 28),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dropout=None,
        batchnorm=False,
        dtype=np.float32,
        *,
        rng=0,
    ):
        norm = [BatchNorm()] if batchnorm else []
        drop = [] if dropout is None else [Dropout(1 - dropout)]
        specs = [Conv(num_filters, filter_size), *norm, ReLU(), MaxPool(2), *drop]
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(
            Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )
