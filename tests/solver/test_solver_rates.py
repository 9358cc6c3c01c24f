"""The learning rate of every step, and what the update rule does with it."""

import numpy as np
import pytest
from solver_stub import Stub, numbered, solver_of

from nnlib import Callback, DivergenceError, LogisticClassifier, Solver, backend
from nnlib.data import load_binary


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
