"""What a sandbox is asked for, on machines without one too."""

import os

import pytest

from course import sandbox, watched

ALONE = ("pid", "net", "ipc", "uts", "cgroup-try")  # what a worker has to itself


def test_bubblewrap_is_asked_for_every_namespace_and_a_small_folder_for_files(tmp_path, monkeypatch):
    def started(command, limits, members, spare=None, **options):
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
