"""4.2 the softmax classifier: wrong answers."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import Dropout, FullyConnected, ReLU

# %% no ReLU between the layers -> missing-activation


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim)]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% a ReLU on the scores -> extra-activation


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes), ReLU()]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% ten classes whatever the caller says -> parameter-names


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(10)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% the hidden layer is left out -> parameter-names


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        network = Sequential(
            [FullyConnected(num_classes)], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype
        )
        super().__init__(network, softmax_loss, reg)


# %% as many hidden units as classes -> parameter-names


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(num_classes), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% the strength of L2 is not handed on -> reg-missing


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss)


# %% L2 without the half -> reg-without-half


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, 2 * reg)


# %% L2 in the loss and not in the gradients -> reg-gradient-missing


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, 0.0)
        self.strength = reg

    def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        for name, w in self.params.items():
            if name[0] == "W":
                loss += 0.5 * self.strength * float(np.sum(w * w))
        return loss, grads


# %% He's weights always -> weight-scale


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(Sequential(specs, (input_dim,), rng=rng, dtype=dtype), softmax_loss, reg)


# %% biases that start at 1 -> biases-not-zero


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        for name, array in network.params.items():
            if name.startswith("b"):
                array += 1
        super().__init__(network, softmax_loss, reg)


# %% dropout in the hidden layer -> none


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU(), Dropout(0.5)]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )
