"""The learning rate of every step, and what the update rule does with it."""

import re

import numpy as np
import pytest
from solver_stub import Record, Stub, numbered, solver_of

from nnlib import Callback, DivergenceError, LogisticClassifier, SoftmaxClassifier, Solver, backend, optim
from nnlib.data import load_binary, standardise


class Rates(Callback):
    """Records the Solver's learning rate at every call."""

    def __init__(self):
        self.steps, self.epochs = [], []

    def on_step(self, solver):
        self.steps.append(solver.learning_rate)

    def on_epoch(self, solver):
        self.epochs.append(solver.learning_rate)


class Weights(Callback):
    """Records the first weight after every step."""

    def __init__(self):
        self.seen = [0.0]

    def on_step(self, solver):
        self.seen.append(solver.model.params["W1"][0])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [0.8] * 6),
        ({"lr_decay": 0.5}, [0.8, 0.8, 0.4, 0.4, 0.2, 0.2]),
        ({"schedule": "linear"}, [0.8 * (1 - k / 6) for k in range(6)]),
        (
            {"schedule": "linear", "lr_decay": 0.5},
            [0.8 * decay * (1 - k / 6) for k, decay in enumerate((1, 1, 0.5, 0.5, 0.25, 0.25))],
        ),
    ],
)
def test_the_rate_of_each_step_is_the_one_that_is_said_and_used(options, expected):
    rates, weights, config = Rates(), Weights(), {"learning_rate": 0.8}
    solver = solver_of(Stub(), numbered(4), optim_config=config, callbacks=[rates, weights], **options)
    assert solver.learning_rate == 0.8
    solver.train()
    assert rates.steps == pytest.approx(expected)
    assert rates.epochs == rates.steps[1::2]
    assert -np.diff(weights.seen) == pytest.approx(expected)  # the gradient is 1
    assert config == {"learning_rate": 0.8}


@pytest.mark.parametrize("schedule", [None, "linear"])
@pytest.mark.parametrize(("rule", "rate"), [("sgd", 0.1), ("sgd_momentum", 0.1), ("rmsprop", 0.01), ("adam", 0.01)])
def test_training_is_the_loop_that_one_would_write(rule, rate, schedule):
    """The Solver's bookkeeping changes no bit of the plain loop's numbers."""
    data = load_binary()
    config = {"learning_rate": rate}
    solver = Solver(
        LogisticClassifier(20, 4, weight_scale=None, rng=1),
        data,
        update_rule=rule,
        optim_config=config,
        lr_decay=0.9,
        schedule=schedule,
        restore="last",
        batch_size=60,
        num_epochs=3,
        verbose=False,
        rng=2,
    )
    solver.train()

    model, rng = LogisticClassifier(20, 4, weight_scale=None, rng=1), np.random.default_rng(2)
    update, configs = backend.RULES[model.network.layers][rule], dict.fromkeys(model.params, config)
    losses, total = [], 3 * 9
    for _ in range(3):
        order = rng.permutation(500)
        for start in range(0, 500, 60):
            batch = order[start : start + 60]
            loss, grads = model.loss(data["X_train"][batch], data["y_train"][batch])
            current = rate * (1 - len(losses) / total) if schedule else rate
            for name, grad in grads.items():
                stepped = update(model.params[name], grad, configs[name] | {"learning_rate": current})
                model.params[name], configs[name] = stepped
            losses.append(loss)
        rate *= 0.9
    assert solver.loss_history == losses
    for name, array in model.params.items():
        np.testing.assert_array_equal(solver.model.params[name], array)


def test_the_divergence_names_the_rate_that_was_used():
    class Break(Callback):
        def on_step(self, solver):
            if solver.step == 40:
                solver.model.params["W1"][:] = np.inf

    config = {"learning_rate": 0.5}
    solver = Solver(
        LogisticClassifier(20),
        load_binary(),
        num_epochs=10,
        verbose=False,
        optim_config=config,
        schedule="linear",
        callbacks=[Break()],
    )
    with np.errstate(invalid="ignore"), pytest.raises(DivergenceError) as caught:
        solver.train()
    assert "at step 41 (epoch 9) with learning_rate 0.1. Lower the" in str(caught.value)


def test_a_schedule_never_runs_past_its_end():
    rates = Rates()
    solver = solver_of(Stub(), numbered(8), batch_size=1, num_epochs=1, schedule="linear", callbacks=[rates])
    original = rates.on_step

    def fewer_steps(solver):
        original(solver)
        solver.batch_size = 2 if solver.step > 5 else 1  # 4 steps, of which 6 are done

    rates.on_step = fewer_steps
    solver.train()
    assert min(rates.steps) == 0


def test_the_rule_may_be_a_function_with_its_own_config():
    seen = []

    def rule(w, dw, config):
        seen.append(dict(config))
        return w - config["step_size"] * np.sign(dw), {**config, "count": config.get("count", 0) + 1}

    config = {"step_size": 0.25, "words": ["as", "they", "are"]}
    solver = solver_of(Stub(), numbered(4), num_epochs=1, update_rule=rule, optim_config=config)
    assert solver.learning_rate is None
    solver.train()
    assert seen == [config, config | {"count": 1}]
    np.testing.assert_array_equal(solver.model.params["W1"], -0.5)
    assert config == {"step_size": 0.25, "words": ["as", "they", "are"]}


def test_the_rule_may_be_a_function_without_a_config():
    def signs(w, dw, config=None):
        return w - 0.02 * np.sign(dw), config or {}

    solver = Solver(LogisticClassifier(20), standardise(load_binary()), update_rule=signs, num_epochs=5, verbose=False)
    solver.train()
    assert solver.val_acc > 0.8


def test_a_function_gets_the_schedules_rate():
    solver = solver_of(
        Stub(),
        numbered(4),
        update_rule=lambda w, dw, config: (w - config["learning_rate"] * dw, {}),
        optim_config={"learning_rate": 0.8},
        schedule="linear",
        num_epochs=1,
        callbacks=[weights := Weights()],
    )
    solver.train()
    assert weights.seen == pytest.approx([0, -0.8, -0.8 - 0.4])


def test_the_functions_of_nnlib_optim_are_such_functions():
    def trained(rule):
        config = optim.DEFAULTS["adam"] | {"learning_rate": 0.02}
        solver = Solver(
            SoftmaxClassifier(20, 5, 2),
            load_binary(),
            update_rule=rule,
            optim_config=config,
            num_epochs=2,
            verbose=False,
        )
        solver.train()
        return solver.loss_history

    assert trained(optim.adam) == pytest.approx(trained("adam"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"schedule": "linear"},
            "schedule: expected None in a training whose optim_config has no learning_rate, got",
        ),
        (
            {"lr_decay": 0.5},
            "lr_decay: expected 1 in a training whose optim_config has no learning_rate, got 0.",
        ),
    ],
)
@pytest.mark.parametrize("config", [None, {}, {"learning_rate": "fast"}, {"learning_rate": None}])
def test_a_rule_without_a_rate_has_no_schedule(options, message, config):
    with pytest.raises(ValueError, match=re.escape(message)):
        solver_of(Stub(), update_rule=lambda w, dw, config: (w, config), optim_config=config, **options)


@pytest.mark.parametrize(
    ("result", "got"),
    [
        (np.zeros(2), "got ndarray."),
        (None, "got NoneType."),
        ((np.zeros(2), None), "got shape (2,) and NoneType."),
        ((np.zeros((2, 1)), {}), "got shape (2, 1) and dict."),
        ((np.zeros(2), {}, 1), "got tuple."),
    ],
)
def test_a_rule_that_returns_something_else_is_named(result, got):
    record = Record()
    solver = solver_of(Stub(), update_rule=lambda w, dw, config: result, callbacks=[record])
    with pytest.raises(TypeError, match=re.escape("update_rule: expected (next_w, config) for W1, an array")) as caught:
        solver.train()
    assert got in str(caught.value)
    assert record.log == [("", "end")]


def test_parameters_keep_their_dtype_whatever_the_rule_returns():
    model = LogisticClassifier(20)
    solver = Solver(
        model,
        load_binary(),
        update_rule=lambda w, dw, config: (w - np.float64(0.1) * dw.astype(float), config),
        num_epochs=1,
        verbose=False,
    )
    solver.train()
    assert {array.dtype for array in model.params.values()} == {np.dtype(np.float32)}
