"""`standardise` and `subset`: sets derived from a loaded one, test examples included."""

import pickle
from functools import partial

import numpy as np
import pytest

from nnlib.data import Dataset, load_binary, open_test, standardise, subset


def read_test():
    return np.array([[10.0, 20.0, 5.0]]), np.array([1])


@pytest.fixture
def data(tmp_path):
    # the features' means are 2, 20 and 5, their deviations 1, 10 and 0
    arrays = {
        "X_train": np.array([[1.0, 10.0, 5.0], [3.0, 30.0, 5.0], [1.0, 10.0, 5.0], [3.0, 30.0, 5.0]]),
        "y_train": np.array([0, 1, 0, 1]),
        "X_val": np.array([[4.0, 0.0, 6.0]]),
        "y_val": np.array([1]),
    }
    return Dataset(arrays, "small", tmp_path / "small.csv", "sha256:0", read_test)


def test_the_training_sets_statistics_serve_all_three_sets(data):
    standard = standardise(data)
    np.testing.assert_array_equal(standard["X_train"], [[-1, -1, 0], [1, 1, 0], [-1, -1, 0], [1, 1, 0]])
    np.testing.assert_array_equal(standard["X_val"], [[2, -2, 1]])  # a constant feature is only shifted
    X_test, y_test = open_test(standard)
    np.testing.assert_array_equal(X_test, [[8, 0, 0]])
    np.testing.assert_array_equal(y_test, [1])
    assert not X_test.flags.writeable
    assert standard["y_train"] is data["y_train"]


def test_fewer_training_examples_and_all_the_others(data):
    few = subset(data, 3)
    np.testing.assert_array_equal(few["X_train"], data["X_train"][:3])
    np.testing.assert_array_equal(few["y_train"], [0, 1, 0])
    assert few["X_val"] is data["X_val"]
    np.testing.assert_array_equal(open_test(few)[0], [[10, 20, 5]])
    with pytest.raises(ValueError, match="num_train: expected at most 4, the number of training examples, got 5"):
        subset(data, 5)
    with pytest.raises(ValueError, match="num_train: expected a whole number of at least 1, got 0"):
        subset(data, 0)


@pytest.mark.parametrize(
    ("derive", "how"), [(standardise, "standardised"), (partial(subset, num_train=2), "first 2 training examples")]
)
def test_it_is_a_dataset_that_says_where_it_comes_from(data, derive, how):
    made = derive(data)
    assert type(made) is Dataset
    assert (made.name, made.source, made.checksum) == (f"small, {how}", data.source, data.checksum)
    assert not any(array.flags.writeable for array in made.values())
    again = pickle.loads(pickle.dumps(made))
    np.testing.assert_array_equal(open_test(again)[0], open_test(made)[0])
    assert derive(standardise(data)).name == f"small, standardised, {how}"


@pytest.mark.parametrize("value", [3, None, "x", [], {}, np.ones((2, 2))], ids=repr)
@pytest.mark.parametrize("derive", [standardise, partial(subset, num_train=2), open_test])
def test_anything_but_a_dataset_is_refused(derive, value):
    with pytest.raises(TypeError, match="dataset: expected the Dataset that a loader such as load_mnist returned, got"):
        derive(value)


def test_the_binary_set_standardised():
    binary = load_binary(dtype=np.float32)
    standard = standardise(binary)
    assert standard["X_train"].dtype == standard["X_val"].dtype == np.float32
    np.testing.assert_allclose(standard["X_train"].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(standard["X_train"].std(axis=0), 1, rtol=1e-5)
