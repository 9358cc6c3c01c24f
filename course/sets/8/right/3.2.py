"""3.2 the classifier and its support vectors: right answers of set 8."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% two lists, chosen by the hidden layer, the loss as an attribute


class SVM(Classifier):
    hinge = staticmethod(svm_loss)

    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        layers = {
            True: lambda: [FullyConnected(1), Squeeze()],
            False: lambda: [FullyConnected(hidden_dim), ReLU(), FullyConnected(1), Squeeze()],
        }[hidden_dim is None]()
        network = Sequential(layers, (input_dim,), weight_scale=weight_scale, dtype=dtype, rng=rng)
        super().__init__(network, self.hinge, reg)
