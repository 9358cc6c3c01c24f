"""nnlib.search.trial.replay: the same to the last bit here, within a stated band elsewhere."""

import math
from dataclasses import replace

import pytest
from search_toy import SOLVER, make, toy_data

from nnlib import Callback, blas
from nnlib.search import TrialLog, replay, sweep
from nnlib.search.rows import Curve

OPTIONS = {"n_jobs": 1, "verbose": False}


@pytest.fixture
def row(tmp_path):
    """A row that went through a file."""
    path = tmp_path / "l.jsonl"
    sweep(make, toy_data(), {"hidden_dim": [4]}, seeds=(3,), solver=SOLVER, trial_log=path, **OPTIONS)
    return TrialLog(path).rows[0]


def test_the_same_machine_gives_the_same_to_the_last_bit(row):
    again = replay(row, make, toy_data())
    assert again.equal
    assert again.exact
    assert again.band == 0
    assert (again.row.val_acc, again.row.curve) == (row.val_acc, row.curve)
    assert str(again).startswith("The same to the last bit: ")


def test_a_row_of_one_thread_is_replayed_on_one(row, monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: 2)
    assert replay(replace(row, threads=1), make, toy_data()).row.threads == 1


@pytest.mark.parametrize("change", ["val_acc", "loss", "epoch"])
def test_a_last_bit_that_differs_is_not_the_same(row, change):
    if change == "val_acc":
        changed = replace(row, val_acc=math.nextafter(row.val_acc, 1))
    elif change == "loss":
        losses = [*row.curve.losses[:-1], math.nextafter(row.curve.losses[-1], 1)]
        changed = replace(row, curve=replace(row.curve, losses=losses))
    else:
        changed = replace(row, curve=replace(row.curve, val_acc=[row.curve.val_acc[0] + 0.02, row.curve.val_acc[1]]))
    again = replay(changed, make, toy_data())
    assert (again.equal, again.exact) == (False, True)
    assert str(again).startswith("Not the same: ")


def test_elsewhere_a_band_of_two_standard_errors_of_a_difference_counts(row):
    # 50 validation examples; for p = 0.8: 2 sqrt(2 * 0.8 * 0.2 / 50) = 0.16
    again = replay(replace(row, machine="another", val_acc=0.8), make, toy_data())
    assert again.band == pytest.approx(0.16)
    assert not again.exact
    assert again.equal == (abs(row.val_acc - 0.8) <= 0.16)
    near = replay(replace(row, machine="another", val_acc=row.val_acc - 0.02), make, toy_data())
    assert near.equal
    assert "machine differ." in str(near)
    far = replay(replace(row, machine="another", val_acc=row.val_acc - 0.3), make, toy_data())
    assert not far.equal
    certain = replay(replace(row, machine="another", val_acc=1.0), make, toy_data())
    assert certain.band == pytest.approx(2 * math.sqrt(2 * 0.99 * 0.01 / 50))  # half an example wrong, not none


@pytest.mark.parametrize(("factor", "equal"), [(1 + 1e-5, True), (1 + 1e-3, False)])
def test_elsewhere_the_first_loss_has_to_agree_all_the_same(row, factor, equal):
    losses = [factor * row.curve.losses[0], *row.curve.losses[1:]]
    elsewhere = replace(row, threads=row.threads + 1, curve=replace(row.curve, losses=losses))
    again = replay(elsewhere, make, toy_data())
    assert again.equal == equal
    assert ("first losses differ" in str(again)) != equal


def test_other_code_is_named_as_the_reason(row, monkeypatch):
    import nnlib.models

    monkeypatch.setattr(nnlib.models, "EXAMPLES_PER_CHUNK", 249)
    again = replay(row, make, toy_data())
    assert (again.equal, again.exact) == (True, False)
    assert "fingerprint differ." in str(again)


def test_the_rows_layers_are_used(row):
    again = replay(replace(row, layers="plain"), make, toy_data())
    assert again.row.layers == "plain"
    assert again.equal
    assert str(again).endswith("fingerprint differ.")


def test_a_divergence_replays_as_one():
    (row,) = sweep(make, toy_data(), {"hidden_dim": [4], "learning_rate": [1e200]}, solver=SOLVER, **OPTIONS)
    again = replay(row, make, toy_data())
    assert again.equal
    assert "no accuracy and no accuracy" in str(again)
    tame = replace(row, settings={**row.settings, "learning_rate": 0.5})
    assert "it was diverged and is done now" in str(replay(tame, make, toy_data()))
    empty = replace(row, curve=Curve([], [], [], []), machine="another")
    assert not replay(empty, make, toy_data()).equal


def another(hidden_dim, rng):
    return make(hidden_dim, rng)


def shift(X, rng):
    return X + rng.normal(size=X.shape)


class Watch(Callback):
    pass


def test_what_json_does_not_hold_is_passed(row):
    data = toy_data()
    solver = {**SOLVER, "augment": shift, "callbacks": [Watch()], "optim_config": {}}
    (mine,) = sweep(make, data, {"hidden_dim": [4]}, solver=solver, **OPTIONS)
    assert replay(mine, make, data, augment=shift, callbacks=[Watch()]).exact
    for options in ({"augment": shift}, {"callbacks": [Watch()]}, {"augment": another, "callbacks": [Watch()]}):
        with pytest.raises(ValueError, match=r"(augment|callbacks): expected"):
            replay(mine, make, data, **options)
    with pytest.raises(ValueError, match=r"make_model: expected \{'callable': 'search_toy:make'\}, got <function ano"):
        replay(row, another, data)
    with pytest.raises(ValueError, match="num_epochs: expected 2, got 3"):
        replay(row, make, data, num_epochs=3)
    with pytest.raises(ValueError, match=r"data: expected unnamed arrays, sha256:.*, got sha256:"):
        replay(row, make, {**data, "y_val": data["y_val"][::-1]})


@pytest.mark.parametrize("status", ["died", "stopped", "error"])
def test_only_a_result_can_be_replayed(row, status):
    with pytest.raises(ValueError, match=f"row: expected a trial that ended by itself, got {status}"):
        replay(replace(row, status=status), make, toy_data())
