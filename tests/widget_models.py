"""Models whose training a test can hold up or make fail, and a few examples, for the tests of nnlib.widgets."""

import math
import threading
import time

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nnlib import LogisticClassifier
from nnlib.search import TrialLog
from nnlib.widgets import LinearSlider, ValueSlider, explore
from nnlib.widgets import explorer as explorer_module

PATIENCE = 60  # seconds until a test gives up; no test asserts how long anything takes


def examples(num_train=40, num_val=20):
    """Return a separable binary set of 3 features."""
    rng = np.random.default_rng(0)
    data = {}
    for part, count in (("train", num_train), ("val", num_val)):
        data[f"X_{part}"] = rng.normal(size=(count, 3))
        data[f"y_{part}"] = (data[f"X_{part}"].sum(axis=1) > 0).astype(np.int64)
    return data


def without_pictures(monkeypatch):
    """Have explorers draw no curves, for tests that do not look at them."""
    monkeypatch.setattr(explorer_module.curves, "live_figure", lambda size, runs: None)
    monkeypatch.setattr(explorer_module, "png", lambda figure: b"")


def small_figure(width, height):
    """Return a Figure as picture.new_figure does, but coarse and without a layout, which is drawn much faster."""
    figure = Figure(figsize=(width, height), dpi=20)
    FigureCanvasAgg(figure)
    return figure


class Gate:
    """Lets training steps through one by one, and all of them once it is open."""

    def __init__(self):
        self._changed = threading.Condition()
        self._steps = 0

    def let(self, steps):
        with self._changed:
            self._steps += steps
            self._changed.notify_all()

    def open(self):
        self.let(math.inf)

    def wait(self):
        with self._changed:
            assert self._changed.wait_for(lambda: self._steps > 0, PATIENCE)
            self._steps -= 1


class Gated(LogisticClassifier):
    """A logistic classifier whose training steps wait at `gate` and fail at step `fails_at`."""

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
    """Return (explorer, gate): 4 steps per epoch, 5 epochs."""
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
    """Return an explorer whose training runs freely."""
    explorer, gate = gated_explorer(**options)
    gate.open()
    return explorer


def until(condition):
    """Wait for `condition()` to be true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.005)
