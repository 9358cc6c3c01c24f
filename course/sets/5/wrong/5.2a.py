"""5.2a ConvNet: wrong answers."""

import numpy as np


# %% batch norm between the ReLU and the pool -> order-of-layers
# the order is conv - relu - batch norm - pool where batch norm belongs directly after the convolution
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
        specs = [Conv(num_filters, filter_size), ReLU()]
        if batchnorm:
            specs.append(BatchNorm())
        specs.append(MaxPool(2))
        if dropout is not None:
            specs.append(Dropout(dropout))
        specs.extend([Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)])
        network = Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% dropout taken for the probability of dropping -> p-drops
# the layer is Dropout(1 - dropout) although dropout already is the probability of keeping
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
        layers = [Conv(num_filters, filter_size)]
        layers += [BatchNorm()] * bool(batchnorm)
        layers += [ReLU(), MaxPool(2)]
        layers += [] if dropout is None else [Dropout(1 - dropout)]
        layers += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(layers, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


# %% weight_scale not passed on -> weight-scale
# the weights always get He's deviation whatever weight_scale is
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
        specs = [Conv(num_filters, filter_size)]
        if batchnorm:
            specs += [BatchNorm()]
        specs += [ReLU(), MaxPool(2)]
        if dropout is not None:
            specs += [Dropout(dropout)]
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(Sequential(specs, input_dim, rng=rng, dtype=dtype), softmax_loss, reg)
