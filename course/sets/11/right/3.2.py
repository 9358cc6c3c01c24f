"""3.2 the SVM: right answers of set 11."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% a class attribute for the head


class SVM(Classifier):
    HEAD = (FullyConnected(1), Squeeze())

    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        body = () if hidden_dim is None else (FullyConnected(hidden_dim), ReLU())
        network = Sequential(body + self.HEAD, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, svm_loss, reg)
