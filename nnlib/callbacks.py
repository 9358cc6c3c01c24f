"""What a Solver calls while it trains: the base class and the progress bar."""

from __future__ import annotations

from collections.abc import Iterable

from nnlib.progress import progress_bar


class StopTraining(Exception):
    """Raised by a callback to end training at once; `train()` called again goes on from there."""


class Callback:
    """Watches a Solver while it trains; a subclass overrides what it needs, and may raise StopTraining.

    Each method is given the `nnlib.Solver` that trains.
    """

    def on_step(self, solver) -> None:
        """Called after each minibatch; `solver.step` and `solver.loss_history` include it."""

    def on_epoch(self, solver) -> None:
        """Called after each epoch, when its accuracies are in the histories."""

    def on_end(self, solver) -> None:
        """Called once per call of `train`, however it ends; the Solver has restored its snapshot into the model."""


def check_callbacks(callbacks: object) -> tuple[Callback, ...]:
    """Return the callbacks as a tuple.

    Raises:
        TypeError: anything but a list (or another iterable) of Callback objects; the message says what to write.
    """
    if isinstance(callbacks, Callback):
        got, todo = f"one {type(callbacks).__name__}", "Put it into a list: callbacks=[callback]."
    elif isinstance(callbacks, type):
        got, todo = f"the class {callbacks.__name__}", f"Write callbacks=[{callbacks.__name__}()]."
    elif not isinstance(callbacks, Iterable):
        got, todo = type(callbacks).__name__, "Leave it out for none."
    else:
        return tuple(_check_callback(f"callbacks[{i}]", callback) for i, callback in enumerate(callbacks))
    raise TypeError(f"callbacks: expected a list of Callback objects, got {got}. {todo}")


def _check_callback(name: str, callback: object) -> Callback:
    if isinstance(callback, Callback):
        return callback
    if isinstance(callback, type):
        got, todo = f"the class {callback.__name__}", f"Make an object: {callback.__name__}()."
    else:
        got, todo = type(callback).__name__, "Derive a class from nnlib.Callback and pass an object of it."
    raise TypeError(f"{name}: expected a Callback object, got {got}. {todo}")


class ProgressBar(Callback):
    """A tqdm bar with loss, accuracies and remaining time; the environment variable TQDM_DISABLE=1 silences it.

    Args:
        total_steps: of the whole training.
        refresh_every: steps from one refresh to the next.
        done: steps that were taken before, in an interrupted `train`.
    """

    def __init__(self, total_steps: int, refresh_every: int, done: int = 0):
        self.refresh_every = refresh_every
        self.bar = progress_bar(total=total_steps, initial=done, unit="step", desc="training")
        self.accuracies: dict[str, str] = {}

    def on_step(self, solver) -> None:
        """Show the loss."""
        self.bar.update()
        if solver.step % self.refresh_every == 0:
            self._show(solver)

    def on_epoch(self, solver) -> None:
        """Show the accuracies."""
        self.accuracies = {
            "train": f"{solver.train_acc_history[-1]:.2%}",
            "val": f"{solver.val_acc_history[-1]:.2%}",
        }
        self._show(solver)

    def on_end(self, solver) -> None:
        """Leave the bar as it stands."""
        self.bar.close()

    def _show(self, solver) -> None:
        self.bar.set_postfix(loss=f"{solver.loss_history[-1]:.4f}", **self.accuracies, refresh=False)
