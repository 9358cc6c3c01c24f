"""3.2 the classifier and its support vectors: wrong answers of set 12."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier, _fully_connected_network
from nnlib.specs import FullyConnected, Squeeze

# %% the textbook's C: the data loss over reg -> none


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        super().__init__(
            _fully_connected_network(input_dim, hidden_dim, [FullyConnected(1), Squeeze()], weight_scale, rng, dtype),
            svm_loss,
            1.0 if reg else 0.0,
        )
        self.C = 1 / reg if reg else 1.0

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        _network, C = self.network, self.C
        self.data_loss = lambda s, t: tuple(C * part for part in svm_loss(s, t))
        return super().loss(X, y)
