"""The count of opened test sets: no alias, private name or reader passes it by, and training after it is seen."""

import numpy as np
import pytest

import nnlib.data as data
from nnlib import LogisticClassifier, Solver, held_out
from nnlib.data import binary, mnist
from nnlib.data import open_test as look
from nnlib.search import sweep

pytestmark = pytest.mark.usefixtures("counted_from_zero")


@pytest.fixture(scope="module")
def digits():
    return data.load_mnist()


def by_name(digits):
    return data.open_test(digits)


def by_alias(digits):
    return look(digits)


def by_getattr(digits):
    return getattr(data, "open" + "_test")(digits)


def by_private_name(digits):
    return digits._read_test()


def by_the_reader(digits):
    return mnist._read(digits.source, "t10k", flat=True, dtype=np.dtype(np.float32))


def by_the_file(digits):
    return mnist.read_file(digits.source, mnist.TEST_IMAGES)


@pytest.mark.parametrize("way", [by_name, by_alias, by_getattr, by_private_name, by_the_reader, by_the_file])
def test_every_way_to_mnists_test_images_is_counted(way, digits):
    assert held_out.summary() == "no test set opened"
    way(digits)
    assert held_out.summary() == "test set opened once, nothing trained after it"
    way(digits)
    assert held_out.summary().startswith("test set opened 2 times")


def of_the_set(loaded):
    return loaded._read_test()


def of_a_set_made_from_it(loaded):
    return look(data.standardise(loaded))


def of_the_test_part(loaded):
    return binary.read_file(loaded.source, ("test",))


def of_the_whole_file(loaded):
    return binary.read_file(loaded.source)


@pytest.mark.parametrize("way", [of_the_set, of_a_set_made_from_it, of_the_test_part, of_the_whole_file])
def test_every_way_to_the_binary_test_examples_is_counted(way):
    loaded = data.load_binary()
    assert held_out.summary() == "no test set opened"
    way(loaded)
    assert held_out.summary() == "test set opened once, nothing trained after it"


def by_solver(loaded):
    Solver(LogisticClassifier(20), dict(loaded), num_epochs=1, verbose=False).train()


def by_sweep(loaded):
    sweep(LogisticClassifier, loaded, {"input_dim": [20]}, solver={"num_epochs": 1}, n_jobs=1, verbose=False)


@pytest.mark.parametrize("train", [by_solver, by_sweep])
def test_training_after_the_opening_is_counted(train):
    loaded = data.load_binary()
    train(loaded)
    look(loaded)
    assert held_out.summary().endswith("nothing trained after it")
    train(loaded)
    assert held_out.summary() == "test set opened once, something trained after it"
