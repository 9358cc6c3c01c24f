"""3.2 the classifier and its support vectors: wrong answers."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% the loss is multiplied by the number of examples -> times-n
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        hidden = [FullyConnected(hidden_dim), ReLU()] if hidden_dim else []
        net = Sequential(
            [*hidden, FullyConnected(1), Squeeze()], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )

        def summed(x, y):
            loss, dx = svm_loss(x, y)
            return loss * len(x), dx * len(x)

        super().__init__(net, summed, reg)
