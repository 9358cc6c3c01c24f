"""One training run while it goes on: a Solver callback that records, measures in between, and stops."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from nnlib.callbacks import Callback, StopTraining
from nnlib.solver import Solver

SAMPLE = 500
"""Examples of each set on which the accuracies between two epochs are measured."""

_POINTS_PER_EPOCH = 10


class CurvePoint(NamedTuple):
    """The accuracies (fractions) after `step` steps; `epoch_end` tells whether the whole validation set was used."""

    step: int
    train: float
    val: float
    epoch_end: bool


class Run(Callback):
    """The course of one run; written by the thread that trains, read by the one that draws.

    Args:
        number: of the trial, from 1.
        settings: values by the controls' names.
        stop: once it is set, training ends after the present minibatch.

    Attributes:
        losses: the minibatch loss of every step.
        points: accuracies, in the order of their steps.
        steps_per_epoch, total_steps: of this run; 0 until the first step.
        row: the trial's trial log row, once it has ended.
        status: "running", then the row's: "done", "stopped", "diverged" or "error".
        seconds: from the start to the end, or until now.
    """

    def __init__(self, number: int, settings: dict, stop: threading.Event):
        self.number, self.settings = number, settings
        self.losses: list[float] = []
        self.points: list[CurvePoint] = []
        self.steps_per_epoch = self.total_steps = 0
        self.row: dict | None = None
        self._stop = stop
        self._started = time.perf_counter()
        self._ended: float | None = None

    @property
    def status(self) -> str:
        """The row's status, or "running"."""
        return "running" if self.row is None else self.row["status"]

    @property
    def val_acc(self) -> float | None:
        """The validation accuracy of the model that was left; None before, or if there is none."""
        return None if self.row is None else self.row["val_acc"]

    @property
    def train_acc(self) -> float | None:
        """The training accuracy after the last whole epoch; None before that."""
        return next((point.train for point in reversed(self.points) if point.epoch_end), None)

    @property
    def seconds(self) -> float:
        """From the start to the end, or until now."""
        return (time.perf_counter() if self._ended is None else self._ended) - self._started

    @property
    def fraction(self) -> float:
        """How much of the run is done, from 0 to 1."""
        return len(self.losses) / self.total_steps if self.total_steps else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds until the end at the present pace; None before the first step."""
        return self.seconds * (1 / self.fraction - 1) if self.losses else None

    def end(self, row: dict) -> None:
        """Record how the run ended."""
        self._ended, self.row = time.perf_counter(), row

    def on_step(self, solver: Solver) -> None:
        """Record; measure about ten times an epoch; stop if that is wanted."""
        self.total_steps = solver.num_steps
        self.steps_per_epoch = solver.num_steps // solver.num_epochs
        self.losses = solver.loss_history
        if self._stop.is_set():
            raise StopTraining
        ends_epoch = solver.step % self.steps_per_epoch == 0  # it is measured on everything then
        if not ends_epoch and solver.step % max(1, self.steps_per_epoch // _POINTS_PER_EPOCH) == 0:
            some = slice(SAMPLE)
            train = solver.check_accuracy(solver.X_train[some], solver.y_train[some])
            val = solver.check_accuracy(solver.X_val[some], solver.y_val[some])
            self.points.append(CurvePoint(solver.step, train, val, False))

    def on_epoch(self, solver: Solver) -> None:
        """Record the epoch's accuracies; stop if that is wanted."""
        self.points.append(CurvePoint(solver.step, solver.train_acc_history[-1], solver.val_acc_history[-1], True))
        if self._stop.is_set():
            raise StopTraining
