"""2.2 the classifier, with and without a hidden layer: wrong answers."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% no relu -> missing-activation
# the two fully connected layers follow each other without a ReLU so the model stays linear
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        if hidden_dim is None:
            layers = [FullyConnected(1), Squeeze()]
        else:
            layers = [FullyConnected(hidden_dim), FullyConnected(1), Squeeze()]
        network = Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)


# %% scale not passed -> weight-scale
# weight_scale is accepted but not handed to the network so the weights start from He
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = []
        if hidden_dim is not None:
            layers.append(FullyConnected(hidden_dim))
            layers.append(ReLU())
        layers.append(FullyConnected(1))
        layers.append(Squeeze())
        super().__init__(Sequential(layers, (input_dim,), rng=rng, dtype=dtype), logistic_loss, reg)
