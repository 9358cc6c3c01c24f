"""4.2 SoftmaxClassifier: right answers of set 10."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.network import Sequential
from nnlib.specs import Flatten, FullyConnected, ReLU

# %% an unpacked conditional list


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        hidden = [] if hidden_dim is None else [FullyConnected(hidden_dim), ReLU()]
        specs = [*hidden, FullyConnected(num_classes)]
        super().__init__(
            Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), softmax_loss, reg
        )


# %% a Flatten before, and a Generator made here


class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        specs = [Flatten()]
        for units in (hidden_dim,) if hidden_dim is not None else ():
            specs.extend([FullyConnected(units), ReLU()])
        specs.append(FullyConnected(num_classes))
        generator = np.random.default_rng(rng)
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=generator, dtype=dtype)
        super().__init__(network, softmax_loss, reg)
