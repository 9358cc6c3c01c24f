"""Starts a worker where a student's code can reach nothing of ours, and ends it with everything that it has started.

Two tiers. `bwrap` is bubblewrap: namespaces of its own for files, processes, network and System V objects. `uid` is a
spare user with limits, Landlock and a seccomp filter (course/confine.py), for root in a container without namespaces.
Each is offered only if a trial shows that it holds here. `none` confines nothing and is for code that is trusted.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import filelock
import numpy as np
import psutil

from course import interpreter
from nnlib import checks
from nnlib.check import process

TIERS = ("bwrap", "uid", "none")
UIDS = range(62_000, 62_256)  # Debian gives none of them to anybody
KEPT = 4096  # bytes of output kept from its start, and as many from its end
CONFINE = Path(__file__).with_name("confine.py")
WORKER = (process.WORKER, process.WORKER.with_name("frames.py"))  # what else is beside them knows answers
PACKAGES = Path(np.__file__).parents[1]
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


WITH_TORCH = Limits(cpu=60.0, wall=60.0, memory=4 << 30, torch=True)  # its import alone takes seconds


class Sandboxed(subprocess.Popen):
    """A worker under watch; `reason` says why it was ended, `output` holds what its code printed, cut in the middle.

    Args:
        command: starts it.
        limits: beyond which it is ended.
        members: returns its processes.
        spare: the user that is free again when none of them is left.
        options: further ones of Popen.
    """

    def __init__(
        self,
        command: Sequence[str],
        limits: Limits,
        members: Callable[[int], list[psutil.Process]],
        spare: SpareUser | None = None,
        **options: object,
    ):
        self.limits, self.members, self.spare = limits, members, spare
        self.reason, self._spent = "", 0.0
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        super().__init__(command, bufsize=0, close_fds=True, start_new_session=True, **pipes, **options)
        self._done = threading.Event()
        self.renew()
        for job in (self._watch, self._drain):
            threading.Thread(target=job, daemon=True).start()

    @property
    def output(self) -> str:
        """What the code has printed so far."""
        middle = "\n[...]\n" if len(self._tail) == KEPT else ""
        return (self._head + middle.encode() + self._tail).decode("utf-8", "replace")

    def renew(self) -> None:
        """Let the limits on time begin anew, and drop the output so far: the next check is begun."""
        self._since, self._spent = time.monotonic(), self._use()[0]
        self._head, self._tail = b"", b""

    def kill(self) -> None:
        """End all of its processes; none is left when this returns."""
        if self._done.is_set():
            return
        while left := self.members(self.pid):
            for member in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            time.sleep(0.001)
        super().kill()
        self.wait()
        while self.spare and self.spare.processes():  # killed with their namespace, and not yet gone
            time.sleep(0.001)
        self._done.set()
        if self.spare:
            self.spare.release()

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
        late = time.monotonic() - self._since > self.limits.wall
        return f"more than {self.limits.wall:g} s" if late else ""

    def _use(self) -> tuple[float, float]:
        """Return the seconds of CPU time and the bytes of memory that its processes have taken."""
        cpu = memory = 0.0
        for member in self.members(self.pid):
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


def choose(isolation: str = "auto") -> str:
    """Return the tier to use: that named, or with "auto" the strongest that holds here.

    Raises:
        ValueError: an unknown name.
        RuntimeError: the tier does not hold here, or none does.
    """
    checks.choice("isolation", isolation, ("auto", *TIERS))
    if isolation == "none":
        return isolation
    for tier in TIERS[:2] if isolation == "auto" else (isolation,):
        if not trouble(tier):
            return tier
    tried = "; ".join(f"{tier}: {trouble(tier)}" for tier in TIERS[:2] if isolation in ("auto", tier))
    raise RuntimeError(
        f"isolation: expected a sandbox that holds on this machine, got {tried}. Install bubblewrap, or run as root on "
        "Linux; --isolation none runs the code with your own rights."
    )


@functools.cache
def trouble(tier: str) -> str:
    """Return why a tier does not hold here, after trying it with Python and NumPy; "" if it holds."""
    probe = "import numpy\ndef probe(path):\n    return numpy.float64(open(path).read(1) != '')\n"
    with tempfile.TemporaryDirectory(prefix="nnlib-probe-") as folder, tempfile.NamedTemporaryFile() as secret:
        secret.write(b"x")
        secret.flush()
        os.chmod(secret.name, 0o644)
        os.chmod(folder, 0o755)
        module = Path(folder, "nnlib", "probe.py")
        module.parent.mkdir()
        module.write_text(probe)
        try:
            with process.Process(Path(folder), functools.partial(start, tier)) as worker:
                inside = str(module) if tier == "uid" else f"/root/nnlib/{module.name}"
                if worker.call("nnlib.probe:probe", inside) != np.float64(1):
                    return "it does not read its own files"
                try:
                    worker.call("nnlib.probe:probe", secret.name)
                except process.StudentError as error:
                    return "" if error.kind == "exception" else f"{error.kind}: {error}"
                return "it reads files of others"
        except (OSError, process.StudentError) as error:
            return str(error)


def start(tier: str, root: Path, limits: Limits = Limits()) -> subprocess.Popen:
    """Start nnlib/check/worker.py for the files below `root`, confined as the tier says.

    Raises:
        OSError: it cannot be started.
    """
    return {"bwrap": _bwrap, "uid": _uid, "none": _none}[tier](root.resolve(), limits)


def _none(root: Path, limits: Limits) -> Sandboxed:
    at = interpreter.folder()
    command = interpreter.command(root, process.WORKER, at, (str(PACKAGES),) if limits.torch else ())
    return Sandboxed(command, limits, _family, env=interpreter.environment(at))


def _bwrap(root: Path, limits: Limits) -> Sandboxed:
    if not shutil.which("bwrap"):
        raise OSError("bubblewrap is not installed")
    command = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    command += ["--die-with-parent", "--new-session", "--clearenv", "--tmpfs", "/", "--proc", "/proc", "--dev", "/dev"]
    command += ["--perms", "1777", "--size", str(limits.file), "--tmpfs", "/tmp", "--perms", "0755", "--dir", "/worker"]
    binds = {"/usr": "/usr", interpreter.folder(): "/python", root: "/root"}
    binds |= {file: f"/worker/{file.name}" for file in WORKER} | ({PACKAGES: "/packages"} if limits.torch else {})
    links = {os.readlink(link): str(link) for link in map(Path, ("/lib", "/lib64")) if link.is_symlink()}
    folders = {str(folder): str(folder) for folder in map(Path, ("/lib", "/lib64")) if not folder.is_symlink()}
    for option, pairs in (("--ro-bind", binds), ("--symlink", links), ("--ro-bind-try", folders)):
        for source, target in pairs.items():
            command += [option, str(source), target]
    for name, value in interpreter.environment("/python").items():
        command += ["--setenv", name, value]
    spare = SpareUser() if os.geteuid() == 0 else None
    if spare:  # root needs no user namespace, and a limit on processes does not hold for root
        drop = ["setpriv", f"--reuid={spare.uid}", f"--regid={spare.uid}", "--clear-groups", "--no-new-privs"]
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", *drop]
    else:
        command += ["--unshare-user"]
    command += ["prlimit", f"--nproc={limits.processes}", f"--as={limits.memory}", f"--fsize={limits.file}"]
    more = ("/packages",) if limits.torch else ()
    run = interpreter.command("/root", "/worker/worker.py", "/python", more)
    return Sandboxed([*command, f"--cpu={limits.whole_cpu}", "--core=0", *run], limits, _family, spare)


def _uid(root: Path, limits: Limits) -> Sandboxed:
    if os.geteuid() != 0 or sys.platform != "linux":
        raise OSError("only root on Linux can become another user")
    spare, at = SpareUser(), interpreter.folder()
    more = (str(PACKAGES),) if limits.torch else ()
    readable = ":".join(map(str, (root, at, *WORKER, "/usr", "/lib", "/lib64", *more)))
    numbers = (spare.uid, limits.whole_cpu, limits.memory, limits.processes, limits.file)
    scratch = spare.make_scratch() if limits.torch else ""  # PyTorch wants a place for temporary files
    command = [sys.executable, "-I", str(CONFINE), *map(str, numbers), readable, scratch]
    command += interpreter.command(root, process.WORKER, at, more)
    environment = interpreter.environment(at) | ({"TMPDIR": scratch} if scratch else {})
    return Sandboxed(command, limits, spare.processes, spare, env=environment)


class SpareUser:
    """A user id that no other worker on this machine has at the same time."""

    def __init__(self) -> None:
        self._scratch = ""
        for self.uid in UIDS:
            self._lock = filelock.FileLock(Path(tempfile.gettempdir(), f"nnlib-uid-{self.uid}.lock"))
            with contextlib.suppress(filelock.Timeout):
                self._lock.acquire(blocking=False)
                if not self.processes():
                    return
                self._lock.release()
        raise OSError(f"none of the {len(UIDS)} spare users is free")

    def processes(self, _: int = 0) -> list[psutil.Process]:
        """Return the user's processes."""
        found = psutil.process_iter(["uids", "status"])
        return [each for each in found if each.info["uids"] and each.info["uids"].real == self.uid and not _dead(each)]

    def make_scratch(self) -> str:
        """Return a folder that the user may write to until it is released."""
        self._scratch = tempfile.mkdtemp(prefix="nnlib-scratch-")
        os.chown(self._scratch, self.uid, self.uid)
        return self._scratch

    def release(self) -> None:
        """Let others have the id."""
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)
        self._lock.release()


def _dead(found: psutil.Process) -> bool:
    return found.info["status"] == psutil.STATUS_ZOMBIE


def _family(pid: int) -> list[psutil.Process]:
    """Return a process and those that it and they have started."""
    try:
        parent = psutil.Process(pid)
        members = [parent, *parent.children(recursive=True)]
        return [member for member in members if member.status() != psutil.STATUS_ZOMBIE]
    except psutil.NoSuchProcess:
        return []
