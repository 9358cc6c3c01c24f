"""7.2: what a network with dropout puts out at test time, and the means over masks that it stands in for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnlib import checks
from nnlib.homework.arguments import checked
from nnlib.layers import arguments
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.solver import Solver
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

BODY = (Conv(32, 7), ReLU(), MaxPool(2))
SMALLEST = 1e-12  # a smaller probability counts as this one in a loss


def every_mask(size: int) -> np.ndarray:
    """Return all masks of so many elements, (2**size, size)."""
    return np.array(list(np.ndindex(*[2] * checks.positive_int("size", size))))


@checked
def chances(masks: np.ndarray, keep: float) -> np.ndarray:
    """Return the probability of each mask, (masks,), if an element is KEPT with probability `keep`."""
    arguments.keep_probability("keep", keep)
    return np.prod(np.where(masks == 1, keep, 1 - keep), axis=1)


@checked
def softmax(scores: np.ndarray) -> np.ndarray:
    """Return class probabilities of scores (..., K)."""
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@checked
def accuracy_and_loss(P: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the accuracy, and the mean of -log P(label), of class probabilities P (N, K) and labels y (N,)."""
    checks.require(P.ndim == 2, "P", "two axes", f"shape {P.shape}")
    y = checks.class_labels(y, *P.shape)
    return float(np.mean(P.argmax(axis=1) == y)), float(_losses(P, y).mean())


@checked
def paired_loss(P: np.ndarray, other: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return by how much the loss of P (N, K) exceeds that of `other` (N, K), and the standard error, in pairs."""
    checks.require(P.ndim == 2, "P", "two axes", f"shape {P.shape}")
    checks.shape("other", other, P.shape)
    y = checks.class_labels(y, *P.shape)
    difference = _losses(P, y) - _losses(other, y)
    return float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(y)))


@checked
def dropout_classifier(*, keep: float, batch_norm: bool = False) -> Classifier:
    """Return Q5's network with dropout before its first fully connected layer, batch norm after that one if asked."""
    return Classifier(Sequential([*BODY, *_head(keep, batch_norm)], (1, 28, 28), rng=0), softmax_loss)


@checked
def train_with_dropout(data: Mapping[str, np.ndarray], *, num_epochs: int = 2, **options) -> Classifier:
    """Train a `dropout_classifier` of these options by Adam; return it."""
    model = dropout_classifier(**options)
    config = {"learning_rate": 2e-3}
    Solver(
        model,
        data,
        update_rule="adam",
        optim_config=config,
        num_epochs=num_epochs,
        verbose=False,
        num_train_samples=1,
    ).train()
    return model


@checked
def at_test_time(model: Classifier, X: np.ndarray, **options) -> np.ndarray:
    """Return class probabilities at test time, (N, K), of a `dropout_classifier` with these options and trained arrays.

    With keep=1.0 dropout does nothing at test time: the inputs are not scaled by p.
    """
    other = dropout_classifier(**options)
    other.params, other.state = model.params, model.state
    return softmax(other.loss(X))


@checked
def pooled(model: Classifier, X: np.ndarray) -> np.ndarray:
    """Return what the trained convolution, ReLU and max pool make of images (N, 1, 28, 28): (N, 32, 11, 11)."""
    body = Sequential(BODY, (1, 28, 28), rng=0)
    body.params = {"W1": model.params["W1"]}
    return np.concatenate([body.forward(X[i : i + 250], "test") for i in range(0, len(X), 250)])


@checked
def masked_probabilities(model: Classifier, X: np.ndarray, *, keep: float, masks: int, rng) -> np.ndarray:
    """Return class probabilities with random masks, (masks, N, K): each example has a mask of its own each time.

    Args:
        model: a `dropout_classifier` without batch norm, which in train mode would normalise by the batch.
        X: images, (N, 1, 28, 28).
        keep: the probability of KEEPING an element.
        masks: how many per example.
        rng: seed or Generator for them.
    """
    features, params = pooled(model, X), model.params
    head = Sequential(_head(keep, batch_norm=False), features.shape[1:], rng=rng)
    head.params = {"W1": params["W2"], "b1": params["b2"], "W2": params["W3"], "b2": params["b3"]}
    return np.stack([softmax(head.forward(features, "train")) for _ in range(checks.positive_int("masks", masks))])


def _losses(P: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -np.log(np.maximum(P[np.arange(len(P)), y], SMALLEST))


def _head(keep: float, batch_norm: bool) -> list:
    normalise = [BatchNorm()] if batch_norm else []
    return [Dropout(keep), Flatten(), FullyConnected(100), *normalise, ReLU(), FullyConnected(10)]
