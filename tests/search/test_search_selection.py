"""nnlib.search.selection: rules worked by hand, their reasons, and the opening of the test set."""

import math
import tracemalloc
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from search_toy import SOLVER, make, toy_data, trial_row

from nnlib.data import Dataset
from nnlib.search import OpeningRow, Selection, Sweep, TrialLog, open_test_logged, select, sweep
from nnlib.search.rows import DataInfo
from nnlib.search.selection import error_of_difference
from nnlib.search.sweeps import group_by_settings

FIELDS = ("val", "status", "reason", "fingerprint", "sweep", "wrong")


def row(width, accuracy, *, seed=0, params=None, **rest):
    settings = {"width": width, **{name: value for name, value in rest.items() if name not in FIELDS}}
    fields = {name: value for name, value in rest.items() if name in FIELDS}
    return trial_row(settings, accuracy, seed=seed, num_params=width if params is None else params, **fields)


# With one seed the error of p = 0.90 on 100 examples is sqrt(0.9 * 0.1 / 100) = 0.03: from 0.87 on it is a tie.
ONE_SEED = [row(1, 0.86), row(2, 0.88), row(4, 0.90), row(8, 0.89)]


def test_the_best_mean_wins_or_the_simplest_within_one_standard_error():
    best = select(ONE_SEED, one_standard_error=False)
    assert (best.settings, best.val_acc, best.num_params) == ({"width": 4}, 0.90, 4)
    assert best.standard_error == pytest.approx(0.03)
    simple = select(ONE_SEED)
    assert (simple.settings, simple.val_acc, simple.num_params) == ({"width": 2}, 0.88, 2)
    assert simple.best == {"width": 4}
    assert (
        str(simple)
        == simple.reason
        == (
            "width 2: 88.00% is within one standard error, 3.00% (one run on 100 validation examples), of the best, "
            "90.00% at width 4, with fewer parameters: 2 instead of 4."
        )
    )
    assert (
        best.reason
        == "width 4: the best mean validation accuracy, 90.00% ± 3.00% (one run on 100 validation examples)."
    )


def test_a_single_point_is_named_by_its_settings():
    assert select([row(4, 0.90)]).reason.startswith("width 4: the best mean validation accuracy")


def test_a_point_exactly_one_standard_error_away_is_within():
    assert select([row(1, 0.87), row(4, 0.90)]).settings == {"width": 1}
    assert select([row(1, 0.8699), row(4, 0.90)]).settings == {"width": 4}


def test_complexity_may_be_a_setting_where_all_have_equally_many_parameters():
    rows = [row(7, accuracy, reg=reg) for reg, accuracy in ((0.1, 0.88), (0.01, 0.89), (0.0, 0.90))]
    assert select(rows).settings["reg"] == 0.0
    strongest = select(rows, complexity=lambda point: -point.settings["reg"])
    assert strongest.settings["reg"] == 0.1
    assert strongest.reason.splitlines()[0].endswith("of the best, 90.00% at reg 0, and simpler.")
    assert select(rows, complexity=lambda point: -point.settings["reg"], one_standard_error=False).val_acc == 0.90


def test_several_seeds_are_averaged_and_their_spread_adds_to_the_error():
    # width 4: 0.86, 0.90, 0.94; mean 0.90, deviation 0.04; error sqrt(0.9 * 0.1 / 900 + 0.04^2 / 3) = 0.02517
    rows = [row(4, accuracy, seed=seed, val=900) for seed, accuracy in enumerate((0.86, 0.90, 0.94))]
    near = [row(2, accuracy, seed=seed, val=900) for seed, accuracy in enumerate((0.87, 0.88, 0.88))]  # mean 0.8767
    far = [row(1, accuracy, seed=seed, val=900) for seed, accuracy in enumerate((0.95, 0.80, 0.87))]  # mean 0.8733
    selection = select([*far, *near, *rows])
    assert selection.standard_error == pytest.approx(math.sqrt(1e-4 + 0.0016 / 3))
    assert selection.settings == {"width": 2}
    assert selection.best == {"width": 4}
    assert select([*far, *near, *rows], one_standard_error=False).settings == {"width": 4}
    # three equal seeds on few examples: the examples' own error is still there
    equal = [row(4, 0.9, seed=seed) for seed in range(3)]
    assert select(equal).standard_error == pytest.approx(0.03)


def twice(width, accuracy, wrong):
    return [row(width, accuracy, seed=seed, wrong=wrong) for seed in (0, 1)]


def test_the_same_examples_are_compared_in_pairs():
    # 3 of 100 examples are wrong for width 2 alone: var(d) = (3 - 3^2 / 100) / 99, an error of 1.71 points
    rows = [*twice(2, 0.87, [*range(13)]), *twice(4, 0.90, [*range(10)])]
    assert select(rows).settings == {"width": 4}
    assert select([replace(each, wrong=None) for each in rows]).settings == {"width": 2}
    # 11 and 10 examples, none of them the same: 4.6 points
    rows[:2] = twice(2, 0.89, [*range(10, 21)])
    error = math.sqrt((21 - 0.01) / 99 / 100)
    assert select(rows).settings == {"width": 2}
    assert f"within one standard error, {error:.2%} (in pairs, 2 seeds on 100 validation" in select(rows).reason
    assert select(rows).standard_error == pytest.approx(error)  # the one that the reason names
    assert select(rows, one_standard_error=False).standard_error == pytest.approx(0.03)


def test_one_seed_tells_nothing_of_its_noise_and_is_not_paired():
    rows = [row(2, 0.88, wrong=[*range(12)]), row(4, 0.90, wrong=[*range(10)])]  # 1.4 points in pairs
    assert select(rows).settings == {"width": 2}
    assert "within one standard error, 3.00% (one run on" in select(rows).reason


def test_pairs_are_of_equal_seeds_whatever_their_order():
    wrong = {4: ([0, 1], [2, 6]), 2: ([0, 2, 3], [4, 5, 7])}
    rows = [
        row(width, 1 - len(each) / 10, seed=seed, val=10, wrong=each)
        for width in wrong
        for seed, each in enumerate(wrong[width])
    ]
    d = np.array([[0, -1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, -1, 0, 1, 1, -1, 1, 0, 0]])
    error = math.sqrt(d.mean(axis=0).var(ddof=1) / 10)  # both seeds differ by one example: they add nothing
    for order in (rows, rows[::-1], [rows[i] for i in (1, 0, 2, 3)]):
        assert f"{error:.2%} (in pairs, 2 seeds on 10 validation examples)" in select(order).reason
    rows[3], d[1, 7] = replace(rows[3], wrong=[4, 5], val_acc=0.8), 0
    error = math.sqrt(d.mean(axis=0).var(ddof=1) / 10 + np.var([0.1, 0.0], ddof=1) / 2)
    assert f"{error:.2%} (in pairs, 2 seeds" in select(rows).reason


@pytest.mark.parametrize("val", [1, 2**53 - 1])
def test_the_error_of_one_example_or_of_endlessly_many_takes_little_memory(val):
    best, point = group_by_settings(
        [row(width, 0.9, seed=seed, val=val, wrong=wrong) for width, wrong in ((2, [0]), (4, [])) for seed in (0, 1)]
    )
    tracemalloc.start()
    try:
        error, _ = error_of_difference(best, point)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert error == pytest.approx(1 / val if val > 1 else 0)


@pytest.mark.parametrize(("val", "wrong"), [(10, [10]), (10, [-1]), (10, [3, 10**30]), (2**53, []), (0, [])])
def test_indices_of_no_example_and_impossible_numbers_are_no_row(val, wrong):
    with pytest.raises(ValueError, match=r"wrong: expected indices of 10 validation|val: expected at least one"):
        row(2, 0.9, val=val, wrong=wrong)


@pytest.mark.parametrize("other", [{"seed": 5}, {"val": 101}])
def test_points_of_other_seeds_or_examples_are_not_paired(other):
    rows = [*twice(2, 0.88, [*range(12)]), *twice(4, 0.90, [*range(10)])]
    rows[1] = row(2, 0.88, wrong=[*range(12)], **{"seed": 1, **other})
    assert "within one standard error, 3.00% (2 seeds on" in select(rows).reason


def test_a_choice_at_the_edge_of_the_values_is_warned_of():
    def reason_of(*values):
        rows = [row(8, 0.80 + 0.01 * index, rate=value) for index, value in enumerate(values)]
        return select(rows, one_standard_error=False).reason.splitlines()[1:]

    assert reason_of(0.1, 0.2, 0.3) == ["Warning: rate 0.3 is the largest of 3 values. A better one may lie beyond."]
    assert reason_of(3, 4, 2, 1) == ["Warning: rate 1 is the smallest of 4 values. A better one may lie beyond."]
    assert reason_of(0.1, 0.3, 0.2) == []
    assert reason_of(0.1, 0.3) == []  # of two values each is at an edge
    assert reason_of("a", "b", "c") == reason_of([1], [2], [3]) == reason_of(0.1, 0.2, 0.3, None) == []
    rows = [row(width, 0.8 + width / 100, rate=width) for width in (1, 2, 3)]
    assert "width 3 is the largest of 3 values; rate 3 is the" in select(rows, one_standard_error=False).reason


def test_of_equally_simple_points_the_better_and_of_equals_the_first():
    rows = [row(2, 0.88, rate=0.1), row(2, 0.89, rate=0.2), row(2, 0.89 + 1e-12, rate=0.3), row(4, 0.90, rate=0.1)]
    selection = select(rows)
    assert selection.settings == {"width": 2, "rate": 0.2}
    assert selection.reason.startswith("width 2, rate 0.2: 89.00% is within one standard error")
    assert select(rows[:3], one_standard_error=False).settings == {"width": 2, "rate": 0.2}


def test_a_point_with_a_trial_that_is_not_done_is_left_out_and_named():
    rows = [
        row(1, 0.99, seed=0),
        row(1, None, seed=1, status="diverged", reason="The loss became nan"),
        row(2, 0.90, seed=0),
        row(2, 0.90, seed=1),
    ]
    selection = select(rows)
    assert selection.settings == {"width": 2}
    assert selection.reason.endswith(" Left out: width 1 (diverged: The loss became nan).")
    with pytest.raises(ValueError, match=r"a point whose trials are all done, got none of 1\. diverged: The loss"):
        select(rows[:2])
    with pytest.raises(ValueError, match="the trial log has no trials"):
        select(TrialLog())


OUTDATED = {
    "fingerprint": "before the fix",
    "data": DataInfo("by hand", "other examples", 10, 100),
    "make_model": {"callable": "m:g"},
    "solver": {"num_epochs": 2},
}


@pytest.mark.parametrize("field", OUTDATED)
def test_of_a_trial_log_the_rows_of_the_latest_sweep_count(field):
    trial_log = TrialLog()
    for item in (replace(row(1, 0.95), **{field: OUTDATED[field]}), row(2, 0.90), row(4, 0.80)):
        trial_log.append(item)
    assert select(trial_log).settings == {"width": 2}


def test_the_selection_is_written_to_the_trial_log():
    trial_log = TrialLog()
    selection = select(Sweep([replace(item, sweep="toy") for item in ONE_SEED], trial_log, "toy"))
    assert trial_log.rows == trial_log.of_kind(Selection) == [selection]
    assert selection.sweep == "toy"
    assert datetime.fromisoformat(selection.time).tzinfo is not None


# ---- the test set

SELECTED = Selection({}, 0.9, 0.03, 1, {}, "the only one", sweep="", time="")


@pytest.fixture
def dataset(tmp_path):
    opened = []

    def read_test():
        opened.append(1)
        return np.ones((7, 5)), np.zeros(7, dtype=int)

    made = Dataset(toy_data(), "toy", tmp_path / "toy", "sha256:0", read_test)
    made.opened = opened
    return made


def test_the_test_set_stays_closed_until_there_is_a_selection(dataset):
    swept = sweep(make, dataset, {"hidden_dim": [2, 4]}, solver=SOLVER, n_jobs=1, verbose=False)
    with pytest.raises(RuntimeError, match=r"expected a selection before the test set of 4\.4, got none\. Call selec"):
        open_test_logged(swept, dataset, "4.4")
    assert dataset.opened == []
    select(swept)
    X, y = open_test_logged(swept, dataset, "4.4")
    assert (X.shape, y.shape, dataset.opened) == ((7, 5), (7,), [1])
    (opening,) = swept.trial_log.of_kind(OpeningRow)
    assert (opening.question, opening.name, opening.checksum) == ("4.4", "toy", "sha256:0")


def test_a_second_opening_warns_with_the_time_of_the_first(dataset, tmp_path):
    trial_log = TrialLog(tmp_path / "l.jsonl")
    trial_log.append(SELECTED)
    trial_log.append(OpeningRow("4.4", "toy", "sha256:0", "2020-02-02T20:20:20+00:00"))
    open_test_logged(trial_log, dataset, "4.3")  # another question: no warning
    with pytest.warns(UserWarning, match=r"opened for question 4\.4 before, at 2020-02-02T20:20:20") as seen:
        open_test_logged(TrialLog(tmp_path / "l.jsonl"), dataset, "4.4")
    assert seen[0].filename == __file__
    assert [item.question for item in trial_log.of_kind(OpeningRow)] == ["4.4", "4.3", "4.4"]


def test_what_does_not_open_is_not_recorded(dataset):
    trial_log = TrialLog()
    trial_log.append(SELECTED)
    with pytest.raises(TypeError, match="Pass the loader's own result"):
        open_test_logged(trial_log, dict(dataset), "4.4")
    assert trial_log.of_kind(OpeningRow) == []
