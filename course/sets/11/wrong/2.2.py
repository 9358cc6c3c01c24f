"""2.2 the classifier: wrong answers of set 11."""

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% the L2 term is added once more by the class -> reg-without-half


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for name, w in self.params.items():
            if name.startswith("W"):
                loss += 0.5 * self.reg * float(np.sum(w * w))
                grads[name] = grads[name] + self.reg * w
        return loss, grads


# %% hidden weights of He, weight_scale for the last layer alone -> weight-scale


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=None, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)
        last = f"W{len(hidden) // 2 + 1}"
        if weight_scale is not None:
            shape = self.params[last].shape
            self.params[last] = (weight_scale * np.random.default_rng(rng).standard_normal(shape)).astype(dtype)
