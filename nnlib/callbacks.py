"""What a Solver calls while it trains: the base class, the progress bar, and callbacks that a recipe is made of."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from nnlib.progress import progress_bar

if TYPE_CHECKING:
    from nnlib.solver import Solver


class StopTraining(Exception):
    """Raised by a callback to end training at once; the best snapshot so far is kept."""


class Callback:
    """What a Solver calls while it trains; a subclass overrides what it needs."""

    def on_step(self, solver: Solver) -> None:
        """Called after each minibatch; `solver.step` and `solver.loss_history` include it."""

    def on_epoch(self, solver: Solver) -> None:
        """Called after each epoch's accuracies are in the histories."""

    def on_end(self, solver: Solver) -> None:
        """Called once, however training ends; the Solver has put its best snapshot into the model."""


class KeepLast(Callback):
    """Leaves the last finished epoch's parameters and state in the model, in place of the best on validation.

    The largest of many noisy validation accuracies flatters. Where the loss has one minimum there is nothing to pick.
    """

    def __init__(self) -> None:
        self.last: tuple[dict, dict] | None = None

    def on_epoch(self, solver: Solver) -> None:
        """Keep a copy of the model."""
        self.last = copy.deepcopy((solver.model.params, solver.model.state))

    def on_end(self, solver: Solver) -> None:
        """Put it back, if an epoch was finished."""
        if self.last is not None:
            solver.model.params, solver.model.state = self.last


class LinearDecay(Callback):
    """Lowers the learning rate after every step, in a straight line that reaches zero with the last one.

    The length of the line is the Solver's own number of steps; its `lr_decay` comes on top.
    """

    def on_step(self, solver: Solver) -> None:
        """Set the rate of the next step."""
        rate = solver.learning_rate * (1 - solver.step / solver.num_steps)
        for config in solver.optim_configs.values():
            config["learning_rate"] = rate

    def on_epoch(self, solver: Solver) -> None:
        """Set it again: the Solver has just put its own rate back."""
        self.on_step(solver)


class ProgressBar(Callback):
    """A tqdm bar with loss, accuracies and remaining time; the environment variable TQDM_DISABLE=1 silences it."""

    def __init__(self, total_steps: int, refresh_every: int):
        self.refresh_every = refresh_every
        self.bar = progress_bar(total=total_steps, unit="step", desc="training")
        self.accuracies: dict[str, str] = {}

    def on_step(self, solver: Solver) -> None:
        """Show the loss."""
        self.bar.update()
        if solver.step % self.refresh_every == 0:
            self._show(solver)

    def on_epoch(self, solver: Solver) -> None:
        """Show the accuracies."""
        self.accuracies = {
            "train": f"{solver.train_acc_history[-1]:.2%}",
            "val": f"{solver.val_acc_history[-1]:.2%}",
        }
        self._show(solver)

    def on_end(self, solver: Solver) -> None:
        """Leave the bar as it stands."""
        self.bar.close()

    def _show(self, solver: Solver) -> None:
        self.bar.set_postfix(loss=f"{solver.loss_history[-1]:.4f}", **self.accuracies, refresh=False)
