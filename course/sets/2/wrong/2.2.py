"""2.2 the classifier, with and without a hidden layer: wrong answers."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% the weight scale is a variance -> weight-scale
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        scale = None if weight_scale is None else np.sqrt(weight_scale)
        net = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=scale, rng=rng, dtype=dtype
        )
        super().__init__(net, logistic_loss, reg)


# %% a hundred features whatever the caller says -> exception, parameter-names
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (100,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, logistic_loss, reg)


# %% two scores -> exception, parameter-names
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential([*hidden, FullyConnected(2)], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(net, logistic_loss, reg)


# %% only the first layer is regularised -> reg-partly
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, logistic_loss, 0.0)
        self.strength = reg

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        loss += 0.5 * self.strength * float((self.params["W1"] ** 2).sum())
        grads["W1"] = grads["W1"] + self.strength * self.params["W1"]
        return loss, grads


# %% regularised twice: by the base class and by hand -> reg-without-half, none
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(net, logistic_loss, reg)

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for name in self.params:
            if name[0] == "W":
                loss += 0.5 * self.reg * float((self.params[name] ** 2).sum())
                grads[name] = grads[name] + self.reg * self.params[name]
        return loss, grads


# %% the dtype is not handed on -> dtype-ignored
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential([*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng)
        super().__init__(net, logistic_loss, reg)
