"""4.2 the classifier in matrix form: wrong answers."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU


# %% one class fewer -> parameter-names, exception
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(num_classes - 1)], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, softmax_loss, reg)
