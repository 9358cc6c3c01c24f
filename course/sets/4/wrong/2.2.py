"""2.2 the classifier, with and without a hidden layer: wrong answers."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% the weight scale and the strength of L2 exchanged -> weight-scale
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential([*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=reg, rng=rng, dtype=dtype)
        super().__init__(net, logistic_loss, weight_scale)
