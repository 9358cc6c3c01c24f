"""The same seed gives the same parameters to the last bit: alone, in a sweep, on workers, and after a resumption."""

import os

import numpy as np
import pytest
from search_toy import NoteParameters, make_any
from solver_stub import RaiseAt

from nnlib import Solver, StopTraining, backend
from nnlib.provenance.plain_json import array_checksum
from nnlib.search import sweep

# One process runs them all: workers are slow to start.
pytestmark = [pytest.mark.usefixtures("no_worker_is_left"), pytest.mark.xdist_group("loky")]

KINDS = ("LogisticClassifier", "SVM", "SoftmaxClassifier", "ConvNet")
SOLVER = {"num_epochs": 2, "batch_size": 20, "update_rule": "adam"}


def data_for(kind):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 36)).astype(np.float32), rng.integers(0, 2, 90)
    X = X.reshape(-1, 1, 6, 6) if kind == "ConvNet" else X
    return {"X_train": X[:60], "y_train": y[:60], "X_val": X[60:], "y_val": y[60:]}


def trained_alone(kind, stop_at=None, rng=3):
    """Return the checksum of what a Solver trains, with a pause after step `stop_at`."""
    callbacks = [] if stop_at is None else [RaiseAt(StopTraining(), step=stop_at)]
    solver = Solver(make_any(kind, rng), data_for(kind), **SOLVER, rng=rng, verbose=False, callbacks=callbacks)
    for _ in range(2):  # the second call goes on, or finds all epochs done
        solver.train()
    assert solver.epoch == 2
    return array_checksum({**solver.model.params, **solver.model.state})


def trained_in_a_sweep(kind, n_jobs, folder):
    """Return the checksum of the only trial of a sweep, and the process that trained it."""
    folder.mkdir()
    solver = {**SOLVER, "callbacks": [NoteParameters(folder)]}
    options = {"seeds": [3], "solver": solver, "n_jobs": n_jobs, "verbose": False}
    (row,) = sweep(make_any, data_for(kind), {"kind": [kind]}, **options)
    assert row.status == "done"
    (note,) = folder.iterdir()
    model, found, process, _ = note.name.split()
    assert model == kind
    return f"sha256:{found}", process


@pytest.mark.parametrize("layers", ["plain", "fast"])
@pytest.mark.parametrize("kind", KINDS)
def test_alone_again_resumed_in_a_sweep_and_on_a_worker(kind, layers, tmp_path):
    with backend.using(layers):
        expected = trained_alone(kind)
        assert trained_alone(kind) == expected
        assert trained_alone(kind, stop_at=2) == trained_alone(kind, stop_at=4) == expected
        assert trained_alone(kind, rng=4) != expected
        here, process = trained_in_a_sweep(kind, 1, tmp_path / "here")
        assert (here, process) == (expected, str(os.getpid()))
        there, process = trained_in_a_sweep(kind, 2, tmp_path / "worker")
        assert there == expected
        assert process != str(os.getpid())
