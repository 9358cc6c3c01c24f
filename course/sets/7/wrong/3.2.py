"""3.2 the classifier and its support vectors: wrong answers."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze


# %% relu on the scores -> extra-activation
# with a hidden layer a ReLU follows the last layer too so no score is negative
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        if hidden_dim is None:
            specs = [FullyConnected(1), Squeeze()]
        else:
            specs = []
            for units in (hidden_dim, 1):
                specs += [FullyConnected(units), ReLU()]
            specs.append(Squeeze())
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, svm_loss, reg)
