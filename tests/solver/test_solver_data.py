"""What Solver says about data that no model can learn from: the key, what came, where."""

import re

import numpy as np
import pytest

from nnlib import Callback, DivergenceError, LogisticClassifier, SoftmaxClassifier, Solver
from nnlib.data import load_binary


def separable():
    X = np.linspace(-1, 1, 12)[:, None]
    y = (X[:, 0] > 0).astype(int)
    return {"X_train": X, "y_train": y, "X_val": X, "y_val": y}


def solver_of(data, **kwargs):
    return Solver(LogisticClassifier(1), data, **{"verbose": False, "num_epochs": 2} | kwargs)


@pytest.mark.parametrize("key", ["X_test", "y_test", "test"])
def test_the_solver_never_sees_the_test_set(key):
    message = rf"data: expected training and validation examples only, got {key}\. The test set is opened once, "
    with pytest.raises(ValueError, match=message):
        solver_of(separable() | {key: np.zeros(3)})


def without(key):
    return {name: array for name, array in separable().items() if name != key}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (without("X_val"), "data: expected the keys X_train, y_train, X_val, y_val, got X_train, y_train, y_val."),
        ({}, "data: expected the keys X_train, y_train, X_val, y_val, got none."),
        (separable() | {"X_train": np.ones((0, 1))}, "X_train: expected at least one example, got none."),
        (separable() | {"X_val": np.ones((0, 1))}, "X_val: expected at least one example, got none."),
        (separable() | {"X_train": np.ones((12, 0))}, "X_train: expected at least one feature, got shape (12, 0)."),
        (separable() | {"X_val": np.ones(())}, "X_val: expected one example per row, got a single n"),
        (
            separable() | {"y_train": np.ones(11)},
            "y_train: expected shape (12,), got shape (11,). One label for each example of X_train.",
        ),
        (separable() | {"y_val": np.ones((12, 1))}, "y_val: expected shape (12,), got shape (12, 1)."),
        (separable() | {"y_val": np.ones(())}, "y_val: expected shape (12,), got shape ()."),
        (
            separable() | {"X_val": np.ones((12, 2))},
            "X_val: expected shape (12, 1), got shape (12, 2). Its examples have the shape of X_train's.",
        ),
        (
            separable() | {"y_train": np.arange(12) / 4},
            "y_train: expected whole numbers, one label per example, got 0.25 at index 1.",
        ),
    ],
)
def test_missing_and_unfitting_arrays_are_named(data, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        solver_of(data)


@pytest.mark.parametrize("data", [None, [1, 2], np.zeros(3), "mnist"])
def test_data_that_are_no_dict(data):
    with pytest.raises(TypeError, match=f"data: expected a dict with .*, got {type(data).__name__}"):
        solver_of(data)


@pytest.mark.parametrize("key", ["X_train", "y_train", "X_val", "y_val"])
def test_lists_are_named_and_what_to_write(key):
    data = separable()
    with pytest.raises(TypeError, match=re.escape(f"{key}: expected a NumPy array, got list. Convert it: np.asarr")):
        solver_of(data | {key: data[key].tolist()})
    with pytest.raises(TypeError, match=f"{key}: expected a NumPy array, got NoneType"):
        solver_of(data | {key: None})


@pytest.mark.parametrize("key", ["X_train", "y_train", "X_val", "y_val"])
@pytest.mark.parametrize("dtype", [object, complex, str, "datetime64[s]"])
def test_what_is_no_real_number_is_named(key, dtype):
    data = separable()
    data[key] = data[key].astype(int).astype(dtype)
    with pytest.raises(TypeError, match=re.escape(f"{key}: expected real numbers, got dtype {data[key].dtype}.")):
        solver_of(data)


@pytest.mark.parametrize("key", ["X_train", "y_train", "X_val", "y_val"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_values_that_are_not_finite_are_counted_and_the_first_is_located(key, value, dtype):
    data = separable()
    data[key] = data[key].astype(dtype)
    data[key][4:7] = value
    index = "(4, 0)" if key.startswith("X") else "(4,)"
    message = f"{key}: expected finite numbers, got 3 NaN or infinite, the first at index {index}. Remove such"
    with pytest.raises(ValueError, match=re.escape(message)):
        solver_of(data).train()  # a pass over all examples, once for each training


def test_infinities_that_cancel_are_found():
    data = separable()
    data["X_train"][2:4, 0] = np.inf, -np.inf
    with pytest.raises(ValueError, match=r"X_train: expected finite numbers, got 2 NaN or infinite"):
        solver_of(data).train()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_finite_values_whose_sum_is_not_finite_are_taken(dtype):
    solver_of(separable() | {"X_train": np.full((12, 1), np.finfo(dtype).max)})


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool, np.float16, np.float32])
def test_all_real_dtypes_are_trained_on(dtype):
    data = separable()
    for key in ("X_train", "X_val"):
        data[key] = (data[key] > 0).astype(dtype)
    solver = solver_of(data, optim_config={"learning_rate": 1.0})
    solver.train()
    assert solver.val_acc == 1


@pytest.mark.parametrize("dtype", [float, bool, np.int8])
def test_labels_of_any_real_dtype_are_trained_on(dtype):
    data = separable()
    data |= {key: data[key].astype(dtype) for key in ("y_train", "y_val")}
    solver = solver_of(data, optim_config={"learning_rate": 1.0})
    solver.train()
    assert solver.val_acc == 1


def test_the_loader_s_read_only_arrays_are_used_as_they_are():
    data = load_binary()
    assert Solver(LogisticClassifier(20), data, verbose=False).X_train is data["X_train"]


def test_nan_that_enters_the_data_later_is_said_to_be_the_cause():
    class Spoil(Callback):
        def on_step(self, solver):
            solver.X_train[7] = np.nan

    solver = solver_of(separable(), batch_size=12, callbacks=[Spoil()])
    with np.errstate(invalid="ignore"), pytest.raises(DivergenceError) as caught:
        solver.train()
    assert str(caught.value) == (
        "The loss became nan at step 2 (epoch 2) with learning_rate 0.01. "
        "The data are the cause: X_train[7] is NaN or infinite (1 such values)."
    )


def test_nan_that_augment_makes_is_said_to_be_the_cause():
    def spoil(X, rng):
        X[0] = np.nan
        return X

    solver = solver_of(separable(), augment=spoil, batch_size=3)
    message = r"The data are the cause: what augment returned for X_train\[\d+\] is NaN or infinite"
    with np.errstate(invalid="ignore"), pytest.raises(DivergenceError, match=message):
        solver.train()


@pytest.mark.parametrize("key", ["y_train", "y_val"])
@pytest.mark.parametrize(
    ("model", "label", "message"),
    [
        (LogisticClassifier(1), 3, "expected binary labels, all in {0, 1} or all in {-1, +1}"),
        (SoftmaxClassifier(1, None, 2), 2, "expected class indices from 0 to 1"),
        (SoftmaxClassifier(1, None, 2), -1, "expected class indices from 0 to 1"),
    ],
)
def test_labels_of_no_class_are_named_before_an_epoch_is_trained(key, model, label, message):
    data = separable()
    data[key] = data[key].copy()
    data[key][5] = label
    with pytest.raises(ValueError, match=f"^{key}: {re.escape(message)}"):
        Solver(model, data, verbose=False)


def test_class_labels_that_are_floats_are_named():
    data = separable()
    data["y_val"] = data["y_val"].astype(float)
    with pytest.raises(TypeError, match=r"^y_val: expected integer class indices, got dtype float64"):
        Solver(SoftmaxClassifier(1, None, 2), data, verbose=False)
