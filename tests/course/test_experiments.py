"""Experiments: a class that learns gets points, one that does not gets none; figures are compared or left open."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
from forked_workers import Forked

from course import grading, items, ledger, marks, replay, sandbox, training
from course.extract import extract
from course.intake import Submission
from course.judging import solution
from nnlib.check.process import Process
from nnlib.homework import results

TIERS = [tier for tier in ("bwrap", "uid") if not sandbox.trouble(tier)]
FILES = {**solution(), "notebooks/q2_logistic.ipynb": (items.ROOT / "notebooks" / "q2_logistic.ipynb").read_text()}
DATA = {"name": "MNIST", "train": 54_000, "val": 6_000, "test": 10_000}
with_sandbox = pytest.mark.skipif(not TIERS, reason="no sandbox holds here")


def judged(item, **files):
    submission = Submission("ann", "ann.zip", "0" * 64, FILES | files)
    return {check.name: check for check in grading.judge(submission, item, TIERS[0], ledger.Cache(None), b"k")}


def changed(module, old, new):
    text = FILES[module]
    assert text.count(old) >= 1
    return {module: text.replace(old, new)}


def reporting(**fields):
    """Q2's notebook with other fields in the row of 2.3."""
    notebook = json.loads(FILES["notebooks/q2_logistic.ipynb"])
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            for row in output.get("data", {}).get(replay.MIME, ()):
                row |= fields if row["item"] == "2.3" else {}
    return {"notebooks/q2_logistic.ipynb": json.dumps(notebook)}


@with_sandbox
def test_the_repository_gets_what_a_machine_gives():
    found = judged("2.3")
    assert {check.status for check in found.values()} == {"passed"}
    assert sum(check.points for check in found.values()) == sum(row.points for row in grading.machine_rows("2.3"))


@with_sandbox
@pytest.mark.parametrize(
    ("new", "status", "words"),
    [
        ("return None", "failed", "it cannot be trained: model.loss"),
        ("raise NotImplementedError('2.2')", "stub", ""),
        ("return X[:, 0] if y is None else (0.0, {k: 0 * v for k, v in self.params.items()})", "failed", "accuracy"),
        ("return X[:, 0] if y is None else (0.0, {k: v[:0] for k, v in self.params.items()})", "failed", "cannot be"),
    ],
)
def test_a_class_that_does_not_learn_gets_no_points(new, status, words):
    mine = f"\n\nclass LogisticClassifier(LogisticClassifier_):\n    def loss(self, X, y=None):\n        {new}\n"
    text = FILES["nnlib/models.py"].replace("class LogisticClassifier(", "class LogisticClassifier_(") + mine
    trains = judged("2.3", **{"nnlib/models.py": text})["trains"]
    assert (trains.status, trains.points) == (status, 0)
    assert words in trains.message_student


@with_sandbox
def test_a_wrong_layer_costs_no_experiment():
    wrong = changed("nnlib/layers/fully_connected.py", "dw = x.T @ dout", "dw = 0 * (x.T @ dout)")
    trains = judged("2.4", **wrong)["trains"]
    assert trains.status == "passed"
    assert "the course's 1.1" in trains.message_student


def test_a_figure_is_read_replayed_and_compared():
    (row,) = (row for row in grading.machine_rows("2.3") if row.name == "figure")
    own = replay.figure(row, "2.3", FILES)
    assert (own.status, own.points) == ("passed", row.points)
    assert "a replay with reg" in own.message_student


def test_of_several_rows_of_an_item_the_last_counts():
    row = asdict(replay.find(FILES["notebooks/q2_logistic.ipynb"], "2.3"))
    tables = [[row | {"val_acc": 0.5}, row | {"val_acc": 0.6, "item": "5.3"}], [row | {"val_acc": 0.7}], []]
    cells = [{}, *({"outputs": [{"data": {replay.MIME: table}}]} for table in tables)]
    assert [replay.find(json.dumps({"cells": cells}), item).val_acc for item in ("2.3", "5.3a")] == [0.7, 0.6]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (reporting(val_acc=0.999), "further apart than"),
        (reporting(val_acc=99.9), "a fraction in"),
        (reporting(item="9.9"), "no table of results"),
        (reporting(chosen={"L2": -1.0}), "reg = -1.0"),
        (reporting(chosen={"L2": "0.1"}), "reg = '0.1'"),
        (reporting(chosen={"hidden units": 10**9}), "hidden_dim = 1000000000"),
        (reporting(chosen={"__class__": 1}), "__class__ = 1"),
        (reporting(chosen={"hidden units": 1.5}), "a whole number"),
        ({"notebooks/q2_logistic.ipynb": '{"cells": []}'}, "no table of results"),
        ({"notebooks/q2_logistic.ipynb": '{"cells": [{"outputs": ["text"]}]}'}, "no figure"),
        ({"notebooks/q2_logistic.ipynb": '{"cells": [{"outputs": [{"data": null}]}]}'}, "no figure"),
    ],
)
def test_a_figure_that_does_not_stand_goes_to_a_human_with_words(files, words):
    (row,) = (row for row in grading.machine_rows("2.3") if row.name == "figure")
    found = replay.figure(row, "2.3", FILES | files)
    assert (found.status, found.points) == ("human", None)
    assert words in found.message_grader
    graded = grading.item_object("2.3", [found])
    assert graded["points"] == 0
    assert marks.room(graded) == graded["max"]  # a human may give the row's points
    assert marks.left_open(graded) == [f"figure: {found.message_grader}"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"filter_size": 28}, "filter_size = 28"),
        ({"hidden units": 1000}, "hidden_dim = 1000"),
        ({"architecture": "x"}, "'x'"),
    ],
)
def test_no_network_is_replayed_that_takes_minutes(settings, words):
    row = results.ResultRow(
        item="5.3",
        model="CNN",
        chosen=settings,
        val_acc=0.9,
        test_acc=0.9,
        reference=0.9,
        data=DATA,
        seed=0,
        seconds=1.0,
    )
    with pytest.raises(ValueError, match=words):
        replay.chosen(row, replay.MOST_OF_CNN)


def test_a_figure_is_replayed_once(tmp_path, monkeypatch):
    (row,) = (row for row in grading.machine_rows("2.3") if row.name == "figure")
    cache = ledger.Cache(tmp_path / "rows")
    first = grading._figure(row, "2.3", FILES, cache)
    monkeypatch.setattr(grading, "figure", lambda *_: pytest.fail("replayed again"))
    assert grading._figure(row, "2.3", FILES, ledger.Cache(tmp_path / "rows")) == first


@pytest.mark.parametrize("item", training.TRAININGS)
def test_every_training_is_of_the_class_that_its_item_names(item):
    of = items.load().items[item]["model"]
    assert training.TRAININGS[item].target in items.load().items[of]["targets"]
    assert extract(solution(), of).status == ""
    assert 0.5 < training.bounds()[item] <= 0.95


def test_items_a_machine_judges_have_what_it_needs():
    for item in items.load().items:
        for row in grading.machine_rows(item):
            assert item in {"trains": training.TRAININGS, "figure": replay.REPLAYS}[row.name]


@pytest.mark.parametrize(
    ("above", "status"), [((0, 0.1), "passed"), ((-0.001, 0.1), "failed"), ((0.1, -0.001), "failed")]
)
def test_both_of_two_seeds_have_to_reach_the_bound(above, status, monkeypatch):
    reached, seeds = iter(training.bounds()["2.3"] + np.array(above)), set()
    small = SimpleNamespace(reached=lambda worker, seed: seeds.add(seed) or next(reached))
    monkeypatch.setitem(training.TRAININGS, "2.3", small)
    judge = SimpleNamespace(item="2.3", worker=None)
    assert training.TrainingJudge.result(judge, grading.machine_rows("2.3")[0], 7).status == status
    assert len(seeds) == 2


def test_a_training_tells_learning_from_guessing():
    class Guess:
        params = {"w": np.zeros(1)}  # noqa: RUF012

        def loss(self, X, y=None):
            return X[:, -1] if y is None else (1.0, {"w": self.params["w"]})

    assert training.TRAININGS["2.3"].accuracy(lambda seed: Guess(), 0) < training.bounds()["2.3"]


def test_a_training_is_measured_on_examples_that_it_does_not_show():
    class Memory:
        params, known = {"w": np.zeros(1)}, {}

        def loss(self, X, y=None):
            if y is None:
                return np.array([self.known.get(x.tobytes(), -1.0) for x in X])
            self.known |= {x.tobytes(): 2.0 * label - 1 for x, label in zip(X, y, strict=True)}
            return 1.0, {"w": self.params["w"]}

    assert training.TRAININGS["2.3"].accuracy(lambda seed: Memory(), 0) < training.bounds()["2.3"]


NET = """
import torch
from torch import nn

class VGG11(nn.Sequential):
    def __init__(self, *, relu=False, batch_norm=False):
        super().__init__(nn.Flatten(), nn.Linear(3 * 32 * 32, 10))
        {more}
"""


@pytest.mark.parametrize(
    ("more", "least", "most"),
    [
        ("pass", 0.9, 1.0),
        ("self.register_forward_hook(lambda net, args, out: 0 * out)", 0.0, 0.7),
        ("self.register_forward_hook(lambda net, args, out: out if net.training else out[0])", None, None),
    ],
)
def test_a_network_is_trained_in_its_worker_and_measured_outside(tmp_path, more, least, most):
    pytest.importorskip("torch")

    def halves(rng, n, classes):
        y = rng.integers(0, 2, n)
        X = 0.1 * rng.standard_normal((n, 3, 32, 32)) + np.where(y, 1, -1)[:, None, None, None]
        return X.astype(np.float32), y

    (tmp_path / "nnlib" / "vgg").mkdir(parents=True)
    (tmp_path / "nnlib" / "vgg" / "networks.py").write_text(NET.format(more=more))
    small = replace(training.TRAININGS["6.2c"], draw=halves, epochs=5, sizes=(100, 50))
    with Process(tmp_path, Forked) as worker:
        if least is None:
            with pytest.raises(ValueError, match="its scores are not"):
                small.reached(worker, 1)
        else:
            assert least <= small.reached(worker, 1) <= most
