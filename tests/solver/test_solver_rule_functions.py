"""Solver(update_rule=function): what it is given and what it must return."""

import re

import numpy as np
import pytest
from solver_stub import Record, Stub, numbered, solver_of

from nnlib import Callback, LogisticClassifier, SoftmaxClassifier, Solver, optim
from nnlib.data import load_binary, standardise


class Weights(Callback):
    """Records the first weight after every step."""

    def __init__(self):
        self.seen = [0.0]

    def on_step(self, solver):
        self.seen.append(solver.model.params["W1"][0])


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


def test_a_rule_may_keep_its_averages_in_the_config_that_it_is_given():
    """As the course's starter code does, for parameters of several shapes."""

    def momentum(w, dw, config):
        velocity = config.setdefault("velocity", np.zeros_like(w))
        velocity *= config["decay"]
        velocity -= config["step_size"] * dw
        return w + velocity, config

    config, losses = {"decay": 0.9, "step_size": 0.1}, []
    for rule, options in ((momentum, config), ("sgd_momentum", {"momentum": 0.9, "learning_rate": 0.1})):
        model = SoftmaxClassifier(20, 5, 2, weight_scale=None)
        solver = Solver(model, load_binary(), update_rule=rule, optim_config=options, num_epochs=2, verbose=False)
        solver.train()
        losses.append(solver.loss_history)
    assert losses[0] == pytest.approx(losses[1])
    assert config == {"decay": 0.9, "step_size": 0.1}


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
