"""3.2 the support vector machine: right answers, written differently."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier, LogisticClassifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% the logistic classifier with another loss


class SVM(LogisticClassifier):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.data_loss = svm_loss


# %% the L2 term written in a loss of its own


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim is not None else []
        specs = [*hidden, FullyConnected(1), Squeeze()]
        super().__init__(Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss)
        self.strength = reg

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for name, w in self.params.items():
            if name.startswith("W"):
                loss += self.strength / 2 * float(np.sum(w**2))
                grads[name] = grads[name] + self.strength * w
        return loss, grads
