"""What is measured becomes the figures that are said of it: examples worked by hand, with a clock of the test."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from nnlib import backend
from nnlib.homework import costs
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import Layer
from tools.bench import models, report, trainings, worker


@pytest.fixture
def spend(monkeypatch):
    """A function that lets seconds pass on the clock that is read by whatever measures."""
    now = [100.0]

    def clock():
        return now[0]

    def spend(seconds):
        now[0] += seconds

    for module in (costs, trainings, worker):
        monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=clock, process_time=clock))
    return spend


def test_a_median_leaves_out_the_call_that_warms_up(spend):
    seconds = iter([9, 5, 1, 3, 2, 4])
    assert worker.median_seconds(lambda: spend(next(seconds)), budget=0) == 3


@dataclass(frozen=True)
class Waiting(Layer):
    """Takes so many seconds, call by call."""

    spend: object
    seconds: list = field(default_factory=list)

    def forward(self, x, params, state, context):
        self.spend(self.seconds.pop(0))
        return x, None

    def backward(self, dout, cache, layers, need_dx):
        self.spend(1)
        return dout, {}


def test_a_layer_takes_the_shortest_of_its_times_forward_and_backward(spend):
    specs = [Waiting(spend, [3, 1, 2]), Waiting(spend, [4, 6, 5])]
    model = Classifier(Sequential(specs, (2,), rng=0), softmax_loss)
    assert costs.seconds_by_layer(model, np.ones((1, 2)), repeats=3) == [("Waiting", 2), ("Waiting", 5)]


def test_an_epoch_is_divided_by_what_was_at_work(spend):
    solver = SimpleNamespace(_train_step=lambda: spend(2), check_accuracy=lambda: spend(3))
    solver.train = lambda: (solver._train_step(), solver._train_step(), solver.check_accuracy(), spend(1))
    assert worker.solver_seconds(solver) == {"steps": 4, "evaluation": 3, "rest": 1}


def test_a_training_is_compared_by_its_shortest_times_and_its_largest_gap(spend, monkeypatch):
    seconds = {"plain": [8, 6], "fast": [2, 3]}
    losses = {"plain": [1.0, 0.5], "fast": [1.0, 0.25]}

    def train(trial, data):
        spend(seconds[backend.current()].pop(0))
        accuracy = 0.75 if backend.current() == "plain" else 0.5
        return SimpleNamespace(loss_history=losses[backend.current()]), SimpleNamespace(val_acc=accuracy)

    monkeypatch.setattr(trainings, "train_trial", train)
    assert trainings.compare("q2", repeats=2) == ["q2", "3.00", "75.00%", "50.00%", "1e+00"]


def test_a_multiply_add_counts_as_two_operations(monkeypatch):
    monkeypatch.setattr(models, "CNN", {"num_filters": 2, "filter_size": 27, "hidden_dim": 3})
    monkeypatch.setattr(worker, "GROWTH", {"images": ("batch_size", (1,))})
    (row,) = worker.growth(0)
    assert row["flops"] == 2 * (2 * 2 * 27 * 27 * 4 + 3 * (2 * 3 + 3 * 10))  # as in test_bench


def test_the_headline_is_of_batches_of_100_alone():
    ratios = {10: [100.0], 100: [2.0, 8.0]}
    steps = [{"batch_size": size, "train": {"ratio": ratio}} for size in ratios for ratio in ratios[size]]
    assert report.geometric_mean(steps) == pytest.approx(4)
