"""Solver with any object that has `params` and `loss`: it is trained, or what is wrong with it is named."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from nnlib import Callback, LogisticClassifier, SoftmaxClassifier, Solver, optim
from nnlib.checks import NotFiniteError
from nnlib.data import load_binary, standardise
from nnlib.solver import DivergenceError


class Linear:
    """All that the course's Solver asks for: `params` and `loss`."""

    def __init__(self, classes=None):
        self.params = {"W1": np.zeros(20 if classes is None else (20, classes))}

    def loss(self, X, y=None):
        scores = X @ self.params["W1"]
        if y is None:
            return scores
        wanted = y if scores.ndim == 1 else np.eye(scores.shape[1])[y]
        return float(np.mean((scores - wanted) ** 2)), {"W1": 2 * X.T @ (scores - wanted) / len(y)}


def signed(data):
    return {key: 2 * array - 1 if key.startswith("y") else array for key, array in data.items()}


@pytest.mark.parametrize(("classes", "num_epochs"), [(None, 5), (2, 5)])
def test_a_model_with_params_and_loss_alone_is_trained_and_measured(classes, num_epochs):
    data = standardise(load_binary())
    data = dict(data) if classes else signed(data)
    model = Linear(classes)
    config = {"learning_rate": 0.01}
    solver = Solver(model, data, optim_config=config, num_epochs=num_epochs, restore="last", verbose=False)
    solver.train()
    scores = data["X_val"] @ model.params["W1"]
    labels = scores.argmax(axis=1) if classes else np.where(scores > 0, 1, -1)
    assert solver.val_acc == solver.val_acc_history[-1] == np.mean(labels == data["y_val"]) > 0.8


def test_both_binary_conventions_are_measured_alike():
    data, model = load_binary(), Linear()
    model.params["W1"] += 1
    zero_one, signs = (Solver(model, labels, verbose=False).val_acc for labels in (data, signed(data)))
    assert zero_one == signs > 0.5


def test_a_dict_that_a_model_shares_with_its_network_stays_shared():
    """A wrapper such as this one would else be trained, and its network left behind."""

    class Wrapper:
        def __init__(self):
            self.inner = SoftmaxClassifier(20, 5, 2, weight_scale=None)
            self.params = self.inner.params

        def loss(self, X, y=None):
            return self.inner.loss(X, y)

    model = Wrapper()
    solver = Solver(model, standardise(load_binary()), num_epochs=3, verbose=False)
    solver.train()
    assert model.params is model.inner.params
    assert model.inner.accuracy(solver.X_val, solver.y_val) == solver.best_val_acc


class NoDict(Linear):
    def __init__(self):
        super().__init__()
        self.params = list(self.params.values())


class NewDict:
    params = property(lambda self: {"W1": np.zeros(20)})
    loss = Linear.loss


class NoLoss:
    def __init__(self):
        self.params = {"W1": np.zeros(20)}


@pytest.mark.parametrize(
    ("model", "got"),
    [
        (NoLoss(), "got NoLoss without loss."),
        (object(), "got object without params and loss."),
        (None, "got NoneType without params and loss."),
        (NoDict(), "got NoDict without params."),
        (NewDict(), "got NewDict whose params is another dict at each access."),
        (Linear, "got the class Linear. Make a model: Linear(...)."),
        (LogisticClassifier, "got the class LogisticClassifier. Make a model: LogisticClassifier(...)."),
    ],
)
def test_what_cannot_be_trained_is_refused_at_once(model, got):
    expected = "model: expected an object with params, a dict of arrays, and loss(X, y=None), "
    with pytest.raises(TypeError, match=re.escape(expected + got)):
        Solver(model, load_binary(), verbose=False)


@pytest.mark.parametrize("value", [[0.0] * 20, np.zeros(20, int), 0.0])
def test_a_parameter_that_is_no_array_of_floats_is_named(value):
    model = Linear()
    model.params["W1"] = value
    with pytest.raises(TypeError, match=re.escape("model.params['W1']: expected a ")):
        Solver(model, load_binary(), verbose=False)


def error_of(result):
    """Return the error of the first step with a model whose loss returns `result`."""
    model = Linear()
    model.loss = lambda X, y: result
    solver = Solver(model, load_binary(), verbose=False)
    with pytest.raises((TypeError, ValueError)) as caught:
        solver.train()
    assert (solver.step, solver.loss_history) == (0, [])
    return str(caught.value)


@pytest.mark.parametrize(
    ("result", "got"),
    [
        (1.0, "got float."),
        (None, "got NoneType."),
        ((1.0,), "got tuple."),
        ((1.0, {"W1": np.zeros(20)}, None), "got tuple."),
        ((1.0, np.zeros(20)), "got (float, ndarray)."),
        (({"W1": np.zeros(20)}, 1.0), "got (dict, float)."),
        ((np.zeros(100), {"W1": np.zeros(20)}), "got (ndarray, dict)."),
        (("1.0", {"W1": np.zeros(20)}), "got (str, dict)."),
        ((1j, {"W1": np.zeros(20)}), "got (complex, dict)."),
        ((np.complex64(1), {"W1": np.zeros(20)}), "got (complex64, dict)."),
    ],
)
def test_a_loss_that_returns_something_else_is_named(result, got):
    assert error_of(result) == f"model.loss(X, y): expected (loss, grads): {ABOUT_LOSS}, {got}"


ABOUT_LOSS = "a number and a dict of arrays with the keys of params"


@pytest.mark.parametrize(
    ("grads", "message"),
    [
        ({}, "grads: expected the keys of model.params, W1, got no W1."),
        ({"w1": np.zeros(20)}, "grads: expected the keys of model.params, W1, got no W1, also w1."),
        ({"W1": np.zeros(20), "b1": np.zeros(1)}, "grads: expected the keys of model.params, W1, got also b1."),
        (
            {"W1": np.zeros((20, 1))},
            "grads['W1']: expected shape (20,), got shape (20, 1). It has the shape of model.params['W1'].",
        ),
        ({"W1": [0.0] * 20}, "grads['W1']: expected a NumPy array, got list."),
        ({"W1": np.zeros(20, int)}, "grads['W1']: expected a floating-point array, got dtype int64."),
        ({"W1": None}, "grads['W1']: expected a NumPy array, got NoneType."),
    ],
)
def test_gradients_that_do_not_fit_are_named_by_their_key(grads, message):
    assert error_of((1.0, grads)).startswith(message)


def test_a_loss_may_be_a_numpy_number():
    for number in (np.float32(1.5), np.array(1.5), 1.5, 1):
        model = Linear()
        original = model.loss
        model.loss = lambda X, y=None, n=number, f=original: f(X) if y is None else (n, f(X, y)[1])
        solver = Solver(model, load_binary(), num_epochs=1, verbose=False)
        solver.train()
        assert solver.loss_history == [float(number)] * 5
        assert type(solver.loss_history[0]) is float


@pytest.mark.parametrize(
    ("shape", "todo"), [((250, 1), "Binary scores are a vector: scores.ravel()."), ((250, 2, 1), ""), ((249,), "")]
)
def test_scores_that_are_no_scores_are_named(shape, todo):
    model = Linear()
    model.loss = lambda X: np.zeros(shape)
    message = f"model.loss(X): expected scores of shape (250,) or (250, number of classes), got shape {shape}. {todo}"
    data = load_binary()
    with pytest.raises(ValueError, match=re.escape(message.strip())):
        Solver(model, data, verbose=False).check_accuracy(data["X_train"][:250], data["y_train"][:250])


def test_a_network_with_layers_and_a_state_of_another_kind_are_left_alone():
    class Network:
        layers = ("fc", "relu")

    model = Linear()
    model.network, model.state = Network(), "ready"
    solver = Solver(model, load_binary(), num_epochs=2, verbose=False)
    solver.train()
    assert solver.val_acc == max(solver.val_acc_history)
    assert model.state == "ready"


class Huge(Linear):
    """Its parameters are finite, its scores are not."""

    def __init__(self):
        self.params = {"W1": np.full(20, 1e200)}

    def loss(self, X, y=None):
        return X @ self.params["W1"] if y is None else (0.5, {"W1": np.zeros(20)})


def test_scores_that_are_not_finite_predict_nothing():
    data = {key: 1e200 * array if key.startswith("X") else array for key, array in load_binary().items()}
    solver = Solver(Huge(), data, num_epochs=2, verbose=False)
    with np.errstate(all="ignore"):
        with pytest.raises(NotFiniteError, match=r"^model\.loss\(X\): expected finite numbers, got 250 NaN"):
            solver.check_accuracy(data["X_val"], data["y_val"])
        with pytest.raises(DivergenceError, match=r"^Scores became infinite or NaN at step 10 \(epoch 2\) with lea"):
            solver.train()
    assert solver.val_acc_history == solver.train_acc_history == [0.0]


@pytest.mark.parametrize("moment", ["on_step", "on_epoch"])
def test_an_accuracy_that_a_callback_asks_for_is_a_divergence_too(moment):
    """An explorer draws ten accuracies per epoch: its run has an outcome, with what to do."""

    def ask(self, solver):
        solver.check_accuracy(solver.X_val, solver.y_val)

    asking = type("Asking", (Callback,), {moment: ask})()
    data = {key: 1e200 * array if key.startswith("X") else array for key, array in load_binary().items()}
    solver = Solver(Huge(), data, num_epochs=2, verbose=False, callbacks=[asking])
    step = {"on_step": 1, "on_epoch": 5}[moment]
    with np.errstate(all="ignore"), pytest.raises(DivergenceError, match=rf"^Scores became .* at step {step} "):
        solver.train()


@pytest.mark.parametrize("layers", [["a", "list"], None, 3, "thick"])
def test_a_network_that_is_not_nnlibs_gets_the_plain_rules(layers):
    model = Linear()
    model.network = SimpleNamespace(layers=layers)
    solver = Solver(model, load_binary(), num_epochs=1, verbose=False)
    assert solver.update_rule is optim.sgd
    solver.train()
    assert len(solver.val_acc_history) == 1
