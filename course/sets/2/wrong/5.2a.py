"""5.2a ConvNet: wrong answers."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU


def _net(specs, input_dim, kw):
    return Sequential(specs, input_dim, **kw)


# %% ten classes always -> parameter-names
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
        specs = [Conv(num_filters, filter_size)] + [BatchNorm()] * batchnorm + [ReLU(), MaxPool(2)]
        specs += [] if dropout is None else [Dropout(dropout)]
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(10)]
        super().__init__(
            _net(specs, input_dim, {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}), softmax_loss, reg
        )


# %% batch norm in both places -> parameter-names
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
        specs = [Conv(num_filters, filter_size), *norm, ReLU(), MaxPool(2)]
        specs += [] if dropout is None else [Dropout(dropout)]
        specs += [Flatten(), FullyConnected(hidden_dim), *norm, ReLU(), FullyConnected(num_classes)]
        super().__init__(
            _net(specs, input_dim, {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}), softmax_loss, reg
        )


# %% dropout before the pooling -> order-of-layers
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
        drop = [] if dropout is None else [Dropout(dropout)]
        specs = [Conv(num_filters, filter_size), *norm, ReLU(), *drop, MaxPool(2)]
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(
            _net(specs, input_dim, {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}), softmax_loss, reg
        )


# %% two convolutions -> parameter-names
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
        drop = [] if dropout is None else [Dropout(dropout)]
        specs = [Conv(num_filters, filter_size), *norm, ReLU(), Conv(num_filters, 1), ReLU(), MaxPool(2), *drop]
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(
            _net(specs, input_dim, {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}), softmax_loss, reg
        )


# %% L2 on the convolution's kernels is forgotten -> reg-partly
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
        drop = [] if dropout is None else [Dropout(dropout)]
        specs = [Conv(num_filters, filter_size), *norm, ReLU(), MaxPool(2), *drop]
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(
            _net(specs, input_dim, {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}), softmax_loss, reg
        )

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        w = self.params["W1"]
        return loss - 0.5 * self.reg * float((w * w).sum()), grads | {"W1": grads["W1"] - self.reg * w}
