"""2.2 LogisticClassifier: right answers of set 10."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% a list that grows, and attributes of its own


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        self.input_dim, self.hidden_dim = input_dim, hidden_dim
        layers = []
        if hidden_dim is not None:
            layers.append(FullyConnected(hidden_dim))
            layers.append(ReLU())
        layers.append(FullyConnected(units=1))
        layers.append(Squeeze())
        network = Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)


# %% a loss of its own around the loss, keyword arguments


def _binary_scores(widths):
    for width in widths[:-1]:
        yield from (FullyConnected(width), ReLU())
    yield FullyConnected(widths[-1])
    yield Squeeze()


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        widths = [hidden_dim, 1] if hidden_dim else [1]
        options = dict(weight_scale=weight_scale, rng=rng, dtype=dtype)

        def data_loss(scores, labels):
            return logistic_loss(scores, labels)

        Classifier.__init__(
            self, network=Sequential(_binary_scores(widths), [input_dim], **options), data_loss=data_loss, reg=reg
        )
