"""2.2 LogisticClassifier: wrong answers of set 10."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% no activation between the layers -> missing-activation


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = [FullyConnected(1), Squeeze()]
        if hidden_dim is not None:
            layers.insert(0, FullyConnected(hidden_dim))
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% a ReLU on the scores, otherwise -> extra-activation


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = []
        for units in (hidden_dim, 1):
            if units is not None:
                layers += [FullyConnected(units), ReLU()]
        super().__init__(
            Sequential([*layers, Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype),
            logistic_loss,
            reg,
        )


# %% scores as a column -> exception


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        network = Sequential(
            [*hidden, FullyConnected(1)], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(network, logistic_loss, reg)


# %% reg not handed on -> reg-missing


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        specs = [*hidden, FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss)


# %% weight_scale not handed on -> weight-scale


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        specs = [*hidden, FullyConnected(1), Squeeze()]
        super().__init__(Sequential(specs, (input_dim,), rng=rng, dtype=dtype), logistic_loss, reg)
