"""nnlib.homework.starts: what four trainings showed, as the table that Q6's notebook prints."""

import json
from types import SimpleNamespace

import pytest

from nnlib.homework import recorded, starts


def result(recipe, *_, **__):
    """A training whose accuracy grows by a point an epoch, from 20 % and its seed's hundredth."""
    history = SimpleNamespace(
        loss_history=[2.0 + recipe.seed, 1.0],
        val_acc_history=[0.2 + 0.01 * (recipe.seed + epoch) for epoch in range(10)],
        train_acc_history=[0.5 + 0.01 * recipe.seed] * 10,
    )
    return SimpleNamespace(recipe=recipe, history=history, machine=f"a machine; then {recipe.seed} cores")


@pytest.fixture
def file(tmp_path, monkeypatch):
    copy = tmp_path / "copy.json"
    copy.write_bytes(recorded.FILE.read_bytes())
    monkeypatch.setattr(recorded, "FILE", copy)
    monkeypatch.setattr(starts, "run", result)
    monkeypatch.setattr(starts, "load_for", lambda profile: SimpleNamespace(name="CIFAR-10"))
    return copy


def test_the_command_takes_means_over_the_seeds_into_the_file(file, capsys):
    before = json.loads(file.read_text(encoding="utf-8"))
    assert starts.main(["1", "3"]) == 0
    after = json.loads(file.read_text(encoding="utf-8"))
    written = after["beside"].pop("starts")
    before["beside"].pop("starts")
    assert after == before
    assert [row[0] for row in written["rows"]] == ["handout", "+ ReLU", "handout, He", "+ ReLU, He"]
    # seeds 1 and 3: first losses 3 and 5; after epoch 1 21 and 23 %, epoch 10 30 and 32 %; training 51 and 53 %
    expected = ["4.00", "22.0", "23.0", "24.0", "26.0", "28.0", "31.0", "30.0", "32.0", "52.0"]
    assert written["rows"][0][1:] == expected
    assert len(written["columns"]) == len(written["rows"][0])
    assert written["about"].startswith("recorded, CIFAR-10, a machine; 1 cores; 3 cores: the first loss")
    assert "means of the seeds 1, 3" in written["about"]


@pytest.mark.parametrize("argv", [[], ["598", "--fast"], ["many"]])
def test_without_seeds_it_says_how_it_is_called(file, argv, capsys):
    before = file.read_bytes()
    with pytest.raises(SystemExit, match="2"):
        starts.main(argv)
    assert "python -m nnlib.homework.starts [-h] SEED" in capsys.readouterr().err
    assert file.read_bytes() == before
