"""`replay`: train a trial log's row again and say whether it came out the same."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlib import checks
from nnlib.callbacks import Callback
from nnlib.fast import runtime
from nnlib.provenance.plain_json import rebuild, to_json
from nnlib.search.training import data_info, run_trial
from nnlib.search.trial import Trial

FIRST_LOSS_BAND = 1e-4  # relative; one step in float32 rounds a thousand times finer


@dataclass(frozen=True)
class Replay:
    """Whether a row came out the same when it was trained again.

    Attributes:
        equal: the answer.
        exact: whether equal meant: to the last bit. Else: within the band.
        band: the largest difference of validation accuracies that counts as equal; 0 if `exact`.
        val_acc: validation accuracies, then and now.
        row: the new row.
        reason: the answer in words; what `print` shows.
    """

    equal: bool
    exact: bool
    band: float
    val_acc: tuple[float | None, float | None]
    row: Mapping[str, object]
    reason: str

    def __str__(self):
        return self.reason


def replay(
    row: Mapping[str, object],
    make_model: Callable | None = None,
    data: Mapping[str, np.ndarray] | None = None,
    *,
    callbacks: Sequence[Callback] | None = None,
) -> Replay:
    """Train a row's trial again and compare.

    On the same machine, thread count, versions and code, everything has to be equal to the last bit: status,
    validation accuracy and curve. Elsewhere sums are rounded in another order, and training takes that difference
    onto a path of its own, as another seed would. There the first loss, which knows nothing of paths, has to agree to
    0.01 %, the status has to be the same, and the two validation accuracies may lie two standard errors of a
    difference apart, 2 sqrt(2 p (1 - p) / n) for n validation examples. (They share these examples: nearly always they
    are closer.)

    Args:
        row: of kind 'trial', from a trial log.
        make_model: what made the model. Not needed if the row names something of nnlib's or of this program's.
        data: what it was trained on. Not needed for the homework's named sweeps.
        callbacks: the callbacks among the solver's options. Not needed for nnlib's or this
            program's own with simple arguments.

    Raises:
        ValueError: another kind of row, a row without a result, or other data than the row's.
        LookupError: something that has to be passed was not.
    """
    checks.require(row.get("kind") == "trial", "row", "a row of kind 'trial'", repr(row.get("kind")))
    checks.require(row["status"] in ("done", "diverged"), "row", "a trial that ended by itself", row["status"])
    make_model = rebuild(row["make_model"]) if make_model is None else make_model
    data = _named_data(row) if data is None else data
    info = data_info(data)
    same_data = info["checksum"] == row["data"]["checksum"]
    checks.require(same_data, "data", f"{row['data']['name']}, {row['data']['checksum']}", info["checksum"])
    solver = dict(row["solver"])
    if "callbacks" in solver:
        solver["callbacks"] = (
            [rebuild(callback) for callback in solver["callbacks"]] if callbacks is None else callbacks
        )
        given = to_json(solver["callbacks"])
        checks.require(given == row["solver"]["callbacks"], "callbacks", row["solver"]["callbacks"], given)
    trial = Trial(make_model, row["settings"], row["seed"], solver)
    with runtime.one_thread() if row["threads"] == 1 else contextlib.nullcontext():
        return _compare(row, run_trial(trial, data, info=info))


def _named_data(row: Mapping[str, object]) -> Mapping[str, np.ndarray]:
    from nnlib.homework import sweeps

    if row.get("sweep") not in sweeps.SWEEPS:
        raise LookupError(f"data: the row is of no named sweep; pass what it was trained on, {row['data']['name']!r}.")
    return sweeps.SWEEPS[row["sweep"]].load()


def _compare(then: Mapping[str, object], now: Mapping[str, object]) -> Replay:
    differs = [key for key in ("machine", "threads", "versions", "fingerprint") if then[key] != now[key]]
    accuracies = then["val_acc"], now["val_acc"]
    if then["status"] != now["status"]:
        reason = f"Not the same: it was {then['status']} and is {now['status']} now. {now['reason']}".rstrip()
        return Replay(False, not differs, 0.0, accuracies, now, reason)
    shown = " and ".join("no accuracy" if a is None else f"{a:.4%}" for a in accuracies)
    if not differs:
        equal = accuracies[0] == accuracies[1] and then["curve"] == now["curve"]
        reason = f"{'The same to the last bit' if equal else 'Not the same'}: {shown}, on the same machine and code."
        return Replay(equal, True, 0.0, accuracies, now, reason)
    band = _band(then)
    first = [row["curve"]["losses"][:1] for row in (then, now)]
    start = first[0] == first[1] or (
        None not in first[0] + first[1] and math.isclose(*first[0], *first[1], rel_tol=FIRST_LOSS_BAND)
    )
    close = accuracies[0] is None or abs(accuracies[0] - accuracies[1]) <= band
    equal = start and close
    reason = (
        f"{'The same' if equal else 'Not the same'} within the band of {band:.2%}: {shown}"
        f"{'' if start else ', and the first losses differ'}; {', '.join(differs)} differ."
    )
    return Replay(equal, False, band, accuracies, now, reason)


def _band(row: Mapping[str, object]) -> float:
    """Return two standard errors of the difference of two accuracies; of one at least half an example is wrong."""
    if row["val_acc"] is None:
        return 0.0
    n = row["data"]["val"]
    p = min(max(row["val_acc"], 0.5 / n), 1 - 0.5 / n)
    return 2 * math.sqrt(2 * p * (1 - p) / n)
