"""The explorers of Q2 to Q5: every control has its effect at both ends of its range, and the defaults train well."""

import math
from functools import partial
from itertools import combinations, pairwise

import numpy as np
import pytest
from widget_models import without_pictures

from nnlib import Dropout
from nnlib.data import load_mnist, subset
from nnlib.homework import explorers, playgrounds
from nnlib.homework.explorers import Part
from nnlib.homework.sweeps import standard_binary
from nnlib.widgets import playground
from nnlib.widgets import run as run_module

# Three minibatches per epoch: the momentum of the first step changes the second one, and so the third loss.
MAKERS = {
    "q2": lambda: explorers.q2_explorer(Part(standard_binary(), 300, 20)),
    "q3": lambda: explorers.q3_explorer(Part(standard_binary(), 300, 20)),
    "q4": lambda: explorers.q4_explorer(Part(load_mnist(), 600, 20)),
    "q5": lambda: explorers.q5_explorer(Part(load_mnist(flat=False), 300, 20)),
}
STEPS_PER_EPOCH = 3
LINEAR = ("hidden_dim", "learning_rate", "reg", "update_rule", "num_epochs", "seed")
CONVOLUTIONAL = ("filter_size", "num_filters", "hidden_dim", "dropout", "batchnorm", *LINEAR[1:])
CONTROLS = {"q2": LINEAR, "q3": LINEAR, "q4": LINEAR, "q5": CONVOLUTIONAL}


def affine(*sizes):
    """Return the number of parameters of fully connected layers between so many units."""
    return sum(inputs * outputs + outputs for inputs, outputs in pairwise(sizes))


def dense(inputs, outputs):
    return lambda settings: affine(inputs, *([settings["hidden_dim"]] if settings["hidden_dim"] else []), outputs)


def convolutional(settings):
    filters, size = settings["num_filters"], settings["filter_size"]
    gamma_and_beta = 2 * filters if settings["batchnorm"] == "on" else 0
    pooled = filters * ((28 - size + 1) // 2) ** 2
    return filters * size**2 + gamma_and_beta + affine(pooled, settings["hidden_dim"], 10)


NUM_PARAMS = {"q2": dense(20, 1), "q3": dense(20, 1), "q4": dense(784, 10), "q5": convolutional}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in MAKERS])
def trained(request, tmp_path_factory):
    """A question, its explorer and the runs with each control at each end of its range, the others at their default.

    The number of epochs is 1 in all of them, or its control would make every run a long one.
    """
    folder = tmp_path_factory.mktemp("trial_logs")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(folder))
        without_pictures(monkeypatch)
        monkeypatch.setattr(run_module, "SAMPLE", 20)  # examples for the accuracies between epochs
        explorer = MAKERS[request.param]()
        others = {name: view.value for name, view in explorer.views.items()} | {"num_epochs": 1}
        runs = {}
        for name, view in explorer.views.items():
            for value in view.control.extremes:
                explorer.set(**others)
                explorer.run(wait=True, **{name: value})
                runs[name, value] = explorer.runs[-1]
                assert runs[name, value].settings == {**others, name: value}
        assert len(list(folder.glob("*.jsonl"))) == 1
    yield request.param, explorer, runs
    explorer.close()


def ends(runs, control):
    """Return {value: losses} of one control's runs."""
    return {value: list(run.losses) for (name, value), run in runs.items() if name == control}


def test_every_run_is_done_and_recorded(trained):
    _, explorer, runs = trained
    for run in runs.values():
        assert run.status == "done", run.row.reason
        assert all(map(math.isfinite, run.losses))
        assert 0 <= run.val_acc <= 1
        assert len(run.losses) == STEPS_PER_EPOCH * run.settings["num_epochs"]
        assert sum(point.epoch_end for point in run.points) == run.settings["num_epochs"]
    assert explorer.trials == explorer.trial_log.rows == [run.row for run in runs.values()]


def test_each_question_has_its_controls(trained):
    question, explorer, _ = trained
    assert tuple(explorer.views) == CONTROLS[question]


def test_both_ends_of_every_control_give_another_curve(trained):
    _, explorer, runs = trained
    for control in explorer.views:
        curves = ends(runs, control)
        assert len(curves) >= 2
        for (one, losses), (other, other_losses) in combinations(curves.items(), 2):
            assert losses != other_losses, f"{control} {one} and {other} train alike"


def test_the_sizes_are_those_of_the_network_that_was_asked_for(trained):
    question, _, runs = trained
    for run in runs.values():
        assert run.row.num_params == NUM_PARAMS[question](run.settings), run.settings


def test_rate_rule_and_epochs_leave_the_first_step_alone_and_nothing_else_does(trained):
    """They do not change the initial weights and the order of the examples; the seed does."""
    _, explorer, runs = trained
    for control in explorer.views:
        first = {losses[0] for losses in ends(runs, control).values()}
        assert (len(first) == 1) == (control in ("learning_rate", "update_rule", "num_epochs")), control


def test_more_epochs_go_on_from_where_fewer_end(trained):
    _, _, runs = trained
    fewer, more = ends(runs, "num_epochs").values()
    assert more[: len(fewer)] == fewer
    assert len(more) > len(fewer)


def test_a_larger_learning_rate_lowers_the_loss_faster(trained):
    _, _, runs = trained
    (low, slow), (high, fast) = ends(runs, "learning_rate").items()
    assert low < high
    assert min(fast) < min(slow)


def test_l2_adds_to_the_first_loss(trained):
    _, _, runs = trained
    (none, plain), (strongest, penalised) = ends(runs, "reg").items()
    assert none == 0 < strongest
    assert penalised[0] > plain[0]


DROPS = {0.1: "drops 90%", 0.8: "drops 20%", 1.0: "drops 0%"}


@pytest.mark.parametrize(
    ("make_control", "notes"),
    [
        (lambda: explorers.hidden_units(100), {0: "linear", 3: "", 1000: ""}),
        (lambda: explorers.hidden_units(100, (10, 30, 100)), None),
        (lambda: explorers.keep_probability(0.8), DROPS),
        (lambda: playgrounds.dropout_playground().views["keep"].control, DROPS),
        (lambda: playgrounds.train_test_playground().views["keep"].control, DROPS),
    ],
)
def test_the_note_after_a_control_says_what_its_value_means(make_control, notes, monkeypatch):
    monkeypatch.setattr(playground, "png", lambda figure: b"")  # no picture is looked at
    note = make_control().note
    assert (note and {value: note(value) for value in notes}) == notes


def q5(*, rng=0, **settings):
    defaults = {"filter_size": 3, "num_filters": 4, "hidden_dim": 10, "dropout": 0.8, "batchnorm": "off", "reg": 0.0}
    return explorers.q5_model(**{**defaults, **settings}, rng=rng)


def test_the_seed_is_also_that_of_the_initial_weights():
    dense_models = (explorers.q2_model, explorers.q3_model, explorers.q4_model)
    for make in (*(partial(model, 3, 0.0) for model in dense_models), q5):
        zero, again, one = (make(rng=seed).params["W1"] for seed in (0, 0, 1))
        assert np.array_equal(zero, again)
        assert not np.array_equal(zero, one)


def test_q5_keeps_with_the_probability_of_its_slider_and_normalises_when_it_is_on():
    assert [spec.keep for spec in q5(dropout=0.1).network.specs if isinstance(spec, Dropout)] == [0.1]
    assert "gamma1" in q5(batchnorm="on").params
    assert "gamma1" not in q5(batchnorm="off").params
    with pytest.raises(ValueError, match="batchnorm: expected one of 'on', 'off', got True"):
        q5(batchnorm=True)


@pytest.mark.parametrize(
    ("make", "examples", "num_epochs", "enough", "least"),
    [
        (explorers.q2_explorer, (500, 250), 60, 60, 0.93),
        (explorers.q3_explorer, (500, 250), 60, 60, 0.93),
        (explorers.q4_explorer, (54_000, 6_000), 4, 1, 0.96),
        (explorers.q5_explorer, (10_000, 2_000), 3, 2, 0.95),
    ],
)
def test_at_its_defaults_the_loss_falls_and_the_accuracy_is_the_notebooks(
    make, examples, num_epochs, enough, least, monkeypatch
):
    """The default epochs, or as many of them as the accuracy needs."""
    without_pictures(monkeypatch)
    explorer = make()
    assert explorer.views["num_epochs"].value == num_epochs
    row = explorer.run(wait=True, num_epochs=enough)
    (run,) = explorer.runs
    assert (row.data.train, row.data.val) == examples
    assert sum(run.losses[-10:]) < sum(run.losses[:10]) / 2
    assert row.val_acc >= least
    assert run.points[0].step <= run.steps_per_epoch
    explorer.close()


@pytest.mark.parametrize("make", [explorers.q2_explorer, explorers.q3_explorer])
def test_q2_and_q3_keep_the_last_epoch_not_the_best(make, monkeypatch):
    without_pictures(monkeypatch)
    explorer = make()
    row = explorer.run(wait=True, learning_rate=1.0, num_epochs=8)
    assert row.val_acc == row.curve.val_acc[-1] < max(row.curve.val_acc)
    explorer.close()


def test_no_hidden_units_is_the_linear_classifier():
    assert sorted(explorers.q2_model(0, 0.0, rng=0).params) == ["W1", "b1"]
    assert sorted(explorers.q3_model(0, 0.0, rng=0).params) == ["W1", "b1"]
    assert sorted(explorers.q4_model(0, 0.0, rng=0).params) == ["W1", "b1"]
    view = explorers.hidden_units(100).view()
    assert view.note.value == ""
    view.value = 0
    assert view.note.value == "linear"


def test_q5_says_that_it_trains_on_a_part(monkeypatch):
    without_pictures(monkeypatch)
    explorer = explorers.q5_explorer(subset(load_mnist(flat=False), 500))
    assert "the first images of MNIST" in explorer.caption
    assert "500 training and 2,000 validation examples" in explorer.caption
