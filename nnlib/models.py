"""The classifiers of Q2 to Q5: a network and a loss. `Classifier.loss` is written once."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np

from nnlib import backend, checks, storage
from nnlib.layers import arguments
from nnlib.losses import logistic_loss, softmax_loss, svm_loss
from nnlib.network import Sequential, real_examples, shape_of_example
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, Layer, MaxPool, ReLU, Squeeze

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]
EXAMPLES_PER_CHUNK = 250  # of test-mode scores; 10,000 digits at once would hold 2 GB of patches


class Classifier:
    """A network with a loss on its scores and L2 regularisation on its weights.

    Args:
        network: what maps examples to scores.
        data_loss: (scores, labels) -> (loss, gradient), one of nnlib.losses.
        reg: the loss gains reg/2 * sum(W**2) over all `W*`; biases and batch norm's parameters are left out.

    Raises:
        TypeError: another network, a loss that is no function, or an L2 strength that is no number.
        ValueError: an L2 strength below 0.
    """

    def __init__(self, network: Sequential, data_loss: Loss, reg: float = 0.0):
        if not isinstance(network, Sequential):
            raise TypeError(f"network: expected a Sequential, got {network!r}. Write Sequential(layers, shape, rng=0).")
        checks.function("data_loss", data_loss, "(scores, labels) -> (loss, gradient), such as nnlib.softmax_loss")
        checks.not_negative("reg", reg)
        self.network = network
        self.data_loss = data_loss
        self.reg = reg

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The trained arrays by name (W1, b1, gamma1, ...): a plain dictionary, which may be rebound."""
        return self.network.params

    @params.setter
    def params(self, params: dict[str, np.ndarray]) -> None:
        self.network.params = params

    @property
    def state(self) -> dict[str, np.ndarray]:
        """What is updated but not trained (batch norm's running statistics), by name."""
        return self.network.state

    @state.setter
    def state(self, state: dict[str, np.ndarray]) -> None:
        self.network.state = state

    def loss(self, X: np.ndarray, y: np.ndarray | None = None):
        """Compute scores in test mode, or the loss and its gradients in train mode.

        Args:
            X: examples, (N, ...); converted to the model's dtype.
            y: labels, (N,), or None.

        Returns:
            Without y: the scores, (N,) for a binary classifier, else (N, K).
            With y: the loss with its L2 term, and a dictionary of gradients with the keys of `params`.

        Raises:
            TypeError: examples that are not real numbers, or labels that the loss refuses.
            ValueError: examples of another shape than the network's, or labels that the loss refuses.
        """
        X = real_examples(X).astype(self._dtype, copy=False)
        with backend.blas_threads(self.network.layers):
            if y is None:
                chunks = range(0, max(len(X), 1), EXAMPLES_PER_CHUNK)
                return np.concatenate([self.network.forward(X[i : i + EXAMPLES_PER_CHUNK], "test") for i in chunks])
            scores = self.network.forward(X, "train")
            loss, dscores = backend.loss(self.data_loss, self.network.layers)(scores, y)
            grads = self.network.backward(dscores)
        if self.reg:
            for name in self.params:
                if name.startswith("W"):
                    weights = self.params[name]
                    loss += 0.5 * self.reg * float(np.vdot(weights, weights))
                    grads[name] = grads[name] + self.reg * weights
        return loss, grads

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the labels (N,): the class of the highest score, or for a binary classifier 1 where it is above 0.

        Raises:
            NotFiniteError: a score is NaN or infinite, so that no label follows from it.
            TypeError, ValueError: as from `loss`.
        """
        scores = self.loss(X)
        checks.finite("scores", scores, "Look for NaN, infinity and huge values in X and in the model's params.")
        return scores.argmax(axis=1) if scores.ndim == 2 else (scores > 0).astype(np.int64)

    def correct(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return for each example whether its label is predicted, (N,); binary labels in either convention."""
        predicted = self.predict(X)
        if self.network.output_shape == ():
            return (predicted > 0) == (checks.binary_signs(y, len(predicted), np.dtype(int)) > 0)
        return predicted == checks.class_labels(y, len(predicted), *self.network.output_shape)

    def accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the fraction of examples whose label is predicted; binary labels in either convention."""
        X = real_examples(X)
        checks.require(len(X) > 0, "X", "at least one example", f"shape {X.shape}")
        return float(np.mean(self.correct(X, y)))

    def save(self, path: str | os.PathLike) -> None:
        """Write parameters and state to an .npz file, whole or not at all; `numpy.load` reads it too.

        Raises:
            OSError: the file cannot be written; one that was there is unchanged.
        """
        storage.save_arrays(path, {**self.params, **self.state})

    def load(self, path: str | os.PathLike) -> Classifier:
        """Take parameters and state from a file that a model of the same architecture has saved; return the model.

        Nothing is executed or changed unless every array fits.

        Raises:
            OSError: the file cannot be opened.
            ValueError: it is damaged, no .npz file, or of another architecture or dtype; the message names the array.
        """
        arrays = storage.load_arrays(path, {**self.params, **self.state})
        self.params = {name: arrays[name] for name in self.params}
        self.state = {name: arrays[name] for name in self.state}
        return self

    def __repr__(self):
        name = getattr(self.data_loss, "__name__", type(self.data_loss).__name__)
        return f"{type(self).__name__}, {name}, L2 {self.reg:g}\n{self.network!r}"

    @property
    def _dtype(self) -> np.dtype:
        return next(iter(self.params.values())).dtype


class LogisticClassifier(Classifier):
    """Logistic regression, or with `hidden_dim` a two-layer network (fc - relu - fc) with a logistic loss (Q2).

    Args:
        input_dim: features of an example.
        hidden_dim: hidden units, or None for a linear classifier.
        weight_scale: standard deviation of the initial weights, or None for He initialisation.
        reg: strength of the L2 term.
        rng: seed or Generator for the initial weights.
        dtype: of the parameters; float64 for a gradient check.
    """

    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        network = _fully_connected_network(
            input_dim, hidden_dim, [FullyConnected(1), Squeeze()], weight_scale, rng, dtype
        )
        super().__init__(network, logistic_loss, reg)


class SVM(Classifier):
    """A linear support vector machine, or with `hidden_dim` a two-layer network with a hinge loss (Q3).

    The arguments are those of `LogisticClassifier`.
    """

    def __init__(self, input_dim=100, hidden_dim=None, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32):
        network = _fully_connected_network(
            input_dim, hidden_dim, [FullyConnected(1), Squeeze()], weight_scale, rng, dtype
        )
        super().__init__(network, svm_loss, reg)


class SoftmaxClassifier(Classifier):
    """Softmax regression, or with `hidden_dim` a two-layer network with a softmax loss (Q4).

    Args:
        num_classes: classes, labelled 0 to num_classes - 1.

    The other arguments are those of `LogisticClassifier`.
    """

    def __init__(
        self, input_dim=784, hidden_dim=None, num_classes=10, weight_scale=1e-3, reg=0.0, *, rng=0, dtype=np.float32
    ):
        checks.positive_int("num_classes", num_classes)
        network = _fully_connected_network(
            input_dim, hidden_dim, [FullyConnected(num_classes)], weight_scale, rng, dtype
        )
        super().__init__(network, softmax_loss, reg)


class ConvNet(Classifier):
    """conv - [batch norm] - relu - 2x2 max pool - [dropout] - fc - relu - fc - softmax (Q5).

    Args:
        input_dim: (C, H, W) of an image.
        num_filters: kernels of the convolution.
        filter_size: their side in pixels.
        hidden_dim: units of the first fully connected layer.
        num_classes: classes, labelled 0 to num_classes - 1.
        weight_scale: standard deviation of the initial weights, or None for He initialisation.
        reg: strength of the L2 term.
        dropout: the probability of KEEPING an element, or None for no dropout.
        batchnorm: whether batch normalisation follows the convolution.
        dtype: of the parameters; float64 for a gradient check.
        rng: seed or Generator, for the initial weights and then for dropout's masks.
    """

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
        sizes = {"num_filters": num_filters, "filter_size": filter_size, "hidden_dim": hidden_dim}
        for name, size in (sizes | {"num_classes": num_classes}).items():
            checks.positive_int(name, size)
        checks.boolean("batchnorm", batchnorm)
        input_dim = shape_of_example("input_dim", input_dim, "(1, 28, 28)")
        specs: list[Layer] = [Conv(num_filters, filter_size)]
        if batchnorm:
            specs += [BatchNorm()]
        specs += [ReLU(), MaxPool(2)]
        if dropout is not None:
            specs += [Dropout(arguments.keep_probability("dropout", dropout))]
        specs += [Flatten(), FullyConnected(hidden_dim), ReLU(), FullyConnected(num_classes)]
        network = Sequential(specs, input_dim, weight_scale=weight_scale, rng=rng, dtype=dtype)
        super().__init__(network, softmax_loss, reg)


def _fully_connected_network(
    input_dim: int, hidden_dim: int | None, head: list[Layer], weight_scale: float | None, rng: object, dtype: object
) -> Sequential:
    checks.positive_int("input_dim", input_dim)
    hidden = [] if hidden_dim is None else [FullyConnected(checks.positive_int("hidden_dim", hidden_dim)), ReLU()]
    return Sequential([*hidden, *head], (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
