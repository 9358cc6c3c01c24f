"""`replay`: train a row's trial again, and compare."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnlib import backend, blas, checks
from nnlib.provenance.plain_json import to_json
from nnlib.search.rows import TrialRow
from nnlib.search.trial import Trial, data_info, run_trial

FIRST_LOSS_BAND = 1e-4  # relative; one step in float32 is rounded a thousand times finer


@dataclass(frozen=True)
class Replay:
    """Whether a row came out the same: to the last bit if `exact`, else within `band`; `row` is the new one."""

    equal: bool
    exact: bool
    band: float
    row: TrialRow
    reason: str

    def __str__(self):
        return self.reason


def replay(row: TrialRow, make_model: Callable, data: Mapping[str, np.ndarray], **options: object) -> Replay:
    """Train a row's trial again and compare.

    On the same machine, thread count, versions and code, status, accuracy and curve have to be equal to the last bit.
    Elsewhere sums are rounded differently, and from there training takes another course, as with another seed. Then
    the status has to be the same, the first loss has to agree to 0.01 %, and the validation accuracies may lie two
    standard errors of a difference apart, 2 sqrt(2 p (1 - p) / n) for n validation examples.

    Args:
        row: of a trial that is done or has diverged.
        make_model: what made the model.
        data: what it was trained on.
        options: of the row's solver, those that JSON does not hold: functions and callbacks, by name.

    Raises:
        ValueError: a row without a result; other data, another factory or other options than the row's.
    """
    checks.require(row.status in ("done", "diverged"), "row", "a trial that ended by itself", row.status)
    info = data_info(data)
    checks.require(info.checksum == row.data.checksum, "data", f"{row.data.name}, {row.data.checksum}", info.checksum)
    described, given = {"make_model": row.make_model, **row.solver}, {"make_model": make_model, **options}
    objects = {name for name, value in described.items() if isinstance(value, (dict, list)) and name != "optim_config"}
    for name in sorted(objects | given.keys()):
        checks.require(to_json(given.get(name)) == described.get(name), name, described.get(name), given.get(name))
    trial = Trial(make_model, row.settings, row.seed, {**row.solver, **options})
    threads = blas.one_thread() if row.threads == 1 else contextlib.nullcontext()
    with threads, backend.using(row.layers):
        return _compare(row, run_trial(trial, data, identity=trial.identity(info, trial.fingerprint())))


def _compare(then: TrialRow, now: TrialRow) -> Replay:
    names = ("machine", "threads", "versions", "layers", "fingerprint")
    differs = [name for name in names if getattr(then, name) != getattr(now, name)]
    if then.status != now.status:
        reason = f"Not the same: it was {then.status} and is {now.status} now. {now.reason}".rstrip()
        return Replay(False, not differs, 0.0, now, reason)
    shown = " and ".join("no accuracy" if row.val_acc is None else f"{row.val_acc:.4%}" for row in (then, now))
    if not differs:
        equal = then.val_acc == now.val_acc and then.curve == now.curve
        reason = f"{'The same to the last bit' if equal else 'Not the same'}: {shown}, on the same machine and code."
        return Replay(equal, True, 0.0, now, reason)
    n = then.data.val
    p = min(max(then.val_acc or 0.0, 0.5 / n), 1 - 0.5 / n)  # at least half an example is wrong, and right
    band = 0.0 if then.val_acc is None else 2 * math.sqrt(2 * p * (1 - p) / n)
    first = [row.curve.losses[0] if row.curve.losses else None for row in (then, now)]
    start = first[0] == first[1] or (None not in first and math.isclose(*first, rel_tol=FIRST_LOSS_BAND))
    equal = start and (then.val_acc is None or abs(then.val_acc - now.val_acc) <= band)
    reason = f"{'The same' if equal else 'Not the same'} within the band of {band:.2%}: {shown}"
    reason += f"{'' if start else ', and the first losses differ'}; {', '.join(differs)} differ."
    return Replay(equal, False, band, now, reason)
