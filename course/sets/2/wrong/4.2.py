"""4.2 the classifier in matrix form: wrong answers."""

import numpy as np

from nnlib.losses import softmax_loss, svm_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU


# %% the hinge loss for softmax -> exception, wrong-loss
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        layers = (
            [FullyConnected(num_classes)]
            if hidden_dim is None
            else [FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        )
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
        )


# %% the sum of squares is not squared in the gradient: reg on the sign -> reg-form
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        layers = (
            [FullyConnected(num_classes)]
            if hidden_dim is None
            else [FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        )
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )

    def loss(self, X, y=None):
        result = super().loss(X, y)
        if y is None:
            return result
        loss, grads = result
        for k, v in self.params.items():
            if k.startswith("W"):
                grads[k] = grads[k] - self.reg * v + self.reg * np.sign(v)
        return loss, grads


# %% biases join the L2 term in loss and gradient -> biases-regularised
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        layers = (
            [FullyConnected(num_classes)]
            if hidden_dim is None
            else [FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        )
        super().__init__(
            Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for k, v in self.params.items():
            if k.startswith("b"):
                loss += 0.5 * self.reg * float((v * v).sum())
                grads[k] = grads[k] + self.reg * v
        return loss, grads
