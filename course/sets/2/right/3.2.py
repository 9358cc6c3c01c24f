"""3.2 the classifier and its support vectors: right answers, written differently."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% a static method makes the layers
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        net = Sequential(self._layers(hidden_dim), (int(input_dim),), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network=net, data_loss=svm_loss, reg=reg)

    @staticmethod
    def _layers(hidden_dim):
        if hidden_dim is not None:
            yield FullyConnected(units=hidden_dim)
            yield ReLU()
        yield FullyConnected(units=1)
        yield Squeeze()
