"""5.2a ConvNet: right answers of set 12."""

import numpy as np

from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# %% its own loss, with batch norm's state moved by the network


class ConvNet(Classifier):
    def __init__(
        self,
        input_dim=(1, 28, 28),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dropout=None,
        batchnorm=False,
        dtype=np.float32,
        *,
        rng=0,
    ):
        first = [Conv(num_filters, filter_size), *([BatchNorm(0.9)] if batchnorm else []), ReLU(), MaxPool(2)]
        middle = [Dropout(dropout)] if dropout is not None else []
        last = [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        super().__init__(
            Sequential(first + middle + last, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype),
            softmax_loss,
            reg,
        )

    def loss(self, X, y=None):
        X = np.asarray(X).astype(next(iter(self.params.values())).dtype, copy=False)
        scores = self.network.forward(X, "test" if y is None else "train")
        if y is None:
            return scores
        loss, g = softmax_loss(scores, y)
        grads = self.network.backward(g)
        for k in [k for k in grads if k[0] == "W"]:
            grads[k] = grads[k] + self.reg * self.params[k]
            loss += self.reg * 0.5 * float((self.params[k] ** 2).sum())
        return loss, grads
