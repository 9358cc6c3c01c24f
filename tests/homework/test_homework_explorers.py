"""Every explorer of every notebook: each control at its minimum, default and maximum, Run, wait."""

import math

import pytest

from nnlib.data import load_mnist, subset
from nnlib.homework import explorers

# On the data that the notebook gives it, or on fewer images where the widest settings would train for minutes.
MAKERS = {
    "q2": explorers.q2_explorer,
    "q3": explorers.q3_explorer,
    "q4": lambda: explorers.q4_explorer(explorers.Part(load_mnist(), 1000, 300)),
    "q5": lambda: explorers.q5_explorer(explorers.Part(load_mnist(flat=False), 300, 100)),
}


@pytest.fixture(autouse=True)
def trial_logs(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("question", MAKERS)
def test_every_control_from_end_to_end(question, trial_logs):
    explorer = MAKERS[question]()
    defaults = {name: view.value for name, view in explorer.views.items()}
    rows = []
    for name, view in explorer.views.items():
        for value in view.control.extremes:
            explorer.set(**defaults)
            rows.append(explorer.run(wait=True, **{name: value}))
            assert explorer.runs[-1].settings == {**defaults, name: value}
            losses = rows[-1]["curve"]["losses"]
            assert rows[-1]["status"] == "done", (name, value, rows[-1]["reason"])
            assert all(loss is not None and math.isfinite(loss) for loss in losses)
            assert 0 <= rows[-1]["val_acc"] <= 1
            assert len(rows[-1]["curve"]["val_acc"]) == {**defaults, name: value}["num_epochs"]
    assert explorer.trials == explorer.trial_log.rows == rows
    assert len(list(trial_logs.iterdir())) == 1
    explorer.close()


@pytest.mark.parametrize(
    ("make", "examples", "least"),
    [
        (explorers.q2_explorer, (500, 250), 0.93),
        (explorers.q3_explorer, (500, 250), 0.93),
        (explorers.q4_explorer, (54_000, 6_000), 0.96),
        (explorers.q5_explorer, (10_000, 2_000), 0.95),
    ],
)
def test_at_its_defaults_the_loss_falls_and_the_accuracy_is_the_notebooks(make, examples, least):
    explorer = make()
    row = explorer.run(wait=True)
    losses = row["curve"]["losses"]
    assert (row["data"]["train"], row["data"]["val"]) == examples
    assert sum(losses[-10:]) < sum(losses[:10]) / 2
    assert row["val_acc"] >= least
    assert explorer.runs[0].points[0].step <= explorer.runs[0].steps_per_epoch
    explorer.close()


def test_each_notebook_has_the_controls_that_it_needs():
    names = {question: [view.control.label for view in make().views.values()] for question, make in MAKERS.items()}
    for question in ("q2", "q3", "q4", "q5"):
        assert {"hidden units", "learning rate", "L2 strength", "update rule", "epochs", "seed"} <= set(names[question])
    assert {"filter size", "filters", "keep probability", "batch norm"} <= set(names["q5"])


def test_no_hidden_units_is_the_linear_classifier():
    assert sorted(explorers.q2_model(0, 0.0, rng=0).params) == ["W1", "b1"]
    assert sorted(explorers.q3_model(0, 0.0, rng=0).params) == ["W1", "b1"]
    assert sorted(explorers.q4_model(0, 0.0, rng=0).params) == ["W1", "b1"]
    view = explorers.q2_explorer().views["hidden_dim"]
    assert view.note.value == ""
    view.value = 0
    assert view.note.value == "linear"


def test_q5_says_that_it_trains_on_a_part():
    explorer = explorers.q5_explorer(subset(load_mnist(flat=False), 500))
    assert "the first images of MNIST" in explorer.caption
    assert "500 training and 2,000 validation examples" in explorer.caption
