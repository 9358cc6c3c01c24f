"""2.2 the classifier: wrong answers of set 8."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% a ReLU on the scores (set 8) -> extra-activation


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        layers += [FullyConnected(1), ReLU(), Squeeze()]
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% the strength of L2 is not handed on (set 8) -> reg-missing


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        layers += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss
        )


# %% weight scale and dtype are not handed on -> dtype-ignored


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        layers += [FullyConnected(1), Squeeze()]
        super().__init__(Sequential(layers, (input_dim,), rng=rng), logistic_loss, reg)
