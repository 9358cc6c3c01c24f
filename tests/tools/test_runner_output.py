"""The runner's build folder: one run at a time, and an error of writing is one sentence."""

import asyncio
import errno
from pathlib import Path

import pytest
from runner_workplace import Workplace, execute_here, without_kernels

from nnlib import storage
from tools import run_notebooks

FULL = Path("/dev/full")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workplace with one notebook, executed in this process, that leaves a file when it runs."""
    monkeypatch.setattr(run_notebooks.kernels, "execute", execute_here)
    made = Workplace(tmp_path)
    made.add("q1_first", "open('ran', 'w').close()")
    return made


def refused(place, capsys, reason):
    """Check that the run ends with one sentence that names the folder, the reason and --build."""
    assert place.run() == 1
    sentence = f"{place.build} cannot be written: {reason}. Name another folder with --build DIR."
    assert capsys.readouterr().err.strip().splitlines()[-1] == sentence


def test_a_folder_that_cannot_be_made_is_refused_before_a_notebook_runs(place, capsys):
    place.build = place.notebooks / "q1_first.ipynb" / "build"
    refused(place, capsys, "Not a directory")
    assert not (place.notebooks / "ran").exists()


@pytest.mark.parametrize("name", ["html", "notebooks"])
def test_a_file_in_the_way_is_refused_before_a_notebook_runs(place, capsys, name):
    place.build.mkdir()
    (place.build / name).touch()
    assert place.run() == 1
    assert f"{place.build} cannot be written: " in capsys.readouterr().err
    assert not (place.notebooks / "ran").exists()


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_is_refused_before_a_notebook_runs(place, capsys, monkeypatch):
    monkeypatch.setattr(run_notebooks.tempfile, "TemporaryFile", lambda dir: FULL.open("wb"))
    refused(place, capsys, "No space left on device")
    assert not (place.notebooks / "ran").exists()


@pytest.mark.parametrize("file", ["q1_first.ipynb", "results.json"])
def test_a_disk_that_fills_up_ends_the_run_in_one_sentence(place, capsys, monkeypatch, file):
    atomic_write = storage.atomic_write

    def write(path):
        if path.name == file:
            raise OSError(errno.ENOSPC, "No space left on device")
        return atomic_write(path)

    monkeypatch.setattr(storage, "atomic_write", write)
    refused(place, capsys, "No space left on device")


def test_a_disk_too_full_for_the_pages_loses_no_result(place, capsys, monkeypatch):
    atomic_write = storage.atomic_write

    def write(path):
        if path.name == "results.txt":
            raise OSError(errno.ENOSPC, "No space left on device")
        return atomic_write(path)

    monkeypatch.setattr(storage, "atomic_write", write)
    assert place.run() == 1
    printed = capsys.readouterr()
    assert f"Results: {place.build / 'results.json'}" in printed.out
    assert "The pages were not built: [Errno 28] No space left on device\n" in printed.err
    assert place.written() == ["notebooks/q1_first.ipynb", "results.json"]


def test_a_notebook_that_cannot_be_written_back_is_named(place, capsys, monkeypatch):
    atomic_write = storage.atomic_write

    def write(path):
        if path.parent == place.notebooks:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return atomic_write(path)

    monkeypatch.setattr(storage, "atomic_write", write)
    assert place.run("--in-place") == 1
    written = f"{place.notebooks / 'q1_first.ipynb'} cannot be written: Permission denied. The executed notebook is in "
    assert f"{written}{place.build / 'notebooks'}." in capsys.readouterr().err


def test_a_kernel_that_cannot_start_is_not_taken_for_a_full_disk(place, capsys, monkeypatch):
    async def execute(*arguments, **options):
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(run_notebooks.kernels, "execute", execute)
    assert place.run() == 1
    message = capsys.readouterr().err
    assert "q1_first.ipynb: its kernel failed: [Errno 11] Resource temporarily unavailable" in message
    assert "--build" not in message


def test_a_second_run_in_the_same_folder_is_refused_and_removes_nothing(place, capsys, monkeypatch):
    """The second run starts while the first executes its notebook, whose trial log stays."""
    without_kernels(monkeypatch)
    log = place.build / "notebooks" / "trial_logs" / "sweep.jsonl"
    second = []

    async def execute(notebook, folder, *, variables, executed):
        log.write_text("a row", encoding="utf-8")
        second.append((await asyncio.to_thread(place.run), capsys.readouterr().err))

    monkeypatch.setattr(run_notebooks.kernels, "execute", execute)
    assert place.run() == 0
    assert second == [
        (
            1,
            f"q1_first: 1 cells ...\n\nAnother run is at work in {place.build}. "
            "Wait for it or name another folder with --build DIR.\n",
        )
    ]
    assert log.read_text(encoding="utf-8") == "a row"
    monkeypatch.setattr(run_notebooks.kernels, "execute", execute_here)
    assert place.run() == 0
