"""nnlib.widgets.curves and table: what is drawn, how it is described, which trial is best."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from nnlib.plots import BLUE, VERMILION
from nnlib.widgets import curves
from nnlib.widgets import run as run_module
from nnlib.widgets.controls import Choice, LinearSlider
from nnlib.widgets.run import CurvePoint, Run
from nnlib.widgets.table import Column, TrialTable, accuracy_text, best_run, trial_columns


def run(number=1, losses=(2.0, 1.0, 0.5, 0.25), points=((2, 0.6, 0.5, False), (4, 0.9, 0.8, True)), row=None, **more):
    made = Run(number, {"hidden_dim": 10 * number}, threading.Event())
    made.losses, made.points = list(losses), [CurvePoint(*point) for point in points]
    made.steps_per_epoch, made.total_steps = 4, 8
    if row is not None:
        made.end(SimpleNamespace(**{"status": "done", "val_acc": 0.8, "reason": "", **row, **more}))
    return made


def lines(ax):
    return {line.get_label(): (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in ax.lines}


def drawn(*runs):
    axes = Figure().subplots(1, 2)
    curves.draw_curves(axes, list(runs))
    return axes


@pytest.mark.parametrize("steps", [1, 149, 150, 151, 1000])
def test_bins_hold_every_step_once(steps):
    losses = np.random.default_rng(0).random(steps)
    middles, means, width = curves.binned(losses)
    counts = np.full(len(means), width)
    counts[-1] = steps - width * (len(means) - 1)
    assert len(means) <= curves.MAX_BINS
    assert counts.min() > 0
    assert means @ counts == pytest.approx(losses.sum())
    assert middles @ counts == pytest.approx(steps * (steps + 1) / 2)


def test_bins_without_a_finite_mean_are_left_out():
    middles, means, _ = curves.binned([1.0, np.nan, np.inf, 3.0])
    assert (middles.tolist(), means.tolist()) == ([1, 4], [1, 3])
    assert [len(part) for part in curves.binned([])[:2]] == [0, 0]


def test_the_current_run_is_drawn_in_epochs():
    left, right = drawn(run())
    assert lines(left)["training loss"] == ([0.25, 0.5, 0.75, 1], [2, 1, 0.5, 0.25])
    assert lines(right)["training"] == ([0.5, 1], [0.6, 0.9])
    assert lines(right)["validation"] == ([0.5, 1], [0.5, 0.8])
    ends = [(line.get_xdata().tolist(), line.get_ydata().tolist()) for line in right.lines if line.get_marker() == "s"]
    assert ends == [([1], [0.8])]
    assert left.get_xlim() == right.get_xlim() == (0, 2)  # the whole run from the start: the axis does not move
    styles = {line.get_label(): (to_rgba(line.get_color()), line.get_linestyle()) for line in right.lines}
    assert styles["training"] == (to_rgba(BLUE), "--")
    assert styles["validation"] == (to_rgba(VERMILION), "-")


def test_earlier_runs_stay_and_are_faint():
    left, right = drawn(*(run(number) for number in range(1, 11)))
    for ax, per_run in ((left, 1), (right, 2)):
        faint = [line for line in ax.lines if line.get_alpha() is not None and len(line.get_xdata())]
        assert len(faint) == per_run * curves.EARLIER_RUNS
        assert max(line.get_alpha() for line in faint) < 0.5
        assert "earlier runs" in [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize(("runs", "text"), [((), "no run yet: press Run"), ((run(losses=(), points=()),), "starting")])
def test_before_the_first_step_the_figure_says_so(runs, text):
    left, _ = drawn(*runs)
    assert [shown.get_text() for shown in left.texts] == [text]


@pytest.mark.parametrize(
    ("accuracies", "floor"), [((), 0), ((0.93, 0.97), 0.9), ((0.9,), 0.8), ((0.1, 0.9), 0), ((1.0,), 0.9)]
)
def test_the_accuracy_axis_goes_from_a_multiple_of_ten_percent_to_one(accuracies, floor):
    points = [(step + 1, accuracy, accuracy, False) for step, accuracy in enumerate(accuracies)]
    for runs in ([run(points=points)], [run(points=points), run(2, points=())]):  # a new run starts on the same axis
        _, right = drawn(*runs)
        assert right.get_ylim() == pytest.approx((floor, 1.01))
    assert drawn()[1].get_ylim() == pytest.approx((0, 1.01))


def test_a_loss_of_zero_does_not_stretch_the_axis():
    left, _ = drawn(run(losses=(1.0, 1e-12, 0.0, 0.5)))
    bottom, top = left.get_ylim()
    assert top / bottom < 2e4


def test_descriptions():
    assert curves.alt_text(run()) == (
        "Run 1 is at 1.0 of 2 epochs: the training loss fell from 2 to 0.25; training accuracy 90.0%, "
        "validation 80.0%, 10.0 points below."
    )
    done = run(2, losses=(1.0, 3.0), points=(), row={})
    assert curves.alt_text(done, run(1, row={})) == (
        "Run 2 took 0.5 of 2 epochs: the training loss rose from 1 to 3. The best so far is run 1."
    )
    assert curves.alt_text(done, done).endswith("to 3. It is the best so far.")
    assert curves.alt_text(run(losses=(), points=())) == "Run 1 is starting."
    failed = run(row={"status": "error"}, reason="ValueError: no")
    assert curves.alt_text(failed) == "Run 1 failed. ValueError: no"


def test_what_a_run_says_of_its_course(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(run_module, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    made = run(losses=(), points=())

    def said():
        names = "seconds", "fraction", "epochs_done", "remaining", "train_acc", "status"
        return tuple(getattr(made, name) for name in names), curves.clock(made)

    assert said() == ((0, 0, 0, None, None, "running"), "Run 1 is starting.")
    made.losses, made.points = [2.0, 1.0], [CurvePoint(2, 0.6, 0.5, False)]  # of 4 steps per epoch, 8 in all
    now[0] += 3
    assert said() == ((3, 0.25, 0.5, 9, None, "running"), "Run 1: epoch 0.5 of 2, 9 s left")
    made.losses, made.points = [1.0] * 4, [CurvePoint(4, 0.9, 0.8, True), CurvePoint(4, 0.7, 0.6, False)]
    now[0] += 3
    assert said() == ((6, 0.5, 1, 6, 0.9, "running"), "Run 1: epoch 1.0 of 2, 6 s left")
    made.end(SimpleNamespace(status="stopped"))
    now[0] += 3
    assert (made.seconds, curves.clock(made)) == (6, "Run 1: stopped, 6.0 s.")


def table(*accuracies):
    columns = [
        Column("run", lambda run: str(run.number), lambda run: run.number, "99"),
        Column("validation", lambda run: accuracy_text(run.val_acc), lambda run: run.val_acc, "99.99%"),
    ]
    restored = []
    made = TrialTable(columns, restored.append)
    for number, accuracy in enumerate(accuracies, start=1):
        made.add(run(number, row={"val_acc": accuracy}))
    return made, restored


def shown(made):
    return [row.children[1].value.split("px")[1].split(">")[1].split("<")[0] for row in made._body.children]


def test_the_best_is_marked_and_a_tie_goes_to_the_first():
    made, _ = table(0.9, None, 0.95, 0.95)
    assert best_run(made.runs).number == 3
    marked = ["nnlib-best" in row.children[1].value for row in made._body.children]
    assert marked == [False, False, True, False]
    assert made.as_text() == [
        "run  validation",
        "  1      90.00%",
        "  2           –",
        "  3    ★ 95.00%",
        "  4      95.00%",
    ]
    made.add(run(5, row={"val_acc": 0.99}))
    assert ["nnlib-best" in row.children[1].value for row in made._body.children] == [False] * 4 + [True]


def test_a_heading_sorts_and_then_reverses_the_order():
    made, _ = table(0.9, None, 0.95, 0.8)
    assert shown(made) == ["1", "2", "3", "4"]
    run_heading, validation_heading = made.headings
    validation_heading.click()
    assert shown(made) == ["3", "1", "4", "2"]  # the best first, no accuracy last
    assert (run_heading.description, validation_heading.description) == ("run", "validation ▼")
    validation_heading.click()
    assert shown(made) == ["4", "1", "3", "2"]
    made.add(run(5, row={"val_acc": 0.85}))
    assert shown(made) == ["4", "5", "1", "3", "2"]
    run_heading.click()
    assert shown(made) == ["1", "2", "3", "4", "5"]


def test_a_column_of_an_explorer_is_sorted_by_what_it_shows():
    controls = [LinearSlider("depth", "layers", 2, 1, 9), Choice("rule", "update rule", "adam", ("adam", "sgd"))]
    measured = {"val_acc": 0.81, "train_acc": 0.92, "status": "done", "epochs_done": 4.0, "seconds": 5.5}
    made = SimpleNamespace(number=3, settings={"depth": 7, "rule": "sgd"}, **measured)
    found = {column.heading: (column.text(made), column.key(made)) for column in trial_columns(controls)}
    assert found == {
        "run": ("3", 3),
        "validation": ("81.00%", 0.81),
        "training": ("92.00%", 0.92),
        "status": ("done", "done"),
        "epochs done": ("4.0", 4.0),
        "layers": ("7", 7),
        "update rule": ("sgd", "sgd"),
        "seconds": ("5.5", 5.5),
    }


def test_each_row_has_a_button_that_restores_its_settings():
    made, restored = table(0.9, 0.8)
    made._body.children[1].children[0].click()
    assert [run.number for run in restored] == [2]


def test_a_table_without_rows_is_not_shown():
    made, _ = table()
    assert (made.layout.display, best_run(made.runs)) == ("none", None)
    made.add(run(row={}))
    assert made.layout.display == "flex"
