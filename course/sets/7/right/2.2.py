"""2.2 the classifier, with and without a hidden layer: right answers."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% the list is built backwards from the score
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        stack = [Squeeze(), FullyConnected(units=1)]
        if hidden_dim is not None:
            stack.extend((ReLU(), FullyConnected(units=hidden_dim)))
        options = {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}
        Classifier.__init__(self, Sequential(reversed(stack), [input_dim], **options), data_loss=logistic_loss, reg=reg)
