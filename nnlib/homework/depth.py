"""7.1: how the gradient's norm changes from layer to layer in a deep network, and which signs its entries have.

Layer l computes z_l = a_{l-1} W_l + b_l and a_l = f(z_l). Backward,

    dL/da_l = dL/dz_{l+1} W_{l+1}^T        and        dL/dz_l = f'(z_l) * dL/da_l,

so that from one layer to the one before it the gradient's norm is multiplied by a gain, |dL/da_l| / |dL/dz_{l+1}|,
that depends on the weights, and by a slope, |dL/dz_l| / |dL/da_l| <= max |f'|, that depends on the activation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure

from nnlib import checks
from nnlib.homework.arguments import checked
from nnlib.homework.digits import Examples, first_digits
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.plots import BLUE, ORANGE, VERMILION, ink
from nnlib.specs import BatchNorm, FullyConnected, Layer, ReLU

NUM_CLASSES = 10
COLOURS = {"sigmoid": VERMILION, "tanh": BLUE, "relu": ORANGE}
LINES = {"sigmoid": "o-", "tanh": "s--", "relu": "^:"}


@dataclass(frozen=True)
class Sigmoid(Layer):
    """1 / (1 + exp(-x)), any shape. Its derivative y (1 - y) is at most 1/4, at x = 0."""

    def forward(self, x, params, state, context):
        """Compute y = (1 + tanh(x / 2)) / 2, which overflows for no x."""
        y = 0.5 + 0.5 * np.tanh(0.5 * x)
        return y, y

    def backward(self, dout, cache, layers, need_dx):
        """dL/dx = dL/dy * y (1 - y)."""
        return dout * cache * (1 - cache), {}


@dataclass(frozen=True)
class Tanh(Layer):
    """The hyperbolic tangent, any shape. Its derivative 1 - y^2 is at most 1, at x = 0."""

    def forward(self, x, params, state, context):
        """Compute y = tanh(x)."""
        y = np.tanh(x)
        return y, y

    def backward(self, dout, cache, layers, need_dx):
        """dL/dx = dL/dy * (1 - y^2)."""
        return dout * (1 - cache * cache), {}


@dataclass(frozen=True)
class Probe(Layer):
    """The identity; records its inputs in `values` and the gradients in `gradients`."""

    values: list[np.ndarray] = field(default_factory=list)
    gradients: list[np.ndarray] = field(default_factory=list)

    def forward(self, x, params, state, context):
        """Record x."""
        self.values.append(x)
        return x, None

    def backward(self, dout, cache, layers, need_dx):
        """Record dL/dx."""
        self.gradients.append(dout)
        return dout, {}


# Each with its gain: with weights of standard deviation gain / sqrt(fan_in), the outputs keep their size.
ACTIVATIONS: dict[str, tuple[Layer, float]] = {
    "sigmoid": (Sigmoid(), 1.0),
    "tanh": (Tanh(), 1.0),
    "relu": (ReLU(), math.sqrt(2)),
}


@dataclass(frozen=True)
class BackpropTrace:
    """One forward and one backward pass through `depth` fully connected layers, in the order of the layers.

    Attributes:
        outputs: a_l of the hidden layers, (depth - 1, N, width).
        grad_outputs: dL/da_l, of the same shape.
        grad_inputs: dL/dz_l, of the same shape.
        grad_weights: dL/dW_l, `depth` matrices (Din, Dout).
    """

    outputs: np.ndarray
    grad_outputs: np.ndarray
    grad_inputs: np.ndarray
    grad_weights: tuple[np.ndarray, ...]

    @property
    def weight_norms(self) -> np.ndarray:
        """|dL/dW_l|, (depth,)."""
        return np.array([np.linalg.norm(grad) for grad in self.grad_weights])

    @property
    def slopes(self) -> np.ndarray:
        """|dL/dz_l| / |dL/da_l|, (depth - 1,): the factor of the activation."""
        return _norms(self.grad_inputs) / _norms(self.grad_outputs)

    @property
    def gains(self) -> np.ndarray:
        """|dL/da_l| / |dL/dz_{l+1}|, (depth - 2,): the factor of the weights between hidden layers."""
        return _norms(self.grad_outputs[:-1]) / _norms(self.grad_inputs[1:])


@checked
def deep_classifier(
    hidden: Sequence[Sequence[Layer]], *, gain: float, input_dim: int = 784, width: int = 100, rng=0, dtype=np.float32
) -> Classifier:
    """Return a classifier of fully connected layers with a softmax loss.

    Args:
        hidden: one sequence per hidden layer, of the specs that follow its matrix product: [Sigmoid()] or
            [BatchNorm(), ReLU()].
        gain: the weights of all layers have standard deviation gain / sqrt(fan_in).
        input_dim: number of features.
        width: units of each hidden layer.
        rng: seed or Generator for the weights.
        dtype: of the parameters.
    """
    checks.positive_int("input_dim", input_dim)
    checks.positive_int("width", width)
    specs = [spec for following in hidden for spec in (FullyConnected(width), *following)]
    network = Sequential([*specs, FullyConnected(NUM_CLASSES)], (input_dim,), rng=rng, dtype=dtype)
    for name, array in network.params.items():
        if name.startswith("W"):
            network.params[name] = array * (gain / math.sqrt(2))  # He initialisation has gain sqrt(2)
    return Classifier(network, softmax_loss)


@checked
def propagate(
    examples: Examples,
    *,
    depth: int,
    activation: str,
    gain: float | None = None,
    width: int = 100,
    rng=0,
    batch_norm: bool = False,
) -> BackpropTrace:
    """Run one forward and one backward pass of the softmax loss through an untrained network.

    Args:
        examples: X (N, D), y (N,).
        depth: number of fully connected layers, at least 2; the activation follows all but the last.
        activation: a key of `ACTIVATIONS`.
        gain: see `deep_classifier`; None for the activation's own, in `ACTIVATIONS`.
        width: units of each hidden layer.
        rng: seed or Generator for the weights.
        batch_norm: put batch norm before every activation; a slope is then that of both together.
    """
    checks.positive_int("depth", depth)
    checks.require(depth >= 2, "depth", "at least 2 layers", depth)
    checks.choice("activation", activation, tuple(ACTIVATIONS))
    X, y = examples
    f, own_gain = ACTIVATIONS[activation]
    between = (BatchNorm(), f) if batch_norm else (f,)
    hidden = [(Probe(), *between, Probe()) for _ in range(depth - 1)]
    options = {"gain": own_gain if gain is None else gain, "input_dim": X.shape[1], "width": width, "rng": rng}
    _, grads = deep_classifier(hidden, dtype=np.float64, **options).loss(X, y)
    return BackpropTrace(
        np.stack([outputs.values[0] for *_, outputs in hidden]),
        np.stack([outputs.gradients[0] for *_, outputs in hidden]),
        np.stack([inputs.gradients[0] for inputs, *_ in hidden]),
        tuple(grads[f"W{layer}"] for layer in range(1, depth + 1)),
    )


@checked
def same_sign_fraction(dw: np.ndarray) -> float:
    """Return the fraction of neurons whose weight gradients all have the same sign; zeros have no sign.

    Args:
        dw: dL/dW, (Din, Dout), one column per neuron. Columns of zeros are not counted.
    """
    up, down = (dw > 0).any(axis=0), (dw < 0).any(axis=0)
    return float(np.mean(up[up | down] != down[up | down]))


@checked
def draw_depth(
    figure: Figure, *, depth: int, activation: str, examples: Examples | None = None, rng=0
) -> BackpropTrace:
    """Draw the gradient's norm per layer for all activations, one of them bold, and the outputs of that one's layers.

    Args:
        figure: empty; gets two Axes.
        depth: number of fully connected layers, at least 2.
        activation: the bold one, a key of `ACTIVATIONS`.
        examples: X (N, D), y (N,); None for `first_digits()`.
        rng: seed or Generator for the weights.

    Returns:
        The trace of the bold activation.
    """
    checks.choice("activation", activation, tuple(ACTIVATIONS))
    examples = first_digits() if examples is None else examples
    traces = {name: propagate(examples, depth=depth, activation=name, rng=rng) for name in ACTIVATIONS}
    left, right = figure.subplots(1, 2)
    for name, trace in traces.items():
        style = {"linewidth": 2.2, "zorder": 3} if name == activation else {"linewidth": 0.9, "alpha": 0.6}
        layers = np.arange(1, depth + 1)
        left.semilogy(layers, trace.weight_norms, LINES[name], color=COLOURS[name], markersize=4, label=name, **style)
    left.set(xlabel="layer", ylabel="norm of $dL/dW$", title=f"Gradients in {depth} layers")
    left.legend()
    outputs = traces[activation].outputs.reshape(depth - 1, -1)
    low, middle, high = np.percentile(outputs, (5, 50, 95), axis=1)
    layers = np.arange(1, depth)
    right.fill_between(layers, low, high, color=COLOURS[activation], alpha=0.25, linewidth=0, label="90 % of outputs")
    right.plot(layers, middle, LINES[activation], color=COLOURS[activation], markersize=4, label="median")
    right.axhline(0, color=ink(right), linewidth=0.8)
    right.set(xlabel="hidden layer", ylabel="output", title=f"Outputs of the {activation} layers")
    right.legend()
    for ax in (left, right):
        ax.xaxis.get_major_locator().set_params(integer=True)
    return traces[activation]


def _norms(arrays: np.ndarray) -> np.ndarray:
    return np.sqrt(np.einsum("lnw,lnw->l", arrays, arrays))
