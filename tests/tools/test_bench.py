"""tools.bench: both libraries run the same networks, and what is reported is what was measured. No time is asserted."""

import dataclasses
import json
import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nnlib import Solver, backend, fast, layers
from nnlib.homework import sweeps
from nnlib.homework.sweeps import SWEEPS, NamedSweep
from tools.bench import __main__ as bench
from tools.bench import models, report, trainings, worker
from tools.bench.__main__ import Side

networks = pytest.mark.parametrize("network", models.NETWORKS.values(), ids=list(models.NETWORKS))


@networks
def test_both_libraries_have_the_same_parameters(network, monkeypatch):
    made = []
    monkeypatch.setattr(torch.optim, "SGD", lambda parameters, lr: made.extend(parameters))
    models.torch_steps(network, 3)
    ours = models.numpy_model(network).params.values()
    assert sum(array.size for array in ours) == sum(tensor.numel() for tensor in made)


@networks
@pytest.mark.parametrize("make", [models.numpy_steps, models.torch_steps])
def test_a_step_trains_and_a_forward_pass_runs(network, make):
    train, forward = make(network, 2)
    train()
    forward()


def test_products_of_an_example_worked_by_hand():
    # 2 filters of 27x27 leave 2x2 pixels, pooled to one: 2*27*27*4 twice, then 2-3-10, each product three times.
    shapes = models.product_shapes({"num_filters": 2, "filter_size": 27, "hidden_dim": 3}, 1)
    assert sum(map(math.prod, shapes)) == 2 * 2 * 27 * 27 * 4 + 3 * (2 * 3 + 3 * 10)


def test_the_bare_products_are_those_of_a_step(monkeypatch):
    monkeypatch.setattr(models, "CNN", {"num_filters": 2, "filter_size": 25, "hidden_dim": 3})
    counted, matmul = [], np.matmul

    def count(a, b, out=None, **options):
        if out is not None and a.ndim == b.ndim == 2:
            counted.append((*a.shape, b.shape[1]))
        return matmul(a, b, out=out, **options)

    def median_seconds(step, budget):
        counted.clear()
        step()
        return 1.0

    monkeypatch.setattr(np, "matmul", count)
    monkeypatch.setattr(worker, "median_seconds", median_seconds)
    assert list(worker.products(0)) == [{"step": 1.0, "products": 1.0, "ratio": 1.0}]
    assert counted == models.product_shapes(models.CNN, 100)


def test_a_worker_prints_one_row_for_each_network_and_batch_size(monkeypatch, capsys):
    monkeypatch.setattr(worker, "BATCH_SIZES", (1, 2))
    worker.main("numpy", "0")
    rows = json.loads(capsys.readouterr().out)
    assert [(row["model"], row["batch_size"]) for row in rows] == [
        (name, n) for name in models.NETWORKS for n in (1, 2)
    ]
    assert all(row["train"] > 0 and row["forward"] > 0 for row in rows)


def test_growth_changes_one_size_at_a_time(monkeypatch):
    monkeypatch.setattr(worker, "GROWTH", {"images": ("batch_size", (1, 2)), "filters": ("num_filters", (1,))})
    rows = list(worker.growth(0))
    assert [(row["quantity"], row["value"]) for row in rows] == [("images", 1), ("images", 2), ("filters", 1)]
    assert rows[1]["flops"] == 2 * rows[0]["flops"]
    assert all(row["seconds"] > 0 and row["peak_bytes"] > 0 for row in rows)


def test_a_worker_s_rows_are_read_and_a_failing_one_is_an_error(monkeypatch):
    run = subprocess.run
    for code, rows in (("print('[{\"step\": 2}]')", [{"step": 2}]), ("1/0", None)):
        command = [sys.executable, "-c", code]
        monkeypatch.setattr(subprocess, "run", lambda _, command=command, **options: run(command, **options))
        if rows:
            assert bench.work(Side("any"), 0) == rows
        else:
            with pytest.raises(subprocess.CalledProcessError):
                bench.work(Side("any"), 0)


def test_the_median_is_of_several_calls_after_one_to_warm_up():
    calls = []
    assert worker.median_seconds(lambda: calls.append(1), budget=0.0) >= 0
    assert len(calls) == 6


def test_the_time_of_a_training_is_divided_without_a_remainder():
    rng = np.random.default_rng(0)
    data = {
        "X_train": rng.random((40, 784)),
        "y_train": rng.integers(0, 10, 40),
        "X_val": rng.random((8, 784)),
        "y_val": rng.integers(0, 10, 8),
    }
    solver = Solver(models.numpy_model({}), data, batch_size=10, num_epochs=2, verbose=False)
    spent = worker.solver_seconds(solver)
    assert solver.step == 8
    assert list(spent) == ["steps", "evaluation", "rest"]
    assert all(seconds > 0 for seconds in spent.values())


@pytest.fixture
def asked(monkeypatch):
    """Record the sweeps that are timed and their numbers of workers; return the records and the rows of a sweep."""
    calls = []

    def swept(named, data, n_jobs, verbose):
        calls.append((named, n_jobs))
        return rows_of_sweep

    rows_of_sweep = [SimpleNamespace(status="done")]
    monkeypatch.setitem(sweeps.SWEEPS, "q4", dataclasses.replace(SWEEPS["q4"], load=lambda: None))
    monkeypatch.setattr(NamedSweep, "sweep", swept)
    return calls, rows_of_sweep


def test_q4s_sweep_is_timed_with_one_epoch_on_one_worker_and_on_two(asked):
    calls, _ = asked
    (seconds,) = worker.sweep(0)
    assert min(seconds.values()) > 0
    assert [n_jobs for _, n_jobs in calls] == [2, 1, 2, 1, 2, 1, 2]
    one_epoch = dataclasses.replace(SWEEPS["q4"], solver=SWEEPS["q4"].solver | {"num_epochs": 1})
    assert all(named == one_epoch for named, _ in calls)


def test_a_sweep_with_a_failed_trial_is_not_timed(asked):
    asked[1].append(SimpleNamespace(status="failed", reason="The loss became nan."))
    with pytest.raises(RuntimeError, match="1 trials are not done; the first: The loss became nan"):
        list(worker.sweep(0))


def rows(train, forward=1.0):
    return [{"model": "net", "batch_size": 100, "train": train, "forward": forward}]


def test_sides_alternate_and_ratios_are_taken_within_a_round(monkeypatch):
    """Ratios of 1/2 and 1/4; medians of 15 and 50, whose ratio would be 0.3."""
    measured = {"a": [rows(10.0), rows(20.0)], "b": [rows(20.0), rows(80.0)]}
    order = []

    def work(side, budget):
        order.append(side.name)
        return measured[side.name].pop(0)

    monkeypatch.setattr(bench, "work", work)
    (row,) = bench.alternate(Side("a"), Side("b"), rounds=2, budget=0)
    assert order == ["a", "b", "b", "a"]
    assert row["train"] == {"a": 15.0, "b": 50.0, "ratio": 0.375}
    assert report.geometric_mean([row]) == 0.375


def test_the_details_name_what_was_measured():
    result = {
        "products": {"ratio": 2.5, "step": 0.01, "products": 0.004},
        "epoch": {"examples": 54_000, "steps": 5.0, "evaluation": 0.5, "rest": 0.1},
        "sweep": {"one": 18.0, "two": 10.0, "ratio": 1.8},
        "growth": [{"quantity": "filters", "value": 8, "seconds": 2e-3, "peak_bytes": 3 * 2**20, "flops": 10**7}],
    }
    text = report.details(result)
    for expected in ("2.50 times", "2.0%", "1.80 times as"):
        assert expected in text
    assert "| filters | 8 | 10 million | 2 ms | 5.0 billion | 3.0 MiB |" in text


def test_a_training_with_both_kinds_of_layers_is_a_row():
    name, ratio, plain, fast, gap = trainings.compare("q2", repeats=1)
    assert name == "q2"
    assert float(ratio) > 0
    assert plain == fast == "96.00%"
    assert float(gap) < 1e-6


def test_every_function_that_has_a_fast_version_is_a_row():
    own = {name for name in fast.__all__ if getattr(fast, name) is not getattr(layers, name)}
    kinds = {name.removesuffix("_forward").removesuffix("_backward") for name in own}
    rules = {name for name, rule in backend.RULES["fast"].items() if rule is not backend.RULES["plain"][name]}
    rows = trainings.compare_functions(repeats=1)
    assert {name for name, *_ in rows} == (kinds | rules) - {"fc"}  # its gain is threads, and the dx of a first layer
    for _, first, second, ratio in rows:
        assert float(first) / float(second) == pytest.approx(float(ratio), rel=0.3)  # printed to 0.01 ms
