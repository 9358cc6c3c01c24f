"""The checkpoint's file: written whole or not at all, and no damaged one is loaded."""

import errno
import os
import subprocess
import sys

import filelock
import numpy as np
import pytest
import torch

from nnlib import storage
from nnlib.data import DataError
from nnlib.vgg import checkpoint

IDENTITY = {"recipe": {"epochs": 1}, "data": "sha256:0"}
ELSEWHERE = "another folder (--folder, NNLIB_CHECKPOINTS)."


def state_of(**changed):
    state = {"training": IDENTITY, "net": {"w": torch.arange(3.0)}, "optimizer": {}, "scheduler": {}}
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


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_crash_while_writing_leaves_the_previous_checkpoint(monkeypatch, tmp_path, error):
    path = tmp_path / "one.pt"
    checkpoint.save(path, state_of())
    before = path.read_bytes()

    def fail(descriptor):
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DataError if isinstance(error, OSError) else KeyboardInterrupt) as caught:
        checkpoint.save(path, state_of(machine="another"))
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
    if isinstance(error, OSError):
        expected = f"{path}: expected a disk with room for the checkpoint, got {error}. Make room, or use {ELSEWHERE}"
        assert str(caught.value) == expected


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="Make room, or use another folder"):
        checkpoint.save(tmp_path / "file" / "one.pt", state_of())
    with pytest.raises(DataError, match="expected a folder in which files can be made and locked"):
        checkpoint.checkpoint_lock(tmp_path / "file" / "one.pt").__enter__()


HOLDER = """
import sys

from nnlib.storage import file_lock

with file_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_no_other_process_gets_the_lock_while_one_holds_it(tmp_path):
    path = tmp_path / "new" / "one.pt"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=storage.REPOSITORY,
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError) as caught, checkpoint.checkpoint_lock(path):
            pass
        message = str(caught.value)
        assert message.startswith(f"{path}: expected no other training that writes this checkpoint, got one at work.")
        assert message.endswith(f"Or use {ELSEWHERE}")
        with checkpoint.checkpoint_lock(path.with_name("two.pt")):
            pass
        other.kill()  # however a holder dies, its lock is free
    with checkpoint.checkpoint_lock(path):
        pass
    with pytest.raises(KeyboardInterrupt), checkpoint.checkpoint_lock(path):
        raise KeyboardInterrupt
    with checkpoint.checkpoint_lock(path):
        pass
    (lock,) = path.parent.glob("one*")
    assert (lock.name, lock.stat().st_mode & 0o777) == ("one.pt.lock", 0o666)


def test_an_error_under_the_lock_is_left_as_it_is(tmp_path):
    with pytest.raises(OSError, match="some other file"), checkpoint.checkpoint_lock(tmp_path / "one.pt"):
        raise OSError("some other file")


@pytest.mark.parametrize("error", [OSError(errno.ENOLCK, "No locks available"), NotImplementedError("no flock here")])
def test_a_folder_that_cannot_be_locked(monkeypatch, tmp_path, error):
    def fail(lock):
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", fail)
    with pytest.raises(DataError) as caught, checkpoint.checkpoint_lock(tmp_path / "one.pt"):
        pass
    expected = f"{tmp_path / 'one.pt'}: expected a folder in which files can be made and locked, got {error}."
    assert str(caught.value) == f"{expected} Use {ELSEWHERE}"


def refused(path, *parts):
    with pytest.raises(DataError) as caught:
        checkpoint.load(path, IDENTITY)
    text = str(caught.value)
    assert text.startswith(f"{path}: expected ")
    assert text.endswith("Delete the file to train from scratch.")
    for part in parts:
        assert part in text


@pytest.mark.parametrize(
    "damage",
    [lambda whole: b"", lambda whole: whole[:-1], lambda whole: whole + b"\0", lambda whole: b"hello"],
    ids=["empty", "truncated", "longer", "text"],
)
def test_a_damaged_file(tmp_path, damage):
    path = tmp_path / "one.pt"
    checkpoint.save(path, state_of())
    path.write_bytes(damage(path.read_bytes()))
    refused(path, "expected a whole checkpoint of this training, got a content that does not match its checksum.")


def test_damage_anywhere_is_refused_before_pytorch_reads_it(monkeypatch, tmp_path):
    path, rng = tmp_path / "one.pt", np.random.default_rng(0)
    checkpoint.save(path, state_of())
    whole = path.read_bytes()
    monkeypatch.setattr(torch, "load", lambda *args, **options: pytest.fail("PyTorch read a damaged file"))
    lengths, bits = rng.integers(0, len(whole), 50), rng.integers(0, 8 * len(whole), 200)
    header = range(0, 8 * whole.index(b"\n") + 8, 3)
    damaged = [whole[:length] for length in lengths]
    for bit in (*header, *bits):
        damaged.append(bytearray(whole))
        damaged[-1][bit // 8] ^= 1 << bit % 8
    for start in lengths[whole.index(b"\n") < lengths]:
        damaged.append(bytearray(whole))
        damaged[-1][start - 16 : start] = bytes(16)  # a block that never reached the disk
    for content in damaged:
        if content != whole:
            path.write_bytes(content)
            refused(path, "does not match its checksum")
    assert len(damaged) > 500


def test_another_content(tmp_path):
    path = tmp_path / "one.pt"
    others = [state_of(training={"recipe": {"epochs": 2}, "data": "sha256:0"}), state_of(more=1), {1: 2}, [1, 2]]
    for state in others:
        checkpoint.save(path, state)
        refused(path, "expected a whole checkpoint of this training, got another content")
    path.unlink()
    path.mkdir()
    refused(path, "got IsADirectoryError")


class Evil:
    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_code_in_a_file_is_not_run(tmp_path):
    path, made = tmp_path / "one.pt", tmp_path / "made"
    checkpoint.save(path, state_of(machine=Evil(made)))
    refused(path, "expected a whole checkpoint of this training, got UnpicklingError: ")
    assert not made.exists()
    with open(path, "rb") as file:
        file.readline()
        content = tmp_path / "content"
        content.write_bytes(file.read())
    torch.load(content, weights_only=False)
    assert made.exists()  # so the file was a dangerous one


def test_the_default_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_CHECKPOINTS", str(tmp_path))
    assert checkpoint.default_folder() == tmp_path
    monkeypatch.setenv("NNLIB_CHECKPOINTS", "")
    monkeypatch.setattr(storage, "in_repository", lambda: False)
    monkeypatch.chdir(tmp_path)
    assert checkpoint.default_folder() == tmp_path / "build" / "checkpoints"
    monkeypatch.setattr(storage, "in_repository", lambda: True)
    assert checkpoint.default_folder() == storage.REPOSITORY / "build" / "checkpoints"
