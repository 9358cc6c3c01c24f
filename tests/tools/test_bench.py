"""tools.bench: both libraries run the same networks, and the report says what was measured. No time is asserted."""

import dataclasses
import json
import subprocess
import sys
import tempfile

import numpy as np
import pytest
import torch
from search_toy import SOLVER, make, toy_data

from nnlib import Solver
from nnlib.homework.sweeps import SWEEPS, NamedSweep
from tools.bench import __main__ as bench
from tools.bench import models, report, sweep, worker
from tools.bench.timing import SolverClock, median_seconds

architectures = pytest.mark.parametrize("architecture", models.ARCHITECTURES, ids=lambda item: item.name)


@architectures
def test_both_libraries_have_the_same_parameters(architecture, monkeypatch):
    made = []
    monkeypatch.setattr(torch.optim, "SGD", lambda parameters, lr: made.extend(parameters))
    models.torch_steps(architecture, 3)
    ours = models.numpy_model(architecture).params.values()
    assert sum(array.size for array in ours) == sum(tensor.numel() for tensor in made)


@architectures
@pytest.mark.parametrize("make", [models.numpy_steps, models.torch_steps])
def test_a_step_trains_and_a_forward_pass_runs(architecture, make):
    train, forward = make(architecture, 2)
    train()
    forward()


def test_operations_are_counted_as_the_products_have_them():
    # 784-5-10 on one image: forward 784*5 + 5*10, dw the same, dx of the second layer 5*10; two operations each.
    two_layer = models.Architecture("two layers", hidden_dim=5)
    assert two_layer.flops == 2 * (2 * 784 * 5 + 3 * 5 * 10)
    # 2 filters of 27x27 leave 2x2 pixels, pooled to one: 2*27*27*4 twice, then 2-3-10 three times.
    conv = models.Architecture("conv", hidden_dim=3, num_filters=2, filter_size=27)
    assert conv.flops == 2 * (2 * 2 * 27 * 27 * 4 + 3 * (2 * 3 + 3 * 10))


def test_the_bare_products_have_the_operations_that_are_counted(monkeypatch):
    counted = []
    matmul = np.matmul

    def count(a, b, out):
        counted.append(2 * a.shape[0] * a.shape[1] * b.shape[1])
        return matmul(a, b, out=out)

    step = models.product_step(worker.CNN, 4)
    monkeypatch.setattr(np, "matmul", count)
    step()
    assert sum(counted) == 4 * worker.CNN.flops


def test_a_worker_prints_one_row_for_each_network_and_batch_size(monkeypatch, capsys):
    monkeypatch.setattr(worker, "BATCH_SIZES", (1, 2))
    worker.main(["numpy", "--budget", "0"])
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["version"] == np.__version__
    assert [row["batch_size"] for row in outcome["rows"]] == [1, 2] * 4
    assert all(row["train"] > 0 and row["forward"] > 0 for row in outcome["rows"])


def test_workers_at_the_same_task_run_side_by_side_and_one_that_fails_is_told(monkeypatch):
    wait_for_the_other = (
        "import json, pathlib, sys, time, os\n"
        "here = pathlib.Path(sys.argv[1]); (here / str(os.getpid())).touch()\n"
        "end = time.monotonic() + 30\n"
        "while len(list(here.iterdir())) < 2 and time.monotonic() < end: time.sleep(0.01)\n"
        "print(json.dumps({'met': len(list(here.iterdir()))}))\n"
    )
    popen = subprocess.Popen
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", wait_for_the_other, folder]
        monkeypatch.setattr(subprocess, "Popen", lambda _, **options: popen(command, **options))
        assert bench.work("crowd", 0, processes=2) == [{"met": 2}, {"met": 2}]
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: popen([sys.executable, "-c", "1/0"], **options))
    with pytest.raises(subprocess.CalledProcessError):
        bench.work("crowd", 0)


def test_the_median_is_of_several_calls_after_one_to_warm_up():
    calls = []
    assert median_seconds(lambda: calls.append(1), budget=0.0) >= 0
    assert len(calls) == 6


def test_a_solver_is_taken_apart_without_a_rest_that_is_lost(tmp_path):
    rng = np.random.default_rng(0)
    data = {
        "X_train": rng.random((40, 784)),
        "y_train": rng.integers(0, 10, 40),
        "X_val": rng.random((8, 784)),
        "y_val": rng.integers(0, 10, 8),
    }
    solver = Solver(models.numpy_model(models.ARCHITECTURES[0]), data, batch_size=10, num_epochs=2, verbose=False)
    spent = SolverClock(solver).run()
    assert solver.step == 8
    assert all(seconds > 0 for seconds in spent.values())


def test_a_sweep_is_timed_on_one_worker_and_on_two():
    named = NamedSweep("toy", "toy", make, toy_data, {"hidden_dim": [2, 3, 4]}, SOLVER, seeds=(0,))
    seconds = sweep.throughput(named, rounds=1)
    assert seconds["ratio"] == pytest.approx(seconds["one"] / seconds["two"])
    assert min(seconds.values()) > 0
    broken = dataclasses.replace(named, solver={**SOLVER, "learning_rate": 1e200})
    with pytest.raises(RuntimeError, match="3 trials are not done; the first: The loss became"):
        sweep.throughput(broken, rounds=1)


def test_the_sweep_that_is_timed_is_q4s():
    short, named = sweep.q4_in_short(), SWEEPS["q4"]
    assert short.solver == {**named.solver, "num_epochs": 1}
    assert dataclasses.replace(short, solver=named.solver) == named


def rounds():
    """Two rounds of one network: the ratios 1/2 and 1/4, the medians 15 and 50."""

    def make(train):
        return [{"model": "net", "batch_size": 100, "train": train, "forward": 1.0}]

    return [{"numpy": make(10.0), "torch": make(20.0)}, {"numpy": make(20.0), "torch": make(80.0)}]


def test_ratios_are_taken_within_a_round():
    (row,) = report.summarise(rounds())
    assert row["train"] == {"numpy": 15.0, "torch": 50.0, "ratio": 0.375}
    assert report.geometric_mean([row]) == 0.375


def test_the_report_names_versions_ratios_and_draws_growth(tmp_path):
    machine = {"processor": "a processor", "cores": 2, "numpy": "2.x", "torch": "2.y", "python": "3.z"}
    result = {
        "machine": machine,
        "rounds": 2,
        "steps": report.summarise(rounds()),
        "products": {"ratio": 2.5, "step": 0.01, "products": 0.004},
        "epoch": {"examples": 54_000, "steps": 5.0, "evaluation": 0.5, "rest": 0.1, "peak_bytes": 600 * 2**20},
        "crowd": {"alone": 0.01, "together": 0.021, "ratio": 2.1},
        "sweep": {"one": 18.0, "two": 10.0, "ratio": 1.8},
    }
    text = report.markdown(result)
    for expected in (
        "a processor, 2 cores",
        "PyTorch 2.y",
        "0.38",
        "2.50 times",
        "2.0%",
        "600 MiB",
        "2.10 times as",
        "1.80 times as",
    ):
        assert expected in text
    growth = [
        {"quantity": quantity, "value": n, "seconds": n * 1e-3, "peak_bytes": n * 10**6, "flops": n * 10**7}
        for quantity in ("batch size", "filters")
        for n in (1, 2, 4)
    ]
    report.draw_growth(growth, tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 10_000


def test_a_measurement_that_failed_is_not_reported():
    report.check_finite({"a": [1.0, {"b": 2}]})
    with pytest.raises(ValueError, match="nan"):
        report.check_finite({"a": [1.0, {"b": float("nan")}]})
