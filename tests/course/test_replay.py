"""What decides on a reported figure and on a training, without one: tolerance, settings, seeds, bounds."""

import json
from types import SimpleNamespace

import pytest

from course import replay, training
from nnlib.check.exercises import Row
from nnlib.check.process import StudentError

ROW = Row("figure", "trains", points=1.0)


@pytest.mark.parametrize(
    ("off", "status"), [(0.0239, "passed"), (-0.0239, "passed"), (0.0241, "human"), (-0.0241, "human")]
)
def test_a_figure_may_be_off_by_two_standard_errors_and_half_a_point(off, status, monkeypatch):
    """2 sqrt(0.9 0.1 / 1000) + 0.005 = 0.02397; trained with the student's seed and settings."""
    asked = []
    reported = SimpleNamespace(val_acc=0.9 + off, seed=7, chosen={"learning rate": 0.5, "L2": 0.25})
    monkeypatch.setattr(replay, "find", lambda notebook, item: reported)
    monkeypatch.setattr(replay, "accuracy", lambda *given: asked.append(given) or (0.9, 1000))
    assert replay.figure(ROW, "2.3", {}).status == status
    assert asked == [("2.3", 7, (("learning_rate", 0.5), ("reg", 0.25)))]


@pytest.mark.parametrize("value", [0, 10.0, 10.1, -0.1, True])
def test_a_setting_lies_between_0_and_its_largest_value(value):
    row = SimpleNamespace(chosen={"reg": value})
    if value in (0, 10.0):
        assert replay.chosen(row) == {"reg": value}
    else:
        with pytest.raises(ValueError, match="reg = "):
            replay.chosen(row)


def test_what_a_student_has_chosen_goes_before_the_defaults(monkeypatch):
    made = {}

    class Solver:
        def __init__(self, model, data, **options):
            made.update(options)
            self.val_acc_history, self.train = [0.1, 0.75], lambda: None

    def model(**options):
        made.update(model=options)

    monkeypatch.setattr(replay, "Solver", Solver)
    monkeypatch.setattr(replay, "_data", lambda name: {"y_val": [name] * 4})
    own = replay.Replay(model, "binary", {"num_epochs": 3}, {"learning_rate": 1.0, "input_dim": 20, "reg": 9.0})
    monkeypatch.setitem(replay.REPLAYS, "2.3", own)
    found = replay.accuracy.__wrapped__("2.3", 7, (("learning_rate", 0.5), ("reg", 0.25)))
    assert found == (0.75, 4)
    assert made.pop("model") == {"input_dim": 20, "reg": 0.25, "rng": 7}
    assert made == {"optim_config": {"learning_rate": 0.5}, "num_epochs": 3, "rng": 7, "verbose": False}


def test_the_bound_lies_below_the_worst_of_our_own(tmp_path, monkeypatch):
    measured = {"margin": 0.05, "items": {"2.3": {"worst": 0.9, "mean": 0.99}}}
    (tmp_path / "bounds.json").write_text(json.dumps(measured))
    monkeypatch.setattr(training, "BOUNDS", tmp_path / "bounds.json")
    assert training.bounds.__wrapped__() == {"2.3": 0.85}


@pytest.mark.parametrize(
    ("error", "status", "place"),
    [
        (StudentError("import", "No module named 'torch'"), "not run", ""),
        (StudentError("import", "No module named 'mine'"), "import", ""),
        (StudentError("exception", "ValueError: x", "/root/nnlib/models.py", 7), "exception", "models.py:7"),
        (ZeroDivisionError("x"), "failed", ""),
    ],
)
def test_what_ends_a_training_is_told_by_its_kind(error, status, place, monkeypatch):
    def reached(worker, seed):
        raise error

    monkeypatch.setitem(training.TRAININGS, "2.3", SimpleNamespace(reached=reached))
    found = training.TrainingJudge.result(SimpleNamespace(item="2.3", worker=None), ROW, 7)
    assert (found.status, found.place) == (status, place)
