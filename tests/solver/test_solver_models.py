"""The training loop with nnlib's models: they learn, they diverge, they are left as they validated best."""

import copy

import numpy as np
import pytest

from nnlib import Callback, ConvNet, DivergenceError, LogisticClassifier, SoftmaxClassifier, Solver


def test_a_batch_norm_model_validates_after_training_as_it_did_at_its_best():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 1, 6, 7)).astype(np.float32) + 3
    y = rng.integers(0, 2, 60)
    X[y == 1, :, :3] += 2  # brighter above
    data = {"X_train": X[:40], "y_train": y[:40], "X_val": X[40:], "y_val": y[40:]}
    model = ConvNet((1, 6, 7), 3, 2, 8, 2, weight_scale=None, batchnorm=True)

    class Spoil(Callback):
        """After six epochs the parameters are wiped out, and the statistics are of other data."""

        def on_step(self, solver):
            if solver.epoch >= 6:
                model.params = {name: 0 * array for name, array in model.params.items()}
                model.state = {name: array + 9 for name, array in model.state.items()}

    config = {"learning_rate": 0.01}
    solver = Solver(
        model,
        data,
        update_rule="adam",
        optim_config=config,
        batch_size=9,
        num_epochs=8,
        callbacks=[Spoil()],
        verbose=False,
    )
    solver.train()
    assert solver.val_acc_history[-1] < 0.75 < 0.9 < solver.best_val_acc
    assert solver.check_accuracy(X[40:], y[40:]) == solver.best_val_acc == max(solver.val_acc_history)


def xor():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (200, 2)).astype(np.float32)
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    return {"X_train": X[:150], "y_train": y[:150], "X_val": X[150:], "y_val": y[150:]}


def test_a_learning_rate_beyond_reason_diverges_with_that_error():
    model = SoftmaxClassifier(2, 20, 2)
    with np.errstate(all="ignore"), pytest.raises(DivergenceError, match=r"at step \d+ .* learning_rate 1e\+25\."):
        Solver(model, xor(), optim_config={"learning_rate": 1e25}, verbose=False).train()


@pytest.mark.parametrize(
    ("rule", "learning_rate"), [("sgd", 1.0), ("sgd_momentum", 0.2), ("rmsprop", 0.01), ("adam", 0.02)]
)
def test_every_rule_trains_two_layers_where_one_cannot(rule, learning_rate):
    def best(hidden_dim):
        model = SoftmaxClassifier(2, hidden_dim, 2, weight_scale=None)
        config = {"learning_rate": learning_rate}
        solver = Solver(
            model, xor(), update_rule=rule, optim_config=config, batch_size=10, num_epochs=20, verbose=False
        )
        solver.train()
        assert all(array.dtype == np.float32 for array in model.params.values())
        return solver.best_val_acc

    assert best(None) < 0.75
    assert best(30) > 0.9


def test_one_seed_one_history_and_both_label_conventions_the_same():
    def history(data, seed=0):
        model = LogisticClassifier(2, 10, rng=seed)
        solver = Solver(model, data, num_epochs=2, batch_size=32, rng=seed, verbose=False)
        solver.train()
        return solver.loss_history, solver.train_acc_history, solver.val_acc_history

    data = xor()
    before = copy.deepcopy(data)
    signs = data | {key: 2 * data[key] - 1 for key in ("y_train", "y_val")}
    assert history(data) == history(data) == history(signs)
    assert history(data)[0] != history(data, seed=1)[0]
    for key, array in data.items():
        np.testing.assert_array_equal(array, before[key])
