"""Validation and test examples stay out of training: in every set that is loaded, and in every training."""

import numpy as np
import pytest

from nnlib import LogisticClassifier, Solver, held_out
from nnlib.data import load_binary, load_coloured_mnist, load_mnist, open_test, standardise, subset
from nnlib.provenance.code import code_checksum
from nnlib.search import sweep

MIXED = "training sets that hold validation examples"

pytestmark = pytest.mark.usefixtures("counted_from_zero")


@pytest.fixture
def binary():
    return load_binary()


@pytest.mark.parametrize("load", [load_mnist, load_binary, load_coloured_mnist])
def test_no_example_is_in_two_parts(load):
    loaded = load()
    train, val, test = (held_out._rows(X) for X in (loaded["X_train"], loaded["X_val"], open_test(loaded)[0]))
    assert len(train) == len(loaded["X_train"])
    assert not train & val
    assert not train & test
    assert not val & test


def solve(data):
    Solver(LogisticClassifier(20), data, num_epochs=1, verbose=False).train()


def sweep_here(data):
    sweep(LogisticClassifier, data, {"input_dim": [20]}, solver={"num_epochs": 1}, n_jobs=1, verbose=False)


def with_validation_at_the_end(data):
    X, y = (np.concatenate([data[f"{name}_train"][:-250], data[f"{name}_val"]]) for name in "Xy")
    return {**data, "X_train": X, "y_train": y}


def with_some_validation_examples(data):
    X = data["X_train"].copy()
    X[::50] = data["X_val"][:10]
    return {**data, "X_train": X}


def validated_on_training_examples(data):
    return {**data, "X_val": data["X_train"][:250], "y_val": data["y_train"][:250]}


def with_the_parts_exchanged(data):
    return {"X_train": data["X_val"], "y_train": data["y_val"], "X_val": data["X_train"], "y_val": data["y_train"]}


def with_them_in_another_dtype(data):
    mixed = with_validation_at_the_end(data)
    return {key: array.astype(np.float32) if key[0] == "X" else array for key, array in mixed.items()}


def of_a_derived_set(data):
    return with_validation_at_the_end(standardise(data))


LEAKS = [
    with_validation_at_the_end,
    with_some_validation_examples,
    validated_on_training_examples,
    with_the_parts_exchanged,
    with_them_in_another_dtype,
    of_a_derived_set,
]


@pytest.mark.parametrize("train", [solve, sweep_here])
@pytest.mark.parametrize("leak", LEAKS)
def test_training_on_validation_examples_is_counted(leak, train, binary):
    data = leak(binary)
    train(data)
    train(data)
    assert held_out.summary() == f"no test set opened; {MIXED}: 1"


@pytest.mark.parametrize("derive", [dict, standardise, lambda data: subset(data, 50, 20), lambda data: data])
@pytest.mark.parametrize("train", [solve, sweep_here])
def test_other_training_is_not(derive, train, binary):
    train(derive(binary))
    assert held_out.summary() == "no test set opened"


def test_a_sweep_on_workers_counts_in_the_process_that_starts_it(binary):
    points = {"input_dim": [20], "weight_scale": [1e-3, 1e-2]}
    data = with_validation_at_the_end(binary)
    sweep(LogisticClassifier, data, points, solver={"num_epochs": 1}, n_jobs=2, verbose=False)
    assert held_out.summary() == f"no test set opened; {MIXED}: 1"


def test_every_such_training_set_counts_once(binary):
    solve(with_validation_at_the_end(binary))
    solve(with_some_validation_examples(binary))
    assert held_out.summary().endswith(f"{MIXED}: 2")


def test_the_validation_examples_of_a_set_that_was_loaded_before_another_are_known(monkeypatch):
    monkeypatch.setattr(held_out._seen, "validation", {})  # what other tests have loaded is among these examples
    binary = load_binary()
    val = binary["X_val"], binary["y_val"]
    other = standardise(binary)  # its validation examples are other numbers
    solve({**dict(zip(("X_train", "y_train"), val, strict=True)), "X_val": other["X_val"], "y_val": other["y_val"]})
    assert held_out.summary() == f"no test set opened; {MIXED}: 1"


def test_what_was_seen_does_not_change_a_sweeps_fingerprint(binary):
    before = code_checksum(Solver, load_binary)
    solve(with_validation_at_the_end(binary))
    open_test(binary)
    assert code_checksum(Solver, load_binary) == before


def test_an_array_that_is_written_to_is_compared_again(binary):
    data = {key: array.copy() for key, array in binary.items()}
    solve(data)
    assert held_out.summary() == "no test set opened"
    data["X_train"][-250:] = binary["X_val"]
    solve(data)
    assert held_out.summary().endswith(f"{MIXED}: 1")


def test_q6s_training_is_compared_as_well():
    torch = pytest.importorskip("torch")
    from nnlib.vgg import DataLoader
    from nnlib.vgg.training import train

    loaded = subset(load_coloured_mnist(), 40, 20)
    for part, said in (("train", "no test set opened"), ("val", f"no test set opened; {MIXED}: 1")):
        loader = DataLoader(loaded[f"X_{part}"], loaded[f"y_{part}"], 10, seed=0)
        net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3072, 10))
        sgd = torch.optim.SGD(net.parameters(), lr=0.01)
        train(loader, net, torch.nn.functional.cross_entropy, sgd, torch.device("cpu"), epochs=1)
        assert held_out.summary() == said


def test_test_examples_are_standardised_by_the_training_sets_statistics(binary):
    X, X_test = binary["X_train"], open_test(binary)[0]
    np.testing.assert_allclose(open_test(standardise(binary))[0], (X_test - X.mean(axis=0)) / X.std(axis=0), atol=1e-12)
