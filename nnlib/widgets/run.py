"""One training run: a Solver callback that records its curves and stops it on request."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from nnlib.callbacks import Callback, StopTraining
from nnlib.search.rows import TrialRow
from nnlib.solver import Solver

SAMPLE = 500
"""Accuracies between the ends of epochs are measured on this many training and validation examples."""

_POINTS_PER_EPOCH = 10


class CurvePoint(NamedTuple):
    """The accuracies (fractions) after `step` steps; at an `epoch_end`, on the whole validation set."""

    step: int
    train: float
    val: float
    epoch_end: bool


class Run(Callback):
    """The course of one run; written by the training thread, read by the drawing thread.

    Args:
        number: of the run, from 1.
        settings: values by the controls' names.
        stop: once it is set, training ends after the current minibatch.

    Attributes:
        losses: the minibatch loss of every step.
        points: accuracies in the order of their steps.
        steps_per_epoch, total_steps: of this run; 0 until the first step.
        row: the trial log's row after the end, None before.
        status: "running", then the row's: "done", "stopped", "diverged" or "error".
        seconds: from the start to the end, or until now.
    """

    def __init__(self, number: int, settings: dict, stop: threading.Event):
        self.number, self.settings = number, settings
        self.losses: list[float] = []
        self.points: list[CurvePoint] = []
        self.steps_per_epoch = self.total_steps = 0
        self.row: TrialRow | None = None
        self._stop = stop
        self._started = time.perf_counter()
        self._ended: float | None = None

    @property
    def status(self) -> str:
        """The row's status, or "running"."""
        return "running" if self.row is None else self.row.status

    @property
    def val_acc(self) -> float | None:
        """The validation accuracy of the trained model; None before the end, and where there is none."""
        return None if self.row is None else self.row.val_acc

    @property
    def train_acc(self) -> float | None:
        """The training accuracy after the last full epoch; None before the first one."""
        return next((point.train for point in reversed(self.points) if point.epoch_end), None)

    @property
    def seconds(self) -> float:
        """From the start to the end, or until now."""
        return (time.perf_counter() if self._ended is None else self._ended) - self._started

    @property
    def fraction(self) -> float:
        """The fraction of the run's steps that are done."""
        return len(self.losses) / self.total_steps if self.total_steps else 0.0

    @property
    def epochs_done(self) -> float:
        """The number of epochs that are done; 0 until the first step."""
        return len(self.losses) / self.steps_per_epoch if self.losses else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds until the end at the current pace; None before the first step."""
        return self.seconds * (1 / self.fraction - 1) if self.losses else None

    def end(self, row: TrialRow) -> None:
        """Record the outcome."""
        self._ended, self.row = time.perf_counter(), row

    def on_step(self, solver: Solver) -> None:
        """Record the losses, measure accuracies about ten times per epoch, stop if asked to."""
        self.total_steps = solver.num_steps
        self.steps_per_epoch = solver.num_steps // solver.num_epochs
        self.losses = solver.loss_history
        if self._stop.is_set():
            raise StopTraining
        ends_epoch = solver.step % self.steps_per_epoch == 0  # then on_epoch records them
        if not ends_epoch and solver.step % max(1, self.steps_per_epoch // _POINTS_PER_EPOCH) == 0:
            some = slice(SAMPLE)
            train = solver.check_accuracy(solver.X_train[some], solver.y_train[some])
            val = solver.check_accuracy(solver.X_val[some], solver.y_val[some])
            self.points.append(CurvePoint(solver.step, train, val, False))

    def on_epoch(self, solver: Solver) -> None:
        """Record the epoch's accuracies, stop if asked to."""
        self.points.append(CurvePoint(solver.step, solver.train_acc_history[-1], solver.val_acc_history[-1], True))
        if self._stop.is_set():
            raise StopTraining
