"""3.2 the classifier and its support vectors: wrong answers."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% a hidden layer and the ReLU after the scores -> extra-activation, order-of-layers, missing-activation
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = (
            [FullyConnected(1), Squeeze()]
            if hidden_dim is None
            else [FullyConnected(hidden_dim), FullyConnected(1), Squeeze(), ReLU()]
        )
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )


# %% reg is divided by two -> reg-factor
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = (
            [FullyConnected(1), Squeeze()]
            if hidden_dim is None
            else [FullyConnected(hidden_dim), ReLU(), FullyConnected(1), Squeeze()]
        )
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg / 2
        )


# %% a hundred hidden units always -> parameter-names
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = (
            [FullyConnected(1), Squeeze()]
            if hidden_dim is None
            else [FullyConnected(100), ReLU(), FullyConnected(1), Squeeze()]
        )
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )
