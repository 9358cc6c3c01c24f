"""nnlib.homework.depth: the activation specs, and the traces against a network written out by hand."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from nnlib import BatchNorm, FullyConnected, ReLU, Sequential, layers
from nnlib.gradcheck import check_gradient
from nnlib.homework.depth import (
    ACTIVATIONS,
    COLOURS,
    Probe,
    Sigmoid,
    Tanh,
    deep_classifier,
    draw_depth,
    propagate,
    same_sign_fraction,
)
from nnlib.homework.digits import COUNT, first_digits
from nnlib.specs import Context

CONTEXT = Context("train", np.random.default_rng(0), layers)
FUNCTIONS = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: z * (z > 0), lambda z: 1.0 * (z > 0)),
}


def examples(n=6, features=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(size=(n, features)), rng.integers(0, 10, size=n)


@pytest.mark.parametrize(("spec", "name"), [(Sigmoid(), "sigmoid"), (Tanh(), "tanh")])
class TestActivations:
    def test_value_and_gradient(self, spec, name):
        x, dout = np.random.default_rng(0).normal(scale=2, size=(2, 3, 4)), np.random.default_rng(1).normal(size=(3, 4))
        x = x[0]
        out, cache = spec.forward(x, {}, {}, CONTEXT)
        f, derivative = FUNCTIONS[name]
        assert out == pytest.approx(f(x), rel=1e-14)
        dx, grads = spec.backward(dout, cache, layers, need_dx=True)
        assert grads == {}
        assert dx == pytest.approx(dout * derivative(x), rel=1e-12)
        check_gradient(lambda x: spec.forward(x, {}, {}, CONTEXT)[0], x, dx, dout, tolerance=1e-7)

    def test_float32_stays_and_nothing_overflows(self, spec, name):
        x = np.array([-1e4, -100, 0, 100, 1e4], dtype=np.float32)
        out, cache = spec.forward(x, {}, {}, CONTEXT)
        dx, _ = spec.backward(np.ones_like(x), cache, layers, need_dx=True)
        assert out.dtype == dx.dtype == np.float32
        low, middle, slope = (0, 0.5, 0.25) if name == "sigmoid" else (-1, 0, 1)
        assert out.tolist() == pytest.approx([low, low, middle, 1, 1], abs=1e-30)
        assert dx.tolist() == pytest.approx([0, 0, slope, 0, 0], abs=1e-30)


def test_a_probe_records_and_changes_nothing():
    probe, x = Probe(), np.random.default_rng(0).normal(size=(3, 4))
    with_probe = Sequential([FullyConnected(2), probe, FullyConnected(2)], (4,), rng=0, dtype=np.float64)
    without = Sequential([FullyConnected(2), FullyConnected(2)], (4,), rng=0, dtype=np.float64)
    dout = np.random.default_rng(1).normal(size=(3, 2))
    assert np.array_equal(with_probe.forward(x, "train"), without.forward(x, "train"))
    grads, expected = with_probe.backward(dout), without.backward(dout)
    assert all(np.array_equal(grads[name], expected[name]) for name in expected)
    assert np.array_equal(probe.values[0], x @ without.params["W1"])
    assert np.array_equal(probe.gradients[0], dout @ without.params["W2"].T)
    assert Probe().values == []  # nothing is shared


def by_hand(X, y, *, depth, activation, gain, width, seed):
    """The same network, loop by loop: the outputs and the three kinds of gradients."""
    f, derivative = FUNCTIONS[activation]
    rng, sizes = np.random.default_rng(seed), [X.shape[1], *[width] * (depth - 1), 10]
    weights = [gain / np.sqrt(a) * rng.standard_normal((a, b)) for a, b in pairwise(sizes)]
    a, z = [X], []
    for layer in range(depth - 1):
        z.append(a[-1] @ weights[layer])
        a.append(f(z[-1]))
    probabilities = np.exp(a[-1] @ weights[-1])
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    delta = (probabilities - np.eye(10)[y]) / len(X)
    grad_weights, grad_outputs, grad_inputs = [], [], []
    for layer in reversed(range(depth)):
        grad_weights.insert(0, sum(np.outer(a[layer][n], delta[n]) for n in range(len(X))))
        if layer:
            grad_outputs.insert(0, np.array([weights[layer] @ d for d in delta]))
            delta = grad_outputs[0] * derivative(z[layer - 1])
            grad_inputs.insert(0, delta)
    return a[1:], grad_outputs, grad_inputs, grad_weights


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("gain", [None, 3.0])
@pytest.mark.parametrize("depth", [2, 4])
def test_traces_are_those_of_a_network_written_out(activation, gain, depth):
    X, y = examples()
    trace = propagate((X, y), depth=depth, activation=activation, gain=gain, width=7, rng=3)
    used = {"sigmoid": 1, "tanh": 1, "relu": np.sqrt(2)}[activation] if gain is None else gain
    outputs, grad_outputs, grad_inputs, grad_weights = by_hand(
        X, y, depth=depth, activation=activation, gain=used, width=7, seed=3
    )
    assert trace.outputs == pytest.approx(np.array(outputs), rel=1e-10)
    assert trace.grad_outputs == pytest.approx(np.array(grad_outputs), rel=1e-10, abs=1e-16)
    assert trace.grad_inputs == pytest.approx(np.array(grad_inputs), rel=1e-10, abs=1e-16)
    norms = [np.sqrt(sum(entry**2 for entry in grad.ravel())) for grad in grad_weights]
    assert trace.weight_norms == pytest.approx(norms, rel=1e-10)
    kept = [np.linalg.norm(z) / np.linalg.norm(a) for z, a in zip(grad_inputs, grad_outputs, strict=True)]
    assert trace.slopes == pytest.approx(kept, rel=1e-10)
    made = [np.linalg.norm(a) / np.linalg.norm(z) for a, z in zip(grad_outputs, grad_inputs[1:], strict=False)]
    assert trace.gains == pytest.approx(made, rel=1e-10)
    assert len(made) == depth - 2


@given(st.integers(2, 5), st.floats(0.01, 50), st.integers(0, 99))
def test_the_slope_of_a_sigmoid_is_at_most_a_quarter_for_any_weights(depth, gain, seed):
    trace = propagate(examples(seed=seed), depth=depth, activation="sigmoid", gain=gain, width=4, rng=seed)
    assert (trace.slopes <= 0.25 * (1 + 1e-12)).all()


def test_a_deep_classifier_puts_the_given_specs_after_each_hidden_layer():
    model = deep_classifier([[BatchNorm(), Sigmoid()], [ReLU()]], gain=3, input_dim=400, width=300, rng=1)
    kinds = [type(spec).__name__ for spec in model.network.specs]
    assert kinds == ["FullyConnected", "BatchNorm", "Sigmoid", "FullyConnected", "ReLU", "FullyConnected"]
    spreads = [float(model.params[name].std()) for name in ("W1", "W2", "W3")]
    assert spreads == pytest.approx([3 / 20, 3 / np.sqrt(300), 3 / np.sqrt(300)], rel=0.05)
    assert {array.dtype for array in model.params.values()} == {np.dtype(np.float32)}
    assert not model.params["b1"].any()
    assert model.loss(np.zeros((2, 400))).shape == (2, 10)


def test_same_sign_fraction_ignores_columns_of_zeros():
    dw = np.array([[1.0, 1, 0, 0, -2], [2, -1, 0, 3, -1], [0, 1, 0, 0, -4]])
    assert same_sign_fraction(dw) == 3 / 4  # one sign, two signs, none, one, one
    assert same_sign_fraction(dw[:, 1:2]) == 0


def test_it_draws_every_activation_and_the_outputs_of_one():
    figure = Figure()
    trace = draw_depth(figure, depth=5, activation="tanh", examples=examples(), rng=2)
    norms, outputs = figure.axes
    assert [line.get_label() for line in norms.lines] == list(ACTIVATIONS)
    for line in norms.lines:
        expected = propagate(examples(), depth=5, activation=line.get_label(), rng=2).weight_norms
        assert line.get_ydata() == pytest.approx(expected, rel=1e-12)
        assert line.get_xdata().tolist() == [1, 2, 3, 4, 5]
        assert (line.get_linewidth() > 2) == (line.get_label() == "tanh")
    assert outputs.lines[0].get_ydata() == pytest.approx(np.median(trace.outputs, axis=(1, 2)))
    assert to_rgba(outputs.lines[0].get_color()) == to_rgba(COLOURS["tanh"])
    (band,) = outputs.collections
    low, high = np.percentile(trace.outputs[0], (5, 95))
    edges = band.get_paths()[0].vertices
    assert {round(low, 9), round(high, 9)} <= set(edges[edges[:, 0] == 1, 1].round(9))


def test_without_examples_it_draws_the_first_digits():
    X, y = first_digits()
    assert X.shape == (COUNT, 784)
    assert X.dtype == np.float64
    assert y[:5].tolist() == [5, 0, 4, 1, 9]
    drawn = draw_depth(Figure(), depth=2, activation="relu")
    assert np.array_equal(drawn.outputs, propagate((X, y), depth=2, activation="relu").outputs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 1, "activation": "tanh"}, "depth: expected at least 2 layers, got 1"),
        ({"depth": 2.5, "activation": "tanh"}, "depth: expected a whole number"),
        ({"depth": 3, "activation": "swish"}, "activation: expected one of 'sigmoid', 'tanh', 'relu', got 'swish'"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        propagate(examples(), **arguments)
