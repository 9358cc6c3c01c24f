"""4.2 the softmax classifier: wrong answers."""

import numpy as np


# %% dtype not passed on -> dtype-ignored
# the parameters are float32 whatever dtype is asked for
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        layers = []
        if hidden_dim is not None:
            layers.append(FullyConnected(hidden_dim))
            layers.append(ReLU())
        layers.append(FullyConnected(num_classes))
        super().__init__(Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


# %% ten classes written in -> parameter-names
# the last layer always has 10 units and num_classes is ignored
class SoftmaxClassifier(Classifier):
    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        if hidden_dim is None:
            specs = [FullyConnected(10)]
        else:
            specs = [FullyConnected(hidden_dim), ReLU(), FullyConnected(10)]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg=reg)
