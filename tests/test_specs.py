"""Layer specs: shapes when a network is built, initial values, and that they call the layers' functions."""

import dataclasses
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlib
from nnlib import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU, Sequential, Squeeze, backend, fast
from nnlib.specs import Context, Layer

# (spec, shape of one example in, shape of one example out); no image is square
SHAPES = [
    (FullyConnected(4), (7,), (4,)),
    (Conv(3, 2), (2, 5, 6), (3, 4, 5)),
    (Conv(1, 5), (2, 5, 6), (1, 1, 2)),
    (ReLU(), (2, 5, 6), (2, 5, 6)),
    (ReLU(), (), ()),
    (BatchNorm(), (7,), (7,)),
    (BatchNorm(), (2, 5, 6), (2, 5, 6)),
    (Dropout(0.5), (2, 5, 6), (2, 5, 6)),
    (MaxPool(2), (2, 5, 6), (2, 2, 3)),
    (MaxPool(3, 1), (2, 5, 6), (2, 3, 4)),
    (MaxPool(2, 3), (2, 5, 6), (2, 2, 2)),
    (Flatten(), (2, 5, 6), (60,)),
    (Flatten(), (7,), (7,)),
    (Squeeze(), (1,), ()),
]


@pytest.fixture(scope="module", params=backend.MODULES, autouse=True)
def _layers(request):
    with backend.using(request.param):
        yield


def layers():
    return backend.functions()


def run(spec, x, mode="train", seed=0):
    """(out, dx, grads, state after) of one forward and backward pass."""
    params = spec.init(x.shape[1:], None, np.random.default_rng(1), x.dtype)
    state = spec.init_state(x.shape[1:], x.dtype)
    out, cache = spec.forward(x, params, state, Context(mode, np.random.default_rng(seed), layers()))
    dx, grads = spec.backward(np.ones_like(out), cache, layers(), need_dx=True)
    return out, dx, grads, params, state


@pytest.mark.parametrize(("spec", "shape_in", "shape_out"), SHAPES)
@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_output_has_the_shape_that_was_foretold(spec, shape_in, shape_out, mode, dtype):
    assert spec.output_shape(shape_in) == shape_out
    x = np.random.default_rng(0).standard_normal((3, *shape_in)).astype(dtype)
    out, dx, grads, params, state = run(spec, x, mode)
    assert out.shape == (3, *shape_out)
    assert dx.shape == x.shape
    assert {name: grad.shape for name, grad in grads.items()} == {name: array.shape for name, array in params.items()}
    for array in (out, dx, *grads.values(), *params.values(), *state.values()):
        assert array.dtype == dtype


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 9), st.integers(1, 9), st.integers(1, 3))
def test_a_pools_foretold_shape_over_many_sizes(size, stride, height, width, channels):
    spec, shape_in = MaxPool(size, stride), (channels, height, width)
    if size > min(height, width):
        with pytest.raises(ValueError, match=f"size: expected at most {min(height, width)}, the input's smaller side"):
            spec.output_shape(shape_in)
    else:
        assert run(spec, np.ones((2, *shape_in)))[0].shape == (2, *spec.output_shape(shape_in))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FullyConnected(0), "units: expected a whole number of at least 1, got 0."),
        (lambda: FullyConnected(2.5), "units: expected a whole number of at least 1, got 2.5."),
        (lambda: Conv(0, 3), "filters: expected a whole number of at least 1, got 0."),
        (lambda: Conv(3, 0), "size: expected a whole number of at least 1, got 0."),
        (lambda: Dropout(0.0), "keep: expected a probability of KEEPING in (0, 1], got 0.0."),
        (lambda: Dropout(1.1), "keep: expected a probability of KEEPING in (0, 1], got 1.1."),
        (lambda: MaxPool(0), "size: expected a whole number of at least 1, got 0."),
        (lambda: MaxPool(2, 0), "stride: expected a whole number of at least 1, got 0."),
        (
            lambda: FullyConnected(3).output_shape((1, 4, 4)),
            "input: expected a vector (Din,), got shape (1, 4, 4). Put Fla",
        ),
        (lambda: Conv(3, 3).output_shape((16,)), "input: expected an image (C, H, W), got shape (16,)."),
        (lambda: Conv(3, 5).output_shape((1, 4, 9)), "size: expected at most 4, the input's smaller side, got 5."),
        (lambda: BatchNorm().output_shape((3, 4)), "input: expected (D,) or (C, H, W), got shape (3, 4)."),
        (lambda: MaxPool(2).output_shape((16,)), "input: expected an image (C, H, W), got shape (16,)."),
        (lambda: Squeeze().output_shape((2,)), "input: expected one score, shape (1,), got shape (2,)."),
    ],
)
def test_what_cannot_be_built_is_named(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize("spec", [spec for spec, _, _ in SHAPES])
def test_specs_are_frozen_values_without_arrays(spec):
    assert spec == dataclasses.replace(spec)
    assert hash(spec) == hash(dataclasses.replace(spec))
    assert not any(isinstance(value, np.ndarray) for value in vars(spec).values())
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.anything = 1


def test_initial_weights_have_the_scale_that_was_asked_for():
    rng = np.random.default_rng(0)
    for spec, shape_in, fan_in in ((FullyConnected(300), (200,), 200), (Conv(100, 5), (8, 9, 9), 200)):
        for scale, expected in ((1e-3, 1e-3), (None, np.sqrt(2 / fan_in))):
            w = spec.init(shape_in, scale, rng, np.dtype(np.float32))["W"]
            assert w.std() == pytest.approx(expected, rel=0.05)
            assert abs(w.mean()) < 5 * expected / np.sqrt(w.size)
    np.testing.assert_array_equal(FullyConnected(5).init((3,), None, rng, np.dtype(float))["b"], np.zeros(5))


def test_batch_norm_starts_as_plain_normalisation():
    params = BatchNorm().init((3, 4, 5), None, np.random.default_rng(0), np.dtype(float))
    state = BatchNorm().init_state((3, 4, 5), np.dtype(float))
    np.testing.assert_array_equal(params["gamma"], np.ones(3))
    np.testing.assert_array_equal(params["beta"], np.zeros(3))
    np.testing.assert_array_equal(state["running_mean"], np.zeros(3))
    np.testing.assert_array_equal(state["running_var"], np.ones(3))


def test_batch_norm_hands_on_its_hyper_parameters_and_updates_its_state_in_training_only():
    x = np.random.default_rng(0).standard_normal((6, 2)) + 3
    out, *_, state = run(BatchNorm(momentum=0.5, eps=0.1), x)
    np.testing.assert_allclose(state["running_mean"], 0.5 * x.mean(axis=0))
    np.testing.assert_allclose(state["running_var"], 0.5 + 0.5 * x.var(axis=0))
    np.testing.assert_allclose(out, (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 0.1))
    *_, state = run(BatchNorm(), x, mode="test")
    np.testing.assert_array_equal(state["running_mean"], np.zeros(2))


def test_dropout_draws_from_the_contexts_generator():
    x = np.ones((4, 50))
    out, dx, *_ = run(Dropout(0.7), x, seed=3)
    expected, _ = nnlib.dropout_forward(x, {"p": 0.7, "mode": "train", "rng": np.random.default_rng(3)})
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(dx, expected)
    np.testing.assert_array_equal(run(Dropout(0.7), x, mode="test")[0], 0.7 * x)


def test_a_first_layer_with_fast_functions_may_leave_out_its_input_gradient():
    rng = np.random.default_rng(0)
    for spec, x in ((FullyConnected(3), rng.standard_normal((4, 5))), (Conv(3, 2), rng.standard_normal((4, 2, 3, 5)))):
        params = spec.init(x.shape[1:], None, rng, x.dtype)
        out, cache = spec.forward(x, params, {}, Context("train", rng, fast))
        dx, grads = spec.backward(out, cache, fast, need_dx=False)
        assert dx is None
        for name, grad in spec.backward(out, cache, fast, need_dx=True)[1].items():
            np.testing.assert_array_equal(grads[name], grad)


def test_the_base_class_does_nothing_by_itself():
    for call in (lambda: Layer().forward(None, {}, {}, None), lambda: Layer().backward(None, None, fast, True)):
        with pytest.raises(NotImplementedError):
            call()


@pytest.mark.parametrize(("option", "value"), [("momentum", 1.5), ("momentum", -0.1), ("eps", 0.0)])
def test_batch_norm_refuses_bad_options_when_it_is_made(option, value):
    with pytest.raises(ValueError, match=option):
        BatchNorm(**{option: value})


def test_the_first_trained_layer_is_not_asked_for_the_gradient_of_its_input(monkeypatch):
    asked, backward = [], FullyConnected.backward

    def note(self, *arguments, need_dx):
        asked.append((self.units, need_dx))
        return backward(self, *arguments, need_dx=need_dx)

    monkeypatch.setattr(FullyConnected, "backward", note)
    network = Sequential([Flatten(), FullyConnected(3), ReLU(), FullyConnected(2)], (2, 2), rng=0)
    network.forward(np.ones((5, 2, 2), np.float32), "train")
    network.backward(np.ones((5, 2), np.float32))
    assert asked == [(2, True), (3, False)]
