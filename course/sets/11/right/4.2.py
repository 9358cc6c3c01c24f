"""4.2 the softmax classifier: right answers of set 11."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU

# %% sizes by filter, all arguments by keyword


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        specs = []
        for units in filter(None, (hidden_dim, num_classes)):
            specs += [ReLU()] * bool(specs) + [FullyConnected(units=units)]
        network = Sequential(specs=specs, input_shape=(input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network=network, data_loss=softmax_loss, reg=reg)
        self.num_classes = num_classes
