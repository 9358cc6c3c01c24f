"""3.2 the SVM: wrong answers of set 11."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% no L2 on the first layer: its gradient and its term taken back -> reg-partly


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        network = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(network, svm_loss, reg)

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        if "W2" in self.params:
            w = self.params["W1"]
            return loss - self.reg / 2 * float((w * w).sum()), grads | {"W1": grads["W1"] - self.reg * w}
        return loss, grads
