"""4.2 the classifier in matrix form: wrong answers of set 8."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU

# %% two layers without a ReLU between them -> missing-activation


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        layers = [FullyConnected(num_classes)]
        if hidden_dim is not None:
            layers.insert(0, FullyConnected(hidden_dim))
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% ten classes whatever is asked -> parameter-names


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = () if hidden_dim is None else (FullyConnected(hidden_dim), ReLU())
        network = Sequential(
            (*hidden, FullyConnected(10)), (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(network, softmax_loss, reg)
