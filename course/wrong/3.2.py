"""3.2 the support vector machine: wrong answers."""

import numpy as np

from nnlib.losses import logistic_loss, svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% the logistic loss, left from 2.2 -> wrong-loss


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% no ReLU between the layers -> missing-activation


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [FullyConnected(1), Squeeze()]
        if hidden_dim:
            specs.insert(0, FullyConnected(hidden_dim))
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )


# %% a ReLU on the scores -> extra-activation


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), ReLU(), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )


# %% the strength of L2 is not handed on -> reg-missing


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss)


# %% L2 without the half -> reg-without-half


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, svm_loss, reg=reg * 2)


# %% the scale of the initial weights is not handed on -> weight-scale


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(Sequential(specs, (input_dim,), weight_scale=1e-3, rng=rng, dtype=dtype), svm_loss, reg)


# %% the hidden layer is left out -> parameter-names


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        network = Sequential(
            (FullyConnected(1), Squeeze()), (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(network, svm_loss, reg)


# %% biases are regularised too -> biases-regularised


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, svm_loss, 0.0)
        self.strength = reg

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for name, array in self.params.items():
            loss += self.strength / 2 * float(np.sum(array * array))
            grads[name] = grads[name] + self.strength * array
        return loss, grads


# %% scores of float64 from weights of float64 -> float64-from-float32


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=np.float64), svm_loss, reg
        )


# %% each class has its score -> parameter-names


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(2)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )
