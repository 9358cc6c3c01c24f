"""7.1: one neuron with two weights whose inputs are all positive, or not, and the path of its weights."""

from __future__ import annotations

import numpy as np

from nnlib import backend, checks
from nnlib.homework.arguments import checked
from nnlib.network import Sequential
from nnlib.specs import Layer

TARGET = np.array([1.0, -1.0])  # one weight has to rise, the other to fall


@checked
def inputs_of(activation: Layer, *, examples: int = 1000, seed: int = 0) -> np.ndarray:
    """Return f(z) of standard normal z, (examples, 2).

    Args:
        activation: the spec of f.
        examples: how many.
        seed: of z.
    """
    rng = np.random.default_rng(seed)
    return Sequential([activation], (2,), rng=rng).forward(rng.normal(size=(examples, 2)), "test")


@checked
def path(inputs: np.ndarray, *, steps: int = 80) -> np.ndarray:
    """Train from weights 0, one example per step, at rate 1 / E|a|^2; return the weights before and after every step.

    Args:
        inputs: a, (N, 2), of which the first `steps` are used.
        steps: how many.

    Returns:
        (steps + 1, 2).
    """
    checks.shape("inputs", inputs, (len(inputs), 2), "Two per example.")
    rate = 1 / np.mean(np.sum(inputs**2, axis=1))
    w, b = np.zeros((2, 1)), np.zeros(1)
    weights, layers = [w], backend.functions()  # as networks take them: a student's own, or what stands in for them
    for a in inputs[:steps, None]:  # one example: (1, 2)
        out, cache = layers.fc_forward(a, w, b)
        _, dw, _ = layers.fc_backward(out - a @ TARGET[:, None], cache)
        w = w - rate * dw
        weights.append(w)
    return np.array(weights)[:, :, 0]
