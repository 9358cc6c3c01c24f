"""Models that do as a test tells them, on data of a few examples, for the tests of nnlib.widgets."""

import threading
import time

import numpy as np

from nnlib import LogisticClassifier
from nnlib.search import TrialLog
from nnlib.widgets import LinearSlider, ValueSlider, explore

PATIENCE = 60  # seconds until a test gives up; nothing is asserted about how long anything takes


def examples(num_train=40, num_val=20):
    """Return a separable binary set of 3 features."""
    rng = np.random.default_rng(0)
    data = {}
    for part, count in (("train", num_train), ("val", num_val)):
        data[f"X_{part}"] = rng.normal(size=(count, 3))
        data[f"y_{part}"] = (data[f"X_{part}"].sum(axis=1) > 0).astype(np.int64)
    return data


class Gate:
    """Lets train steps through one by one; open it and they run freely."""

    def __init__(self):
        self._steps = threading.Semaphore(0)
        self._open = threading.Event()

    def let(self, steps):
        for _ in range(steps):
            self._steps.release()

    def open(self):
        self._open.set()

    def wait(self):
        deadline = time.monotonic() + PATIENCE
        while not self._open.is_set() and not self._steps.acquire(timeout=0.01):
            assert time.monotonic() < deadline


class Gated(LogisticClassifier):
    """A logistic classifier whose train steps wait at `gate` and fail at step `fails_at`."""

    gate: Gate
    fails_at = None

    def loss(self, X, y=None):
        if y is not None:
            self.gate.wait()
            self.steps = getattr(self, "steps", 0) + 1
            if self.steps == self.fails_at:
                raise ValueError("X: expected <something> else")
        return super().loss(X, y)


def gated_explorer(gate=None, *, fails_at=None, name="gated", **options):
    """Return (explorer, gate): 4 steps an epoch, 5 epochs."""
    gate = Gate() if gate is None else gate

    def make_model(hidden_dim, *, rng):
        model = Gated(3, hidden_dim, rng=rng, weight_scale=None)
        model.gate, model.fails_at = gate, fails_at
        return model

    controls = [
        ValueSlider("hidden_dim", "hidden units", 5, (1, 5, 9)),
        LinearSlider("num_epochs", "epochs", 5, 1, 9),
        ValueSlider("learning_rate", "learning rate", 0.1, (0.01, 0.1, 1e20)),
        LinearSlider("seed", "seed", 0, 0, 9),
    ]
    options = {"data": examples(), "solver": {"batch_size": 10}, "trial_log": TrialLog(), **options}
    return explore(make_model, controls=controls, name=name, **options), gate


def open_explorer(**options):
    """Return an explorer whose training nothing holds up."""
    explorer, gate = gated_explorer(**options)
    gate.open()
    return explorer


def until(condition):
    """Wait for `condition()` to be true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
