"""`python -m nnlib.vgg`: what it prints, and its exit status."""

import itertools
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from nnlib.data import DataError
from nnlib.provenance.source import CodeError
from nnlib.vgg import DivergenceError
from nnlib.vgg import __main__ as command
from nnlib.vgg.recipes import ABLATION, PROFILES, RECIPES, STARTS


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """Replace the data and `run` by stand-ins; return the calls of `run`."""
    made = []

    def run(recipe, data, **options):
        made.append((recipe, data, options))
        return SimpleNamespace(val_acc=0.5, seconds=1.25, machine="a machine")

    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setenv("NNLIB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(command, "load_for", lambda profile: f"data for {profile.name}")
    monkeypatch.setattr(command, "run", run)
    return made


def failing(error):
    def fail(*args, **options):
        raise error

    return fail


def test_the_list(calls, capsys):
    assert command.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    beyond = [recipe.name for recipe in (*STARTS, *ABLATION)]
    assert [line.split()[0] for line in lines] == [*RECIPES, *beyond]
    assert lines[0].split()[1:] == ["handout", "10", "epochs,", "batches", "of", "100"]
    assert [line.split()[0] for line in lines if line.endswith("   ablation")] == [recipe.name for recipe in ABLATION]
    assert calls == []


def test_an_unknown_recipe(calls, capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["report", "nothing"])
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert "no recipe 'nothing'; there are: handout, relu, report, " in error
    assert all(name in error for name in RECIPES)
    assert calls == []


def test_an_unknown_profile(calls):
    with pytest.raises(SystemExit) as caught:
        command.main(["--profile", "half"])
    assert caught.value.code == 2


def test_all_recipes_in_full_by_default(calls, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "pick_device", lambda: torch.device("cpu"))
    assert command.main([]) == 0
    assert [recipe for recipe, _, _ in calls] == list(RECIPES.values())
    assert all(data == "data for full" for _, data, _ in calls)
    expected = {"device": torch.device("cpu"), "folder": tmp_path / "full"}
    assert all(options == expected for _, _, options in calls)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["'data for full'", "trained on cpu, 1 process"]
    assert [line.split() for line in lines[2:]] == [
        [name, "seed", "598", "validation", "50.00%", "1.2", "s", "a", "machine"] for name in RECIPES
    ]


def test_options(calls):
    assert command.main(["ours-long", "flip", "--profile", "quick", "--folder", "here", "--device", "meta"]) == 0
    quick = PROFILES["quick"]
    assert [recipe for recipe, _, _ in calls] == [quick.shorten(RECIPES[name]) for name in ("ours-long", "flip")]
    assert calls[0][1] == "data for quick"
    assert calls[0][2] == {"device": torch.device("meta"), "folder": Path("here")}


def test_another_seed(calls, capsys):
    assert command.main(["handout", "--seeds", "7", "--profile", "quick", "--device", "cpu"]) == 0
    assert [recipe for recipe, _, _ in calls] == [replace(PROFILES["quick"].shorten(RECIPES["handout"]), seed=7)]
    assert len(capsys.readouterr().out.splitlines()) == 3  # one seed has nothing to compare


def test_several_seeds(calls, capsys, monkeypatch):
    def run(recipe, data, **options):
        calls.append(recipe)
        accuracy = {"handout": 0.5, "relu": 0.6}[recipe.name] + 0.01 * recipe.seed
        return SimpleNamespace(val_acc=accuracy, seconds=1.25, machine="a machine")

    monkeypatch.setattr(command, "run", run)
    assert command.main(["handout", "relu", "handout", "--device", "cpu", "--seeds", "1", "3", "1"]) == 0
    assert [(recipe.name, recipe.seed) for recipe in calls] == list(itertools.product(("handout", "relu"), (1, 3)))
    *_, title, heads, first, second = capsys.readouterr().out.splitlines()
    assert title == "validation accuracy in percent, 2 seeds"
    assert heads.split()[0] == "mean"
    assert first.split() == ["handout", "52.0", "1.4", "51.0", "53.0"]
    assert second.split() == ["relu", "62.0", "1.4", "61.0", "63.0", "+10.0", "+10.0", "+10.0", "handout"]


def test_the_ablation_by_its_name(calls):
    assert command.main(["no-gelu", "ablation", "flip", "--device", "cpu"]) == 0
    names = ["no-gelu", *(recipe.name for recipe in ABLATION if recipe.name != "no-gelu"), "flip"]
    assert [recipe.name for recipe, _, _ in calls] == names


def test_the_table_by_hand():
    found = command.compare(
        {
            "report": {1: 0.70, 2: 0.73, 3: 0.76},
            "norm": {1: 0.75, 2: 0.75, 3: 0.75},
            "report-tuned": {1: 0.80, 2: 0.80, 3: 0.83},
            "ours-long": {1: 0.9, 2: 0.9, 3: 0.92},
        }
    )
    heads, *lines = found.splitlines()
    assert heads.split() == ["mean", "sd", "lowest", "highest", "gain:", "mean", "least", "most", "over"]
    assert [line.split() for line in lines] == [
        ["report", "73.0", "3.0", "70.0", "76.0"],
        ["norm", "75.0", "0.0", "75.0", "75.0", "+2.0", "-1.0", "+5.0", "report"],
        ["report-tuned", "81.0", "1.7", "80.0", "83.0", "+8.0", "+7.0", "+10.0", "report"],
        ["ours-long", "90.7", "1.2", "90.0", "92.0"],
    ]
    for head in ("mean", "sd", "lowest", "highest"):
        end = heads.index(head) + len(head)
        assert all(line[end - 1].isdigit() and line[end : end + 1] in ("", " ") for line in lines)


@pytest.mark.parametrize("seed", ["-1", "1.5", "one", "flip", str(2**64)])
def test_a_wrong_seed(calls, capsys, seed):
    with pytest.raises(SystemExit) as stopped:
        command.main(["handout", "--seeds", "5", seed])
    assert stopped.value.code == 2
    assert f"argument --seeds: expected a whole number from 0 to 2**64 - 1, got '{seed}'" in capsys.readouterr().err
    assert calls == []


@pytest.mark.parametrize("device", ["mps", "cpu"])
def test_under_torchrun_a_device_that_cannot_reduce_is_replaced_by_the_cpu(monkeypatch, device):
    backends = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(torch.distributed, "init_process_group", backends.append)
    assert command._join_processes(torch.device(device)) == torch.device("cpu")
    assert backends == ["gloo"]


def test_under_torchrun_each_process_has_its_own_gpu(monkeypatch):
    chosen, backends = [], []
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_RANK", "3")
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(torch.distributed, "init_process_group", backends.append)
    assert command._join_processes(torch.device("cuda")) == torch.device("cuda", 3)
    assert (chosen, backends) == ([torch.device("cuda", 3)], ["nccl"])


@pytest.mark.parametrize("name", ["nonsense", "cuda:99"])
def test_a_device_that_is_not_there(calls, capsys, name):
    with pytest.raises(SystemExit) as stopped:
        command.main(["handout", "--device", name])
    assert stopped.value.code == 2
    assert "argument --device: " in capsys.readouterr().err
    assert calls == []


@pytest.mark.parametrize(
    "error",
    [DataError("a file: expected more"), DivergenceError("the loss is nan in step 2")],
    ids=["data", "diverged"],
)
def test_one_that_fails_does_not_stop_the_others(calls, capsys, monkeypatch, error):
    def run(recipe, data, **options):
        if (recipe.name, recipe.seed) == ("relu", 2):
            raise error
        return SimpleNamespace(val_acc=0.5, seconds=1.25, machine="a machine")

    monkeypatch.setattr(command, "run", run)
    assert command.main(["handout", "relu", "report", "--device", "cpu", "--seeds", "1", "2"]) == 1
    printed = capsys.readouterr()
    assert [line.split()[0] for line in printed.out.splitlines()[-2:]] == ["handout", "report"]  # relu lacks a seed
    assert printed.err.rstrip().split(maxsplit=3) == ["relu", "seed", "2", f"failed: {error}"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("load_for", DataError("a file: expected more")),
        ("load_for", OSError("no such folder")),
        ("run", OSError("no space left")),
        ("run", ValueError("identity: expected the same training")),
        ("run", CodeError("a file was edited after it was loaded")),
    ],
)
def test_of_a_failure_only_the_message_is_printed(calls, capsys, monkeypatch, name, error):
    monkeypatch.setattr(command, name, failing(error))
    assert command.main(["handout", "--device", "cpu"]) == 1
    assert capsys.readouterr().err == f"{error}\n"


def test_an_interruption_says_how_to_go_on(calls, capsys, monkeypatch):
    monkeypatch.setattr(command, "run", failing(KeyboardInterrupt()))
    assert command.main(["handout", "--device", "cpu"]) == 130
    assert "The same command goes on after the last whole epoch." in capsys.readouterr().err
