"""nnlib.search.trial and training: who takes which setting, and what a row holds."""

import functools
import json
import platform
from dataclasses import replace

import numpy as np
import pytest
from search_toy import SOLVER, make, toy_data

from nnlib import Callback, ConvNet, SoftmaxClassifier, Solver, StopTraining, backend
from nnlib.models import Classifier
from nnlib.search import Trial, TrialRow, data_info, run_trial, train_trial
from nnlib.search.rows import Curve
from nnlib.search.trial import CURVE_POINTS


def test_settings_go_to_the_first_that_takes_them():
    settings = {"hidden_dim": 3, "reg": 0.5, "momentum": 0.8, "learning_rate": 0.2, "num_epochs": 4}
    solver = {"update_rule": "sgd_momentum", "learning_rate": 0.1, "batch_size": 7, "lr_decay": 0.9}
    for_model, options = Trial(SoftmaxClassifier, settings, 5, solver).arguments()
    assert for_model == {"hidden_dim": 3, "reg": 0.5}
    assert options == {
        "verbose": False,
        "update_rule": "sgd_momentum",
        "batch_size": 7,
        "lr_decay": 0.9,
        "num_epochs": 4,
        "optim_config": {"learning_rate": 0.2, "momentum": 0.8},  # a setting goes before a fixed option
    }
    adam = Trial(SoftmaxClassifier, {"update_rule": "adam", "beta1": 0.5}, solver={"optim_config": {"epsilon": 1e-6}})
    assert adam.arguments()[1]["optim_config"] == {"epsilon": 1e-6, "beta1": 0.5}


def test_a_factory_that_takes_anything_gets_what_the_others_do_not_know():
    def anything(**keywords):
        return make(keywords["hidden_dim"], keywords["rng"])

    for_model, options = Trial(anything, {"hidden_dim": 3, "learning_rate": 0.2}).arguments()
    assert for_model == {"hidden_dim": 3}
    assert options["optim_config"] == {"learning_rate": 0.2}


def test_an_unknown_setting_is_named_with_those_that_are_known():
    with pytest.raises(
        ValueError, match=r"settings\['hidden'\].*make_model: .*hidden_dim.*'sgd': learning_rate; the S"
    ):
        Trial(SoftmaxClassifier, {"hidden": 3})
    with pytest.raises(ValueError, match=r"settings\['momentum'\].*update rule 'adam': beta1, beta2, epsilon, l"):
        Trial(SoftmaxClassifier, {"momentum": 0.9}, solver={"update_rule": "adam"})
    with pytest.raises(ValueError, match=r"solver\['hidden_dim'\]: expected a name that one of these takes"):
        Trial(SoftmaxClassifier, solver={"hidden_dim": 3})
    for name in ("rng", "optim_configs"):
        with pytest.raises(ValueError, match=rf"settings\['{name}'\]"):
            Trial(SoftmaxClassifier, {name: 1})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"make_model": 3}, "make_model: expected a class or a function, got 3"),
        ({"make_model": lambda hidden_dim: None}, "make_model: expected an argument rng, got hidden_dim"),
        ({"settings": {"reg": float("nan")}}, r"settings\['reg'\]: expected a finite number"),
        ({"settings": {"reg": object()}}, r"settings\['reg'\]: expected a finite number, a string"),
        ({"settings": {"dtype": np.float32}}, r"settings\['dtype'\]: .* functools\.partial"),
        ({"settings": {"update_rule": "newton"}}, "update_rule: expected one of 'sgd'"),
        ({"seed": -1}, "^seed: expected a whole number of at least 0, got -1"),
    ],
)
def test_what_cannot_be_a_trial_is_refused_before_anything_runs(arguments, message):
    with pytest.raises(ValueError, match=message):
        Trial(**{"make_model": SoftmaxClassifier} | arguments)


def test_numpys_numbers_and_tuples_become_jsons():
    settings = {"num_filters": np.int64(3), "reg": np.float64(0.1), "input_dim": (1, 6, 6)}
    trial = Trial(ConvNet, settings, seed=np.int64(2))
    assert trial.settings == {"num_filters": 3, "reg": 0.1, "input_dim": [1, 6, 6]}
    assert [type(value) for value in trial.settings.values()] == [int, float, list]
    assert type(trial.seed) is int


def test_a_row_says_what_was_trained_on_what_and_how_it_went():
    data, trial = toy_data(), Trial(make, {"hidden_dim": 4, "learning_rate": 0.5}, 3, {"num_epochs": 2})
    solver, row = train_trial(trial, data)
    assert TrialRow.from_json(json.loads(json.dumps(row.to_json(), allow_nan=False))) == row
    assert (row.kind, row.status, row.reason, row.seed) == ("trial", "done", "", 3)
    assert row.settings == {"hidden_dim": 4, "learning_rate": 0.5}
    assert row.make_model == {"callable": "search_toy:make"}
    assert row.val_acc == solver.best_val_acc == solver.check_accuracy(data["X_val"], data["y_val"])
    assert row.wrong == [n for n in range(50) if solver.model.predict(data["X_val"][n : n + 1]) != data["y_val"][n]]
    assert row.num_params == (5 + 1) * 4 + (4 + 1) * 3
    assert row.curve == Curve([1, 2], solver.loss_history, solver.train_acc_history, solver.val_acc_history)
    assert row.data == data_info(data)
    assert (row.data.name, row.data.train, row.data.val) == ("unnamed arrays", 100, 50)
    assert row.layers == backend.current()
    assert row.versions["numpy"] == np.__version__
    assert row.versions["python"] == platform.python_version()
    assert row.threads >= 1
    assert platform.machine() in row.machine
    assert platform.node() not in row.machine or not platform.node()
    assert row.seconds > 0
    # the same by hand: the seed gives the weights and, used again, the order of the minibatches
    by_hand = Solver(make(4, 3), data, num_epochs=2, optim_config={"learning_rate": 0.5}, rng=3, verbose=False)
    by_hand.train()
    assert by_hand.loss_history == solver.loss_history


def test_the_data_are_known_by_their_values_dtypes_and_order():
    data = toy_data()
    checksum = data_info(data).checksum
    assert data_info(toy_data()).checksum == checksum
    assert data_info({key: np.asfortranarray(array) for key, array in data.items()}).checksum == checksum
    changed = {**data, "X_val": data["X_val"].copy()}
    changed["X_val"][3, 2] += 1e-9
    float32 = {**data, "X_train": data["X_train"].astype(np.float32)}
    swapped = {**data, "X_train": data["X_train"][::-1]}
    others = {data_info(other).checksum for other in (changed, float32, swapped)}
    assert len(others | {checksum}) == 4


def test_val_acc_is_that_of_the_model_that_is_left():
    trial = Trial(make, {"hidden_dim": 4}, solver={**SOLVER, "num_epochs": 12, "learning_rate": 3.0, "restore": "last"})
    solver, row = train_trial(trial, toy_data())
    assert row.val_acc == solver.val_acc_history[-1] < solver.best_val_acc
    assert row.val_acc == 1 - len(row.wrong) / 50


@pytest.mark.parametrize("restore", ["best", "last"])
def test_wrong_are_those_of_the_model_that_is_left_without_a_second_pass(monkeypatch, restore):
    passes, correct = [], Classifier.correct
    monkeypatch.setattr(Classifier, "correct", lambda self, X, y: passes.append(len(X)) or correct(self, X, y))
    data, options = toy_data(), {**SOLVER, "num_epochs": 12, "learning_rate": 3.0, "restore": restore}
    solver, row = train_trial(Trial(make, {"hidden_dim": 4}, solver=options), data)
    assert passes.count(50) == 12  # of the 50 validation examples, one after each epoch
    assert row.wrong == np.flatnonzero(~correct(solver.model, data["X_val"], data["y_val"])).tolist()


def test_wrong_is_known_of_a_training_that_ended_before_its_first_epoch():
    class Stop(Callback):
        def on_step(self, solver):
            raise StopTraining

    data = toy_data()
    solver, row = train_trial(Trial(make, {"hidden_dim": 4}, solver={**SOLVER, "callbacks": [Stop()]}), data)
    assert (solver.epoch, row.status) == (0, "done")
    assert row.wrong == np.flatnonzero(~solver.model.correct(data["X_val"], data["y_val"])).tolist()


def test_callbacks_of_the_trial_are_copied_for_each_run():
    class Count(Callback):
        def __init__(self):
            self.steps = 0

        def on_step(self, solver):
            self.steps += 1

    count = Count()
    trial = Trial(make, {"hidden_dim": 2}, solver={**SOLVER, "callbacks": [count]})
    first, row = train_trial(trial, toy_data())
    second, again = train_trial(trial, toy_data())
    assert count.steps == 0
    assert first.callbacks[0].steps == second.callbacks[0].steps == 10
    assert row.id == again.id


def test_a_divergence_is_a_row_with_its_reason_and_no_accuracy():
    row = run_trial(Trial(make, {"hidden_dim": 4, "learning_rate": 1e200}, solver={"num_epochs": 9}), toy_data())
    assert row.status == "diverged"
    assert row.reason.startswith("The loss became ")
    assert "learning_rate 1e+200. Lower the learning rate" in row.reason
    assert row.val_acc is None
    assert row.curve.losses[-1] is None
    assert len(row.curve.steps) == len(row.curve.losses)


def test_an_exception_is_a_row_with_its_message():
    def broken(rng):
        raise ZeroDivisionError("one by nought")

    row = run_trial(Trial(broken), toy_data())
    assert (row.status, row.reason) == ("error", "ZeroDivisionError: one by nought")
    assert row.val_acc is row.num_params is row.seconds is None
    assert row.curve == Curve([], [], [], [])
    with pytest.raises(ZeroDivisionError):
        train_trial(Trial(broken), toy_data())


class StopAt(Callback):
    def __init__(self, step):
        self.step = step

    def on_step(self, solver):
        if solver.step == self.step:
            raise StopTraining


def test_a_watching_callback_may_stop_a_trial_and_the_row_says_so():
    trial = Trial(make, {"hidden_dim": 2}, solver=SOLVER)
    solver, row = train_trial(trial, toy_data(), callbacks=[StopAt(7)])
    assert (row.status, row.reason) == ("stopped", "stopped in epoch 2 of 2")
    assert solver.step == 7
    assert row.id == run_trial(trial, toy_data()).id  # watchers are not part of the trial


def test_a_callback_of_the_trial_may_stop_it_too_and_then_it_is_done():
    row = run_trial(Trial(make, {"hidden_dim": 2}, solver={**SOLVER, "callbacks": [StopAt(7)]}), toy_data())
    assert row.status == "done"
    assert row.curve.steps == list(range(1, 8))


def test_a_long_curve_is_thinned_evenly():
    trial = Trial(make, {"hidden_dim": 2}, solver={"num_epochs": 5, "batch_size": 1, "learning_rate": 1e-3})
    solver, row = train_trial(trial, toy_data())
    steps = row.curve.steps
    assert len(solver.loss_history) == 500
    assert len(steps) == CURVE_POINTS
    assert (steps[0], steps[-1]) == (1, 500)
    assert set(np.diff(steps)) == {2, 3}
    assert row.curve.losses == [solver.loss_history[step - 1] for step in steps]


def brighter(X, rng):
    return X + 0.1


def halve(w, dw, config):
    return 0.5 * w, config


def test_the_solvers_options_may_be_functions():
    base = run_trial(Trial(make, {"hidden_dim": 2}, 1, SOLVER), toy_data())
    augmented = run_trial(Trial(make, {"hidden_dim": 2}, 1, {**SOLVER, "augment": brighter}), toy_data())
    assert augmented.status == "done"
    assert augmented.curve.losses != base.curve.losses
    assert augmented.solver["augment"] == {"callable": f"{__name__}:brighter"}
    options = {"num_epochs": 1, "update_rule": halve, "optim_config": {"tau": 3}}
    solver, row = train_trial(Trial(make, {"hidden_dim": 2, "learning_rate": 0.1, "tau": 2}, 1, options), toy_data())
    assert row.status == "done"
    np.testing.assert_array_equal(solver.model.params["W1"], 0.5 * make(2, 1).params["W1"])
    with pytest.raises(ValueError, match=r"settings\['momentum'\].*the update rule halve: learning_rate, tau;"):
        Trial(make, {"hidden_dim": 2, "momentum": 0.9}, 1, options)


def test_the_test_set_is_refused():
    row = run_trial(Trial(make, {"hidden_dim": 2}), {**toy_data(), "X_test": np.ones((1, 5))})
    assert row.status == "error"
    assert "training and validation examples only" in row.reason


def test_trials_that_differ_have_other_ids():
    info = data_info(toy_data())
    trial = Trial(make, {"hidden_dim": 2}, 1, SOLVER)
    code = trial.fingerprint()
    trials = [
        trial,
        Trial(make, {"hidden_dim": 3}, 1, SOLVER),
        Trial(make, {"hidden_dim": 2}, 2, SOLVER),
        Trial(make, {"hidden_dim": 2}, 1, {**SOLVER, "lr_decay": 0.9}),
        Trial(make, {"hidden_dim": 2}, 1, {**SOLVER, "callbacks": [StopAt(7)]}),
        Trial(make, {"hidden_dim": 2}, 1, {**SOLVER, "augment": brighter}),
        Trial(make, {"hidden_dim": 2}, 1, {**SOLVER, "update_rule": halve}),
        Trial(functools.partial(make, reg=0.1), {"hidden_dim": 2}, 1, SOLVER),
    ]
    ids = [each.identity(info, code)["id"] for each in trials]
    ids.append(trial.identity(replace(info, checksum="sha256:0"), code)["id"])
    ids.append(trial.identity(info, "other code")["id"])
    assert len(set(ids)) == len(ids) == 10
    assert Trial(make, {"hidden_dim": 2}, 1, dict(SOLVER)).identity(info, code)["id"] == ids[0]
    assert trial.identity(replace(info, name="another name"), code)["id"] == ids[0]


def test_functions_and_layers_are_part_of_the_code():
    base = Trial(make, {"hidden_dim": 2}, 1, SOLVER)
    codes = {base.fingerprint(), Trial(make, {"hidden_dim": 3}, 2, {**SOLVER, "lr_decay": 0.9}).fingerprint()}
    assert len(codes) == 1
    for option in ({"augment": brighter}, {"update_rule": halve}, {"callbacks": [StopAt(7)]}):
        codes.add(Trial(make, {"hidden_dim": 2}, 1, {**SOLVER, **option}).fingerprint())
    with backend.using("plain"):
        codes.add(base.fingerprint())
    assert len(codes) == 5
