"""Newton's method for Q2 finds the minimum, and its Hessian is the derivative of the gradient."""

import numpy as np
import pytest

from nnlib import logistic_loss
from nnlib.gradcheck import check_gradient
from nnlib.homework.newton import curvature, newton, with_ones


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    return X, (X.sum(axis=1) + rng.normal(size=60) > 0).astype(int)


def test_the_hessian_is_the_derivative_of_the_gradient(examples):
    X, y = examples
    theta, direction = np.random.default_rng(1).normal(size=(2, 4))

    def gradient(at):
        return with_ones(X).T @ logistic_loss(with_ones(X) @ at, y)[1]

    check_gradient(gradient, theta, curvature(theta, X) @ direction, direction)


@pytest.mark.parametrize("reg", [0.0, 0.1])
def test_the_gradient_vanishes_at_the_minimum_and_the_loss_is_larger_around_it(examples, reg):
    X, y = examples
    theta, least = newton(X, y, reg)
    weights = np.append(theta[:-1], 0.0)
    gradient = with_ones(X).T @ logistic_loss(with_ones(X) @ theta, y)[1] + reg * weights
    assert np.abs(gradient).max() < 1e-12
    for step in np.vstack([np.eye(4), -np.eye(4)]) * 0.1:
        near = theta + step
        assert logistic_loss(with_ones(X) @ near, y)[0] + reg / 2 * near[:-1] @ near[:-1] > least
