"""4.2 the classifier in matrix form: wrong answers."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU


# %% biases regularised -> biases-regularised
# the L2 term runs over all parameters and so takes in the biases
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        specs = [FullyConnected(num_classes)]
        if hidden_dim is not None:
            specs = [FullyConnected(hidden_dim), ReLU(), *specs]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        X = np.asarray(X).astype(self.params["W1"].dtype, copy=False)
        scores = self.network.forward(X, "train")
        loss, dscores = softmax_loss(scores, y)
        grads = self.network.backward(dscores)
        for name, param in self.params.items():
            loss += 0.5 * self.reg * float(np.sum(param * param))
            grads[name] = grads[name] + self.reg * param
        return loss, grads
