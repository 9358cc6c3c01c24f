"""2.2 the logistic classifier: wrong answers."""

import numpy as np


# %% the L2 term without its half -> reg-without-half
# the loss gains reg * sum(W**2) while the gradient has reg * W so the two do not fit
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = []
        if hidden_dim is not None:
            specs += [FullyConnected(hidden_dim), ReLU()]
        specs += [FullyConnected(1), Squeeze()]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)

    def loss(self, X, y=None):
        X = np.asarray(X).astype(self._dtype, copy=False)
        if y is None:
            return self.network.forward(X, "test")
        scores = self.network.forward(X, "train")
        loss, dscores = logistic_loss(scores, y)
        grads = self.network.backward(dscores)
        for name in ("W1", "W2"):
            if name in self.params:
                loss += self.reg * float(np.sum(self.params[name] ** 2))
                grads[name] = grads[name] + self.reg * self.params[name]
        return loss, grads


# %% ReLU after the second layer -> order-of-layers, missing-activation, extra-activation
# with hidden units the ReLU stands after the output and not between the two layers so scores are never negative
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        if hidden_dim is None:
            layers = [FullyConnected(1)]
        else:
            layers = [FullyConnected(hidden_dim), FullyConnected(1), ReLU()]
        layers.append(Squeeze())
        network = Sequential(layers, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)
