"""2.2 the classifier: right answers of set 8."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% the layers collected in a list, a shape made of it


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        stack = []
        if hidden_dim is not None:
            stack.append(FullyConnected(units=hidden_dim))
            stack.append(ReLU())
        stack += [FullyConnected(units=1), Squeeze()]
        options = {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}
        Classifier.__init__(self, Sequential(tuple(stack), (input_dim,), **options), logistic_loss, reg=reg)
        self.hidden_dim = hidden_dim
