"""7.3: two trainings whose loss falls and then rises: one because of curvature, one because of noise; their cures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlib import checks
from nnlib.homework.arguments import checked
from nnlib.homework.descent import tanh_classifier
from nnlib.losses import softmax_loss
from nnlib.models import Classifier, Loss
from nnlib.network import Sequential
from nnlib.solver import Solver

SEEDS = range(3)
WINDOW = 10  # steps; one loss of 50 examples says little


@dataclass(frozen=True)
class Case:
    """A training of a tanh network by batches of 50 digits.

    Attributes:
        weight_scale: of the initial weights; None for He's.
        learning_rate: of every step.
        momentum: of SGD.
    """

    weight_scale: float | None
    learning_rate: float
    momentum: float


CASES = {"A": Case(0.03, 1.6, 0.0), "B": Case(None, 0.4, 0.9)}

# Each changes one thing. Larger batches get more epochs: 150 steps of 200 examples, 60 of 1,000.
CURES: dict[str, dict] = {
    "as it is": {},
    "batch 200": {"batch_size": 200, "num_epochs": 30},
    "all 1,000 at once": {"batch_size": 1000, "num_epochs": 60},
    "decay": {"lr_decay": 0.8},
    "warm-up": {"warm_up": 200},
    "clipping": {"clip": 0.3},
    "a quarter of the rate": {"rate_factor": 0.25},
    "momentum 0.5": {"momentum": 0.5},
}


class LimitedClassifier(Classifier):
    """A classifier that scales its gradients: down to the norm `clip` if longer, and by t / `warm_up` in step t.

    Args:
        network: see `Classifier`.
        data_loss: see `Classifier`.
        clip: the largest norm of all gradients together.
        warm_up: steps until the factor is 1.
    """

    def __init__(self, network: Sequential, data_loss: Loss, *, clip: float, warm_up: int):
        super().__init__(network, data_loss)
        self.clip, self.warm_up, self.step = clip, warm_up, 0

    def loss(self, X: np.ndarray, y: np.ndarray | None = None):
        """Compute scores, or the loss and the scaled gradients; every call with labels counts as a step."""
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        norm = np.sqrt(sum(np.vdot(grad, grad) for grad in grads.values()))
        self.step += 1
        factor = min(1.0, self.clip / norm) * min(1.0, self.step / self.warm_up)
        return loss, {name: factor * grad for name, grad in grads.items()}


@checked
def train_case(
    case: Case,
    data: Mapping[str, np.ndarray],
    *,
    seed: int = 0,
    batch_size: int = 50,
    num_epochs: int = 20,
    lr_decay: float = 1.0,
    clip: float = np.inf,
    warm_up: int = 1,
    rate_factor: float = 1.0,
    momentum: float | None = None,
) -> np.ndarray:
    """Train a 784 - 50 - 50 - 10 tanh network; return the loss of every step.

    Args:
        case: what is trained.
        data: as for `Solver`; the network has the dtype of its images.
        seed: of weights and batches.
        batch_size: of the Solver.
        num_epochs: of the Solver.
        lr_decay: of the Solver.
        clip: see `LimitedClassifier`.
        warm_up: see `LimitedClassifier`.
        rate_factor: on the case's learning rate.
        momentum: in place of the case's; None to keep that.
    """
    dtype = data["X_train"].dtype
    network = tanh_classifier(width=50, weight_scale=case.weight_scale, rng=seed, dtype=dtype).network
    solver = Solver(
        LimitedClassifier(network, softmax_loss, clip=clip, warm_up=warm_up),
        data,
        update_rule="sgd_momentum",
        optim_config={
            "learning_rate": rate_factor * case.learning_rate,
            "momentum": case.momentum if momentum is None else momentum,
        },
        lr_decay=lr_decay,
        batch_size=batch_size,
        num_epochs=num_epochs,
        num_train_samples=1,
        verbose=False,
        rng=seed,
    )
    solver.train()
    return np.array(solver.loss_history)


@checked
def smoothed(losses: np.ndarray) -> np.ndarray:
    """Return the mean of every `WINDOW` consecutive losses, (steps - WINDOW + 1,)."""
    checks.require(losses.ndim == 1, "losses", "one loss per step", f"shape {losses.shape}")
    return np.convolve(losses, np.full(WINDOW, 1 / WINDOW), mode="valid")


@checked
def verdict(runs: Sequence[np.ndarray]) -> str:
    """Return the outcome of a case: 'cured', 'explodes' or 'no cure'.

    Args:
        runs: the loss of every step, one array per seed. Means over ten steps count: cured is never above 3 and below
            0.2 at the end in every run, explodes is above 10 in every run, four times the loss of guessing.
    """
    means = [smoothed(losses) for losses in runs]
    if all(losses.max() < 3 and losses[-1] < 0.2 for losses in means):
        return "cured"
    return "explodes" if all(losses.max() > 10 for losses in means) else "no cure"
