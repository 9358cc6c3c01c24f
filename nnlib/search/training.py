"""Run a trial: in comes a Trial, out come the trained model and a row."""

from __future__ import annotations

import copy
import functools
import math
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import numpy as np

from nnlib import backend
from nnlib.callbacks import Callback, StopTraining
from nnlib.fast import runtime
from nnlib.provenance.machine import machine, versions
from nnlib.provenance.plain_json import array_checksum
from nnlib.search.rows import Curve, DataInfo, TrialRow
from nnlib.search.trial import Trial
from nnlib.solver import DivergenceError, Solver
from nnlib.solver_checks import DATA_KEYS

CURVE_POINTS = 200  # a row keeps at most so many losses, evenly spaced, including the first and the last


def data_info(data: Mapping[str, np.ndarray]) -> DataInfo:
    """Return the name, checksum and sizes of the training and validation examples."""
    arrays = {key: np.asarray(data[key]) for key in DATA_KEYS}
    name = str(getattr(data, "name", "unnamed arrays"))
    return DataInfo(name, array_checksum(arrays), len(arrays["y_train"]), len(arrays["y_val"]))


def train_trial(
    trial: Trial,
    data: Mapping[str, np.ndarray],
    callbacks: Iterable[Callback] = (),
    *,
    info: DataInfo | None = None,
    code: str | None = None,
) -> tuple[Solver, TrialRow]:
    """Train, and return the Solver (its `model` is the trained one) and the row.

    Args:
        trial: what to train.
        data: `X_train`, `y_train`, `X_val`, `y_val`.
        callbacks: they watch this run and are not part of the trial: one that raises StopTraining makes it 'stopped'.
        info: `data_info(data)` if it is known; it hashes every byte.
        code: `trial.fingerprint()` if it is known.

    Raises:
        CodeError: as from `trial.fingerprint()`, before the training.
        Exception: what make_model or a callback raises. A divergence does not raise, it is the row's status.
    """
    info = data_info(data) if info is None else info
    code = trial.fingerprint() if code is None else code
    for_model, options = trial.arguments()
    watchers = _Watchers(callbacks)
    own = copy.deepcopy(tuple(options.pop("callbacks", ())))
    start = time.perf_counter()
    model = trial.make_model(**for_model, rng=trial.seed)
    solver = Solver(model, data, **options, callbacks=(*own, watchers), rng=trial.seed)
    status, reason = "done", ""
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # they announce a divergence, which is reported
            solver.train()
    except DivergenceError as error:
        status, reason = "diverged", str(error)
    if watchers.stopped:
        status, reason = "stopped", f"stopped in epoch {solver.epoch + 1} of {solver.num_epochs}"
    outcome = {
        "val_acc": None if status == "diverged" else solver.val_acc,
        "num_params": sum(array.size for array in model.params.values()),
        "curve": _curve(solver),
        "seconds": time.perf_counter() - start,
    }
    return solver, make_row(trial, info, code, status, reason, **outcome)


def run_trial(
    trial: Trial, data: Mapping[str, np.ndarray], *, info: DataInfo | None = None, code: str | None = None
) -> TrialRow:
    """Train, and return the row alone; an exception becomes a row too, of status 'error'.

    The arguments are those of `train_trial`.
    """
    info = data_info(data) if info is None else info
    code = trial.fingerprint() if code is None else code
    try:
        return train_trial(trial, data, info=info, code=code)[1]
    except (Exception, SystemExit) as error:
        return make_row(trial, info, code, "error", f"{type(error).__name__}: {error}")


def make_row(trial: Trial, info: DataInfo, code: str, status: str, reason: str, **outcome: object) -> TrialRow:
    """Return a row of this process and time; `outcome` is `val_acc`, `num_params`, `curve`, `seconds`, or nothing."""
    nothing = {"val_acc": None, "num_params": None, "curve": Curve([], [], [], []), "seconds": None}
    return TrialRow(
        **trial.to_json(info, code),
        status=status,
        reason=reason,
        **nothing | outcome,
        versions=versions(),
        threads=runtime.threads(),
        machine=machine(),
        layers=backend.current(),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
    )


class _Watchers(Callback):
    """Calls the callbacks, and remembers whether one of them stopped the training."""

    def __init__(self, callbacks: Iterable[Callback]):
        self.callbacks, self.stopped = tuple(callbacks), False
        for event in ("on_step", "on_epoch", "on_end"):
            setattr(self, event, functools.partial(self._call, event))

    def _call(self, event: str, solver: Solver) -> None:
        try:
            for callback in self.callbacks:
                getattr(callback, event)(solver)
        except StopTraining:
            self.stopped = True
            raise


def _curve(solver: Solver) -> Curve:
    losses = solver.loss_history
    kept = np.unique(np.linspace(0, len(losses) - 1, min(CURVE_POINTS, len(losses))).round().astype(int)).tolist()
    return Curve(
        [i + 1 for i in kept],
        [losses[i] if math.isfinite(losses[i]) else None for i in kept],
        list(solver.train_acc_history),
        list(solver.val_acc_history),
    )
