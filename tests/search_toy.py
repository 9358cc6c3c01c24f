"""A sweep that takes milliseconds, and factories that fail in many ways. Workers import them: no test is in here."""

import dataclasses
import functools
import os
import signal
import time
from pathlib import Path

import numpy as np

from nnlib import Callback, SoftmaxClassifier
from nnlib.search.rows import Curve, DataInfo, TrialRow

SOLVER = {"num_epochs": 2, "batch_size": 20, "learning_rate": 0.5}
OPTIONS = {"solver": SOLVER, "verbose": False}
GRID = {"hidden_dim": [2, 4, 8], "reg": [0.0, 0.1]}


def toy_data():
    """Three classes: which of the first three of five features is largest."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 5))
    y = X[:, :3].argmax(axis=1)
    return {"X_train": X[:100], "y_train": y[:100], "X_val": X[100:], "y_val": y[100:]}


def make(hidden_dim, rng, reg=0.0):
    return SoftmaxClassifier(5, hidden_dim, 3, weight_scale=None, reg=reg, rng=rng)


def make_and_note(hidden_dim, rng, folder, reg=0.0, trouble=None, parent=None, log=None):
    """Make a model, or whatever `trouble` says; a file in `folder` for each call tells which trials were run."""
    call = f"{hidden_dim}-{reg}-{rng}-{time.perf_counter_ns()}"
    (Path(folder) / call).write_text(str(os.getpid()))
    if trouble == "exit":
        os._exit(7)
    if trouble == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "interrupt once" and not (Path(folder).parent / "interrupted").exists():
        (Path(folder).parent / "interrupted").touch()
        if log is not None:
            wait_for(lambda: Path(log).read_bytes())  # until a row is in it
        os.kill(parent or os.getpid(), signal.SIGINT)
        wait_for((Path(folder).parent / "go on").exists)
    if trouble == "kill once" and not (Path(folder).parent / "killed").exists():
        (Path(folder).parent / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "raise":
        raise ZeroDivisionError("one by nought")
    if trouble == "sys.exit":
        raise SystemExit(3)
    if trouble == "wait":
        wait_for((Path(folder).parent / "go on").exists)
    return make(hidden_dim, rng, reg)


def wait_for(condition):
    """Wait until the condition holds, but for no longer than a minute."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


def noting(folder, **keywords):
    return functools.partial(make_and_note, folder=str(folder), **keywords)


def calls(folder):
    """Return the (hidden_dim, reg, seed) of every call that was noted, sorted."""
    names = (path.name.split("-") for path in Path(folder).iterdir())
    return sorted((int(width), float(reg), int(seed)) for width, reg, seed, _ in names)


class SeeData(Callback):
    """Writes into `folder` what kind of arrays the solver got, and on how many threads it runs."""

    def __init__(self, folder):
        self.folder = str(folder)

    def on_end(self, solver):
        from threadpoolctl import threadpool_info

        from nnlib import blas

        kinds = {type(array).__name__ for array in (solver.X_train, solver.y_train, solver.X_val, solver.y_val)}
        held = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
        name = f"{','.join(sorted(kinds))} {os.getpid()} {blas.threads()} {max(held)} {time.perf_counter_ns()}"
        (Path(self.folder) / name).touch()


def without_times(rows):
    """Return what has to be equal in two runs of the same sweep."""
    return [dataclasses.replace(row, seconds=0.0, finished="", threads=1) for row in rows]


def trial_row(settings=None, val_acc=0.9, *, val=100, losses=(2.0, 1.0), val_accs=(0.1, 0.2), **fields):
    """Return a row made by hand: of a trial that is done, or without an accuracy of one that has diverged."""
    defaults = {
        "id": f"{settings} {fields}",
        "settings": settings or {},
        "seed": 0,
        "solver": {},
        "make_model": {"callable": "m:f"},
        "data": DataInfo("by hand", "c", 10, val),
        "fingerprint": "f",
        "status": "diverged" if val_acc is None else "done",
        "reason": "",
        "num_params": 1,
        "curve": Curve([1, 5], list(losses), [0.3, 0.4], list(val_accs)),
        "seconds": 1.0,
        "versions": {},
        "threads": 1,
        "machine": "",
        "layers": "fast",
        "finished": "",
    }
    return TrialRow(val_acc=val_acc, **defaults | fields)
