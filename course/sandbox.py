"""Starts a worker where a student's code can reach nothing of ours, and ends it with everything that it has started.

Two tiers. `bwrap` is bubblewrap: namespaces of its own for files, processes, network and System V objects. `uid` is a
spare user with limits and Landlock (course/confine.py), for root in a container without namespaces. Both have a seccomp
filter against what no limit counts, such as memory in files without a name, and against namespaces within.
Each is offered only if a trial shows that it holds here. `none` confines nothing and is for code that is trusted.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from course import confine, interpreter
from course.users import SpareUser
from course.watched import USUAL, Limits, Sandboxed
from nnlib import checks
from nnlib.check import process

TIERS = ("bwrap", "uid", "none")
WORKER = (process.WORKER, process.WORKER.with_name("frames.py"))  # what else is beside them knows answers
PACKAGES = Path(np.__file__).parents[1]


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
    started: list[Sandboxed] = []

    def begin(root: Path) -> Sandboxed:
        started.append(start(tier, root))
        return started[-1]

    with tempfile.TemporaryDirectory(prefix="nnlib-probe-") as folder, tempfile.NamedTemporaryFile() as secret:
        secret.write(b"x")
        secret.flush()
        os.chmod(secret.name, 0o644)
        os.chmod(folder, 0o755)
        module = Path(folder, "nnlib", "probe.py")
        module.parent.mkdir()
        module.write_text(probe)
        try:
            with process.Process(Path(folder), begin) as worker:
                inside = str(module) if tier == "uid" else f"/root/nnlib/{module.name}"
                if worker.call("nnlib.probe:probe", inside) != np.float64(1):
                    return "it does not read its own files"
                try:
                    worker.call("nnlib.probe:probe", secret.name)
                except process.StudentError as error:
                    return "" if error.kind == "exception" else f"{error.kind}: {error}"
                return "it reads files of others"
        except (OSError, process.StudentError) as error:
            return " ".join([str(error), *(each.output.strip() for each in started)]).strip()


def start(tier: str, root: Path, limits: Limits = USUAL) -> Sandboxed:
    """Start nnlib/check/worker.py for the files below `root`, confined as the tier says.

    Raises:
        OSError: it cannot be started.
    """
    return {"bwrap": _bwrap, "uid": _uid, "none": _none}[tier](root.resolve(), limits)


def _none(root: Path, limits: Limits) -> Sandboxed:
    at = interpreter.folder()
    command = interpreter.command(root, process.WORKER, at, (str(PACKAGES),) if limits.torch else ())
    return Sandboxed(command, limits, env=interpreter.environment(at))


def _bwrap(root: Path, limits: Limits) -> Sandboxed:
    if not shutil.which("bwrap"):
        raise OSError("bubblewrap is not installed")
    command = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    command += ["--die-with-parent", "--new-session", "--clearenv", "--tmpfs", "/", "--proc", "/proc", "--dev", "/dev"]
    command += ["--perms", "1777", "--size", str(limits.file), "--tmpfs", "/tmp", "--perms", "0755", "--dir", "/worker"]
    binds = {"/usr": "/usr", interpreter.folder(): "/python", root: "/root"}
    binds |= {file: f"/worker/{file.name}" for file in WORKER} | ({PACKAGES: "/packages"} if limits.torch else {})
    for source, target in binds.items():
        command += ["--ro-bind", str(source), target]
    for folder in ("/lib", "/lib64"):
        link = os.path.islink(folder)
        command += ["--symlink", os.readlink(folder), folder] if link else ["--ro-bind-try", folder, folder]
    pythons = {each.resolve() for folder in confine.SYSTEM for each in Path(folder).glob("python*") if each.is_dir()}
    for python in map(str, pythons):
        command += ["--tmpfs", python, "--remount-ro", python]  # one may have PyTorch
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]  # else a worker owns them where nobody is root
    for name, value in interpreter.environment("/python").items():
        command += ["--setenv", name, value]
    spare = SpareUser() if os.geteuid() == 0 else None
    if spare:  # root needs no user namespace, and a limit on processes does not hold for root
        drop = ["setpriv", f"--reuid={spare.uid}", f"--regid={spare.uid}", "--clear-groups", "--no-new-privs"]
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", *drop]
    else:
        command += ["--unshare-user"]
    command += ["prlimit", f"--nproc={limits.processes}", f"--as={limits.memory}", f"--fsize={limits.file}"]
    command += [f"--nofile={confine.FILES}", f"--cpu={limits.whole_cpu}", "--core=0"]
    command += interpreter.command("/root", "/worker/worker.py", "/python", ("/packages",) if limits.torch else ())
    with tempfile.TemporaryFile() as program:  # bubblewrap reads the filter from a descriptor
        program.write(confine.filter_program())
        program.seek(0)
        command[1:1] = ["--seccomp", str(program.fileno())]
        return Sandboxed(command, limits, spare, pass_fds=(program.fileno(),))


def _uid(root: Path, limits: Limits) -> Sandboxed:
    if os.geteuid() != 0 or sys.platform != "linux":
        raise OSError("only root on Linux can become another user")
    spare, at = SpareUser(), interpreter.folder()
    more = (str(PACKAGES),) if limits.torch else ()
    readable = ":".join(map(str, (root, at, *WORKER, *more)))
    numbers = (spare.uid, limits.whole_cpu, limits.memory, limits.processes, limits.file)
    scratch = spare.make_scratch() if limits.torch else ""  # PyTorch wants a place for temporary files
    command = [sys.executable, "-I", confine.__file__, *map(str, numbers), readable, scratch]
    command += interpreter.command(root, process.WORKER, at, more)
    environment = interpreter.environment(at) | ({"TMPDIR": scratch} if scratch else {})
    return Sandboxed(command, limits, spare, env=environment)
