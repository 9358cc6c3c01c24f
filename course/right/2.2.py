"""2.2 the classifier, with and without a hidden layer: right answers, written differently."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% two networks, an if and an else


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        options = {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}
        if hidden_dim is None:
            network = Sequential((FullyConnected(1), Squeeze()), (input_dim,), **options)
        else:
            layers = (FullyConnected(hidden_dim), ReLU(), FullyConnected(1), Squeeze())
            network = Sequential(layers, (input_dim,), **options)
        super().__init__(network, logistic_loss, reg)


# %% a list that grows, and the loss bound by a name of its own


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = []
        if hidden_dim:
            layers.append(FullyConnected(hidden_dim))
            layers.append(ReLU())
        layers.extend([FullyConnected(1), Squeeze()])
        network = Sequential(layers, [input_dim], weight_scale=weight_scale, rng=rng, dtype=np.dtype(dtype))
        Classifier.__init__(self, network, lambda scores, y: logistic_loss(scores, y), reg)
