"""Solver(callbacks=...): what is taken, and what is refused in which words."""

import re
from types import SimpleNamespace

import pytest
from solver_stub import Record, Stub, solver_of

from nnlib import Callback
from nnlib.callbacks import ProgressBar


def test_a_list_a_tuple_and_a_generator_are_taken():
    for callbacks in ([Record()], (Record(),), (Record() for _ in range(1))):
        solver = solver_of(Stub(), callbacks=callbacks)
        solver.train()
        assert solver.callbacks[0].log[-1] == ("", "end")


def no_class(solver):
    """A function, which is no Callback."""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            Record(),
            "callbacks: expected a list of Callback objects, got one Record. Put it into a list:",
        ),
        (Record, "callbacks: expected a list of Callback objects, got the class Record. Write callbacks=[Record()]."),
        ([Record], "callbacks[0]: expected a Callback object, got the class Record. Make an object: Recor"),
        ([Record(), Record], "callbacks[1]: expected a Callback object, got the class Record."),
        (
            [no_class],
            "callbacks[0]: expected a Callback object, got function. Derive a class from nnlib.C",
        ),
        (no_class, "callbacks: expected a list of Callback objects, got function. Leave it out for none."),
        (None, "callbacks: expected a list of Callback objects, got NoneType. Leave it out for none."),
        (3, "callbacks: expected a list of Callback objects, got int."),
        ("Record", "callbacks[0]: expected a Callback object, got str."),
        ({"watch": Record()}, "callbacks[0]: expected a Callback object, got str."),
        ([None], "callbacks[0]: expected a Callback object, got NoneType."),
        ([[Record()]], "callbacks[0]: expected a Callback object, got list."),
    ],
)
def test_anything_else_is_refused_at_once_and_named(given, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        solver_of(Stub(), callbacks=given)


def test_a_callback_that_overrides_nothing_only_watches():
    plain, watched = solver_of(Stub()), solver_of(Stub(), callbacks=[Callback()])
    plain.train()
    watched.train()
    assert plain.model.batches == watched.model.batches
    assert plain.model.params["W1"].tolist() == watched.model.params["W1"].tolist()


def test_the_progress_bar_shows_the_loss_every_so_many_steps_and_the_accuracies_at_an_epochs_end(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "nnlib.callbacks.progress_bar",
        lambda **options: SimpleNamespace(
            update=lambda: None, close=lambda: shown.append("closed"), set_postfix=lambda **values: shown.append(values)
        ),
    )
    solver = SimpleNamespace(step=0, loss_history=[], train_acc_history=[0.5], val_acc_history=[0.25])
    bar = ProgressBar(total_steps=5, refresh_every=2)
    for solver.step in range(1, 6):
        solver.loss_history.append(solver.step / 10)
        bar.on_step(solver)
    bar.on_epoch(solver)
    bar.on_end(solver)
    losses = [values["loss"] for values in shown[:-1]]
    assert losses == ["0.2000", "0.4000", "0.5000"]
    assert shown[-2:] == [{"loss": "0.5000", "train": "50.00%", "val": "25.00%", "refresh": False}, "closed"]


def test_the_progress_bar_starts_where_the_training_does(monkeypatch):
    made = []
    monkeypatch.setattr("nnlib.callbacks.progress_bar", lambda **options: made.append(options))
    ProgressBar(5, 2)
    ProgressBar(5, 2, done=3)
    expected = {"total": 5, "unit": "step", "desc": "training"}
    assert made == [{**expected, "initial": 0}, {**expected, "initial": 3}]
