"""2.2 the classifier, with and without a hidden layer: right answers, written differently."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% a network that is made in a function of the module
def _make(hidden, **options):
    inputs = options.pop("inputs")
    if hidden is None:
        return Sequential([FullyConnected(1), Squeeze()], (inputs,), **options)
    return Sequential([FullyConnected(hidden), ReLU(), FullyConnected(1), Squeeze()], (inputs,), **options)


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        super().__init__(
            _make(hidden_dim, inputs=input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg=reg
        )
