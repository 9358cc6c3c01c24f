"""What a sandbox is asked for, on machines without one too."""

import os
import threading
import time
from types import SimpleNamespace

import pytest

from course import sandbox, users, watched

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


def test_a_spare_user_is_one_workers_at_a_time(monkeypatch):
    own = 100_000 + os.getpid()  # no other test's
    monkeypatch.setattr(users, "UIDS", range(own, own + 1))
    spare = users.SpareUser()
    with pytest.raises(OSError, match="none of the 1 spare users is free"):
        users.SpareUser()
    spare.release()
    users.SpareUser().release()


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
