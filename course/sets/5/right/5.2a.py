"""5.2a ConvNet: right answers."""

import numpy as np


# %% pool before ReLU, which gives the same function, and the optional layers filtered out
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
        plan = (
            Conv(num_filters, filter_size),
            BatchNorm() if batchnorm else None,
            MaxPool(size=2, stride=2),
            ReLU(),
            None if dropout is None else Dropout(keep=dropout),
            Flatten(),
            FullyConnected(hidden_dim),
            ReLU(),
            FullyConnected(num_classes),
        )
        layers = [each for each in plan if each is not None]
        network = Sequential(layers, tuple(input_dim), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)
