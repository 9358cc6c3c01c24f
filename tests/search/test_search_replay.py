"""nnlib.search.replays: the same to the last bit here, within a stated band elsewhere, and an honest no."""

import functools
import json
import math

import pytest
from search_toy import SOLVER, make, toy_data

from nnlib import KeepLast, LinearDecay, SoftmaxClassifier
from nnlib.fast import runtime
from nnlib.search import TrialLog, replay, sweep

FACTORY = functools.partial(SoftmaxClassifier, input_dim=5, num_classes=3, weight_scale=None)


@pytest.fixture
def row(tmp_path):
    """A row that went through a file: a partial of nnlib's own, with callbacks."""
    solver = {**SOLVER, "callbacks": [KeepLast(), LinearDecay()]}
    path = tmp_path / "l.jsonl"
    sweep(FACTORY, toy_data(), {"hidden_dim": [4]}, seeds=(3,), solver=solver, n_jobs=1, verbose=False, trial_log=path)
    return TrialLog(path).rows[0]


def test_the_same_machine_gives_the_same_to_the_last_bit(row):
    again = replay(row, data=toy_data())
    assert again.equal
    assert again.exact
    assert again.band == 0
    assert again.val_acc == (row["val_acc"], row["val_acc"])
    assert again.row["curve"] == row["curve"]
    assert str(again).startswith("The same to the last bit: ")


def test_a_row_of_one_thread_is_replayed_on_one(row, monkeypatch):
    assert row["threads"] == 1  # as tests run
    monkeypatch.setattr(runtime, "_blas_threads", lambda: 2)
    assert replay(row, data=toy_data()).row["threads"] == 1


@pytest.mark.parametrize("change", ["val_acc", "loss", "epoch"])
def test_a_last_bit_that_differs_is_not_the_same(row, change):
    changed = json.loads(json.dumps(row))
    if change == "val_acc":
        changed["val_acc"] = math.nextafter(row["val_acc"], 1)
    elif change == "loss":
        changed["curve"]["losses"][-1] = math.nextafter(row["curve"]["losses"][-1], 1)
    else:
        changed["curve"]["val_acc"][0] += 0.02
    again = replay(changed, data=toy_data())
    assert (again.equal, again.exact) == (False, True)
    assert str(again).startswith("Not the same: ")


def test_elsewhere_a_band_of_two_standard_errors_of_a_difference_counts(row):
    # 50 validation examples; for p = 0.8: 2 sqrt(2 * 0.8 * 0.2 / 50) = 0.16
    elsewhere = {**row, "machine": "another", "val_acc": 0.8}
    again = replay(elsewhere, data=toy_data())
    assert again.band == pytest.approx(0.16)
    assert not again.exact
    assert again.equal == (abs(row["val_acc"] - 0.8) <= 0.16)
    near = replay({**row, "machine": "another", "val_acc": row["val_acc"] - 0.02}, data=toy_data())
    assert near.equal
    assert "machine differ." in str(near)
    far = replay({**row, "machine": "another", "val_acc": row["val_acc"] - 0.3}, data=toy_data())
    assert not far.equal
    certain = replay({**row, "machine": "another", "val_acc": 1.0}, data=toy_data())
    assert certain.band == pytest.approx(2 * math.sqrt(2 * 0.99 * 0.01 / 50))  # half an example wrong, not none


@pytest.mark.parametrize(("factor", "equal"), [(1 + 1e-5, True), (1 + 1e-3, False)])
def test_elsewhere_the_first_loss_has_to_agree_all_the_same(row, factor, equal):
    elsewhere = json.loads(json.dumps({**row, "threads": row["threads"] + 1}))
    elsewhere["curve"]["losses"][0] *= factor
    again = replay(elsewhere, data=toy_data())
    assert again.equal == equal
    assert ("first losses differ" in str(again)) != equal


def test_other_code_is_named_as_the_reason(row, monkeypatch):
    import nnlib.models

    monkeypatch.setattr(nnlib.models, "EXAMPLES_PER_CHUNK", 249)
    again = replay(row, data=toy_data())
    assert (again.equal, again.exact) == (True, False)
    assert "fingerprint differ." in str(again)


def test_a_divergence_replays_as_one():
    options = {"solver": SOLVER, "n_jobs": 1, "verbose": False}
    (row,) = sweep(FACTORY, toy_data(), {"hidden_dim": [4], "learning_rate": [1e200]}, **options)
    again = replay(row, data=toy_data())
    assert again.equal
    assert "no accuracy and no accuracy" in str(again)
    tame = {**row, "settings": {**row["settings"], "learning_rate": 0.5}}
    assert "it was diverged and is done now" in str(replay(tame, data=toy_data()))


def test_what_the_row_cannot_give_is_asked_for(row):
    data = toy_data()
    (mine,) = sweep(make, data, {"hidden_dim": [4]}, solver=SOLVER, n_jobs=1, verbose=False)
    with pytest.raises(LookupError, match=r"search_toy:make is outside nnlib.*Pass the object itself"):
        replay(mine, data=data)
    assert replay(mine, make, data).equal
    with pytest.raises(LookupError, match="data: the row is of no named sweep; pass what it was trained on"):
        replay(row)
    with pytest.raises(ValueError, match=r"data: expected unnamed arrays, sha256:.*, got sha256:"):
        replay(row, data={**data, "y_val": data["y_val"][::-1]})
    with pytest.raises(ValueError, match="callbacks: expected"):
        replay(row, data=data, callbacks=[LinearDecay()])
    assert replay(row, data=data, callbacks=[KeepLast(), LinearDecay()]).equal


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"kind": "choice"}, "row: expected a row of kind 'trial', got 'choice'"), ({"status": "died"}, "got died")],
)
def test_only_a_result_can_be_replayed(row, changes, message):
    with pytest.raises(ValueError, match=message):
        replay({**row, **changes}, data=toy_data())
