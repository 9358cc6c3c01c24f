"""3.2 SVM: wrong answers of set 10."""

import numpy as np

from nnlib.losses import logistic_loss, svm_loss
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% copied from Q2 with its loss -> wrong-loss


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        specs = [*hidden, FullyConnected(1), Squeeze()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), logistic_loss, reg
        )


# %% two outputs, one per class -> parameter-names


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        specs = [*hidden, FullyConnected(2)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )


# %% a fixed seed -> rng-ignored


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        specs = [*hidden, FullyConnected(1), Squeeze()]
        super().__init__(Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=0, dtype=dtype), svm_loss, reg)


# %% twice the strength -> reg-without-half


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        specs = [*hidden, FullyConnected(1), Squeeze()]
        net = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(net, svm_loss, 2 * reg)
