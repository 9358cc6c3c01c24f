"""4.2 the classifier in matrix form: right answers of set 8."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU

# %% a helper that yields the layers


def _stack(hidden_dim, num_classes):
    if hidden_dim is not None:
        yield FullyConnected(hidden_dim)
        yield ReLU()
    yield FullyConnected(num_classes)


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        layers = _stack(hidden_dim, num_classes)
        super().__init__(
            network=Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype),
            data_loss=softmax_loss,
            reg=reg,
        )
