"""Run a trial: a trained model and a trial log row out."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import numpy as np

from nnlib.callbacks import Callback, StopTraining
from nnlib.provenance.machine import environment
from nnlib.provenance.plain_json import array_checksum
from nnlib.search.trial import Trial
from nnlib.solver import DATA_KEYS, DivergenceError, Solver

CURVE_POINTS = 200  # a row keeps at most so many losses, evenly spaced, the first and the last among them


def data_info(data: Mapping[str, np.ndarray]) -> dict[str, object]:
    """Return the name, checksum and sizes of the training and validation examples."""
    arrays = {key: np.asarray(data[key]) for key in DATA_KEYS}
    return {
        "name": getattr(data, "name", "unnamed arrays"),
        "checksum": array_checksum(arrays),
        "train": len(arrays["y_train"]),
        "val": len(arrays["y_val"]),
    }


def train_trial(
    trial: Trial,
    data: Mapping[str, np.ndarray],
    callbacks: Iterable[Callback] = (),
    *,
    info: Mapping[str, object] | None = None,
    code: str | None = None,
) -> tuple[Solver, dict[str, object]]:
    """Train, and return the Solver (its `model` is the trained one) and the trial log row.

    Args:
        trial: what to train.
        data: `X_train`, `y_train`, `X_val`, `y_val`.
        callbacks: they watch this run and are no part of the trial: one that raises StopTraining makes it 'stopped'.
        info: `data_info(data)` if it is known; it takes a look at every byte.
        code: `trial.fingerprint()` if it is known.

    Raises:
        Exception: what make_model or a callback raises. A divergence does not raise, it is the row's status.
    """
    info = data_info(data) if info is None else info
    for_model, options = trial.arguments()
    watchers = _Watchers(callbacks)
    own = copy.deepcopy(tuple(options.pop("callbacks", ())))
    start = time.perf_counter()
    model = trial.make_model(**for_model, rng=trial.seed)
    solver = Solver(model, data, **options, callbacks=(*own, watchers), rng=trial.seed)
    status, reason = "done", ""
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # on the way to a divergence, which is reported
            solver.train()
    except DivergenceError as error:
        status, reason = "diverged", str(error)
    if watchers.stopped:
        status, reason = "stopped", f"stopped in epoch {solver.epoch + 1} of {solver.num_epochs}"
    seconds = time.perf_counter() - start
    outcome = {
        "val_acc": None if status == "diverged" else solver.val_acc,
        "num_params": sum(array.size for array in model.params.values()),
        "curve": _curve(solver),
        "seconds": seconds,
    }
    return solver, make_row(trial, info, status, reason, outcome, code=code)


def run_trial(
    trial: Trial,
    data: Mapping[str, np.ndarray],
    callbacks: Iterable[Callback] = (),
    *,
    info: Mapping[str, object] | None = None,
    code: str | None = None,
) -> dict[str, object]:
    """Train, and return the trial log row alone; an exception becomes a row too, of status 'error'.

    The arguments are those of `train_trial`. A row is ready for JSON: what the trial is (see `Trial.describe`);
    `status`, 'done', 'diverged', 'stopped' or 'error', and the `reason`; `val_acc`, of the model that was left;
    `num_params`; `curve`, with steps, losses (at most 200) and the accuracies of every epoch; `seconds`; `versions`,
    `threads`, `machine`; `finished`, a UTC time.
    """
    info = data_info(data) if info is None else info
    try:
        return train_trial(trial, data, callbacks, info=info, code=code)[1]
    except (Exception, SystemExit) as error:
        return make_row(trial, info, "error", f"{type(error).__name__}: {error}", code=code)


def make_row(
    trial: Trial,
    info: Mapping[str, object],
    status: str,
    reason: str,
    outcome: Mapping[str, object] | None = None,
    *,
    code: str | None = None,
) -> dict[str, object]:
    """Return a row; without an `outcome`, that of a trial that has none. `code` as for `Trial.describe`."""
    empty = {"steps": [], "losses": [], "train_acc": [], "val_acc": []}
    nothing = {"val_acc": None, "num_params": None, "curve": empty, "seconds": None}
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        **trial.to_json(info, code),
        "status": status,
        "reason": reason,
        **(nothing if outcome is None else outcome),
        **environment(),
        "finished": finished,
    }


class _Watchers(Callback):
    """Passes every call on, and remembers whether one of the callbacks stopped the training."""

    def __init__(self, callbacks: Iterable[Callback]):
        self.callbacks = tuple(callbacks)
        self.stopped = False

    def _call(self, name: str, solver: Solver) -> None:
        try:
            for callback in self.callbacks:
                getattr(callback, name)(solver)
        except StopTraining:
            self.stopped = True
            raise

    def on_step(self, solver: Solver) -> None:
        self._call("on_step", solver)

    def on_epoch(self, solver: Solver) -> None:
        self._call("on_epoch", solver)

    def on_end(self, solver: Solver) -> None:
        self._call("on_end", solver)


def _curve(solver: Solver) -> dict[str, list]:
    losses = solver.loss_history
    kept = np.unique(np.linspace(0, len(losses) - 1, min(CURVE_POINTS, len(losses))).round().astype(int)).tolist()
    return {
        "steps": [i + 1 for i in kept],
        "losses": [losses[i] if math.isfinite(losses[i]) else None for i in kept],
        "train_acc": list(solver.train_acc_history),
        "val_acc": list(solver.val_acc_history),
    }
