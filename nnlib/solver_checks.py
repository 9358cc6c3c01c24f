"""What a Solver asks of its data, its model and its update rule: errors that name the argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Protocol

import numpy as np

from nnlib import checks, optim
from nnlib.data import Dataset
from nnlib.models import EXAMPLES_PER_CHUNK

DATA_KEYS = Dataset.KEYS
LOSS_RESULT = "(loss, grads): a number and a dict of arrays with the keys of params"


class Model(Protocol):
    """What can be trained; a Classifier has all of it, and `state` and `accuracy` besides."""

    params: dict[str, np.ndarray]

    def loss(self, X: np.ndarray, y: np.ndarray | None = None):
        """Return scores, (N,) or (N, K), or with labels the loss and the gradients by the names of `params`."""


def check_data(data: Mapping[str, np.ndarray], model: object = None, *, values: bool = True) -> None:
    """Raise unless `data` holds training and validation examples that a classifier can learn from, and no test set.

    If the model has a network, whose number of classes is known, the labels must be among these. `values` says whether
    the examples are checked for NaN and infinity, a pass over all of them.

    Raises:
        TypeError: no dict, or something else in it than arrays of real numbers.
        ValueError: a missing key, a test set, no examples, shapes that do not fit, non-integer labels,
            or values that are not finite; the message names the key, and the first index of such a value.
    """
    if not isinstance(data, Mapping):
        raise TypeError(f"data: expected a dict with the keys {', '.join(DATA_KEYS)}, got {type(data).__name__}.")
    found = ", ".join(map(str, data)) or "none"
    checks.require(all(key in data for key in DATA_KEYS), "data", f"the keys {', '.join(DATA_KEYS)}", found)
    leaked = [key for key in data if "test" in str(key).lower()]
    todo = "The test set is opened once, after every choice is made: keep it out of the Solver."
    checks.require(not leaked, "data", "training and validation examples only", ", ".join(map(str, leaked)), todo)
    output_shape = getattr(getattr(model, "network", None), "output_shape", None)
    for part in ("train", "val"):
        X, y = _real(f"X_{part}", data[f"X_{part}"]), _real(f"y_{part}", data[f"y_{part}"])
        checks.require(X.ndim > 0, f"X_{part}", "one example per row", "a single number")
        checks.require(len(X) > 0, f"X_{part}", "at least one example", "none")
        checks.require(X.size > 0, f"X_{part}", "at least one feature", f"shape {X.shape}")
        checks.shape(f"y_{part}", y, (len(X),), f"One label for each example of X_{part}.")
        if values:
            check_finite(f"X_{part}", X)
        check_finite(f"y_{part}", y)
        _check_whole(f"y_{part}", y)
        if output_shape is not None:
            _check_labels(f"y_{part}", y, output_shape)
    of_one = data["X_train"].shape[1:]
    checks.shape("X_val", data["X_val"], (len(data["X_val"]), *of_one), "Its examples have the shape of X_train's.")


def _real(name: str, array: object) -> np.ndarray:
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"{name}: expected a NumPy array, got {type(array).__name__}. Convert it: np.asarray(data[{name!r}])."
        )
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name}: expected real numbers, got dtype {array.dtype}. Convert it: data[{name!r}].astype(np.float32)."
        )
    return array


def check_finite(name: str, array: np.ndarray) -> None:
    """Raise a ValueError if a value of `array` is NaN or infinite; it says how many, and the index of the first."""
    checks.finite(name, array, "Remove such examples or replace the values.")


def _check_whole(name: str, labels: np.ndarray) -> None:
    if labels.dtype.kind == "f":
        broken = np.flatnonzero(labels != np.floor(labels))
        got = f"{labels[broken[0]]:g} at index {broken[0]}" if len(broken) else ""
        checks.require(not len(broken), name, "whole numbers, one label per example", got)


def _check_labels(name: str, labels: np.ndarray, output_shape: tuple[int, ...]) -> None:
    try:
        if output_shape:
            checks.class_labels(labels, len(labels), *output_shape)
        else:
            checks.binary_signs(labels, len(labels), np.dtype(int))
    except (TypeError, ValueError) as error:
        raise type(error)(str(error).replace("y:", f"{name}:", 1)) from None


def check_model(model: object) -> None:
    """Raise a TypeError unless `model` has `params`, a dict of floating-point arrays, and `loss`."""
    expected = "model: expected an object with params, a dict of arrays, and loss(X, y=None)"
    if isinstance(model, type):
        raise TypeError(f"{expected}, got the class {model.__name__}. Make a model: {model.__name__}(...).")
    name = type(model).__name__
    params = getattr(model, "params", None)
    missing = [] if isinstance(params, dict) and params else ["params"]
    missing += [] if callable(getattr(model, "loss", None)) else ["loss"]
    if missing:
        raise TypeError(f"{expected}, got {name} without {' and '.join(missing)}.")
    if model.params is not params:
        raise TypeError(f"{expected}, got {name} whose params is another dict at each access. Keep one dict.")
    for key, array in params.items():
        checks.floating(f"model.params[{key!r}]", array)


def check_loss(result: object, params: Mapping[str, np.ndarray]) -> tuple[float, Mapping[str, np.ndarray]]:
    """Return what `model.loss(X, y)` gave, the loss as a float; raise unless the gradients fit `params`."""
    is_pair = isinstance(result, (tuple, list)) and len(result) == 2
    loss, grads = result if is_pair else (None, None)
    is_number = isinstance(loss, Real) or (isinstance(loss, np.ndarray) and not loss.ndim and loss.dtype.kind == "f")
    if not is_number or not isinstance(grads, Mapping):
        got = f"({', '.join(type(item).__name__ for item in result)})" if is_pair else type(result).__name__
        raise TypeError(f"model.loss(X, y): expected {LOSS_RESULT}, got {got}.")
    if grads.keys() != params.keys():
        missing, unknown = params.keys() - grads.keys(), grads.keys() - params.keys()
        got = [f"no {key}" for key in sorted(missing)] + [f"also {key}" for key in sorted(map(str, unknown))]
        checks.require(False, "grads", f"the keys of model.params, {', '.join(params)}", ", ".join(got))
    for key, w in params.items():
        grad = grads[key]
        if not isinstance(grad, np.ndarray) or grad.shape != w.shape or grad.dtype.kind != "f":
            name = f"grads[{key!r}]"
            checks.shape(name, checks.floating(name, grad), w.shape, f"It has the shape of model.params[{key!r}].")
    return float(loss), grads


def check_update(result: object, name: str, w: np.ndarray) -> tuple[np.ndarray, dict]:
    """Return what an update rule gave for the parameter `name`, in its dtype; raise unless it is (next_w, config)."""
    is_pair = isinstance(result, tuple) and len(result) == 2
    next_w, config = result if is_pair else (None, None)
    if not isinstance(config, dict) or np.shape(next_w) != w.shape:
        got = f"shape {np.shape(next_w)} and {type(config).__name__}" if is_pair else type(result).__name__
        raise TypeError(
            f"update_rule: expected (next_w, config) for {name}, an array of shape {w.shape} and a dict, got {got}."
        )
    return np.asarray(next_w, dtype=w.dtype), config


def check_augment(augment: object) -> None:
    """Raise a TypeError unless `augment` is None or a function."""
    if augment is not None:
        checks.function("augment", augment, "(X, rng) -> X, or None")


def check_augmented(result: object, X: np.ndarray) -> np.ndarray:
    """Return what `augment` gave; raise a TypeError unless it has the shape and dtype of `X`."""
    if not isinstance(result, np.ndarray) or result.shape != X.shape or result.dtype != X.dtype:
        is_array = isinstance(result, np.ndarray)
        got = f"shape {result.shape} and dtype {result.dtype}" if is_array else type(result).__name__
        raise TypeError(f"augment: expected an array of shape {X.shape} and dtype {X.dtype} back, got {got}.")
    return result


def rule_and_config(
    update_rule: str | optim.UpdateRule, optim_config: object, rules: Mapping[str, optim.UpdateRule]
) -> tuple[optim.UpdateRule, dict]:
    """Return the update rule, one of `rules` or the function given, and its hyper-parameters."""
    if optim_config is not None and not isinstance(optim_config, Mapping):
        raise TypeError(f"optim_config: expected a dict such as {{'learning_rate': 1e-2}}, got {optim_config!r}.")
    config = dict(optim_config or {})
    if callable(update_rule) and not isinstance(update_rule, type):
        return update_rule, config
    if not isinstance(update_rule, str):
        raise TypeError(
            f"update_rule: expected one of {', '.join(map(repr, rules))}, or a function (w, dw, config) -> "
            f"(next_w, config), got {update_rule!r}."
        )
    checks.choice("update_rule", update_rule, tuple(rules))
    defaults = optim.DEFAULTS[update_rule]
    unknown = ", ".join(sorted(map(str, config.keys() - defaults.keys())))
    checks.require(not unknown, "optim_config", f"keys among {', '.join(defaults)}", unknown)
    for name, value in config.items():
        if not isinstance(value, Real) or isinstance(value, bool):
            raise TypeError(f"optim_config[{name!r}]: expected a number, got {value!r}.")
        optim.RANGES[name](name, value)
    return rules[update_rule], defaults | config


def first_rate(config: Mapping[str, object], schedule: str | None, lr_decay: float) -> float | None:
    """Return the learning rate to begin with, or None for a rule that has none and is given no schedule."""
    rate = config.get("learning_rate")
    if isinstance(rate, Real):
        return rate
    todo = "Put a number optim_config['learning_rate'], or leave it out."
    without = "in a training whose optim_config has no learning_rate"
    checks.require(schedule is None, "schedule", f"None {without}", repr(schedule), todo)
    checks.require(lr_decay == 1, "lr_decay", f"1 {without}", lr_decay, todo)
    return None


def accuracy_of_scores(model: Model, X: np.ndarray, y: np.ndarray) -> float:
    """Return the fraction of labels that the model's scores predict: for a model without an `accuracy` of its own.

    Args:
        model: its scores are (N, K), and the label is the column of the largest; or (N,), and the label is 1 above 0.
        X: examples, (N, ...).
        y: labels, (N,); binary ones in either convention.

    Raises:
        NotFiniteError: a score is NaN or infinite.
        ValueError: scores of another shape.
    """
    chunks = range(0, len(X), EXAMPLES_PER_CHUNK)
    scores = np.concatenate([np.atleast_1d(model.loss(X[i : i + EXAMPLES_PER_CHUNK])) for i in chunks])
    todo = "Binary scores are a vector: scores.ravel()." if scores.shape == (len(y), 1) else ""
    fits = scores.shape[:1] == (len(y),) and (scores.ndim == 1 or (scores.ndim == 2 and scores.shape[1] > 1))
    expected = f"scores of shape ({len(y)},) or ({len(y)}, number of classes)"
    checks.require(fits, "model.loss(X)", expected, f"shape {scores.shape}", todo)
    checks.finite("model.loss(X)", scores, "Look for NaN, infinity and huge values in X and in model.params.")
    return float(np.mean((scores > 0) == (y > 0) if scores.ndim == 1 else scores.argmax(axis=1) == y))


def accuracies(
    accuracy: Callable[[np.ndarray, np.ndarray], float],
    params: Mapping[str, np.ndarray],
    parts: Sequence[tuple[np.ndarray, np.ndarray]],
) -> tuple[list[float], str]:
    """Return the accuracy on each part (X, y), and which numbers are not finite: "Parameters", "Scores" or "".

    Where some are not, no label is predicted, and every accuracy is 0.
    """
    if any(checks.first_not_finite(array) for array in params.values()):
        return [0.0] * len(parts), "Parameters"
    try:
        return [accuracy(X, y) for X, y in parts], ""
    except checks.NotFiniteError:
        return [0.0] * len(parts), "Scores"


def bad_minibatch(X: np.ndarray, y: np.ndarray, batch: np.ndarray, X_train: np.ndarray) -> str:
    """Return a sentence that names what is not finite in the minibatch X, y; empty if all is.

    `batch` holds its indices in `X_train`, from whose examples X differs if it was augmented.
    """
    for key, array in (("X_train", X), ("y_train", y)):
        wrong = checks.first_not_finite(array)
        if wrong:
            count, index = wrong
            by_augment = key == "X_train" and checks.first_not_finite(X_train[batch]) is None
            where = "what augment returned for " if by_augment else ""
            return f"The data are the cause: {where}{key}[{batch[index[0]]}] is NaN or infinite ({count} such values)."
    return ""
