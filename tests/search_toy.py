"""A sweep that takes milliseconds, and factories that misbehave. Workers import them: no test is in here."""

import functools
import os
import signal
import time
from pathlib import Path

import numpy as np

from nnlib import Callback, SoftmaxClassifier

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


def make_and_note(hidden_dim, rng, folder, reg=0.0, trouble=None, parent=None):
    """Make a model, or whatever `trouble` says; a file in `folder` for each call tells which trials were run."""
    call = f"{hidden_dim}-{reg}-{rng}-{time.perf_counter_ns()}"
    (Path(folder) / call).write_text(str(os.getpid()))
    if trouble == "exit":
        os._exit(7)
    if trouble == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "interrupt once" and not (Path(folder).parent / "interrupted").exists():
        (Path(folder).parent / "interrupted").touch()
        os.kill(parent or os.getpid(), signal.SIGINT)
        time.sleep(1.5)
    if trouble == "kill once" and not (Path(folder).parent / "killed").exists():
        (Path(folder).parent / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "raise":
        raise ZeroDivisionError("one by nought")
    if trouble == "sys.exit":
        raise SystemExit(3)
    if trouble == "slow":
        time.sleep(0.4)
    return make(hidden_dim, rng, reg)


def noting(folder, **keywords):
    return functools.partial(make_and_note, folder=str(folder), **keywords)


def calls(folder):
    """Return the (hidden_dim, reg, seed) of every call that was noted, in no order."""
    names = (path.name.split("-") for path in Path(folder).iterdir())
    return sorted((int(width), float(reg), int(seed)) for width, reg, seed, _ in names)


class SeeData(Callback):
    """Writes into `folder` what kind of arrays the solver got, and how many threads it works on."""

    def __init__(self, folder):
        self.folder = str(folder)

    def on_end(self, solver):
        from threadpoolctl import threadpool_info

        from nnlib.fast import runtime

        kinds = {type(array).__name__ for array in (solver.X_train, solver.y_train, solver.X_val, solver.y_val)}
        blas = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
        name = f"{','.join(sorted(kinds))} {os.getpid()} {runtime.threads()} {max(blas)} {time.perf_counter_ns()}"
        (Path(self.folder) / name).touch()


def without_times(rows):
    """Return what has to be equal in two runs of the same sweep."""
    return [{key: value for key, value in row.items() if key not in ("seconds", "finished", "threads")} for row in rows]
