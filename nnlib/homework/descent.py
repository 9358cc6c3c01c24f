"""7.3: why a learning rate above 2 / curvature makes gradient descent diverge.

On a quadratic loss with Hessian H, each step multiplies the distance to the minimum along an eigenvector by
1 - rate * eigenvalue. That is below -1 if rate > 2 / eigenvalue: the distance grows. On any other loss this holds
locally: the sharpness, the largest eigenvalue of H, changes with the weights.

H is never formed: its product with a vector is a difference of two gradients, and power iteration needs only that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress

import numpy as np
from matplotlib.figure import Figure

from nnlib import checks
from nnlib.gradcheck import STEP
from nnlib.homework.arguments import checked
from nnlib.homework.depth import NUM_CLASSES, Tanh
from nnlib.homework.digits import Examples, first_digits
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.plots import BLUE, VERMILION, ink
from nnlib.solver import Callback, DivergenceError, Solver
from nnlib.specs import FullyConnected

Product = Callable[[np.ndarray], np.ndarray]

SMALLEST = 0.1  # a smaller sharpness is drawn at this value: the axis is logarithmic


def squared_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute 1/(2N) sum_n |x[n] - onehot(y[n])|^2 and its gradient: a quadratic loss if the model is linear.

    Args:
        x: scores, (N, K), one per class.
        y: labels, (N,), integers in [0, K).

    Returns:
        loss: a number.
        dx: (N, K).
    """
    checks.floating("x", x, ndim=2)
    error = x.copy()
    error[np.arange(len(x)), checks.class_labels(y, *x.shape)] -= 1
    return float(np.vdot(error, error)) / (2 * len(x)), error / len(x)


@checked
def hessian_product(model: Classifier, X: np.ndarray, y: np.ndarray) -> Product:
    """Return the function v -> H v, where H is the Hessian of the model's loss on X, y at its current parameters.

    H v = (g(theta + h v) - g(theta - h v)) / 2h + O(h^2) for a unit vector v, the centred difference of the gradient
    g. v and H v are flat: all parameters, concatenated. The loss must be smooth (no ReLU, which has no derivative at
    0) and deterministic (no dropout).

    Raises:
        TypeError: the model is not float64; differences of float32 gradients have too few digits.
    """
    params = dict(model.params)
    if any(array.dtype != np.float64 for array in params.values()):
        raise TypeError("model: expected float64 parameters, got others. Build it with dtype=np.float64.")
    theta = _flat(params)

    def gradient(at: np.ndarray) -> np.ndarray:
        cuts = np.cumsum([array.size for array in params.values()])[:-1]
        pieces = zip(params.items(), np.split(at, cuts), strict=True)
        model.params = {name: piece.reshape(array.shape) for (name, array), piece in pieces}
        try:
            _, grads = model.loss(X, y)
        finally:
            model.params = params
        return _flat({name: grads[name] for name in params})

    size = STEP * max(1.0, float(np.abs(theta).max()))  # large weights have fewer digits after the point

    def product(v: np.ndarray) -> np.ndarray:
        h = size / np.linalg.norm(v)
        return (gradient(theta + h * v) - gradient(theta - h * v)) / (2 * h)

    return product


@checked
def largest_eigenvalue(
    product: Product, start: np.ndarray, *, tolerance: float = 1e-2, max_iterations: int = 500
) -> tuple[float, np.ndarray]:
    """Find the largest eigenvalue of a symmetric matrix H by power iteration.

    Plain power iteration converges to the eigenvalue of largest magnitude, which may be negative. So the iteration is
    v <- (H + s) v, with a shift s at least as large as every |H v| so far: where a negative eigenvalue dominates,
    |H v| grows to its magnitude, and s with it, until H + s has no negative eigenvalue and the largest one dominates.

    Args:
        product: v -> H v.
        start: the first v, (D,), not zero: random, or the last eigenvector if H has changed little since. From there,
            an eigenvalue that has become the largest is found only if v has a component along its eigenvector.
        tolerance: stop at |H v - value v| <= tolerance * s, which bounds the distance to an eigenvalue.
        max_iterations: stop after this many products at the latest; at least 1.

    Returns:
        The eigenvalue, and its eigenvector of length 1.
    """
    size = np.linalg.norm(start)
    checks.require(start.ndim == 1 and 0 < size < np.inf, "start", "a finite vector, not zero", repr(start)[:60])
    checks.positive_int("max_iterations", max_iterations)
    v, shift = start / size, 0.0
    for _ in range(max_iterations):
        hv = np.asarray(product(v))
        checks.shape("product(v)", hv, v.shape, "It has the shape of v.")
        value, length = float(v @ hv), float(np.linalg.norm(hv))
        if length > shift:
            shift = 1.25 * length  # a larger step than needed: small ones can stall where both are equal
        elif np.linalg.norm(hv - value * v) <= tolerance * shift:
            break
        step = hv + shift * v
        size = np.linalg.norm(step)
        if size == 0:  # v is an eigenvector of H with eigenvalue -s: nothing is left of it
            break
        v = step / size
    return value, v


@checked
def sharpness(model: Classifier, examples: Examples, *, start: np.ndarray | None = None, rng=0, **options):
    """Return the largest eigenvalue of the Hessian of the loss on all examples, and its eigenvector, flat.

    Args:
        model: see `hessian_product`.
        examples: X, y.
        start: of the power iteration, flat; None for a random vector.
        rng: seed or Generator for that vector.
        options: of `largest_eigenvalue`.
    """
    size = sum(array.size for array in model.params.values())
    start = checks.generator(rng).standard_normal(size) if start is None else start
    checks.shape("start", start, (size,), "One entry for each number in the model's params.")
    return largest_eigenvalue(hessian_product(model, *examples), start, **options)


class Sharpness(Callback):
    """Measures the sharpness before training and after every `every` steps: `values` at `steps`.

    Args:
        model: the model to be trained; see `hessian_product`.
        examples: X, y, all or some of the training set.
        every: steps between measurements.
    """

    @checked
    def __init__(self, model: Classifier, examples: Examples, *, every: int = 1):
        self.examples, self.every = examples, checks.positive_int("every", every)
        self.steps: list[int] = []
        self.values: list[float] = []
        self._vector: np.ndarray | None = None
        self._measure(model, 0)

    def on_step(self, solver: Solver) -> None:
        """Measure after every `every` steps."""
        if solver.step % self.every == 0:
            self._measure(solver.model, solver.step)

    def _measure(self, model: Classifier, step: int) -> None:
        # From the last eigenvector a few iterations suffice; while training diverges, no number of them would.
        limits = {"tolerance": 0.05, "max_iterations": 20} if self.steps else {}
        value, vector = sharpness(model, self.examples, start=self._vector, **limits)
        self._vector = vector if math.isfinite(value) else None
        self.steps.append(step)
        self.values.append(value)


@checked
def tanh_classifier(
    *, width: int, rng=0, weight_scale: float | None = 0.05, input_dim: int = 784, dtype=np.float64
) -> Classifier:
    """Return a classifier fc - tanh - fc - tanh - fc with a softmax loss: a smooth function."""
    checks.positive_int("width", width)
    checks.positive_int("input_dim", input_dim)
    specs = [FullyConnected(width), Tanh(), FullyConnected(width), Tanh(), FullyConnected(NUM_CLASSES)]
    network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=dtype)
    return Classifier(network, softmax_loss)


@checked
def gradient_descent(
    model: Classifier, examples: Examples, *, learning_rate: float, steps: int, momentum: float = 0.0, every: int = 1
) -> tuple[np.ndarray, Sharpness]:
    """Train by gradient descent on all examples at once, and measure the sharpness.

    Args:
        model: trained in place.
        examples: X, y.
        learning_rate: above 0.
        steps: of gradient descent, all examples in each.
        momentum: in [0, 1).
        every: steps between measurements of the sharpness.

    Returns:
        losses: (steps,), each computed before its step; shorter if one was not finite.
        sharpness: the callback with the measurements.
    """
    X, y = examples
    callback = Sharpness(model, examples, every=every)
    data = {"X_train": X, "y_train": y, "X_val": np.zeros_like(X[:1]), "y_val": y[:1]}  # nothing is validated
    rule = {"update_rule": "sgd_momentum", "optim_config": {"learning_rate": learning_rate, "momentum": momentum}}
    options = {"batch_size": len(X), "num_epochs": steps, "restore": "last", "num_train_samples": 1, "verbose": False}
    solver = Solver(model, data, **rule, **options, callbacks=[callback])
    with suppress(DivergenceError):
        solver.train()
    return np.array(solver.loss_history), callback


@checked
def draw_descent(
    figure: Figure, *, learning_rate: float, examples: Examples | None = None, steps: int = 80, rng=0
) -> tuple[np.ndarray, Sharpness]:
    """Draw the loss of gradient descent at one learning rate, and below it the sharpness and 2 / rate.

    Args:
        figure: empty; gets two Axes.
        learning_rate: above 0.
        examples: X (N, D), y (N,); None for `first_digits()`.
        steps: of gradient descent, all examples in each.
        rng: seed or Generator for the weights.

    Returns:
        What `gradient_descent` returns.
    """
    examples = first_digits() if examples is None else examples
    model = tanh_classifier(width=20, rng=rng, input_dim=examples[0].shape[1])
    losses, callback = gradient_descent(model, examples, learning_rate=learning_rate, steps=steps, every=3)
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.semilogy(losses, color=BLUE)
    top.set(ylim=(0.01, 100), ylabel="training loss", title=f"Gradient descent at rate {learning_rate:g}")
    bottom.semilogy(
        callback.steps, np.maximum(callback.values, SMALLEST), "o-", color=VERMILION, markersize=3, label="sharpness"
    )
    bottom.axhline(2 / learning_rate, color=ink(bottom), linestyle="--", label="2 / rate")
    bottom.set(xlabel="step", ylim=(SMALLEST, 100), ylabel="largest eigenvalue")  # the same axes at every rate
    bottom.legend()
    return losses, callback


def _flat(arrays: dict[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays.values()])
