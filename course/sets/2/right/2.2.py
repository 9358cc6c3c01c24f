"""2.2 the classifier, with and without a hidden layer: right answers, written differently."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% keywords to one dictionary
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, **kw):
        rng, dtype = kw.pop("rng", 0), kw.pop("dtype", np.float32)
        specs = ([FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []) + [
            FullyConnected(1),
            Squeeze(),
        ]
        net = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(net, logistic_loss, reg)
