"""Backward passes in stages: the gradient at each intermediate, compared by name with differences of the rest."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnlib import checks, gradcheck
from nnlib.check import cases, definitions
from nnlib.check.subjects import GRADIENT, Case

SEED = 0
Stages = dict[str, tuple[np.ndarray, Callable]]  # by the gradient's name: an intermediate, the rest of forward from it


def _batch_norm(x, gamma, beta, dout, eps) -> Stages:
    mean, variance = map(np.array, definitions.statistics(x))
    sigma = np.array([math.sqrt(each + eps) for each in variance])
    return {
        "dx_hat": ((x - mean) / sigma, lambda x_hat: gamma * x_hat + beta),
        "dsigma": (sigma, lambda sigma: gamma * (x - mean) / sigma + beta),
        "dmu": (mean, lambda mean: gamma * (x - mean) / sigma + beta),
        "dx": (x, lambda x: definitions.batch_norm(x, gamma, beta, {"mode": "train", "eps": eps})),
    }


def _convolution(x, w, dout) -> Stages:
    def product(columns: np.ndarray) -> np.ndarray:
        rows = w.reshape(len(w), -1) @ columns
        return np.moveaxis(rows.reshape(len(w), len(x), *dout.shape[2:]), 0, 1)

    return {
        "dcolumns": (definitions.columns(x, w.shape[2:]), product),
        "dw": (w, lambda w: definitions.convolution(x, w)),
        "dx": (x, lambda x: definitions.convolution(x, w)),
    }


def _softmax(x, y) -> Stages:
    def shares(exponentials: np.ndarray) -> np.ndarray:
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def mean_log(probabilities: np.ndarray) -> float:
        return -float(np.mean(np.log([row[label] for row, label in zip(probabilities, y, strict=True)])))

    return {
        "dprobabilities": (shares(np.exp(x)), mean_log),
        "dexponentials": (np.exp(x), lambda exponentials: mean_log(shares(exponentials))),
        "dx": (x, lambda x: definitions.cross_entropy(x, y)),
    }


def _rows(rng: np.random.Generator) -> Case:
    case = cases.batch_norm(rng, 6, 3)
    return {name: case[name] for name in ("x", "gamma", "beta", "dout")} | {"eps": 1e-5}


ITEMS: dict[str, tuple[Callable[[np.random.Generator], Case], Callable[..., Stages]]] = {
    "1.4b": (_rows, _batch_norm),
    "1.5c": (lambda rng: cases.convolution(rng, 2, 2, 4, 5, 3, 2, 3), _convolution),
    "4.1": (lambda rng: cases.classes(rng, 5, 3), _softmax),
}


def stage_inputs(item: str) -> Case:
    """Return the public inputs of an item's backward pass in stages, by name: new arrays at each call.

    Args:
        item: "1.4b", "1.5c" or "4.1".
    """
    checks.choice("item", item, tuple(ITEMS))
    return ITEMS[item][0](np.random.default_rng(SEED))


def compare(item: str, **gradients: np.ndarray) -> None:
    """Print for each gradient whether it agrees with differences of the rest of the forward pass, for `stage_inputs`.

    Args:
        item: "1.4b", "1.5c" or "4.1".
        gradients: by name: dx_hat, dsigma, dmu, dx in 1.4b, sigma held fixed for dmu and mu for dsigma; dcolumns, dw,
            dx in 1.5c; dprobabilities, dexponentials (those of x as it is) and dx in 4.1.

    Raises:
        ValueError: another item or name.
    """
    case = stage_inputs(item)
    stages = ITEMS[item][1](**case)
    for name, got in gradients.items():
        checks.choice("name", name, tuple(stages))
        value, rest = stages[name]
        expected = gradcheck.numerical_gradient(rest, value, case.get("dout"))
        got = checks.as_array(name, got, real=True)
        if np.shape(got) != expected.shape:
            print(f"{item:5} {name:15} has shape {np.shape(got)}, expected {expected.shape}")
            continue
        off = np.abs(got - expected)
        index = tuple(map(int, np.unravel_index(np.argmax(off), off.shape)))
        close = off[index] <= GRADIENT * np.abs(expected).max()
        print(f"{item:5} {name:15} {'agrees ' if close else 'DIFFERS'} largest difference {off[index]:.1e} at {index}")
