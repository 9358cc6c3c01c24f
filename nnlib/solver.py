"""The training loop: shuffled minibatches, history, the best snapshot on validation."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence

import numpy as np

from nnlib import checks, optim
from nnlib.callbacks import Callback, ProgressBar, StopTraining
from nnlib.fast import runtime
from nnlib.models import Classifier

DATA_KEYS = ("X_train", "y_train", "X_val", "y_val")


class DivergenceError(FloatingPointError):
    """The training loss is no longer a finite number."""


class Solver:
    """Trains a model by minibatch gradient descent and keeps its best snapshot on the validation set.

    An epoch is one permutation of the training set, cut into minibatches (the last may be smaller): every example is
    seen once. The snapshot holds the model's parameters AND its state, because weights without the batch-norm
    statistics that they were validated with are another model. The test set has no way in.

    Args:
        model: a `Classifier`; it is trained in place.
        data: `X_train`, `y_train`, `X_val`, `y_val`.
        update_rule: 'sgd', 'sgd_momentum', 'rmsprop' or 'adam'.
        optim_config: hyper-parameters of the rule, such as {'learning_rate': 1e-2}.
        lr_decay: factor on the learning rate after each epoch.
        batch_size: examples in a minibatch.
        num_epochs: passes over the training set.
        print_every: print the loss every so many steps; None for never.
        verbose: show a progress bar.
        rng: seed or Generator for the shuffling.
        callbacks: `Callback` objects, called in order.
        num_train_samples: at most so many training examples are used for each epoch's training accuracy; None for all.

    Attributes:
        loss_history: the minibatch loss of every step.
        train_acc_history, val_acc_history: accuracies (fractions) after every epoch.
        best_val_acc: the best of `val_acc_history`; its snapshot is what `train` leaves in the model.
        val_acc: of the model as it stands: `best_val_acc` after `train`, unless a callback left other parameters.
        num_steps: how many steps `train` takes.
        epoch, step: how many are done.
        learning_rate: in the current epoch.

    Raises:
        ValueError: data of another form, a test set among it, or a hyper-parameter out of range.
        DivergenceError: from `train`, when a loss is not finite; names the step and the learning rate.
    """

    def __init__(
        self,
        model: Classifier,
        data: Mapping[str, np.ndarray],
        *,
        update_rule: str = "sgd",
        optim_config: dict | None = None,
        lr_decay: float = 1.0,
        batch_size: int = 100,
        num_epochs: int = 10,
        print_every: int | None = None,
        verbose: bool = True,
        rng: int | np.random.Generator = 0,
        callbacks: Sequence[Callback] = (),
        num_train_samples: int | None = 1000,
    ):
        check_data(data)
        checks.choice("update_rule", update_rule, tuple(optim.RULES))
        checks.require(lr_decay > 0, "lr_decay", "a factor above 0", lr_decay)
        self.model = model
        self.X_train, self.y_train, self.X_val, self.y_val = (data[key] for key in DATA_KEYS)
        self.update_rule = optim.RULES[update_rule]
        config = _optim_config(update_rule, optim_config)
        self.optim_configs = {name: dict(config) for name in model.params}
        self.lr_decay = lr_decay
        self.batch_size = checks.positive_int("batch_size", batch_size)
        self.num_epochs = checks.positive_int("num_epochs", num_epochs)
        self.print_every = None if print_every is None else checks.positive_int("print_every", print_every)
        self.verbose = verbose
        self.rng = checks.generator(rng)
        self.callbacks = tuple(callbacks)
        samples = num_train_samples
        self.num_train_samples = None if samples is None else checks.positive_int("num_train_samples", samples)
        self.learning_rate = config["learning_rate"]
        self.epoch = self.step = 0
        self.loss_history: list[float] = []
        self.train_acc_history: list[float] = []
        self.val_acc_history: list[float] = []
        self.best_val_acc = -math.inf
        self._best: tuple[dict, dict] | None = None

    @runtime.one_blas_thread()
    def train(self) -> None:
        """Train for `num_epochs` epochs, then leave the best snapshot in the model.

        A callback that raises StopTraining ends it early; the best snapshot so far is kept, or the current parameters
        if no epoch was finished. After a DivergenceError or Ctrl-C the best snapshot is in the model too.
        """
        callbacks = self.callbacks
        if self.verbose:
            callbacks += (ProgressBar(self.num_steps, refresh_every=10),)
        try:
            for _ in range(self.num_epochs):
                self._train_epoch(callbacks)
        except StopTraining:
            pass
        finally:
            if self._best is not None:
                self.model.params, self.model.state = copy.deepcopy(self._best)
            for callback in callbacks:
                callback.on_end(self)

    def check_accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the fraction of examples that the model classifies correctly, in test mode."""
        return self.model.accuracy(X, y)

    @property
    def num_steps(self) -> int:
        """The number of minibatches in `num_epochs` epochs."""
        return self.num_epochs * math.ceil(len(self.X_train) / self.batch_size)

    @property
    def val_acc(self) -> float:
        """The validation accuracy of the model as it stands; the best snapshot's is known and not measured again."""
        if self._best is not None and _same_arrays((self.model.params, self.model.state), self._best):
            return self.best_val_acc
        return self.check_accuracy(self.X_val, self.y_val)

    def _train_epoch(self, callbacks: Sequence[Callback]) -> None:
        order = self.rng.permutation(len(self.X_train))
        for start in range(0, len(order), self.batch_size):
            self._train_step(order[start : start + self.batch_size])
            for callback in callbacks:
                callback.on_step(self)
        self.epoch += 1
        self._record_accuracies()
        self.learning_rate *= self.lr_decay
        for config in self.optim_configs.values():
            config["learning_rate"] = self.learning_rate
        for callback in callbacks:
            callback.on_epoch(self)

    def _train_step(self, batch: np.ndarray) -> None:
        loss, grads = self.model.loss(self.X_train[batch], self.y_train[batch])
        self.step += 1
        self.loss_history.append(loss)
        if not math.isfinite(loss):
            raise DivergenceError(
                f"The loss became {loss} at step {self.step} (epoch {self.epoch + 1}) with learning_rate "
                f"{self.learning_rate:g}. Lower the learning rate, or look for a gradient that is wrong."
            )
        params = self.model.params
        for name, grad in grads.items():
            params[name], self.optim_configs[name] = self.update_rule(params[name], grad, self.optim_configs[name])
        if self.print_every and self.step % self.print_every == 0:
            print(f"step {self.step}: loss {loss:.4f}")

    def _record_accuracies(self) -> None:
        some = slice(self.num_train_samples)  # the same examples each epoch: a curve, not a scatter
        self.train_acc_history.append(self.check_accuracy(self.X_train[some], self.y_train[some]))
        self.val_acc_history.append(self.check_accuracy(self.X_val, self.y_val))
        if self.val_acc_history[-1] > self.best_val_acc:
            self.best_val_acc = self.val_acc_history[-1]
            self._best = copy.deepcopy((self.model.params, self.model.state))


def _same_arrays(model: tuple[dict, dict], snapshot: tuple[dict, dict]) -> bool:
    return all(
        arrays.keys() == kept.keys() and all(np.array_equal(arrays[name], kept[name]) for name in arrays)
        for arrays, kept in zip(model, snapshot, strict=True)
    )


def check_data(data: Mapping[str, np.ndarray]) -> None:
    """Raise a ValueError unless `data` holds training and validation examples with their labels, and no test set."""
    checks.require(
        all(key in data for key in DATA_KEYS),
        "data",
        f"the keys {', '.join(DATA_KEYS)}",
        f"{', '.join(map(str, data))}",
    )
    leaked = [key for key in data if "test" in str(key).lower()]
    checks.require(
        not leaked,
        "data",
        "training and validation examples only",
        ", ".join(leaked),
        "The test set is opened once, after every choice is made: keep it out of the Solver.",
    )
    for part in ("train", "val"):
        count = len(data[f"X_{part}"])
        checks.require(count > 0, f"X_{part}", "at least one example", "none")
        checks.shape(f"y_{part}", np.asarray(data[f"y_{part}"]), (count,), f"One label for each example of X_{part}.")


def _optim_config(update_rule: str, optim_config: dict | None) -> dict[str, float]:
    defaults = optim.DEFAULTS[update_rule]
    unknown = sorted(set(optim_config or {}) - set(defaults))
    checks.require(not unknown, "optim_config", f"keys among {', '.join(defaults)}", ", ".join(unknown))
    config = defaults | (optim_config or {})
    checks.require(config["learning_rate"] > 0, "learning_rate", "a number above 0", config["learning_rate"])
    return config
