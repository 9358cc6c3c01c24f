"""What a sandbox is asked for, on machines without one too."""

import os
import re
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from course import confine, interpreter, sandbox, users, watched
from nnlib.check.process import StudentError

ALONE = ("pid", "net", "ipc", "uts", "cgroup-try")  # what a worker has to itself


def test_bubblewrap_is_asked_for_every_namespace_and_a_small_folder_for_files(tmp_path, monkeypatch):
    def started(command, limits, spare=None, **options):
        if spare:
            spare.release()
        return command

    monkeypatch.setattr(sandbox, "Sandboxed", started)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: name)
    command = sandbox.start("bwrap", tmp_path)
    asked = {*(f"--unshare-{each}" for each in ALONE), "--seccomp", "--die-with-parent", "--new-session", "--clearenv"}
    assert asked <= set(command)
    assert {"--unshare-user", "--clear-groups"} & set(command)  # as a plain user, or as one that root has become
    at = command.index("/tmp")
    assert command[at - 3 : at] == ["--size", str(watched.USUAL.file), "--tmpfs"]
    assert command[command.index("/root") - 2] == "--ro-bind"
    limits = {"nproc": 64, "as": 2 << 30, "fsize": 10 << 20, "nofile": confine.FILES, "cpu": 41, "core": 0}
    assert {f"--{name}={value}" for name, value in limits.items()} <= set(command)
    assert str(sandbox.PACKAGES) not in command
    assert str(sandbox.PACKAGES) in sandbox.start("bwrap", tmp_path, watched.WITH_TORCH)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([1, StudentError("exception", "PermissionError")], ""),
        ([1, StudentError("killed", "it ended")], "killed: it ended"),
        ([1, 1], "it reads files of others"),
        ([0], "it does not read its own files"),
        ([OSError("bubblewrap is not installed")], "bubblewrap is not installed"),
        ([StudentError("killed", "it ended")], "it ended"),
    ],
)
def test_a_tier_holds_if_a_trial_reads_its_own_files_and_no_others(answers, says, monkeypatch):
    class Process:
        def __init__(self, root, start):
            self.answers = iter(answers)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def call(self, name, path):
            answer = next(self.answers)
            if isinstance(answer, Exception):
                raise answer
            return np.float64(answer)

    monkeypatch.setattr(sandbox.process, "Process", Process)
    assert sandbox.trouble.__wrapped__("bwrap") == says


@pytest.mark.parametrize(
    ("asked", "bad", "found"),
    [
        ("auto", "", "bwrap"),
        ("auto", "bwrap", "uid"),
        ("uid", "bwrap", "uid"),
        ("none", "bwrap uid", "none"),
        ("auto", "bwrap uid", "got bwrap: no bwrap; uid: no uid. "),
        ("uid", "uid", "got uid: no uid. "),
    ],
)
def test_the_stronger_tier_that_holds_is_taken_and_never_none_unasked(asked, bad, found, monkeypatch):
    monkeypatch.setattr(sandbox, "trouble", lambda tier: f"no {tier}" if tier in bad.split() else "")
    if found in sandbox.TIERS:
        assert sandbox.choose(asked) == found
    else:
        with pytest.raises(RuntimeError, match=re.escape(found)):
            sandbox.choose(asked)


def test_why_a_trial_fails_is_said_in_its_own_words(monkeypatch):
    command = ["sh", "-c", "echo bwrap: No permissions >&2; exit 1"]
    monkeypatch.setattr(sandbox, "_bwrap", lambda root, limits: watched.Sandboxed(command, limits))
    assert re.fullmatch(r"the process ended with code 1 .* bwrap: No permissions", sandbox.trouble.__wrapped__("bwrap"))


@pytest.mark.parametrize(("load", "longer"), [(0, 1), (2, 1), (6, 3), (12, 6), (900, 6)])
def test_a_busy_machine_is_given_up_to_six_times_as_long(load, longer, monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0, 0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert watched.stretch() == longer


@pytest.mark.parametrize(
    ("seconds", "cpu", "memory", "reason"),
    [
        (10, 8.9, 100, ""),
        (0, 9.1, 1, "more than 5 s of CPU time"),
        (10.1, 4, 1, "more than 10 s"),
        (0, 4, 101, "more than 100 MB of memory"),
    ],
)
def test_each_check_has_limits_of_its_own(seconds, cpu, memory, reason, monkeypatch):
    now, used = [70.0], [1.0, 0]
    monkeypatch.setattr(watched, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(watched, "stretch", lambda: 1)
    worker = object.__new__(watched.Sandboxed)  # none is started
    worker.limits, worker._use = watched.Limits(cpu=5, wall=10, memory=100 << 20), lambda: used
    worker.renew()
    now[0], used[0] = 100.0, 4.0  # what earlier checks took
    worker.renew()
    now[0], used[:] = now[0] + seconds, (cpu, memory << 20)
    assert worker._beyond() == reason
    monkeypatch.setattr(watched, "stretch", lambda: 2)  # a busy machine gives longer, but no more of its processors
    assert worker._beyond() == ("" if reason == "more than 10 s" else reason)


def test_a_spare_user_is_one_workers_at_a_time(monkeypatch):
    own = 100_000 + os.getpid()  # no other test's
    monkeypatch.setattr(users, "UIDS", range(own, own + 1))
    spare, owners = users.SpareUser(), []
    with pytest.raises(OSError, match="none of the 1 spare users is free"):
        users.SpareUser()
    monkeypatch.setattr(users.os, "chown", lambda *given: owners.append(given))
    scratch = Path(spare.make_scratch())
    assert (owners, scratch.stat().st_mode & 0o777) == ([(str(scratch), own, own)], 0o700)
    spare.release()
    assert not scratch.exists()
    users.SpareUser().release()


def test_a_user_with_processes_is_no_spare_one_and_a_zombie_is_no_process(monkeypatch):
    own = 200_000 + os.getpid()  # no other test's

    def process(uid, status):
        return SimpleNamespace(info={"uids": uid and SimpleNamespace(real=uid)}, status=lambda: status)

    running, zombie = process(own, "running"), process(own + 1, psutil.STATUS_ZOMBIE)
    monkeypatch.setattr(users.psutil, "process_iter", lambda names: [process(None, "running"), running, zombie])
    monkeypatch.setattr(users, "UIDS", range(own, own + 3))
    spare = users.SpareUser()
    assert (spare.uid, spare.processes()) == (own + 1, [])
    assert users.strays() == [own]
    spare.release()


@pytest.mark.parametrize("length", [9, 5000])
def test_what_a_worker_prints_is_cut_in_its_middle(length):
    worker = object.__new__(watched.Sandboxed)  # none is started
    worker._use = lambda: [0.0]
    worker.renew()
    reading, writing = os.pipe()
    os.write(writing, b"a" * length + b"b" * length)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as worker.stderr:
        worker._drain()
    kept, cut = min(length, watched.KEPT), "\n[...]\n" * (length > watched.KEPT)
    assert worker.output == "a" * kept + cut + "b" * kept


def test_what_all_its_processes_take_counts():
    def process(seconds, size):
        return SimpleNamespace(cpu_times=lambda: (seconds, 1.0, 99.0), memory_info=lambda: SimpleNamespace(rss=size))

    worker = object.__new__(watched.Sandboxed)  # none is started
    worker._members = lambda: [process(2.0, 100), process(3.0, 50)]
    assert worker._use() == (7.0, 150)


@pytest.mark.parametrize(
    ("mode", "becomes"), [(0o640, 0o644), (0o604, 0o644), (0o744, 0o755), (0o750, 0o755), (0o444, 0o444)]
)
def test_any_user_may_read_a_copy_of_python(mode, becomes, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "file").chmod(mode)
    interpreter._link(tmp_path / "file", tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == becomes
    assert (tmp_path / "file").stat().st_mode & 0o777 == mode


class Spare:
    """A spare user without processes, whom the test may not be asked about once others may have it."""

    free = asked_late = killed = False

    def processes(self):
        self.asked_late |= self.free
        time.sleep(0.02)
        return []

    def kill(self):
        self.killed = True

    def release(self):
        self.free = True


def test_a_worker_that_two_end_at_once_is_ended_by_the_first(monkeypatch):
    """The second would end the next worker of the same user, and give another student's row 0."""
    monkeypatch.setattr(watched, "POLL", 60)
    worker = watched.Sandboxed(["sleep", "60"], watched.USUAL, Spare())
    ends = [threading.Thread(target=worker.kill) for _ in range(2)]
    for each in ends:
        each.start()
        time.sleep(0.03)
    for each in ends:
        each.join()
    worker.communicate()
    assert worker.spare.free
    assert worker.spare.killed  # a chain of processes can be seen as none
    assert not worker.spare.asked_late
