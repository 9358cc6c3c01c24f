"""2.2 the classifier: right answers of set 11."""

from itertools import pairwise

import numpy as np

from nnlib.losses import logistic_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import FullyConnected, ReLU, Squeeze

# %% a static method that builds, match on the hidden layer


class LogisticClassifier(Classifier):
    """Logistic regression."""

    @staticmethod
    def _build(hidden_dim):
        match hidden_dim:
            case None:
                return [FullyConnected(1), Squeeze()]
            case int() as units:
                return [FullyConnected(units), ReLU(), FullyConnected(1), Squeeze()]

    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        super().__init__(
            Sequential(self._build(hidden_dim), (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype),
            logistic_loss,
            reg,
        )


# %% weights drawn by the class itself, as CS231n's TwoLayerNet


class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        generator = np.random.default_rng(rng)
        sizes = [input_dim, 1] if hidden_dim is None else [input_dim, hidden_dim, 1]
        specs = []
        for size in sizes[1:-1]:
            specs += [FullyConnected(size), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        super().__init__(Sequential(specs, (input_dim,), rng=generator, dtype=dtype), logistic_loss, reg)
        for i, (fan_in, fan_out) in enumerate(pairwise(sizes), 1):
            scale = np.sqrt(2 / fan_in) if weight_scale is None else weight_scale
            self.params[f"W{i}"] = (scale * generator.standard_normal((fan_in, fan_out))).astype(dtype)
            self.params[f"b{i}"] = np.zeros(fan_out, dtype=dtype)
