"""nnlib.widgets.explorer: training in the background, Stop, errors, the trial log; driven as by a user."""

import threading

import numpy as np
import pytest
from widget_models import Gate, examples, gated_explorer, open_explorer, until, without_pictures

from nnlib.data import load_binary
from nnlib.homework.explorers import q2_explorer, q2_model
from nnlib.homework.sweeps import standard_binary
from nnlib.search import CodeError, Trial, TrialLog, replay, run_trial
from nnlib.widgets import Choice, LinearSlider, explore, panel
from nnlib.widgets import explorer as explorer_module


@pytest.fixture(autouse=True)
def trial_logs(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path))


@pytest.fixture(autouse=True)
def closed_afterwards():
    """A test's explorer does not take over the runs of an earlier test's explorer of the same name."""
    yield
    for name in list(panel._open):
        panel._open[name].close()


@pytest.fixture
def pictures():
    """For a test that looks at the curves; all others do without."""


@pytest.fixture(autouse=True)
def pictures_on_request(request, monkeypatch):
    if "pictures" not in request.fixturenames:
        without_pictures(monkeypatch)


def test_a_run_gives_a_row_and_appends_it_to_the_trial_log():
    explorer = open_explorer()
    row = explorer.run(wait=True, hidden_dim=9, seed=3)
    assert explorer.trials == [row]
    assert explorer.trial_log.rows == [row]
    assert (row.status, row.seed) == ("done", 3)
    assert row.settings == {"hidden_dim": 9, "num_epochs": 5, "learning_rate": 0.1}
    losses = row.curve.losses
    assert len(losses) == 20
    assert losses[-1] < losses[0]
    (run,) = explorer.runs
    assert list(run.losses) == losses
    assert [point.val for point in run.points if point.epoch_end] == row.curve.val_acc
    assert run.val_acc == row.val_acc
    assert explorer.progress.value == 1


def test_it_trains_what_a_sweep_would_train():
    """The same trial: the same id and the same curve to the bit, although accuracies were measured in between."""
    explorer = q2_explorer()
    row = explorer.run(wait=True, num_epochs=3)
    settings = {name: view.value for name, view in explorer.views.items() if name != "seed"}
    trial = Trial(q2_model, settings, 0, {"batch_size": 100, "lr_decay": 0.95, "restore": "last"})
    direct = run_trial(trial, standard_binary())
    assert (row.id, row.curve, row.val_acc) == (direct.id, direct.curve, direct.val_acc)


def test_a_row_can_be_replayed_from_the_trial_log(tmp_path):
    q2_explorer().run(wait=True, num_epochs=3)
    (row,) = TrialLog(tmp_path / "q2_logistic_explorer.jsonl").rows
    again = replay(row, q2_model, standard_binary())
    assert again.equal, again.reason
    assert again.exact


def test_the_kernel_stays_free_and_two_runs_do_not_start(capsys):
    explorer, gate = gated_explorer()
    assert explorer.run() is None
    gate.let(2)
    until(lambda: explorer.runs and len(explorer.runs[0].losses) == 2)
    print("another cell")
    assert capsys.readouterr().out == "another cell\n"
    assert (explorer.run_button.disabled, explorer.stop_button.disabled) == (True, False)
    with pytest.raises(
        RuntimeError, match=r"gated: expected no run in progress, got one\. Call stop\(\) and wait\(\) first\."
    ):
        explorer.run()
    explorer.run_button.click()
    explorer.run_button.click()
    gate.open()
    explorer.wait()
    assert len(explorer.runs) == len(explorer.trials) == 1
    assert (explorer.run_button.disabled, explorer.stop_button.disabled) == (False, True)
    assert capsys.readouterr().out == ""


def test_simultaneous_clicks_start_one_training():
    explorer, gate = gated_explorer()
    barrier = threading.Barrier(8)
    started = []

    def click():
        barrier.wait()
        started.append(explorer._start())

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gate.open()
    explorer.wait()
    assert sorted(started) == [False] * 7 + [True]
    assert len(explorer.trials) == 1


@pytest.mark.parametrize("steps", [1, 6])
def test_stop_takes_effect_within_one_batch(steps):
    explorer, gate = gated_explorer()
    explorer.run()
    gate.let(steps)
    until(lambda: explorer.runs and len(explorer.runs[0].losses) == steps)
    explorer.stop_button.click()
    gate.let(10)
    explorer.wait()
    (row,) = explorer.trials
    assert row.status == "stopped"
    assert row.curve.steps[-1] == steps + 1  # the batch that was waiting
    assert row.val_acc is not None
    assert "was stopped at" in explorer.picture.line.value
    gate.open()
    assert explorer.run(wait=True).status == "done"  # the next run starts from the beginning


def test_an_error_is_shown_and_raised_and_the_next_run_starts():
    explorer = open_explorer(fails_at=3)
    explorer.run()
    with pytest.raises(ValueError, match="X: expected <something> else"):
        explorer.wait()
    assert explorer.trials[0].status == "error"
    assert explorer.trials[0].reason == "ValueError: X: expected <something> else"
    assert explorer.trial_log.rows == explorer.trials
    assert 'role="alert"' in explorer.picture.line.value
    assert "X: expected &lt;something&gt; else" in explorer.picture.line.value
    with pytest.raises(ValueError, match="X: expected"):
        explorer.run(wait=True)
    assert len(explorer.table.runs) == 2


def test_code_that_was_edited_and_not_loaded_again_is_an_error_of_the_run(monkeypatch):
    def fingerprint(trial):
        raise CodeError("conv.py was edited")

    monkeypatch.setattr(Trial, "fingerprint", fingerprint)
    explorer = open_explorer()
    with pytest.raises(CodeError):
        explorer.run(wait=True)
    assert (explorer.trials[0].status, explorer.trials[0].fingerprint) == ("error", "")
    assert "conv.py was edited" in explorer.picture.line.value


def test_a_divergence_is_an_outcome_with_advice():
    explorer = open_explorer()
    row = explorer.run(wait=True, learning_rate=1e20)
    assert row.status == "diverged"
    assert "Lower the learning rate" in explorer.picture.line.value
    assert 'role="alert"' in explorer.picture.line.value
    assert explorer.run(wait=True, learning_rate=0.1).status == "done"
    assert 'role="status"' in explorer.picture.line.value


def test_an_error_while_drawing_is_raised(monkeypatch):
    explorer, gate = gated_explorer()
    monkeypatch.setattr(explorer_module, "REDRAW_SECONDS", 0.001)
    monkeypatch.setattr(explorer_module.curves, "live_figure", lambda *_: 1 / 0)
    explorer.run()
    gate.open()
    with pytest.raises(ZeroDivisionError):
        explorer.wait()
    assert explorer.trials[0].status == "done"


def test_the_picture_changes_while_it_trains(pictures, monkeypatch):
    monkeypatch.setattr(explorer_module, "REDRAW_SECONDS", 0.01)
    explorer, gate = gated_explorer()
    explorer.run()
    seen, clocks = {explorer.picture.image.value}, set()
    for _ in range(2):
        gate.let(3)
        until(lambda: explorer.picture.image.value not in seen)
        seen.add(explorer.picture.image.value)
        clocks.add(explorer.clock.value)
    assert 0 < explorer.progress.value < 1
    assert any("s left" in clock for clock in clocks)
    gate.open()
    explorer.wait()
    assert len(seen) == 3
    assert "training accuracy" in explorer.picture.line.value


def test_closing_ends_the_thread():
    explorer, gate = gated_explorer()
    explorer.run()
    gate.let(1)
    until(lambda: explorer.runs and explorer.runs[0].losses)
    closing = threading.Thread(target=explorer.close)
    closing.start()
    gate.let(1)
    closing.join(60)
    assert not closing.is_alive()
    assert not explorer._worker.busy
    assert explorer.comm is None
    assert explorer.picture.image.comm is None
    with pytest.raises(RuntimeError, match="gated: expected an open explorer, got a closed one"):
        explorer.run()
    explorer.run_button.click()
    assert len(explorer.runs) == 1


def test_running_the_cell_again_ends_the_old_training():
    old, gate = gated_explorer(name="cell")
    other, _ = gated_explorer(Gate(), name="other")
    old.run()
    gate.let(10)
    until(lambda: old.runs and old.runs[0].losses)
    gate.let(10)
    new = open_explorer(name="cell")
    assert (old.closed, new.closed, other.closed) == (True, False, False)
    assert not old._worker.busy
    assert old.trials[0].status in ("stopped", "done")


def test_running_the_cell_again_keeps_its_trials():
    old = open_explorer(name="cell")
    old.run(wait=True, hidden_dim=7)
    new = open_explorer(name="cell")
    assert new.trials == old.trials
    assert [run.settings["hidden_dim"] for run in new.table.runs] == [7]
    assert new.table.layout.display == "flex"
    assert new.picture.line.value.count("Run 1 took")
    new.run(wait=True)
    assert [run.number for run in new.table.runs] == [1, 2]
    new.table._rows[new.runs[0]][1].children[0].click()
    assert (new.views["hidden_dim"].value, old.views["hidden_dim"].value) == (7, 7)


CELL = {"name": "cell", "data": examples(), "high": 3, "options": ("sgd", "adam")}


def cell(*, name, data, high, options):
    controls = [LinearSlider("num_epochs", "epochs", 1, 1, high), Choice("update_rule", "rule", "sgd", options)]
    settings = {"controls": controls, "trial_log": TrialLog(), "name": name}
    return explore(lambda *, rng: open_model(rng), data, **settings)


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({}, 1),
        ({"name": "another"}, 0),
        ({"data": examples(60)}, 0),
        ({"high": 2}, 0),
        ({"options": ("sgd", "adam", "sgd_momentum")}, 0),
    ],
)
def test_trials_of_the_same_explorer_alone_are_taken_over(change, kept):
    cell(**CELL).run(wait=True)
    assert len(cell(**CELL | change).runs) == kept


def test_a_stopped_run_is_never_the_best():
    explorer, gate = gated_explorer()
    explorer.run()
    gate.let(6)
    until(lambda: explorer.runs and len(explorer.runs[0].losses) == 6)
    explorer.stop()
    gate.let(10)
    explorer.wait()
    (row,) = explorer.table._body.children
    assert "★" not in row.children[1].value
    assert 'aria-label="epochs done: 1.8"' in row.children[1].value
    assert 'aria-label="epochs: 5"' in row.children[1].value
    assert "best" not in explorer.picture.line.value


def test_the_settings_of_a_trial_can_be_restored():
    explorer = open_explorer()
    explorer.run(wait=True, hidden_dim=7, num_epochs=2, seed=4)
    explorer.run(wait=True, hidden_dim=1, num_epochs=1, seed=0)
    button = explorer.table._rows[explorer.runs[0]][1].children[0]
    assert button.tooltip == "restore the settings of run 1"
    button.click()
    assert {name: view.value for name, view in explorer.views.items()} == explorer.runs[0].settings
    assert explorer.views["hidden_dim"].slider.value == 1  # its position nearest to 7


def test_the_explorer_never_sees_a_test_set():
    dataset = load_binary()
    controls = [LinearSlider("num_epochs", "epochs", 1, 1, 2)]
    options = {"controls": controls, "trial_log": TrialLog(), "name": "no_test"}
    explorer = explore(
        lambda *, rng: open_model(rng), {**examples(), "X_test": np.ones((2, 3)), "y_test": 1}, **options
    )
    assert sorted(explorer._data) == ["X_train", "X_val", "y_train", "y_val"]
    assert explorer.run(wait=True).status == "done"
    explorer = explore(lambda *, rng: open_model(rng), dataset, **options)
    assert type(explorer._data) is dict  # the Dataset can load its test examples
    assert not any(value is dataset for value in vars(explorer).values())
    assert explorer.caption == f"{dataset.name}: 500 training and 250 validation examples"


def open_model(rng):
    from nnlib import LogisticClassifier

    return LogisticClassifier(3, rng=rng)


def test_invalid_declarations_are_refused_when_the_explorer_is_made():
    options = {"trial_log": TrialLog(), "name": "wrong"}
    with pytest.raises(ValueError, match="controls: expected at least one"):
        explore(open_model, examples(), controls=[], **options)
    twice = [LinearSlider("num_epochs", "epochs", 1, 1, 2)] * 2
    with pytest.raises(ValueError, match="controls: expected one per setting, got num_epochs, num_epochs"):
        explore(open_model, examples(), controls=twice, **options)
    with pytest.raises(ValueError, match="depth"):
        explore(open_model, examples(), controls=[LinearSlider("depth", "depth", 1, 1, 2)], **options)
    with pytest.raises(ValueError, match="name: expected letters, digits, _ and - only: it names a file, got 'a/b'"):
        explore(open_model, examples(), controls=twice[:1], trial_log=TrialLog(), name="a/b")
    with pytest.raises(ValueError, match=r"setting: expected one of 'hidden_dim', .*, got 'depth'"):
        open_explorer().run(depth=3)
