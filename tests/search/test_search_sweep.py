"""nnlib.search.sweeps in this process: the grid, its rows in order, what is skipped, what is tried again."""

import errno
import itertools
import math
import os
from dataclasses import replace

import numpy as np
import pytest
from search_toy import GRID, SOLVER, calls, make, noting, toy_data, without_times

import nnlib
from nnlib import backend
from nnlib.search import Sweep, Trial, TrialLog, TrialLogError, grid, run_trial, sweep

OPTIONS = {"solver": SOLVER, "n_jobs": 1, "verbose": False}


def test_a_grid_is_all_combinations_the_last_name_fastest():
    assert grid({"a": [1, 2], "b": ("x", "y")}) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({}, r"settings\['"),
        ([], "grid: expected at least one point"),
        ([{"hidden_dim": 2}, {"hidden_dim": 2}], r"every point once, got \{'hidden_dim': 2\} twice"),
        ({"hidden_dim": 3}, r"hidden_dim: expected a list of values to try, got 3\. For a single one write \[3\]"),
        ({"update_rule": "sgd"}, "update_rule: expected a list of values to try"),
        ({"hidden_dim": []}, r"hidden_dim: expected a list of values to try, got \[\]"),
        ({"hidden": [3]}, r"settings\['hidden'\]: expected a name"),
        ([{"hidden_dim": 2, "reg": math.nan}], r"grid\['reg'\]: expected a finite number"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused_before_anything_runs(points, message, tmp_path):
    if points == {}:  # one point without settings: a sweep over seeds alone
        assert len(sweep(lambda rng: make(2, rng), toy_data(), {}, seeds=(0, 1), **OPTIONS)) == 2
        return
    with pytest.raises(ValueError, match=message):
        sweep(noting(tmp_path), toy_data(), points, **OPTIONS)
    assert calls(tmp_path) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": ()}, "seeds: expected at least one, each once"),
        ({"seeds": (1, 1)}, "seeds: expected at least one, each once"),
        ({"n_jobs": 0}, "n_jobs: expected a number of processes"),
        ({"data": {**toy_data(), "X_test": np.ones((1, 5))}}, "data: expected training and validation examples only"),
        ({"solver": {"momentum": 0.9}}, r"solver\['momentum'\]"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_runs(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        sweep(noting(tmp_path), **{"data": toy_data(), "grid": GRID} | OPTIONS | options)
    assert calls(tmp_path) == []


def test_rows_come_in_the_order_of_the_grid_whatever_is_started_first(tmp_path):
    started = []

    def noted(hidden_dim, rng, reg):
        started.append(hidden_dim)
        return make(hidden_dim, rng, reg)

    swept = sweep(noted, toy_data(), GRID, seeds=(3, 4), cost=lambda s: s["hidden_dim"], **OPTIONS)
    assert started == [8] * 4 + [4] * 4 + [2] * 4
    assert [(row.settings, row.seed) for row in swept] == [(p, seed) for p in grid(GRID) for seed in (3, 4)]
    assert [point.settings for point in swept.points] == grid(GRID)
    assert swept.names == ["hidden_dim", "reg"]
    assert isinstance(swept, Sweep)
    assert len(swept) == 12


def test_a_row_is_that_of_the_trial_run_alone():
    swept = sweep(make, toy_data(), GRID, seeds=(3,), name="toy", **OPTIONS)
    alone = run_trial(Trial(make, {"hidden_dim": 4, "reg": 0.1}, 3, SOLVER), toy_data())
    assert without_times([swept[3]]) == without_times([replace(alone, sweep="toy")])


def test_what_the_trial_log_holds_is_not_run_again(tmp_path):
    notes, path = tmp_path / "notes", tmp_path / "l.jsonl"
    notes.mkdir()
    first = sweep(noting(notes), toy_data(), {"hidden_dim": [2, 4]}, trial_log=path, **OPTIONS)
    more = sweep(noting(notes), toy_data(), {"hidden_dim": [4, 8, 2]}, seeds=(0, 1), trial_log=path, **OPTIONS)
    expected = [(2, 0.0, 0), (2, 0.0, 1), (4, 0.0, 0), (4, 0.0, 1), (8, 0.0, 0), (8, 0.0, 1)]
    assert calls(notes) == expected  # each once
    assert more[0] == first[1]
    assert more[4] == first[0]
    assert len(TrialLog(path).rows) == 6
    assert (
        sweep(noting(notes), toy_data(), {"hidden_dim": [2, 4]}, trial_log=TrialLog(path), **OPTIONS).rows == first.rows
    )
    assert calls(notes) == expected


def test_after_a_change_of_code_data_or_options_everything_is_run_again(monkeypatch):
    trial_log, data = TrialLog(), toy_data()

    def rows_after(**changes):
        swept = sweep(
            **{"make_model": make, "data": data, "grid": {"hidden_dim": [2]}} | OPTIONS | changes, trial_log=trial_log
        )
        return len(trial_log.rows), swept[0].layers

    assert rows_after() == (1, "fast")
    assert rows_after() == (1, "fast")
    assert rows_after(solver={**SOLVER, "lr_decay": 0.5}) == (2, "fast")
    assert rows_after(data={**data, "y_train": data["y_train"][::-1]}) == (3, "fast")
    with backend.using("plain"):
        assert rows_after() == (4, "plain")
    relu = nnlib.fast.relu_forward
    monkeypatch.setattr(nnlib.fast, "relu_forward", lambda x: relu(x))
    assert rows_after() == (5, "fast")
    monkeypatch.undo()
    assert rows_after() == (5, "fast")


# ---- a trial log that cannot be written


def file_for_a_folder(path):
    path.parent.write_text("")


def folder_for_the_file(path):
    path.mkdir(parents=True)


def folder_for_the_lock(path):
    path.with_name("l.jsonl.lock").mkdir(parents=True)


@pytest.mark.parametrize("obstruct", [file_for_a_folder, folder_for_the_file, folder_for_the_lock])
def test_a_trial_log_that_cannot_be_written_is_found_before_the_first_trial(tmp_path, notes, obstruct):
    path = tmp_path / "folder" / "l.jsonl"
    obstruct(path)
    with pytest.raises(TrialLogError, match=r"folder.l\.jsonl: the trial log cannot be .*: .*NNLIB_TRIAL_LOGS"):
        sweep(noting(notes), toy_data(), GRID, trial_log=path, **OPTIONS)
    assert calls(notes) == []


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_full_disk_is_found_before_the_first_trial(tmp_path, notes, monkeypatch, error):
    def full(descriptor, content):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("nnlib.search.trial_log.os.write", full)
    with pytest.raises(TrialLogError, match=rf"l\.jsonl: the trial log cannot be written: {os.strerror(error)}"):
        sweep(noting(notes), toy_data(), GRID, trial_log=tmp_path / "l.jsonl", **OPTIONS)
    assert calls(notes) == []


def test_a_disk_that_fills_up_during_a_sweep_costs_no_trial(tmp_path, notes, monkeypatch):
    path, write = tmp_path / "l.jsonl", os.write

    def third_is_full(descriptor, content):
        if b"trial" in content and path.read_bytes().count(b"\n") >= 2:
            return write(descriptor, content[:10])
        return write(descriptor, content)

    monkeypatch.setattr("nnlib.search.trial_log.os.write", third_is_full)
    with pytest.raises(
        TrialLogError, match=r"cannot be written: only 10 of \d+ bytes were written: is the disk full\?"
    ):
        sweep(noting(notes), toy_data(), GRID, trial_log=path, **OPTIONS)
    assert len(calls(notes)) == 3
    monkeypatch.undo()
    assert len(TrialLog(path).rows) == 3
    assert path.read_bytes().count(b"\n") == 2
    swept = sweep(noting(notes), toy_data(), GRID, trial_log=path, **OPTIONS)
    assert len(calls(notes)) == len(set(calls(notes))) == 6
    assert sorted(row.id for row in TrialLog(path).rows) == sorted(row.id for row in swept)
    assert path.read_bytes().count(b"\n") == 6


def test_a_sweep_that_is_finished_needs_no_writable_trial_log(tmp_path, monkeypatch):
    path = tmp_path / "l.jsonl"
    first = sweep(make, toy_data(), GRID, trial_log=path, **OPTIONS)
    monkeypatch.setattr(TrialLog, "check_writable", lambda self: pytest.fail("it was checked"))
    assert sweep(make, toy_data(), GRID, trial_log=path, **OPTIONS).rows == first.rows


# ---- trials that fail


def test_failed_trials_are_rows_with_reasons_and_the_sweep_goes_on(tmp_path):
    points = [{"hidden_dim": 2, "trouble": trouble} for trouble in ("raise", "sys.exit", None)]
    points.append({"hidden_dim": 2, "learning_rate": 1e200})
    trial_log = TrialLog()
    swept = sweep(noting(tmp_path), toy_data(), points, trial_log=trial_log, **OPTIONS)
    assert [row.status for row in swept] == ["error", "error", "done", "diverged"]
    assert swept[0].reason == "ZeroDivisionError: one by nought"
    assert swept[1].reason == "SystemExit: 3"
    assert "The loss became" in swept[3].reason
    assert trial_log.rows == swept.rows
    sweep(noting(tmp_path), toy_data(), points, trial_log=trial_log, **OPTIONS)
    assert len(calls(tmp_path)) == 6  # the two errors once more; a divergence is final


def test_ctrl_c_keeps_what_is_done_and_the_same_call_runs_the_rest(tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    points = [{"hidden_dim": width, "trouble": "interrupt once" if width == 4 else None} for width in (2, 4, 8)]
    options = {**OPTIONS, "trial_log": tmp_path / "l.jsonl"}
    with pytest.raises(KeyboardInterrupt):
        sweep(noting(notes), toy_data(), points, **options)
    rows = TrialLog(tmp_path / "l.jsonl").rows
    assert [(row.settings["hidden_dim"], row.status) for row in rows] == [(2, "done"), (4, "stopped")]
    assert rows[1].reason == "interrupted before it ended"
    swept = sweep(noting(notes), toy_data(), points, **options)
    assert [row.status for row in swept] == ["done"] * 3
    assert [width for width, _, _ in calls(notes)] == [2, 4, 4, 8]
    assert [row.id for row in TrialLog(tmp_path / "l.jsonl").trials()] == [row.id for row in swept]


class Interrupted:
    """A context that Ctrl-C keeps from ending."""

    def __init__(self, context):
        self.context = context

    def __enter__(self):
        return self.context.__enter__()

    def __exit__(self, *error):
        raise KeyboardInterrupt


def test_ctrl_c_while_a_row_is_written_leaves_no_lock(tmp_path, monkeypatch):
    opened, open_log = itertools.count(), TrialLog._open

    def interrupted_at_the_first_row(log):
        return Interrupted(open_log(log)) if next(opened) == 1 else open_log(log)

    monkeypatch.setattr(TrialLog, "_open", interrupted_at_the_first_row)
    options = {**OPTIONS, "trial_log": tmp_path / "l.jsonl"}
    with pytest.raises(KeyboardInterrupt) as caught:  # it keeps the frames, as IPython does
        sweep(make, toy_data(), GRID, **options)
    swept = sweep(make, toy_data(), GRID, **options)
    assert [row.status for row in swept] == ["done"] * 6
    assert sorted(row.id for row in TrialLog(tmp_path / "l.jsonl").trials()) == sorted(row.id for row in swept)
    assert caught.traceback


def test_a_table_with_the_best_marked():
    swept = sweep(make, toy_data(), {"hidden_dim": [2, 8], "learning_rate": [0.5, 1e200]}, seeds=(0, 1), **OPTIONS)
    lines = repr(swept).splitlines()
    assert lines[0] == "sweep: 4 points x 2 seeds on unnamed arrays (100 train, 50 val)"
    assert lines[1].split() == ["hidden_dim", "learning_rate", "validation", "parameters", "seconds"]
    assert [line[0] for line in lines[2:]].count("*") == 1
    best = max((swept.points[0], swept.points[2]), key=lambda point: point.mean)
    (marked,) = (line for line in lines if line.startswith("*"))
    assert marked.split()[1] == str(best.settings["hidden_dim"])
    assert f"{best.mean:.2%} ± {best.spread:.2%}" in marked
    assert "1e+200" in lines[3]
    assert "diverged: The loss became" in lines[3]


def test_a_bar_counts_what_is_left(capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE")
    trial_log = TrialLog()
    sweep(make, toy_data(), {"hidden_dim": [2]}, trial_log=trial_log, **OPTIONS)
    assert capsys.readouterr().err == ""
    sweep(make, toy_data(), {"hidden_dim": [2, 4]}, trial_log=trial_log, name="toy", **OPTIONS | {"verbose": True})
    shown = capsys.readouterr().err
    assert "toy:  50%" in shown
    assert "2/2" in shown
    assert "best=" in shown
