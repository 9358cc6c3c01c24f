"""2.2 the classifier, with and without a hidden layer: wrong answers."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% the hidden activation stands before the hidden layer -> order-of-layers, missing-activation
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [ReLU(), FullyConnected(hidden_dim)] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, logistic_loss, reg)


# %% L2 grows with the square of its strength -> reg-factor
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, logistic_loss, reg**2)
