"""2.2 the classifier, with and without a hidden layer: wrong answers."""

import numpy as np

from nnlib.losses import logistic_loss, svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, FullyConnected, ReLU, Squeeze

# %% no ReLU between the layers -> missing-activation


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [FullyConnected(1), Squeeze()]
        if hidden_dim is not None:
            specs = [FullyConnected(hidden_dim), *specs]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% a ReLU on the scores -> extra-activation


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), ReLU(), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% the hidden layer is left out -> parameter-names


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        network = Sequential(
            [FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(network, logistic_loss, reg)


# %% always with a hidden layer -> parameter-names


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [FullyConnected(hidden_dim or input_dim), ReLU(), FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% two hidden layers -> parameter-names


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()] * 2
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% the hinge loss -> wrong-loss


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )


# %% the strength of L2 is not handed on -> reg-missing


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss
        )


# %% L2 without the half -> reg-without-half


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, 2 * reg)


# %% biases are regularised too -> biases-regularised


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for name, b in self.params.items():
            if name.startswith("b"):
                loss += 0.5 * self.reg * np.sum(b**2)
                grads[name] = grads[name] + self.reg * b
        return loss, grads


# %% L2 in the loss and not in the gradients -> reg-gradient-missing


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, 0.0)
        self.strength = reg

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        weights = [w for name, w in self.params.items() if name.startswith("W")]
        return loss + 0.5 * self.strength * sum(float(np.sum(w**2)) for w in weights), grads


# %% the scale of the initial weights is not handed on -> weight-scale


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(Sequential(specs, (input_dim,), rng=rng, dtype=dtype), logistic_loss, reg)


# %% the scores stay a column -> exception


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% batch norm in the hidden layer -> parameter-names


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), BatchNorm(), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )
