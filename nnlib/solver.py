"""The training loop: shuffled minibatches, a learning rate schedule, history, the best or the last weights."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress

import numpy as np

from nnlib import backend, checks, held_out, optim, solver_checks
from nnlib.callbacks import Callback, ProgressBar, StopTraining, check_callbacks


class DivergenceError(FloatingPointError):
    """The training loss, a score or a parameter is no longer a finite number."""


class Solver:
    """Trains a model by minibatch gradient descent, and leaves its best or its last weights in it.

    An epoch is one permutation of the training set, cut into minibatches (the last may be smaller): every example is
    seen once. Accuracies are measured after every epoch. The Solver never sees the test set.

    Args:
        model: a `Classifier`, or any object with `params`, a dict of arrays, and `loss(X, y=None)`: scores, (N,) for
            two classes or (N, K), or with labels the loss and a dict of gradients. It is trained in place. If it has
            `state` (a dict), it is restored with the parameters; `accuracy(X, y)` is called where there is one.
        data: `X_train` (N, ...), `y_train` (N,), `X_val`, `y_val`: arrays of finite numbers, labels whole ones.
        update_rule: 'sgd', 'sgd_momentum', 'rmsprop' or 'adam', or a function (w, dw, config) -> (next_w, config).
        optim_config: hyper-parameters of the rule, such as {'learning_rate': 1e-2}; a function gets it as it is.
        lr_decay: factor on the learning rate after each epoch.
        schedule: 'linear': the rate falls linearly to zero at the last step; `lr_decay` multiplies it; None: constant.
        restore: what `train` leaves in the model, parameters and state: 'best', the epoch with the best validation
            accuracy (of equals the earliest), whose accuracy is an optimistic estimate, or 'last', the last one.
        augment: function (X, rng) -> X of the same shape and dtype, applied to every minibatch before its step, never
            when an accuracy is measured; `rng` is a Generator spawned from the Solver's.
        batch_size: examples in a minibatch.
        num_epochs: passes over the training set.
        print_every: print the loss every so many steps; None for never.
        verbose: show a progress bar.
        rng: seed or Generator for the shuffling.
        callbacks: list of `Callback` objects, called in order.
        num_train_samples: at most so many training examples are used for each epoch's training accuracy; None for all.

    Attributes:
        loss_history: the minibatch loss of every step.
        train_acc_history, val_acc_history: accuracies (fractions) after every epoch.
        best_val_acc: the largest of `val_acc_history`.
        restored_epoch: the epoch whose parameters and state `train` leaves in the model; 0 before the first is done.
        val_acc: of the model as it is now; it is not measured again if `train` has measured it.
        num_steps, step, epoch: how many steps `num_epochs` epochs take; how many steps and epochs are done.
        learning_rate: of the current step, in a callback of the step just taken; None for a rule that has none.

    Raises:
        TypeError, ValueError: an argument that nothing can be trained with; the message names it and the key.
    """

    def __init__(
        self,
        model: solver_checks.Model,
        data: Mapping[str, np.ndarray],
        *,
        update_rule: str | optim.UpdateRule = "sgd",
        optim_config: dict | None = None,
        lr_decay: float = 1.0,
        schedule: str | None = None,
        restore: str = "best",
        augment: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
        batch_size: int = 100,
        num_epochs: int = 10,
        print_every: int | None = None,
        verbose: bool = True,
        rng: int | np.random.Generator = 0,
        callbacks: Iterable[Callback] = (),
        num_train_samples: int | None = 1000,
    ):
        solver_checks.check_model(model)
        solver_checks.check_data(data, model, values=False)
        self.model = model
        self.X_train, self.y_train, self.X_val, self.y_val = (data[key] for key in solver_checks.DATA_KEYS)
        self._layers = getattr(getattr(model, "network", None), "layers", None)
        self.update_rule, config = solver_checks.rule_and_config(update_rule, optim_config, backend.rules(self._layers))
        self.lr_decay = checks.positive("lr_decay", lr_decay, "a factor above 0")
        checks.choice("schedule", schedule, (None, "linear"))
        checks.choice("restore", restore, ("best", "last"))
        self.schedule, self.restore = schedule, restore
        self.learning_rate = self._first_rate = solver_checks.first_rate(config, schedule, lr_decay)
        self.batch_size = checks.positive_int("batch_size", batch_size)
        self.num_epochs = checks.positive_int("num_epochs", num_epochs)
        self.print_every = None if print_every is None else checks.positive_int("print_every", print_every)
        self.rng = checks.generator(rng)
        solver_checks.check_augment(augment)
        self.verbose, self.augment = checks.boolean("verbose", verbose), augment
        self._augment_rng = None if augment is None else self.rng.spawn(1)[0]
        self.callbacks = check_callbacks(callbacks)
        samples = num_train_samples
        self.num_train_samples = None if samples is None else checks.positive_int("num_train_samples", samples)
        self.loss_history: list[float] = []
        self.train_acc_history: list[float] = []
        self.val_acc_history: list[float] = []
        self.step = self.epoch = self.restored_epoch = 0
        self._order: np.ndarray | None = None  # the examples of this epoch that are still to come; None between epochs
        self._configs = {name: dict(config) for name in model.params}  # a rule may write into its own
        self._snapshot: tuple[dict, dict] | None = None  # the parameters and state to restore
        self._standing: tuple[dict, dict] | None = None  # those from which an interrupted training goes on

    def train(self) -> None:
        """Train until `num_epochs` epochs are done, then restore the best or the last snapshot into the model.

        Training ends early if a callback raises StopTraining, on Ctrl-C, on any error: the snapshot of the epochs
        finished so far is restored, or the current parameters stay if there is none. Called again, it goes on with the
        next minibatch where training stood, or from the model's arrays if they were changed since, to `num_epochs`.

        Raises:
            DivergenceError: a loss or a score is not finite; names step, epoch, learning rate, or the data at fault.
            TypeError, ValueError: what the model, the update rule or `augment` returned does not fit; names it.
        """
        if self.epoch >= self.num_epochs:
            return
        for key in ("X_train", "X_val"):
            solver_checks.check_finite(key, getattr(self, key))
        held_out.trained(self.X_train, self.X_val)
        bars = [ProgressBar(self.num_steps, refresh_every=10, done=self.step)] if self.verbose else []
        callbacks = (*self.callbacks, *bars)
        with suppress(StopTraining), ExitStack() as ending:
            for callback in reversed(callbacks):  # the stack calls the last one first
                ending.callback(callback.on_end, self)
            self._take_up()
            ending.callback(self._restore)
            ending.enter_context(backend.blas_threads(self._layers))
            while self.epoch < self.num_epochs:
                self._train_epoch(callbacks)

    def check_accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the fraction of examples that the model classifies correctly, in test mode."""
        if callable(getattr(self.model, "accuracy", None)):
            return self.model.accuracy(X, y)
        return solver_checks.accuracy_of_scores(self.model, X, y)

    @property
    def num_steps(self) -> int:
        """The number of minibatches in `num_epochs` epochs."""
        return self.num_epochs * math.ceil(len(self.X_train) / self.batch_size)

    @property
    def best_val_acc(self) -> float:
        """The best validation accuracy so far; -inf before the first."""
        return max(self.val_acc_history, default=-math.inf)

    @property
    def val_acc(self) -> float:
        """The validation accuracy of the model as it is now."""
        if self._snapshot is not None and _same(self._arrays(), self._snapshot):
            return self.val_acc_history[self.restored_epoch - 1]
        return self.check_accuracy(self.X_val, self.y_val)

    def _train_epoch(self, callbacks: Iterable[Callback]) -> None:
        if self._order is None:  # else it is an epoch that was interrupted
            self._order = self.rng.permutation(len(self.X_train))
        try:
            while len(self._order):
                self._train_step()
                for callback in callbacks:
                    callback.on_step(self)
            self._finish_epoch()
            for callback in callbacks:
                callback.on_epoch(self)
        except checks.NotFiniteError:  # a callback asked for an accuracy
            raise self._diverged("Scores became infinite or NaN") from None

    def _train_step(self) -> None:
        batch, later = self._order[: self.batch_size], self._order[self.batch_size :]
        self.learning_rate = self._scheduled_rate()
        X, y = self.X_train[batch], self.y_train[batch]
        if self.augment is not None:
            X = solver_checks.check_augmented(self.augment(X, self._augment_rng), X)
        loss, grads = solver_checks.check_loss(self.model.loss(X, y), self.model.params)
        if math.isfinite(loss):
            updated = {name: self._update(name, w, grads[name]) for name, w in self.model.params.items()}
            params, configs = ({name: pair[i] for name, pair in updated.items()} for i in (0, 1))
            self.model.params.update(params)  # all at once: Ctrl-C finds the parameters of one step, never of two
            self._configs = configs
        self._order = later
        self.step += 1
        self.loss_history.append(loss)
        if not math.isfinite(loss):
            raise self._diverged(f"The loss became {loss}", solver_checks.bad_minibatch(X, y, batch, self.X_train))
        if self.print_every and self.step % self.print_every == 0:
            print(f"step {self.step}: loss {loss:.4f}")

    def _update(self, name: str, w: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, dict]:
        config = self._configs[name]
        if self.learning_rate is not None:
            config = config | {"learning_rate": self.learning_rate}
        return solver_checks.check_update(self.update_rule(w, dw, config), name, w)

    def _scheduled_rate(self) -> float | None:
        """Return the learning rate of the next step; None for a rule that has none."""
        if self._first_rate is None:
            return None
        rate = math.prod([self.lr_decay] * self.epoch, start=self._first_rate)
        return rate * max(0.0, 1 - self.step / self.num_steps) if self.schedule == "linear" else rate

    def _finish_epoch(self) -> None:
        """Record the accuracies; keep a snapshot if this is the epoch to restore so far."""
        some = slice(self.num_train_samples)  # the same examples each epoch, so that only training moves the curve
        parts = (self.X_train[some], self.y_train[some]), (self.X_val, self.y_val)
        (train_acc, val_acc), wrong = solver_checks.accuracies(self.check_accuracy, self.model.params, parts)
        if wrong and self.epoch + 1 == self.num_epochs:  # before that, the next step's loss shows it
            raise self._diverged(f"{wrong} became infinite or NaN")
        if self.restore == "last" or val_acc > self.best_val_acc:
            self._snapshot, self.restored_epoch = copy.deepcopy(self._arrays()), self.epoch + 1
        self.epoch, self._order = self.epoch + 1, None
        self.train_acc_history.append(train_acc)
        self.val_acc_history.append(val_acc)

    def _diverged(self, what: str, cause: str = "") -> DivergenceError:
        rate = "" if self.learning_rate is None else f" with learning_rate {self.learning_rate:g}"
        cause = cause or "Lower the learning rate, or look for a gradient that is wrong."
        return DivergenceError(f"{what} at step {self.step} (epoch {self.epoch + 1}){rate}. {cause}")

    def _restore(self) -> None:
        """Put the snapshot into the model, and keep where training stands for the next call of `train`."""
        self._standing = copy.deepcopy(self._arrays())
        if self._snapshot is not None:
            self._put(self._snapshot)

    def _take_up(self) -> None:
        """Put back where training stood, unless the model was changed since its snapshot was restored."""
        if self._standing is not None and self._snapshot is not None and _same(self._arrays(), self._snapshot):
            self._put(self._standing)

    def _arrays(self) -> tuple[dict, dict]:
        """Return the model's parameters and state."""
        state = getattr(self.model, "state", None)
        return self.model.params, state if isinstance(state, dict) else {}

    def _put(self, arrays: tuple[dict, dict]) -> None:
        for own, kept in zip(self._arrays(), copy.deepcopy(arrays), strict=True):
            own.update(kept)  # a model may share its dicts with its network


def _same(model: tuple[dict, dict], kept: tuple[dict, dict]) -> bool:
    return all(
        own.keys() == other.keys() and all(np.array_equal(own[name], other[name]) for name in own)
        for own, other in zip(model, kept, strict=True)
    )
