"""The runner's profiles: which one a command means, the variables that notebooks get, the checkpoints that are kept."""

import os

import pytest
from runner_workplace import Workplace, texts, without_kernels

from nnlib import vgg
from nnlib.homework.results import Results
from nnlib.search import trial_log
from nnlib.vgg import checkpoint
from tools import run_notebooks

TRAIN = """\
import os
from pathlib import Path

folder = Path(os.environ["NNLIB_CHECKPOINTS"]) / os.environ["NNLIB_PROFILE"]
print("found", sorted(path.name for path in folder.glob("*")))
folder.mkdir(parents=True, exist_ok=True)
(folder / "training.pt").touch()"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workplace of a user who has set neither variable; its notebooks run in this process."""
    without_kernels(monkeypatch)
    monkeypatch.delenv("NNLIB_PROFILE", raising=False)
    monkeypatch.delenv("NNLIB_CHECKPOINTS", raising=False)
    return Workplace(tmp_path)


def test_the_names_are_those_of_the_package():
    assert tuple(vgg.PROFILES) == run_notebooks.PROFILES
    assert run_notebooks.CHECKPOINTS_VARIABLE == checkpoint.FOLDER_VARIABLE
    assert run_notebooks.TRIAL_LOGS_VARIABLE == trial_log.FOLDER_VARIABLE


@pytest.mark.parametrize(
    ("variable", "arguments", "expected"),
    [
        (None, [], "quick"),
        ("", [], "quick"),
        ("full", [], "full"),
        (None, ["--profile", "full"], "full"),
        ("lesson", [], "lesson"),
        ("full", ["--profile", "quick"], "quick"),
        ("fulll", ["--profile", "full"], "full"),
    ],
)
def test_the_profile_of_a_command(place, monkeypatch, variable, arguments, expected):
    asked = []

    def run(notebooks, build, *, in_place, profile, jobs):
        asked.append((profile, jobs))
        return Results([])

    monkeypatch.setattr(run_notebooks, "run", run)
    if variable is not None:
        monkeypatch.setenv("NNLIB_PROFILE", variable)
    place.add("q6_vgg")
    assert place.run(*arguments) == 0
    assert asked == [(expected, min(2, os.cpu_count()) if expected == "quick" else 1)]


def test_a_wrong_profile_in_the_environment_removes_nothing(place, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_PROFILE", "fulll")
    place.add("q6_vgg")
    place.build.mkdir()
    (place.build / "results.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        place.run()
    assert stopped.value.code == 2
    assert "NNLIB_PROFILE=fulll: expected one of quick, lesson, full." in capsys.readouterr().err
    assert (place.build / "results.json").exists()


def test_a_quick_run_starts_without_checkpoints_and_a_full_one_goes_on(place):
    place.add("q6_vgg", TRAIN)
    found = []
    for profile in ("full", "quick", "lesson", "quick", "full", "lesson"):
        assert place.run("--profile", profile) == 0
        found += texts(place.copy("q6_vgg"))
    assert found == ["found []\n"] * 4 + ["found ['training.pt']\n"] * 2
    assert (place.build / "checkpoints" / "full" / "training.pt").exists()


def test_an_extra_notebook_runs_only_where_it_is_named(place):
    place.add("q6_vgg", "1")
    extra = place.notebooks / "extra" / "q6_extra.ipynb"
    extra.parent.mkdir()
    (place.notebooks / "q6_vgg.ipynb").rename(extra)
    place.add("q6_vgg", "1")
    for names, stems in (([], ["q6_vgg"]), (["q6"], ["q6_vgg"]), (["q6_extra"], ["q6_extra"])):
        assert [path.stem for path in run_notebooks.select(names, place.notebooks)] == stems
    assert place.run("q6_extra") == 0
    assert place.copy("q6_extra")


def test_a_failed_full_run_leaves_its_checkpoints(place):
    place.add("q6_vgg", TRAIN, "1 / 0")
    for expected in ("found []\n", "found ['training.pt']\n"):
        assert place.run("--profile", "full") == 1
        assert texts(place.copy("q6_vgg"))[0] == expected


def test_nothing_is_removed_from_a_users_folder_for_checkpoints(place, monkeypatch, tmp_path):
    """A relative folder starts where the user is; the notebook runs in another."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLIB_CHECKPOINTS", "mine")
    place.add("q6_vgg", TRAIN)
    for expected in ("found []\n", "found ['training.pt']\n"):
        assert place.run() == 0
        assert texts(place.copy("q6_vgg")) == [expected]
    assert (tmp_path / "mine" / "quick" / "training.pt").exists()
    assert not (place.build / "checkpoints").exists()
