"""3.2 SVM: right answers of set 10."""

import numpy as np

from nnlib.losses import svm_loss
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% sums of tuples, early return


class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        last = (FullyConnected(1), Squeeze())
        if hidden_dim is None:
            super().__init__(
                Sequential(last, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg
            )
            return
        first = (FullyConnected(hidden_dim), ReLU())
        both = first + last
        super().__init__(Sequential(both, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype), svm_loss, reg)


# %% a static method that builds the network, the loss from the package


class SVM(Classifier):
    @staticmethod
    def build(sizes, **kwargs):
        specs = []
        for size in sizes[1:]:
            specs += [FullyConnected(size), ReLU()]
        specs[-1] = Squeeze()
        return Sequential(specs, (sizes[0],), **kwargs)

    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        import nnlib

        sizes = [size for size in (input_dim, hidden_dim, 1) if size is not None]
        network = self.build(sizes, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, nnlib.losses.svm_loss, reg=reg)
