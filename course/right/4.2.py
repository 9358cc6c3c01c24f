"""4.2 the softmax classifier: right answers, written differently."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import Flatten, FullyConnected, ReLU

# %% options handed on as they came


class SoftmaxClassifier(Classifier):
    def __init__(self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, **options):
        options = {"rng": 0, "dtype": np.float32, **options}
        layers = [FullyConnected(num_classes)]
        if hidden_dim is not None:
            layers = [FullyConnected(hidden_dim), ReLU(), *layers]
        super().__init__(Sequential(layers, (input_dim,), weight_scale=weight_scale, **options), softmax_loss, reg)


# %% a layer that changes nothing in front


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        specs = [Flatten()]
        specs += [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        specs += [FullyConnected(num_classes)]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg=reg)
