"""2.2 the classifier, with and without a hidden layer: wrong answers of set 12."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier, _fully_connected_network
from nnlib.specs import FullyConnected, Squeeze

# %% the score of a single example is squeezed to a number -> extra-axis


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        super().__init__(
            _fully_connected_network(input_dim, hidden_dim, [FullyConnected(1), Squeeze()], weight_scale, rng, dtype),
            logistic_loss,
            reg,
        )

    def loss(self, X, y=None):
        return np.squeeze(super().loss(X)) if y is None else super().loss(X, y)
