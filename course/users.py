"""User ids that no account has, each for one worker at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from nnlib.storage import file_lock

UIDS = range(62_000, 62_256)  # Debian assigns none of them
KILLER = 1000  # added to a user's id: who ends its processes and cannot be ended by them
KILL = "import os, sys; own, by = map(int, sys.argv[1:]); os.setresuid(by, own, by); os.kill(-1, 9)"


class SpareUser:
    """A user id that no other worker on this machine has at the same time."""

    def __init__(self) -> None:
        self._held = contextlib.ExitStack()
        for self.uid in UIDS:
            with contextlib.suppress(TimeoutError):
                self._held.enter_context(_lock(self.uid))
                if not self.processes():
                    return
                self._held.close()
        raise OSError(f"none of the {len(UIDS)} spare users is free")

    def processes(self) -> list[psutil.Process]:
        """Return the user's processes."""
        return _processes(self.uid)

    def kill(self) -> None:
        """Kill the user's processes in one call: one by one, some could fork and end ahead of it, unseen."""
        command = [sys.executable, "-I", "-S", "-c", KILL, str(self.uid), str(self.uid + KILLER)]
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)  # it fails where there are none

    def make_scratch(self) -> str:
        """Return a folder that the user may write to until it is released."""
        folder = tempfile.mkdtemp(prefix="nnlib-scratch-")
        self._held.callback(shutil.rmtree, folder, ignore_errors=True)
        os.chown(folder, self.uid, self.uid)
        return folder

    def release(self) -> None:
        """Release the id for others, and remove its folder."""
        self._held.close()


def strays() -> list[int]:
    """Return the users whose processes no worker answers for: nobody has the id, and something runs under it."""
    found = {each.info["uids"].real for each in psutil.process_iter(["uids"]) if each.info["uids"]}
    left = []
    for uid in found.intersection(UIDS):
        with contextlib.suppress(TimeoutError), _lock(uid):
            left += [uid] if _processes(uid) else []
    return left


def _lock(uid: int) -> contextlib.AbstractContextManager:
    """Take a user's lock; a TimeoutError if a worker has it."""
    return file_lock(Path(tempfile.gettempdir(), f"nnlib-uid-{uid}"), wait=False)


def _processes(uid: int) -> list[psutil.Process]:
    found = []
    for each in psutil.process_iter(["uids"]):  # of few the status is read as well: each worker asks all the time
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.info["uids"] and each.info["uids"].real == uid and each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
    return found
