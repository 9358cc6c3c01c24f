"""4.2 SoftmaxClassifier: wrong answers of set 10."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU

# %% ten classes, whatever num_classes says -> parameter-names


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(10)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% a hidden layer always -> parameter-names


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        specs = [FullyConnected(hidden_dim or 100), ReLU(), FullyConnected(num_classes)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% dtype not handed on -> dtype-ignored


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


# %% the arguments of the loss in the wrong order -> none


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss)
        self.network.params = {k: v + 0 for k, v in self.params.items()}
        self.reg = weight_scale or 0.0
