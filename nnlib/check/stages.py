"""Backward passes in stages: the gradient at each intermediate, compared by name with differences of the rest."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nnlib import checks, gradcheck
from nnlib.check import cases, definitions
from nnlib.check.report import Printed
from nnlib.check.subjects import GRADIENT, Case

SEED = 0


class Stage(NamedTuple):
    """An intermediate of the forward pass: its value, and the rest of the forward pass from it."""

    value: Callable[[Case], np.ndarray]
    rest: Callable[[Case, np.ndarray], object]


def _mean(case: Case) -> np.ndarray:
    return np.array(definitions.statistics(case["x"])[0])


def _sigma(case: Case) -> np.ndarray:
    return np.array([math.sqrt(variance + case["eps"]) for variance in definitions.statistics(case["x"])[1]])


def _normal(case: Case, mean: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    return case["gamma"] * (case["x"] - mean) / sigma + case["beta"]


def _shares(exponentials: np.ndarray) -> np.ndarray:
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _mean_log(case: Case, probabilities: np.ndarray) -> float:
    return -float(np.mean(np.log([row[label] for row, label in zip(probabilities, case["y"], strict=True)])))


def _product(case: Case, columns: np.ndarray) -> np.ndarray:
    n, f = len(case["x"]), len(case["w"])
    return np.moveaxis((case["w"].reshape(f, -1) @ columns).reshape(f, n, *case["dout"].shape[2:]), 0, 1)


def _batch_norm(rng: np.random.Generator) -> Case:
    case = cases.batch_norm(rng, 6, 3)
    return {name: case[name] for name in ("x", "gamma", "beta", "dout")} | {"eps": 1e-5}


STAGES: dict[str, tuple[Callable[[np.random.Generator], Case], dict[str, Stage]]] = {
    "1.4b": (
        _batch_norm,
        {
            "dx_hat": Stage(
                lambda case: (case["x"] - _mean(case)) / _sigma(case),
                lambda case, x_hat: case["gamma"] * x_hat + case["beta"],
            ),
            "dsigma": Stage(_sigma, lambda case, sigma: _normal(case, _mean(case), sigma)),
            "dmu": Stage(_mean, lambda case, mean: _normal(case, mean, _sigma(case))),
            "dx": Stage(
                lambda case: case["x"],
                lambda case, x: definitions.batch_norm(
                    x, case["gamma"], case["beta"], {"mode": "train", "eps": case["eps"]}
                ),
            ),
        },
    ),
    "1.5c": (
        lambda rng: cases.convolution(rng, 2, 2, 4, 5, 3, 2, 3),
        {
            "dcolumns": Stage(lambda case: definitions.columns(case["x"], case["w"].shape[2:]), _product),
            "dw": Stage(lambda case: case["w"], lambda case, w: definitions.convolution(case["x"], w)),
            "dx": Stage(lambda case: case["x"], lambda case, x: definitions.convolution(x, case["w"])),
        },
    ),
    "4.1": (
        lambda rng: cases.classes(rng, 5, 3),
        {
            "dprobabilities": Stage(lambda case: _shares(np.exp(case["x"])), _mean_log),
            "dexponentials": Stage(lambda case: np.exp(case["x"]), lambda case, e: _mean_log(case, _shares(e))),
            "dx": Stage(lambda case: case["x"], lambda case, x: definitions.cross_entropy(x, case["y"])),
        },
    ),
}


def stage_inputs(item: str) -> Case:
    """Return the public inputs of an item's backward pass in stages, by name: new arrays at each call.

    Args:
        item: "1.4b", "1.5c" or "4.1".
    """
    checks.choice("item", item, tuple(STAGES))
    return STAGES[item][0](np.random.default_rng(SEED))


def compare(item: str, **gradients: np.ndarray) -> Printed:
    """Print for each gradient whether it agrees with differences of the rest of the forward pass, for `stage_inputs`.

    Args:
        item: "1.4b", "1.5c" or "4.1".
        gradients: by name: dx_hat, dsigma, dmu, dx in 1.4b, sigma held fixed for dmu and mu for dsigma; dcolumns, dw,
            dx in 1.5c; dprobabilities, dexponentials (those of x as it is) and dx in 4.1.

    Raises:
        ValueError: another item or name.
    """
    case = stage_inputs(item)
    for name, got in gradients.items():
        checks.choice("name", name, tuple(STAGES[item][1]))
        value, rest = STAGES[item][1][name]
        expected = gradcheck.numerical_gradient(lambda at, rest=rest: rest(case, at), value(case), case.get("dout"))
        got = checks.as_array(name, got, real=True)
        if np.shape(got) != expected.shape:
            print(f"{item:5} {name:15} has shape {np.shape(got)}, expected {expected.shape}")
            continue
        off = np.abs(got - expected)
        index = tuple(map(int, np.unravel_index(np.argmax(off), off.shape)))
        close = off[index] <= GRADIENT * np.abs(expected).max()
        print(f"{item:5} {name:15} {'agrees ' if close else 'DIFFERS'} largest difference {off[index]:.1e} at {index}")
    return Printed()
