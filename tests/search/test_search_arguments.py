"""What sweeps, selections and trial logs refuse, in which words, before anything runs."""

import functools
import re
from pathlib import Path

import numpy as np
import pytest
from search_toy import GRID, OPTIONS, calls, make, noting, toy_data, trial_row

from nnlib.search import (
    Point,
    Sweep,
    Trial,
    TrialLog,
    data_info,
    grid,
    open_test_logged,
    replay,
    run_trial,
    select,
    standard_error,
    sweep,
    train_trial,
)

LISTED = "seeds: expected at least one, each once, got "
SEED = "seed: expected a whole number of at least 0, got "
JOBS = "n_jobs: expected a number of processes, -1 for all cores, or None, got "
OF_GRID = "grid: expected a dict such as {'reg': [0.0, 1e-3]}, got "
SOLVER = "solver: expected a dict such as {'num_epochs': 5}, got "
SOURCE = "source: expected a sweep, its rows or TrialLog(path), got "


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"seeds": 3}, ValueError, LISTED + "3. For a single one write [3]."),
        ({"seeds": None}, ValueError, LISTED + "None."),
        ({"seeds": "01"}, ValueError, LISTED + "'01'."),
        ({"seeds": ["a"]}, ValueError, SEED + "'a'."),
        ({"seeds": [[1]]}, ValueError, SEED + "[1]."),
        ({"seeds": [1.0]}, ValueError, SEED + "1.0."),
        ({"seeds": [-1]}, ValueError, SEED + "-1."),
        ({"seeds": iter([1, 1])}, ValueError, LISTED + "[1, 1]."),
        ({"grid": "reg"}, TypeError, OF_GRID + "'reg'."),
        ({"grid": 3}, TypeError, OF_GRID + "3."),
        ({"grid": None}, TypeError, OF_GRID + "None."),
        ({"grid": ["reg"]}, TypeError, "grid: expected a dict such as {'reg': 0.1}, got 'reg'."),
        ({"grid": [3]}, TypeError, "grid: expected a dict such as {'reg': 0.1}, got 3."),
        ({"grid": {"hidden_dim": 2.5}}, ValueError, "hidden_dim: expected a list of values to try, got 2.5."),
        ({"solver": ["adam"]}, TypeError, SOLVER + "['adam']."),
        ({"solver": "adam"}, TypeError, SOLVER + "'adam'."),
        ({"solver": {"optim_config": 3}}, TypeError, "optim_config: expected a dict such as {'momentum': 0.9}, got 3."),
        ({"solver": {"update_rule": ["adam"]}}, ValueError, "update_rule: expected one of 'sgd'"),
        ({"n_jobs": "2"}, ValueError, JOBS + "'2'."),
        ({"n_jobs": 2.0}, ValueError, JOBS + "2.0."),
        ({"n_jobs": True}, ValueError, JOBS + "True."),
        ({"n_jobs": 0}, ValueError, JOBS + "0."),
        ({"cost": 3}, TypeError, "cost: expected a function (settings) -> time, got 3."),
        ({"trial_log": 3}, TypeError, "trial_log: expected a TrialLog, a path, or None, got 3."),
        ({"data": 3}, TypeError, "data: expected a dict with the keys X_train, y_train, X_val, y_val, got int."),
        ({"make_model": 3}, ValueError, "make_model: expected a class or a function, got 3."),
        ({"name": 3}, TypeError, "name: expected a text, got 3. It is written into the rows."),
        ({"name": None}, TypeError, "name: expected a text, got None."),
        ({"verbose": "no"}, TypeError, "verbose: expected True or False, got 'no'."),
    ],
)
def test_a_sweep_refuses_before_anything_runs(options, error, message, tmp_path):
    arguments = {"make_model": noting(tmp_path), "data": toy_data(), "grid": GRID, "n_jobs": 1} | OPTIONS | options
    with pytest.raises(error, match="^" + re.escape(message)):
        sweep(**arguments)
    assert calls(tmp_path) == []


@pytest.mark.parametrize("key", toy_data())
def test_a_value_that_is_not_finite_is_named_with_its_array(key, tmp_path):
    data = {name: array.astype(float) for name, array in toy_data().items()}
    data[key].flat[3] = np.inf
    with pytest.raises(ValueError, match=f"^{key}: expected finite numbers, got 1 NaN or infinite, the first at index"):
        sweep(noting(tmp_path), data, GRID, n_jobs=1, **OPTIONS)
    assert calls(tmp_path) == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: grid("reg"), TypeError, OF_GRID + "'reg'."),
        (lambda: grid([{"reg": 0.1}]), TypeError, OF_GRID + "[{'reg': 0.1}]."),
        (lambda: Trial(make, [1]), TypeError, "settings: expected a dict such as {'reg': 0.1}, got [1]."),
        (lambda: Trial(make, {"hidden_dim": 2}, "a"), ValueError, SEED + "'a'."),
        (lambda: Trial(make, {"hidden_dim": 2}, np.random.default_rng(0)), ValueError, SEED + "Generator"),
        (lambda: Trial(make, {"hidden_dim": 2}, solver=None), TypeError, SOLVER + "None."),
        (lambda: select("log.jsonl"), ValueError, SOURCE + "'log.jsonl'."),
        (lambda: select(3), ValueError, SOURCE + "3."),
        (lambda: select(None), ValueError, SOURCE + "None."),
        (lambda: select([{"reg": 0.1}]), ValueError, SOURCE + "[{'reg': 0.1}]."),
        (lambda: select([], complexity=3), TypeError, "complexity: expected a function (point) -> number, got 3."),
        (
            lambda: select([], one_standard_error="no"),
            TypeError,
            "one_standard_error: expected True or False, got 'no'.",
        ),
        (
            lambda: open_test_logged("log.jsonl", None, "1"),
            ValueError,
            "trial_log: expected a sweep or TrialLog(path), ",
        ),
        (lambda: TrialLog(3), TypeError, "path: expected a string or a Path, got 3."),
    ],
)
def test_the_other_functions_refuse(call, error, message):
    with pytest.raises(error, match="^" + re.escape(message)):
        call()


FIELDS = ("seed", "solver", "make_model", "data", "status", "curve", "wrong", "versions", "layers", "sweep")


def with_field(name, value):
    """Make a row with a field that nothing of its kind is."""
    return trial_row(**{name: [[value]]})


CLUMSY = (3, "x", None, [], [1.0], np.nan, np.ones((1, 1, 1)), np.array([None]), Path("/nowhere"), int)


@pytest.mark.parametrize("value", CLUMSY, ids=repr)
@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("data", lambda value: data_info(value)),
        ("data", lambda value: run_trial(Trial(make, {"hidden_dim": 2}), value)),
        ("trial", lambda value: run_trial(value, toy_data())),
        ("trial", lambda value: train_trial(value, toy_data())),
        ("row", lambda value: replay(value, make, toy_data())),
        ("data", lambda value: replay(trial_row(), make, value)),
        ("make_model", lambda value: replay(trial_row(data=data_info(toy_data())), value, toy_data())),
        ("callbacks", lambda value: train_trial(Trial(make, {"hidden_dim": 2}), toy_data(), value or 3)),
        ("point", lambda value: standard_error(value)),
        ("rows", lambda value: Sweep(value, TrialLog())),
        ("trial_log", lambda value: Sweep([trial_row()], value)),
        ("name", lambda value: Sweep([trial_row()], TrialLog(), [value])),
        ("settings", lambda value: Point(value, [trial_row()])),
        ("rows", lambda value: Point({}, value)),
        ("row", lambda value: TrialLog().append(value)),
        ("kind", lambda value: TrialLog().of_kind(value)),
        ("name", lambda value: TrialLog.named([value])),
        *[(name, functools.partial(with_field, name)) for name in FIELDS],
        ("complexity", lambda value: select([trial_row()], complexity=3 if value is None else value)),
        ("question", lambda value: open_test_logged(TrialLog(), {}, [value])),
    ],
)
def test_any_value_of_another_kind_is_an_error_that_names_the_argument(argument, call, value):
    with pytest.raises((TypeError, ValueError), match=rf"^{argument}(\[0\])?: expected "):
        call(value)


def test_data_without_a_key_and_a_list_with_one_thing_that_is_no_row_are_named():
    with pytest.raises(
        ValueError, match=r"^data: expected the keys X_train, y_train, X_val, y_val, got \['X_train'\]\."
    ):
        data_info({"X_train": np.ones(3)})
    with pytest.raises(ValueError, match=r"^source: expected a sweep, its rows or TrialLog\(path\), got "):
        select([trial_row(), 3])
