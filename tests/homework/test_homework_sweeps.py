"""The homework's named sweeps, and the command that runs them."""

import functools
import subprocess
import sys

import numpy as np
import pytest
from search_toy import SOLVER, calls, make, noting, toy_data

from nnlib import BatchNorm, Conv, ConvNet, Dropout, Flatten, FullyConnected, MaxPool, ReLU
from nnlib.data import Dataset
from nnlib.homework import sweeps as homework
from nnlib.homework.__main__ import main
from nnlib.homework.sweeps import SWEEPS, NamedSweep, of_question, recorded_2000_units, regularised_conv_net
from nnlib.search import OpeningRow, Selection, Trial, TrialLog, TrialRow, replay, sweep
from nnlib.search.sweeps import expand_grid

FIXED = {"filter_size": 7, "hidden_dim": 100}


def test_the_grids_are_the_homeworks():
    for name in ("q2", "q3"):
        widths = SWEEPS[name].grid["hidden_dim"]
        assert (min(widths), max(widths)) == (1, 1000)
        assert list(SWEEPS[name].grid) == ["hidden_dim", "learning_rate", "reg"]
    assert SWEEPS["q4"].grid == {"hidden_dim": (10, 30, 100, 300, 1000)}
    assert SWEEPS["q4-rate"].grid == {"learning_rate": (1e-3, 3e-3, 1e-2, 3e-2)}
    sizes, small = SWEEPS["q5-size"], SWEEPS["q5-small-weights"]
    assert sizes.grid == {"filter_size": (3, 5, 7, 9), "hidden_dim": (25, 50, 100, 200)}
    assert all(set(values) < set(sizes.grid[name]) for name, values in small.grid.items())
    assert (sizes.make_model.keywords["weight_scale"], small.make_model.keywords["weight_scale"]) == (None, 0.01)
    assert (sizes.solver, sizes.seeds, sizes.load.args) == (small.solver, small.seeds, small.load.args)
    kept = SWEEPS["q5-regularise"].grid["keep"]
    assert (min(kept), max(kept)) == (0.5, 1.0)
    assert [named.name for named in of_question("q4")] == ["q4-rate", "q4"]
    assert [named.name for named in of_question("q5")] == ["q5-size", "q5-small-weights", "q5-regularise"]
    assert [named.name for named in of_question("q5-size")] == ["q5-size"]
    assert of_question("q") == of_question("") == of_question("q6") == []


def test_q2_to_q4_keep_the_last_epoch_and_q4_and_q5_lower_their_rate_to_zero():
    assert {SWEEPS[name].solver.get("restore") for name in ("q2", "q3", "q4-rate", "q4")} == {"last"}
    falling = ("q4-rate", "q4", "q5-size", "q5-regularise")
    assert {SWEEPS[name].solver.get("schedule") for name in falling} == {"linear"}


def test_the_recorded_trials_beyond_q4s_grid_are_of_its_sweep():
    rows, named = recorded_2000_units(), SWEEPS["q4"]
    assert [(row.settings, row.seed) for row in rows] == [({"hidden_dim": 2000}, seed) for seed in named.seeds]
    for row in rows:
        identity = Trial(named.make_model, row.settings, row.seed, named.solver).identity(row.data, row.fingerprint)
        assert row.id == identity["id"]  # of these settings, seed, options, factory and data
        assert (row.status, row.data.name, row.data.train, row.data.val) == ("done", "MNIST", 54_000, 6_000)
        assert row.val_acc == pytest.approx(1 - len(row.wrong) / 6_000)


@pytest.mark.parametrize("name", SWEEPS)
def test_every_trial_can_be_made(name):
    named = SWEEPS[name]
    assert named.name == name
    fixed = {} if named.after is None else FIXED
    costs = []
    for point in expand_grid(named.grid):
        trial = Trial(named.make_model, {**fixed, **point}, named.seeds[0], named.solver)
        options = trial.arguments()[1]
        assert not {"hidden_dim", "filter_size", "keep", "architecture"} & options.keys()
        assert options["optim_config"].keys() == {"learning_rate"}
        costs.append(named.cost(trial.settings))
    assert min(costs) > 0


def test_the_longest_trials_are_known():
    by_size = {size: homework.conv_net_cost({"filter_size": size, "hidden_dim": 100}) for size in (3, 5, 7, 9)}
    # 7 x 7: 32 * (49 * 22^2 + 11^2 * 100) multiplications up to the hidden layer
    assert by_size[7] == 32 * (49 * 22**2 + 11**2 * 100)
    assert by_size[9] == max(by_size.values())


def test_a_row_of_a_named_sweep_can_be_replayed():
    name, named = "q3", SWEEPS["q3"]
    point = {"hidden_dim": 10, "learning_rate": 0.1, "reg": 1e-3}
    options = {"seeds": (1,), "solver": named.solver, "name": name, "n_jobs": 1, "verbose": False}
    (row,) = sweep(named.make_model, named.load(), [point], **options)
    assert row.val_acc > 0.9
    assert row.data.name.endswith(", standardised")
    assert replay(row, named.make_model, named.load()).exact


def test_a_sweep_that_builds_on_another_wants_its_selection():
    with pytest.raises(ValueError, match=r"fixed: expected the selection of q5-size, got None"):
        SWEEPS["q5-regularise"].sweep(toy_data())
    with pytest.raises(ValueError, match="fixed: expected nothing, got"):
        SWEEPS["q4"].sweep(toy_data(), fixed=FIXED)


# ---- where batch norm and dropout are


@pytest.mark.parametrize(
    ("architecture", "after_conv", "after_pool", "after_fc", "after_relu"),
    [
        ("BN conv, dropout pool", [BatchNorm()], [Dropout(0.8)], [], []),
        ("BN conv, dropout fc", [BatchNorm()], [], [], [Dropout(0.8)]),
        ("BN fc, dropout fc", [], [], [BatchNorm()], [Dropout(0.8)]),
        ("BN both, dropout both", [BatchNorm()], [Dropout(0.8)], [BatchNorm()], [Dropout(0.8)]),
    ],
)
def test_architectures(architecture, after_conv, after_pool, after_fc, after_relu):
    specs = [Conv(32, 9), *after_conv, ReLU(), MaxPool(2), *after_pool, Flatten()]
    specs += [FullyConnected(12), *after_fc, ReLU(), *after_relu, FullyConnected(10)]
    model = regularised_conv_net(9, 12, 0.8, architecture, rng=0)
    assert model.network.specs == tuple(specs)
    swept = {*SWEEPS["q5-regularise"].grid["architecture"], "BN conv, dropout fc"}
    assert len(swept) == 4
    assert set(homework.ARCHITECTURES) == swept
    loss, grads = model.loss(np.random.default_rng(0).random((4, 1, 28, 28)), np.arange(4))
    assert np.isfinite(loss)
    assert grads.keys() == model.params.keys()


def test_the_reports_architecture_is_conv_nets():
    model = regularised_conv_net(5, 12, 0.8, rng=3)
    course = ConvNet(filter_size=5, hidden_dim=12, weight_scale=None, reg=3e-5, dropout=0.8, batchnorm=True, rng=3)
    assert model.network.specs == course.network.specs
    assert model.reg == course.reg
    for name, array in course.params.items():
        np.testing.assert_array_equal(model.params[name], array)
    with pytest.raises(ValueError, match="architecture: expected one of 'BN conv, dropout pool'"):
        regularised_conv_net(5, 12, 0.8, "BN nowhere", rng=3)


# ---- the command


def toy_dataset():
    return Dataset(toy_data(), "toy", "nowhere", "sha256:0", lambda: (np.ones((1, 5)), np.zeros(1, int)))


def toy_sweep(name, factory, grid, after=None):
    return NamedSweep(name, f"toy {name}", factory, toy_dataset, grid, SOLVER, seeds=(0, 1), after=after)


@pytest.fixture
def toy_sweeps(monkeypatch, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    sweeps = (
        toy_sweep("q8", noting(notes), {"hidden_dim": [2, 8], "reg": [0.0]}),
        toy_sweep("q9-size", noting(notes), {"hidden_dim": [2, 8]}),
        toy_sweep("q9-rate", make, {"reg": [0.0, 0.1]}, after="q9-size"),
    )
    monkeypatch.setattr(homework, "SWEEPS", {named.name: named for named in sweeps})
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path / "trial_logs"))
    return notes


def test_the_list(capsys):
    assert main(["--list"]) == 0
    listed = capsys.readouterr().out
    for name in SWEEPS:
        assert f"\n{name} " in f"\n{listed}"
    assert "hidden_dim {10 | 30 | 100 | 300 | 1000}: 5 points, 2 seeds" in listed


def test_a_question_is_run_in_order_the_later_with_the_selection_of_the_earlier(toy_sweeps, capsys, tmp_path):
    assert main(["q9", "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    path = tmp_path / "trial_logs" / "q9.jsonl"
    assert f"trial log: {path}" in said
    first, second = TrialLog(path).of_kind(Selection)
    assert (first.sweep, second.sweep) == ("q9-size", "q9-rate")
    assert second.settings["hidden_dim"] == first.settings["hidden_dim"]
    rows = TrialLog(path).of_kind(TrialRow)
    assert [row.sweep for row in rows] == ["q9-size"] * 4 + ["q9-rate"] * 4
    for shown in ("q9-size: 2 points x 2 seeds on toy (100 train, 50 val)", first.reason, second.reason):
        assert shown in said
    assert TrialLog(path).of_kind(OpeningRow) == []


def test_a_part_of_a_question_takes_the_rest_from_the_trial_log(toy_sweeps, tmp_path, capsys):
    file = tmp_path / "mine.jsonl"
    assert main(["q9-rate", "--jobs", "1", "--trial-log", str(file)]) == 0
    assert len(calls(toy_sweeps)) == 4  # what it builds on was missing
    assert main(["q9-rate", "--jobs", "1", "--trial-log", str(file)]) == 0
    assert len(calls(toy_sweeps)) == 4
    assert len(TrialLog(file).of_kind(TrialRow)) == 8


def test_an_interruption_says_what_is_kept(toy_sweeps, tmp_path, capsys, monkeypatch):
    interrupted = functools.partial(noting(toy_sweeps), trouble="interrupt once")
    monkeypatch.setitem(homework.SWEEPS, "q8", toy_sweep("q8", interrupted, {"hidden_dim": [2, 8], "reg": [0.0]}))
    assert main(["q8", "--jobs", "1"]) == 130
    (tmp_path / "go on").touch()
    path = tmp_path / "trial_logs" / "q8.jsonl"
    assert f"Interrupted. {path} keeps what is finished; the same command runs the rest." in capsys.readouterr().out
    assert main(["q8", "--jobs", "1"]) == 0
    assert [row.status for row in TrialLog(path).of_kind(TrialRow)] == ["stopped"] + ["done"] * 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected one of q8, q9-size, q9-rate, got None"),
        (["q7"], "sweep: expected one of q8, q9-size, q9-rate, got q7"),
        (["q8", "--jobs", "0"], "--jobs: expected at least 1, or -1 for all cores, got 0"),
    ],
)
def test_a_wrong_command_line_is_explained(toy_sweeps, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert calls(toy_sweeps) == []


def test_a_scheduler_without_the_cluster_package_is_explained(toy_sweeps, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SystemExit, match="--scheduler needs the package distributed"):
        main(["q8", "--scheduler", "tcp://127.0.0.1:1"])
    assert calls(toy_sweeps) == []


@pytest.mark.parametrize("line", ["garbage", '{"kind":"trial"}', "[" * 5000])
def test_a_damaged_trial_log_is_explained_in_a_sentence(toy_sweeps, tmp_path, capsys, line):
    path = tmp_path / "mine.jsonl"
    path.write_text(f"{line}\n{{}}\n")
    assert main(["q8", "--jobs", "1", "--trial-log", str(path)]) == 1
    said = capsys.readouterr()
    assert f"{path}, line 1: expected a row of a trial log, got" in said.err
    assert said.err.count("\n") == 1
    assert calls(toy_sweeps) == []


def test_a_trial_log_that_cannot_be_written_is_explained_in_a_sentence(toy_sweeps, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    assert main(["q8", "--jobs", "1"]) == 1
    assert "q8.jsonl: the trial log cannot be written: " in capsys.readouterr().err
    assert calls(toy_sweeps) == []


def test_what_runs_trials_on_workers_is_loaded_when_it_is_needed():
    packages = {"dask", "distributed", "filelock", "joblib", "matplotlib", "torch"}
    code = f"import sys, nnlib.search, nnlib.homework.__main__; print(sorted({packages} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
