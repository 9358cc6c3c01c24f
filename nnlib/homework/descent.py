"""7.3: the learning rate against the curvature.

On a quadratic loss with Hessian H, gradient descent multiplies the distance to the minimum along an eigenvector by
1 - rate * eigenvalue at every step, and that grows if rate > 2 / largest eigenvalue. On any other loss the same holds
for a moment: the largest eigenvalue of H, the sharpness, changes as the weights do.

H is not formed. Its product with a vector is a difference of two gradients, and power iteration needs no more.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from matplotlib.figure import Figure

from nnlib import checks
from nnlib.gradcheck import STEP
from nnlib.homework.depth import NUM_CLASSES, Tanh
from nnlib.homework.digits import Examples, first_digits
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.plots import BLUE, VERMILION, ink
from nnlib.solver import Callback, DivergenceError, Solver
from nnlib.specs import FullyConnected

Product = Callable[[np.ndarray], np.ndarray]

SMALLEST = 0.1  # a sharpness below it, or a negative one, is drawn there


def squared_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute 1/(2N) sum_n |x[n] - onehot(y[n])|^2 and its gradient: of a linear model, a quadratic loss.

    Args:
        x: scores, (N, K), one for each class.
        y: labels, (N,), integers in [0, K).

    Returns:
        loss: a number.
        dx: (N, K).
    """
    checks.floating("x", x, ndim=2)
    error = x.copy()
    error[np.arange(len(x)), checks.class_labels(y, *x.shape)] -= 1
    return float(np.vdot(error, error)) / (2 * len(x)), error / len(x)


def hessian_product(model: Classifier, X: np.ndarray, y: np.ndarray) -> Product:
    """Return the function v -> H v, H the Hessian of the model's loss on X, y at its present parameters.

    H v = (g(theta + h v) - g(theta - h v)) / 2h + O(h^2) for a vector v of length 1, by the centred difference. v and
    H v are flat, all parameters one after another. The loss has to be smooth (no ReLU: it has no second derivative at
    its kinks) and the same at every call (no dropout).

    Raises:
        TypeError: the model is not float64, in which alone such differences have digits enough.
    """
    params = dict(model.params)
    if any(array.dtype != np.float64 for array in params.values()):
        raise TypeError("model: expected float64 parameters, got others. Make it with dtype=np.float64.")
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

    size = STEP * max(1.0, float(np.abs(theta).max()))  # weights that blow up have fewer digits behind the point

    def product(v: np.ndarray) -> np.ndarray:
        h = size / np.linalg.norm(v)
        return (gradient(theta + h * v) - gradient(theta - h * v)) / (2 * h)

    return product


def largest_eigenvalue(
    product: Product, start: np.ndarray, *, tolerance: float = 1e-2, max_iterations: int = 500
) -> tuple[float, np.ndarray]:
    """Find the largest eigenvalue of a symmetric matrix H by power iteration.

    Plain power iteration finds the eigenvalue of largest magnitude, which may be a negative one. So the iteration is
    v <- (H + s) v, with an s of at least the length of every H v met: where a negative eigenvalue wins, that length
    grows to its magnitude, and s with it, until H + s has no negative eigenvalue and the largest one wins.

    Args:
        product: v -> H v.
        start: v to begin with, not zero. Random; or the last answer, if H changed little since: from there, a
            direction that has overtaken it is not seen before the two mix.
        tolerance: stop at |H v - value v| <= tolerance * s, which bounds the distance to an eigenvalue.
        max_iterations: stop there anyway.

    Returns:
        The eigenvalue, and its eigenvector of length 1.
    """
    v = start / np.linalg.norm(start)
    shift = 0.0
    for _ in range(max_iterations):
        hv = product(v)
        value, length = float(v @ hv), float(np.linalg.norm(hv))
        if length > shift:
            shift = 1.25 * length  # in leaps: small steps can end where both eigenvalues are equally strong
        elif np.linalg.norm(hv - value * v) <= tolerance * shift:
            break
        step = hv + shift * v
        size = np.linalg.norm(step)
        if size == 0:  # v is an eigenvector of H, and there is nothing else in it to grow
            break
        v = step / size
    return value, v


def sharpness(model: Classifier, examples: Examples, *, start: np.ndarray | None = None, rng=0, **options):
    """Return the largest eigenvalue of the loss's Hessian on all examples, and its eigenvector, flat.

    Args:
        model: see `hessian_product`.
        examples: X, y.
        start: of the power iteration; None for a random vector.
        rng: seed or Generator for that vector.
        options: of `largest_eigenvalue`.
    """
    if start is None:
        start = checks.generator(rng).standard_normal(sum(array.size for array in model.params.values()))
    return largest_eigenvalue(hessian_product(model, *examples), start, **options)


class Sharpness(Callback):
    """Measures the sharpness before training and after every `every` steps: `values` at `steps`.

    Args:
        model: the one to be trained; see `hessian_product`.
        examples: X, y; those of the training set, all or some.
        every: steps from one measurement to the next.
    """

    def __init__(self, model: Classifier, examples: Examples, *, every: int = 1):
        self.examples, self.every = examples, checks.positive_int("every", every)
        self.steps: list[int] = []
        self.values: list[float] = []
        self._vector: np.ndarray | None = None
        self._measure(model, 0)

    def on_step(self, solver: Solver) -> None:
        """Measure, if it is time."""
        if solver.step % self.every == 0:
            self._measure(solver.model, solver.step)

    def _measure(self, model: Classifier, step: int) -> None:
        # From the last eigenvector on a few iterations will do; while training blows up, no number of them would.
        limits = {"tolerance": 0.05, "max_iterations": 20} if self.steps else {}
        value, self._vector = sharpness(model, self.examples, start=self._vector, **limits)
        self.steps.append(step)
        self.values.append(value)


def tanh_classifier(*, width: int, rng=0, weight_scale: float = 0.05, input_dim: int = 784) -> Classifier:
    """Return a three-layer classifier, fc - tanh - fc - tanh - fc, softmax loss, float64: smooth everywhere."""
    specs = [FullyConnected(width), Tanh(), FullyConnected(width), Tanh(), FullyConnected(NUM_CLASSES)]
    network = Sequential(specs, (input_dim,), weight_scale=weight_scale, rng=rng, dtype=np.float64)
    return Classifier(network, softmax_loss)


def gradient_descent(
    model: Classifier, examples: Examples, *, learning_rate: float, steps: int, momentum: float = 0.0, every: int = 1
) -> tuple[np.ndarray, Sharpness]:
    """Train by gradient descent on all examples at once, measuring the sharpness every so many steps.

    The model is used up: it ends at no particular step.

    Returns:
        losses: (steps,), each from before its step; fewer if one was not finite.
        sharpness: the callback that measured it.
    """
    X, y = examples
    callback = Sharpness(model, examples, every=every)
    solver = Solver(
        model,
        {"X_train": X, "y_train": y, "X_val": X[:1], "y_val": y[:1]},  # an epoch is one step: no time for accuracies
        update_rule="sgd_momentum",
        optim_config={"learning_rate": learning_rate, "momentum": momentum},
        batch_size=len(X),
        num_epochs=steps,
        num_train_samples=1,
        verbose=False,
        callbacks=(callback,),
    )
    with suppress(DivergenceError):
        solver.train()
    return np.array(solver.loss_history), callback


def draw_descent(
    figure: Figure, *, learning_rate: float, examples: Examples | None = None, steps: int = 80, rng=0
) -> tuple[np.ndarray, Sharpness]:
    """Draw the loss of gradient descent at one learning rate, and below it the sharpness against 2 / rate.

    Args:
        figure: empty; gets two Axes.
        learning_rate: above 0.
        examples: X (N, D), y (N,); None for the first training digits.
        steps: of gradient descent, all examples in each.
        rng: seed or Generator for the weights.

    Returns:
        What `descend` returns.
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
