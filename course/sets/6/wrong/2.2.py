"""2.2 the logistic classifier: wrong answers."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


class Model(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        specs = [*hidden, FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% L1 in place of L2 -> reg-form
class LogisticClassifier(Model):
    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        reg, self.reg = self.reg, 0.0
        loss, grads = super().loss(X, y)
        self.reg = reg
        for name in [each for each in grads if each[0] == "W"]:
            loss += reg * float(np.abs(self.params[name]).sum())
            grads[name] = grads[name] + reg * np.sign(self.params[name])
        return loss, grads


# %% the L2 term divided by the number of examples, gradient too -> reg-factor
class LogisticClassifier(Model):
    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        reg, self.reg = self.reg, self.reg / len(X)
        result = super().loss(X, y)
        self.reg = reg
        return result


# %% the scores are probabilities -> extra-activation
class LogisticClassifier(Model):
    def loss(self, X, y=None):
        if y is None:
            return 1 / (1 + np.exp(-super().loss(X)))
        return super().loss(X, y)
