"""3.2 the classifier and its support vectors: wrong answers of set 8."""

import numpy as np

from nnlib.losses import logistic_loss, svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% the logistic loss of Q2 was left in -> wrong-loss


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        layers += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% two scores, as for two classes -> parameter-names


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        layers += [FullyConnected(2)]
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )
