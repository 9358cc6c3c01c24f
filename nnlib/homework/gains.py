"""7.1: the factor that each layer of sigmoids puts on the gradient, and the accuracy that the network then reaches.

A layer multiplies the gradient's norm by a gain, which grows with the weights, and a slope, which falls as the units
saturate. `factors_per_layer` measures both before training, `train_deep` trains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlib.homework.arguments import checked
from nnlib.homework.depth import BackpropTrace, deep_classifier, propagate
from nnlib.homework.digits import Examples
from nnlib.solver import Solver
from nnlib.specs import Layer

FLAT = 0.05  # a sigmoid with a smaller slope counts as saturated: its output is below 0.053 or above 0.947


@dataclass(frozen=True)
class Factors:
    """What a layer does to the gradient's norm, by the size of the weights: geometric means over the layers.

    Attributes:
        weight_gains: g, the weights have standard deviation g / sqrt(fan_in); (G,).
        slope: the factor of the activation, (G,).
        gain: the factor of the weights, (G,).
        saturated: the fraction of sigmoids whose slope is below `FLAT`, (G,).
    """

    weight_gains: np.ndarray
    slope: np.ndarray
    gain: np.ndarray
    saturated: np.ndarray

    @property
    def product(self) -> np.ndarray:
        """The factor per layer, (G,)."""
        return self.slope * self.gain


@checked
def factors_per_layer(examples: Examples, weight_gains: Sequence[float], *, depth: int, rng=0) -> Factors:
    """Measure slope and gain in untrained networks of sigmoids.

    Args:
        examples: X (N, D), y (N,).
        weight_gains: one network for each g.
        depth: number of fully connected layers, at least 3.
        rng: seed of every network's weights.
    """
    traces = [propagate(examples, depth=depth, activation="sigmoid", gain=g, rng=rng) for g in weight_gains]
    return Factors(
        np.asarray(weight_gains, dtype=float),
        np.array([_geometric_mean(trace.slopes[:-1]) for trace in traces]),
        np.array([_geometric_mean(trace.gains) for trace in traces]),
        np.array([np.mean(trace.outputs * (1 - trace.outputs) < FLAT) for trace in traces]),
    )


@checked
def factor_per_layer(trace: BackpropTrace) -> float:
    """Return the geometric mean, over the hidden layers, of |dL/dz_l| / |dL/dz_{l+1}|."""
    first, last = np.linalg.norm(trace.grad_inputs[0]), np.linalg.norm(trace.grad_inputs[-1])
    return float((first / last) ** (1 / (len(trace.grad_inputs) - 1)))


@checked
def train_deep(
    data: Mapping[str, np.ndarray],
    following: Sequence[Layer],
    *,
    gain: float = 1.0,
    update_rule: str = "sgd",
    learning_rate: float = 0.1,
    num_epochs: int = 3,
    depth: int = 8,
) -> Solver:
    """Train a deep classifier of digits; return its Solver.

    Args:
        data: as for `Solver`.
        following: the specs after the matrix product of every hidden layer.
        gain: see `deep_classifier`.
        update_rule: of the Solver.
        learning_rate: of every step.
        num_epochs: of the Solver.
        depth: number of fully connected layers.
    """
    solver = Solver(
        deep_classifier([following] * (depth - 1), gain=gain),
        data,
        update_rule=update_rule,
        optim_config={"learning_rate": learning_rate},
        num_epochs=num_epochs,
        num_train_samples=1,
        verbose=False,
    )
    solver.train()
    return solver


def _geometric_mean(values: np.ndarray) -> float:
    return float(np.exp(np.log(values).mean()))
