"""`python -m nnlib.vgg`: what it prints, and its exit status."""

import itertools
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from nnlib.data import DataError
from nnlib.vgg import DivergenceError
from nnlib.vgg import __main__ as command
from nnlib.vgg.ablation import ABLATION
from nnlib.vgg.recipes import PROFILES, RECIPES


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """Put stand-ins in the place of the data and of `run`; return the calls of `run`."""
    made = []

    def run(recipe, data, **options):
        made.append((recipe, data, options))
        return SimpleNamespace(val_acc=0.5, seconds=1.25, machine="a machine")

    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setenv("NNLIB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(command, "load_for", lambda profile, download=True: f"data for {profile.name}")
    monkeypatch.setattr(command, "run", run)
    return made


def failing(error):
    def fail(*args, **options):
        raise error

    return fail


def test_the_list(calls, capsys):
    assert command.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*RECIPES, *(recipe.name for recipe in ABLATION)]
    assert lines[0].split()[1:] == ["handout", "10", "epochs,", "batches", "of", "100"]
    assert [line.endswith("   ablation") for line in lines] == [False] * len(RECIPES) + [True] * len(ABLATION)
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
    expected = {"device": torch.device("cpu"), "folder": tmp_path / "full", "rank": 0, "world": 1}
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
    assert calls[0][2] == {"device": torch.device("meta"), "folder": Path("here"), "rank": 0, "world": 1}


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


@pytest.mark.parametrize("seed", ["-1", "1.5", "one", "flip", str(2**64)])
def test_no_seed(calls, capsys, seed):
    with pytest.raises(SystemExit) as stopped:
        command.main(["handout", "--seeds", "5", seed])
    assert stopped.value.code == 2
    assert f"argument --seeds: expected a whole number from 0 to 2**64 - 1, got '{seed}'" in capsys.readouterr().err
    assert calls == []


@pytest.mark.parametrize("device", ["mps", "cpu"])
def test_under_torchrun_a_device_that_cannot_reduce_gives_way_to_the_cpu(monkeypatch, device):
    backends = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(torch.distributed, "init_process_group", backends.append)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda: 1)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 2)
    assert command._join_processes(torch.device(device)) == (torch.device("cpu"), 1, 2)
    assert backends == ["gloo"]


def test_under_torchrun_each_process_has_a_gpu_of_its_own(monkeypatch):
    chosen, backends = [], []
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_RANK", "3")
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(torch.distributed, "init_process_group", backends.append)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda: 3)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 4)
    assert command._join_processes(torch.device("cuda")) == (torch.device("cuda", 3), 3, 4)
    assert (chosen, backends) == ([torch.device("cuda", 3)], ["nccl"])


@pytest.mark.parametrize("name", ["nonsense", "cuda:99"])
def test_a_device_that_is_not_there(calls, capsys, name):
    with pytest.raises(SystemExit) as stopped:
        command.main(["handout", "--device", name])
    assert stopped.value.code == 2
    assert "argument --device: " in capsys.readouterr().err
    assert calls == []


@pytest.mark.parametrize(("machine", "process", "turn"), [(0, 0, 0), (1, 0, 1), (2, 0, 2), (0, 3, 3), (2, 1, 3)])
def test_under_torchrun_one_machine_after_the_other_may_download(monkeypatch, machine, process, turn):
    events = []
    for name, value in {"GROUP_WORLD_SIZE": 3, "GROUP_RANK": machine, "LOCAL_RANK": process}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(torch.distributed, "barrier", lambda: events.append("wait"))
    monkeypatch.setattr(command, "load_for", lambda profile, download=True: events.append(download) or "images")
    assert command._load(PROFILES["full"], 12) == "images"
    assert events == [*["wait"] * turn, turn < 3, *["wait"] * (4 - turn)]


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
    ],
)
def test_a_failure_is_its_message_alone(calls, capsys, monkeypatch, name, error):
    monkeypatch.setattr(command, name, failing(error))
    assert command.main(["handout", "--device", "cpu"]) == 1
    assert capsys.readouterr().err == f"{error}\n"


def test_an_interruption_says_how_to_go_on(calls, capsys, monkeypatch):
    monkeypatch.setattr(command, "run", failing(KeyboardInterrupt()))
    assert command.main(["handout", "--device", "cpu"]) == 130
    assert "The same command goes on after the last whole epoch." in capsys.readouterr().err
