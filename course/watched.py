"""A worker under watch: it is ended beyond its limits, with everything that it has started."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from course.users import SpareUser

KEPT = 4096  # bytes of output kept from its start, and as many from its end
CHECKS = 8  # that one worker serves, at most
POLL = 0.05  # seconds between two looks at a worker's processes


@dataclass(frozen=True)
class Limits:
    """What a worker may use, for all of its processes together unless it says otherwise."""

    cpu: float = 5.0  # seconds for one check
    wall: float = 10.0  # seconds for one check
    memory: int = 2 << 30  # bytes; also the address space of each process
    processes: int = 64
    file: int = 10 << 20  # bytes, of each file
    torch: bool = False  # whether it may import PyTorch, and whatever else is installed beside it

    @property
    def whole_cpu(self) -> int:
        """The limit on each process's CPU time for all checks, in whole seconds, which the watch does not reach."""
        return math.ceil(CHECKS * self.cpu) + 1


USUAL = Limits()
WITH_TORCH = Limits(cpu=60.0, wall=60.0, memory=4 << 30, torch=True)  # its import alone takes seconds


def stretch() -> float:
    """Return by how much longer everything takes on a machine with more to do than it has cores: from 1 to 6."""
    return min(6.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


class Sandboxed(subprocess.Popen):
    """A worker under watch; `reason` says why it was ended, `output` holds what its code printed, cut in the middle.

    All processes of the spare user are its own; the user is free again when none of them is left.
    """

    def __init__(self, command: Sequence[str], limits: Limits, spare: SpareUser | None = None, **options: object):
        self.limits, self.spare, self.reason = limits, spare, ""
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        super().__init__(command, bufsize=0, close_fds=True, start_new_session=True, **pipes, **options)
        self._done, self._ending = threading.Event(), threading.Lock()
        self.renew()
        self._drainer = threading.Thread(target=self._drain, daemon=True)
        for thread in (threading.Thread(target=self._watch, daemon=True), self._drainer):
            thread.start()

    @property
    def output(self) -> str:
        """What the code has printed so far."""
        middle = "\n[...]\n" if len(self._tail) == KEPT else ""
        return (self._head + middle.encode() + self._tail).decode("utf-8", "replace")

    def renew(self) -> None:
        """Start the time limits again, and drop the output so far: the next check begins."""
        self._since, self._spent = time.monotonic(), self._use()[0]
        self._head, self._tail = b"", b""

    def kill(self) -> None:
        """End all of its processes; none is left when this returns, and what they printed is in `output`."""
        with self._ending:  # else the second thread ends the next worker of a user that the first has released
            if self._done.is_set():
                return
            for member in () if self.spare else self._members():
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            super().kill()
            self.wait()
            if self.spare:
                self.spare.kill()  # a chain of processes that each start the next and end can be seen as none
            while self.spare and self.spare.processes():
                self.spare.kill()
            self._done.set()
            if self.spare:
                self.spare.release()
            self._drainer.join()

    def _watch(self) -> None:
        while not self._done.wait(POLL) and not self.reason:
            self.reason = self._beyond()
        if self.reason:
            self.kill()

    def _beyond(self) -> str:
        cpu, memory = self._use()
        if memory > self.limits.memory:
            return f"more than {self.limits.memory >> 20} MB of memory"
        if cpu - self._spent > self.limits.cpu:
            return f"more than {self.limits.cpu:g} s of CPU time"
        late = time.monotonic() - self._since > stretch() * self.limits.wall
        return f"more than {self.limits.wall:g} s" if late else ""

    def _use(self) -> tuple[float, float]:
        """Return the seconds of CPU time and the bytes of memory that its processes have taken."""
        cpu = memory = 0.0
        for member in self._members():
            with contextlib.suppress(psutil.NoSuchProcess):
                cpu += sum(member.cpu_times()[:2])
                memory += member.memory_info().rss
        return cpu, memory

    def _drain(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # closed
            while part := os.read(self.stderr.fileno(), 1 << 16):
                room = KEPT - len(self._head)
                self._head += part[:room]
                self._tail = (self._tail + part[room:])[-KEPT:] if len(part) > room else self._tail

    def _members(self) -> list[psutil.Process]:
        """Return its user's processes; without one, the process and those that it and they have started."""
        if self.spare:
            return self.spare.processes()
        try:
            parent = psutil.Process(self.pid)
            members = [parent, *parent.children(recursive=True)]
            return [member for member in members if member.status() != psutil.STATUS_ZOMBIE]
        except psutil.NoSuchProcess:
            return []
