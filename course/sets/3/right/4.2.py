"""4.2 the classifier in matrix form: right answers, written differently."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU


# %% a loss of its own, by the base class's pieces
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(num_classes)], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, softmax_loss, 0.0)
        self.strength = reg

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for name, value in self.params.items():
            if value.ndim > 1:
                loss += self.strength / 2 * float(np.sum(value * value))
                grads[name] = grads[name] + self.strength * value
        return loss, grads
