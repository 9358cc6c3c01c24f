"""nnlib.homework.descent: curvature against eigvalsh, gradient descent against the bound 2 / largest eigenvalue."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from nnlib import Classifier, FullyConnected, Sequential, softmax_loss
from nnlib.gradcheck import check_gradient
from nnlib.homework.descent import (
    Sharpness,
    draw_descent,
    gradient_descent,
    hessian_product,
    largest_eigenvalue,
    sharpness,
    squared_loss,
    tanh_classifier,
)


def examples(n=30, features=4, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(size=(n, features)), rng.integers(0, classes, size=n)


def linear(features=4, classes=3, loss=squared_loss, dtype=np.float64):
    return Classifier(Sequential([FullyConnected(classes)], (features,), rng=0, dtype=dtype), loss)


def hessian(model, X, y):
    """The Hessian of a small model, column by column."""
    product, size = hessian_product(model, X, y), sum(array.size for array in model.params.values())
    return np.array([product(unit) for unit in np.eye(size)]).T


def test_squared_loss_by_hand_and_its_gradient():
    x, y = np.array([[1.0, 0.5], [0, 2]]), np.array([0, 0])
    loss, dx = squared_loss(x, y)
    # ((1 - 1)^2 + 0.5^2 + (0 - 1)^2 + 2^2) / 4
    assert loss == pytest.approx(5.25 / 4)
    assert dx.tolist() == [[0, 0.25], [-0.5, 1]]
    assert x.tolist() == [[1, 0.5], [0, 2]]
    check_gradient(lambda x: squared_loss(x, y)[0], x, dx)


def test_hessian_of_least_squares_is_the_features_second_moment():
    X, y = examples(classes=3)
    features = np.hstack([X, np.ones((len(X), 1))])  # the bias sees a 1
    expected = np.kron(features.T @ features / len(X), np.eye(3))  # flat: the rows of W, then b
    assert hessian(linear(), X, y) == pytest.approx(expected, abs=1e-9)


def test_hessian_of_softmax_regression():
    X, y = examples(classes=3)
    model = linear(loss=softmax_loss)
    features = np.hstack([X, np.ones((len(X), 1))])
    scores = model.loss(X)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = sum(
        np.kron(np.outer(a, a), np.diag(q) - np.outer(q, q)) for a, q in zip(features, p, strict=True)
    ) / len(X)
    assert hessian(model, X, y) == pytest.approx(expected, abs=1e-9)


def test_hessian_of_a_network_is_symmetric_and_its_sharpness_eigvalshs():
    (X, y), model = examples(), tanh_classifier(width=3, rng=1, weight_scale=0.7, input_dim=4)
    H = hessian(model, X, y)
    assert pytest.approx(H.T, abs=1e-8) == H
    top = np.linalg.eigvalsh((H + H.T) / 2)[-1]
    value, vector = sharpness(model, (X, y), rng=0, tolerance=1e-4)
    assert value == pytest.approx(top, rel=1e-6)
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert H @ vector == pytest.approx(value * vector, abs=1e-3)


def test_a_product_does_not_change_the_model_and_scales_with_its_vector():
    (X, y), model = examples(), tanh_classifier(width=3, weight_scale=0.7, input_dim=4)
    before = {name: array.copy() for name, array in model.params.items()}
    product = hessian_product(model, X, y)
    v = np.random.default_rng(0).normal(size=sum(array.size for array in before.values()))
    assert product(1000 * v) == pytest.approx(1000 * product(v), rel=1e-9, abs=1e-12)
    broken = hessian_product(model, X, y[:-1])
    with pytest.raises(ValueError, match="y: expected"):
        broken(v)
    assert list(model.params) == list(before)
    assert all(np.array_equal(model.params[name], array) for name, array in before.items())


def test_float32_is_refused():
    with pytest.raises(TypeError, match="model: expected float64 parameters"):
        hessian_product(linear(dtype=np.float32), *examples(classes=3))


def symmetric(eigenvalues, seed=0):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    return (Q * eigenvalues) @ Q.T, rng.normal(size=len(eigenvalues))


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=8), st.integers(0, 99))
def test_largest_eigenvalue_of_any_symmetric_matrix(eigenvalues, seed):
    H, start = symmetric(np.array(eigenvalues), seed)
    value, _ = largest_eigenvalue(lambda v: H @ v, start, tolerance=1e-8, max_iterations=20_000)
    assert value == pytest.approx(np.linalg.eigvalsh(H)[-1], abs=1e-2)


@pytest.mark.parametrize("eigenvalues", [[-9.0, 1, 2, 3], [-3.0, 0, 1, 3], [-5.0, -4, -2, -1], [0.0, 0, 0]])
def test_a_negative_eigenvalue_of_larger_magnitude_is_not_the_largest(eigenvalues):
    H, start = symmetric(np.array(eigenvalues))
    value, vector = largest_eigenvalue(lambda v: H @ v, start, tolerance=1e-6)
    assert value == pytest.approx(eigenvalues[-1], abs=1e-6)
    assert H @ vector == pytest.approx(value * vector, abs=1e-4)


def test_it_stops_at_its_limits():
    H, start = symmetric(np.array([1.0, 2, 3, 10]))
    calls = []

    def product(v):
        calls.append(v)
        return H @ v

    largest_eigenvalue(product, start, max_iterations=3)
    assert len(calls) == 3
    _, vector = largest_eigenvalue(product, start, tolerance=1e-6)
    calls.clear()
    largest_eigenvalue(product, vector, tolerance=1e-3)
    assert len(calls) == 2  # started at the answer: one to shift, one to see that it stays


@pytest.mark.parametrize(
    "start", [np.zeros(2), np.ones(0), np.ones((2, 1)), np.array([np.nan, 1]), np.array([np.inf, 1])]
)
def test_a_start_from_which_power_iteration_leads_nowhere(start):
    with pytest.raises(ValueError, match=r"^start: expected a finite vector, not zero, got array"):
        largest_eigenvalue(lambda v: v, start)


def test_a_start_of_another_length_than_the_parameters():
    with pytest.raises(ValueError, match=r"^start: expected shape \(15,\), got shape \(3,\)\. One entry for each"):
        sharpness(linear(), examples(classes=3), start=np.ones(3))


@pytest.mark.parametrize("product", [lambda v: None, lambda v: 2.0, lambda v: np.ones(5)])
def test_a_product_of_another_shape(product):
    with pytest.raises(ValueError, match=r"^product\(v\): expected shape \(2,\), got shape"):
        largest_eigenvalue(product, np.ones(2))


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_on_a_quadratic_the_bound_is_sharp(momentum):
    X, y = examples(classes=3)
    largest = np.linalg.eigvalsh(hessian(linear(), X, y))[-1]
    bound = 2 * (1 + momentum) / largest
    for factor, grows in ((0.97, False), (1.03, True)):
        losses, callback = gradient_descent(
            linear(), (X, y), learning_rate=factor * bound, steps=200, momentum=momentum, every=100
        )
        assert (losses[-1] > losses[0]) == grows
        assert callback.steps == [0, 100, 200]
        assert callback.values == pytest.approx([largest] * 3, rel=1e-3)


def test_gradient_descent_uses_all_examples_at_every_step():
    (X, y), model = examples(), tanh_classifier(width=3, weight_scale=0.7, input_dim=4)
    losses, callback = gradient_descent(model, (X, y), learning_rate=0.3, steps=5, every=2)
    model, expected, sharp = tanh_classifier(width=3, weight_scale=0.7, input_dim=4), [], []
    for step in range(5):
        if step % 2 == 0:
            sharp.append(np.linalg.eigvalsh(hessian(model, X, y))[-1])
        loss, grads = model.loss(X, y)
        expected.append(loss)
        model.params = {name: array - 0.3 * grads[name] for name, array in model.params.items()}
    assert losses == pytest.approx(expected, rel=1e-10)
    assert callback.steps == [0, 2, 4]
    assert callback.values == pytest.approx(sharp, rel=0.02)


def test_gradient_descent_ends_when_the_loss_is_no_longer_finite():
    with np.errstate(all="ignore"):
        losses, _ = gradient_descent(linear(), examples(classes=3), learning_rate=1e6, steps=100, every=1000)
    assert len(losses) < 100
    assert not np.isfinite(losses[-1])
    assert np.isfinite(losses[:-1]).all()


def test_a_measurement_starts_at_the_last_eigenvector():
    model, calls = tanh_classifier(width=3, weight_scale=0.7, input_dim=4), []
    loss = model.loss
    model.loss = lambda X, y: calls.append(len(X)) or loss(X, y)
    callback = Sharpness(model, examples(), every=2)
    first = len(calls)
    callback.on_step(SimpleNamespace(model=model, step=1))
    assert len(calls) == first  # not yet
    callback.on_step(SimpleNamespace(model=model, step=2))
    assert len(calls) - first == 4 < first  # two gradients per H v, and two products
    assert callback.steps == [0, 2]
    assert callback.values[1] == pytest.approx(callback.values[0], rel=1e-3)


def test_measured_at_every_step_it_stays_with_the_largest_eigenvalue():
    model, (X, y) = tanh_classifier(width=4, weight_scale=0.05, input_dim=6), examples(features=6)
    callback, exact = Sharpness(model, (X, y)), [np.linalg.eigvalsh(hessian(model, X, y))[-1]]
    for step in range(1, 31):
        _, grads = model.loss(X, y)
        model.params = {name: array - 2.0 * grads[name] for name, array in model.params.items()}
        callback.on_step(SimpleNamespace(model=model, step=step))
        exact.append(np.linalg.eigvalsh(hessian(model, X, y))[-1])
    assert max(exact) > 1.5 * min(exact)  # it moves
    np.testing.assert_allclose(callback.values, exact, rtol=0.1)


def test_every_is_checked():
    with pytest.raises(ValueError, match="every: expected a whole number"):
        Sharpness(linear(), examples(classes=3), every=0)


def test_a_tanh_classifier_has_three_layers_and_is_smooth():
    model = tanh_classifier(width=30, input_dim=200, weight_scale=0.3, rng=1)
    kinds = [type(spec).__name__ for spec in model.network.specs]
    assert kinds == ["FullyConnected", "Tanh", "FullyConnected", "Tanh", "FullyConnected"]
    assert [model.params[f"W{layer}"].shape for layer in (1, 2, 3)] == [(200, 30), (30, 30), (30, 10)]
    assert model.params["W1"].std() == pytest.approx(0.3, rel=0.05)
    assert {array.dtype for array in model.params.values()} == {np.dtype(np.float64)}


def test_it_draws_the_loss_and_the_sharpness_against_the_bound():
    figure, some = Figure(), examples(features=6)
    losses, callback = draw_descent(figure, learning_rate=0.5, examples=some, steps=7, rng=3)
    expected, _ = gradient_descent(
        tanh_classifier(width=20, rng=3, input_dim=6), some, learning_rate=0.5, steps=7, every=3
    )
    assert losses.tolist() == expected.tolist()
    top, bottom = figure.axes
    assert top.lines[0].get_ydata().tolist() == losses.tolist()
    measured, bound = bottom.lines
    assert measured.get_xdata().tolist() == [0, 3, 6]
    assert measured.get_ydata().tolist() == callback.values
    assert set(bound.get_ydata()) == {4.0}
