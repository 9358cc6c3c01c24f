"""The checkpoint's file: written whole or not at all, and no bad one is taken for a good one."""

import errno
import os
import subprocess
import sys

import pytest
import torch

from nnlib.data import DataError, files
from nnlib.vgg import checkpoint

IDENTITY = {"recipe": {"epochs": 1}, "data": "sha256:0"}


def state_of(**changed):
    state = {"training": IDENTITY, "net": {"w": torch.arange(3.0)}, "optimizer": {}, "scheduler": None}
    return state | {"history": {"seconds": [1.5]}, "machine": "a machine"} | changed


def test_saved_and_loaded(tmp_path):
    path = tmp_path / "new" / "folder" / "one.pt"
    assert checkpoint.load(path, IDENTITY) is None
    checkpoint.save(path, state_of())
    state = checkpoint.load(path, IDENTITY)
    assert torch.equal(state.pop("net")["w"], torch.arange(3.0))
    expected = state_of()
    del expected["net"]
    assert state == expected
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_a_crash_while_writing_leaves_the_checkpoint_before_it(monkeypatch, tmp_path, error):
    path = tmp_path / "one.pt"
    checkpoint.save(path, state_of())
    before = path.read_bytes()

    def half(state, file):
        file.write(before[: len(before) // 2])
        raise error

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(type(error)):
        checkpoint.save(path, state_of(machine="another"))
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


HOLDER = """
import sys
from pathlib import Path

from nnlib.vgg import checkpoint

with checkpoint.checkpoint_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_holds_it_and_no_other_process_does(tmp_path):
    path = tmp_path / "new" / "one.pt"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError) as caught, checkpoint.checkpoint_lock(path):
            pass
        message = str(caught.value)
        assert message.startswith(f"{path}: expected no other training that writes this checkpoint, got one at work.")
        assert message.endswith("Or use another folder (--folder, NNLIB_CHECKPOINTS).")
        with checkpoint.checkpoint_lock(path.with_name("two.pt")):
            pass
        other.kill()  # a holder that dies in any way lets go
    with checkpoint.checkpoint_lock(path):
        pass
    with pytest.raises(KeyboardInterrupt), checkpoint.checkpoint_lock(path):
        raise KeyboardInterrupt
    with checkpoint.checkpoint_lock(path):
        pass
    (lock,) = path.parent.glob("one*")
    assert (lock.name, lock.stat().st_mode & 0o777) == ("one.pt.lock", 0o666)


@pytest.mark.parametrize("error", [OSError(errno.ENOLCK, "No locks available"), NotImplementedError("no flock here")])
def test_a_folder_that_cannot_be_locked(monkeypatch, tmp_path, error):
    def fail(lock):
        raise error

    monkeypatch.setattr(checkpoint.FileLock, "acquire", fail)
    with pytest.raises(DataError) as caught, checkpoint.checkpoint_lock(tmp_path / "one.pt"):
        pass
    expected = f"{tmp_path / 'one.pt'}: expected a folder in which files can be made and locked, got {error}. Use"
    assert str(caught.value) == f"{expected} another folder (--folder, NNLIB_CHECKPOINTS)."


def refused(path, *parts):
    with pytest.raises(DataError) as caught:
        checkpoint.load(path, IDENTITY)
    text = str(caught.value)
    assert text.startswith(f"{path}: expected ")
    assert text.endswith("Delete the file to train anew.")
    for part in parts:
        assert part in text


@pytest.mark.parametrize(
    "damage",
    [lambda whole: b"", lambda whole: whole[: len(whole) // 2], lambda whole: b"hello", lambda whole: b"\x80\x02"],
    ids=["empty", "half", "text", "pickle"],
)
def test_a_damaged_file(tmp_path, damage):
    path = tmp_path / "one.pt"
    checkpoint.save(path, state_of())
    path.write_bytes(damage(path.read_bytes()))
    refused(path, "expected a whole checkpoint")


def test_another_content(tmp_path):
    path = tmp_path / "one.pt"
    checkpoint.save(path, state_of(training={"recipe": {"epochs": 2}, "data": "sha256:0"}))
    refused(path, "a checkpoint of this training", "one of another")
    checkpoint.save(path, state_of(more=1))
    refused(path, "a checkpoint with ['history', 'machine', 'net',", "'more'")
    checkpoint.save(path, [1, 2])
    refused(path, "got list")
    path.unlink()
    path.mkdir()
    refused(path, "expected a whole checkpoint")


class Evil:
    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_what_a_file_would_run_is_not_run(tmp_path):
    path, made = tmp_path / "one.pt", tmp_path / "made"
    checkpoint.save(path, state_of(machine=Evil(made)))
    refused(path, "expected a whole checkpoint")
    assert not made.exists()
    torch.load(path, weights_only=False)
    assert made.exists()  # so the file was a dangerous one


def test_the_default_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_CHECKPOINTS", str(tmp_path))
    assert checkpoint.default_folder() == tmp_path
    monkeypatch.setenv("NNLIB_CHECKPOINTS", "")
    monkeypatch.setattr(files, "in_repository", lambda: False)
    monkeypatch.chdir(tmp_path)
    assert checkpoint.default_folder() == tmp_path / "build" / "checkpoints"
    monkeypatch.setattr(files, "in_repository", lambda: True)
    root = files.REPOSITORY_DATASETS.parent
    assert checkpoint.default_folder() == root / "build" / "checkpoints"
