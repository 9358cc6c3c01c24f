"""The sandbox: what no limit counts is forbidden, nothing outlives a worker, and a worker's limits start again."""

import functools
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from course import interpreter, sandbox, users, watched
from course.watched import Limits
from nnlib.check import process

TIERS = [tier for tier in ("bwrap", "uid") if not sandbox.trouble(tier)]
pytestmark = pytest.mark.skipif(not TIERS, reason="no sandbox holds here")
CODE = """
import ctypes, os, resource, time
import numpy as np

LIBC = ctypes.CDLL(None, use_errno=True)

def calls():
    found = (LIBC.shmget(0, ctypes.c_size_t(4096), 0o1666), LIBC.semget(0, 1, 0o1666), LIBC.msgget(0, 0o1666),
             LIBC.unshare(0x10020000), LIBC.mount(b"x", b"/tmp", b"tmpfs", 0, None), LIBC.socket(2, 2, 0),
             LIBC.socketpair(1, 1, 0, (ctypes.c_int * 2)()), LIBC.memfd_create(b"x", 0),
             LIBC.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10000011, 0, 0, 0, 0),  # a user namespace
             LIBC.syscall(435, None, 0))
    return np.array(found)

def writable():
    found = 0
    for folder in ("/", "/dev", "/dev/shm", "/root", "/worker", "/python", "/var/tmp", "/usr", "/home"):
        try:
            open(os.path.join(folder, "left"), "w").close()
            found += 1
        except OSError:
            pass
    return found

def entries(folder):
    try:
        return len(os.listdir(folder))
    except OSError:
        return 0

def opened():
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return len(held)

def raised():
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    except ValueError:
        return False
    return True

def sleep(seconds):
    time.sleep(float(seconds))
    return seconds

def leave():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    return 1
"""


@pytest.fixture(autouse=True)
def own_users(monkeypatch):
    """Spare users that no other process of the tests takes."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    monkeypatch.setattr(users, "UIDS", range(62_064 + 16 * number, 62_080 + 16 * number))


@pytest.fixture
def root():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are 0700, and are so again with each new run
        (Path(folder) / "nnlib").mkdir()
        (Path(folder) / "nnlib" / "mine.py").write_text(CODE)
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o755)
        yield Path(folder)


def worker(tier, root, limits=Limits()):  # noqa: B008
    return process.Process(root, functools.partial(sandbox.start, tier, limits=limits))


@pytest.mark.parametrize("tier", sandbox.TIERS[:2])
def test_a_tier_is_given_up_for_a_reason_of_the_machine_alone(tier):
    """Else what breaks a tier would skip its tests, and have everything graded by the weaker one."""
    refused = r"(bwrap|confine): .*([Pp]ermi(tted|ssion)|not implemented|not supported)"
    assert re.search(f"^$|not installed$|only root on Linux|no seccomp filter for|{refused}", sandbox.trouble(tier))


@pytest.mark.parametrize("tier", TIERS)
def test_what_no_limit_counts_is_forbidden(tier, root):
    with worker(tier, root) as each:
        assert set(each.call("nnlib.mine:calls")) == {-1}
        assert each.call("nnlib.mine:writable") == 0
        assert 0 < each.call("nnlib.mine:opened") < 256
        for python in Path("/usr").glob("*lib/python*"):  # one may have PyTorch
            assert each.call("nnlib.mine:entries", str(python)) == 0
        assert not each.call("nnlib.mine:raised")


@pytest.mark.parametrize("tier", TIERS)
def test_nothing_outlives_its_worker(tier, root):
    with worker(tier, root) as each:
        assert each.call("nnlib.mine:leave") == 1
    assert users.strays() == []


@pytest.mark.parametrize("tier", TIERS)
def test_the_limits_begin_anew_with_each_check(tier, root, monkeypatch):
    monkeypatch.setattr(watched, "stretch", lambda: 1.0)
    with worker(tier, root, Limits(wall=20.0)) as each:
        each.call("nnlib.mine:sleep", 0.0)  # to start takes long on a busy machine
        each.popen.limits = Limits(wall=2.0)
        for _ in range(3):  # longer than the limit in all
            each.popen.renew()
            each.call("nnlib.mine:sleep", 1.0)
        each.popen.renew()
        with pytest.raises(process.StudentError):
            each.call("nnlib.mine:sleep", 9.0)


@pytest.mark.skipif("bwrap" not in TIERS or os.geteuid() != 0, reason="becoming a plain user takes root")
def test_bubblewrap_holds_for_a_plain_user(root, tmp_path_factory):
    """With a copy of Python that any user may read, and the packages of this one."""
    scratch = tmp_path_factory.mktemp("plain")
    scratch.parent.chmod(0o755)
    os.chown(scratch, 1000, 1000)
    at = interpreter.folder()
    code = f"""
import functools, pathlib
from course import sandbox
from nnlib.check import process
assert sandbox.trouble("bwrap") == "", sandbox.trouble("bwrap")
with process.Process(pathlib.Path({str(root)!r}), functools.partial(sandbox.start, "bwrap")) as worker:
    assert set(worker.call("nnlib.mine:calls")) == {{-1}}
    assert worker.call("nnlib.mine:writable") == 0
"""
    packages = os.pathsep.join(filter(None, [str(sandbox.PACKAGES.parent), *sys.path]))
    environment = {"HOME": str(scratch), "TMPDIR": str(scratch), "PYTHONPATH": packages, "PATH": os.environ["PATH"]}
    environment |= {"LD_LIBRARY_PATH": f"{at}/lib", "PYTHONDONTWRITEBYTECODE": "1"}
    become = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"]
    done = subprocess.run([*become, at / "bin" / "python", "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif("uid" not in TIERS, reason="the tier does not hold here")
def test_a_worker_does_not_outlive_a_killed_grader(root):
    code = f"""
import functools, pathlib
from course import sandbox, users
from nnlib.check.process import Process
users.UIDS = range({users.UIDS.start}, {users.UIDS.stop})
worker = Process(pathlib.Path({str(root)!r}), functools.partial(sandbox.start, "uid"))
worker.call("nnlib.mine:sleep", 0.0)
print(worker.popen.spare.uid, flush=True)
worker.call("nnlib.mine:sleep", 600.0)  # busy: it would not see that nobody asks any more
"""
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert int(grader.stdout.readline()) in users.UIDS
    grader.kill()
    grader.wait()
    grader.stdout.close()
    until = time.monotonic() + 30
    while users.strays() and time.monotonic() < until:
        time.sleep(0.05)
    assert users.strays() == []
