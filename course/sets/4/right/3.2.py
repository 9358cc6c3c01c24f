"""3.2 the classifier and its support vectors: right answers, written differently."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% layers chosen by a conditional expression
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        body = () if hidden_dim is None else (FullyConnected(hidden_dim), ReLU())
        network = Sequential(
            (*body, FullyConnected(1), Squeeze()), (input_dim,), rng=rng, dtype=dtype, weight_scale=weight_scale
        )
        super().__init__(network, svm_loss, reg=reg)
