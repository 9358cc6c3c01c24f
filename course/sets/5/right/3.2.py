"""3.2 the SVM classifier: right answers."""

import numpy as np


# %% the layers from a generator, the arguments by keyword
def _layers(hidden_dim):
    if hidden_dim is not None:
        yield FullyConnected(units=hidden_dim)
        yield ReLU()
    yield FullyConnected(units=1)
    yield Squeeze()


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        options = {"weight_scale": weight_scale, "rng": rng, "dtype": dtype}
        super().__init__(
            reg=reg,
            data_loss=svm_loss,
            network=Sequential(_layers(hidden_dim), input_shape=(input_dim,), **options),
        )
