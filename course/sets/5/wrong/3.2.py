"""3.2 the SVM classifier: wrong answers."""

import numpy as np


# %% the loss of Q2 left in -> wrong-loss
# the class is copied from LogisticClassifier and still trains with the logistic loss
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        head = [FullyConnected(1), Squeeze()]
        if hidden_dim:
            head = [FullyConnected(hidden_dim), ReLU()] + head
        network = Sequential(head, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, logistic_loss, reg)


# %% biases regularised too -> biases-regularised
# the L2 term and its gradient run over all parameters where they should leave the biases out
class SVM(Classifier):
    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        specs = [FullyConnected(1), Squeeze()]
        if hidden_dim is not None:
            specs = [FullyConnected(hidden_dim), ReLU(), *specs]
        network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, svm_loss, reg)

    def loss(self, X, y=None):
        X = np.asarray(X, dtype=self._dtype)
        if y is None:
            return self.network.forward(X, "test")
        scores = self.network.forward(X, "train")
        loss, dscores = svm_loss(scores, y)
        grads = self.network.backward(dscores)
        for name, value in self.params.items():
            loss += 0.5 * self.reg * float(np.sum(value * value))
            grads[name] = grads[name] + self.reg * value
        return loss, grads
