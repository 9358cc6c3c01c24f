"""2.2 the logistic classifier: right answers."""

import numpy as np


# %% a loss of its own that takes the L2 term apart
class LogisticClassifier(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        units = [1] if hidden_dim is None else [hidden_dim, 1]
        specs = []
        for number, width in enumerate(units):
            if number:
                specs.append(ReLU())
            specs.append(FullyConnected(width))
        specs.append(Squeeze())
        network = Sequential(tuple(specs), (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        Classifier.__init__(self, network, logistic_loss, reg)

    def loss(self, X, y=None):
        X = np.asarray(X).astype(self.params["W1"].dtype)
        if y is None:
            return self.network.forward(X, "test")
        data_term, dscores = self.data_loss(self.network.forward(X, "train"), y)
        grads = dict(self.network.backward(dscores))
        penalty = 0.0
        for name in [key for key in grads if key[0] == "W"]:
            w = self.params[name]
            penalty += float(np.linalg.norm(w)) ** 2
            grads[name] = w * self.reg + grads[name]
        return data_term + self.reg / 2 * penalty, grads
