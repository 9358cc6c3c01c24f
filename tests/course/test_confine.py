"""What confine.py asks of Linux, told by a made-up kernel: on every machine, of every Landlock, each step."""

import errno
import os
import resource
import struct
from types import SimpleNamespace

import pytest

from course import confine

ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY, ABSENT = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS


def filtered(program, architecture, number, flags=0):
    """Return what a filter answers to a call whose first argument is `flags`, as the kernel runs it."""
    data, accumulator, at = {0: number, 4: architecture, 16: flags}, 0, 0
    steps = list(struct.iter_unpack("HBBI", program))
    while True:
        code, yes, no, value = steps[at]
        at += 1
        match code:
            case 0x20:  # load
                accumulator = data[value]
            case 0x15 | 0x35:  # equal, at least
                at += yes if (accumulator == value if code == 0x15 else accumulator >= value) else no
            case 0x45:  # any of these bits
                at += yes if accumulator & value else no
            case 0x06:
                return value


@pytest.mark.parametrize(
    ("machine", "own", "other"), [("x86_64", 0xC000003E, 0x40000003), ("aarch64", 0xC00000B7, 0x40000028)]
)
def test_the_filter_denies_what_is_listed_and_ends_what_calls_otherwise(machine, own, other, monkeypatch):
    monkeypatch.setattr(confine.platform, "machine", lambda: machine)
    program, column = confine.filter_program(), confine.MACHINES.index(machine)
    denied = {numbers[column] for numbers in confine.FORBIDDEN.values()}
    assert {filtered(program, own, number) for number in denied} == {DENY}
    assert {filtered(program, own, number) for number in set(range(500)) - {*denied, confine.CLONE3}} == {ALLOW}
    assert filtered(program, own, confine.CLONE3) == ABSENT  # its flags lie in memory, where no filter sees them
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    namespaces = [1 << bit for bit in (17, *range(25, 31))]  # of mounts, cgroups, names, IPC, users, PIDs, network
    assert {filtered(program, own, clone, flag | 0x11) for flag in namespaces} == {DENY}
    assert filtered(program, own, clone, ~sum(namespaces) & 0xFFFFFFFF) == ALLOW  # threads and forks
    assert {filtered(program, own, 0x40000000 | number) for number in range(500)} == {DENY}  # x32
    assert {filtered(program, other, number) for number in range(500)} == {KILL}


def test_a_machine_without_a_filter_is_refused(monkeypatch):
    monkeypatch.setattr(confine.platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="no seccomp filter for riscv64"):
        confine.filter_program()


def test_no_limit_can_be_raised_again(monkeypatch):
    found = {}
    monkeypatch.setattr(confine.resource, "setrlimit", found.__setitem__)
    confine.limit(1, 2, 3, 4)
    limits = {"CPU": 1, "AS": 2, "NPROC": 3, "FSIZE": 4, "NOFILE": confine.FILES, "CORE": 0}
    assert found == {getattr(resource, f"RLIMIT_{name}"): (value, value) for name, value in limits.items()}


@pytest.mark.parametrize(
    ("version", "handled", "more"),
    [(1, 13, ()), (2, 14, ()), (3, 15, ()), (4, 15, (3,)), (5, 16, (3,)), (6, 16, (3, 3)), (9, 16, (3, 3))],
)
def test_every_version_of_landlock_is_asked_for_all_that_it_knows(version, handled, more, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    (tmp_path / "scratch").mkdir()
    (tmp_path / "lib" / "python3").mkdir(parents=True)
    (tmp_path / "lib" / "own").mkdir()
    asked, rules, rights = [], {}, (1 << handled) - 1

    def syscall(number, *arguments):
        if number == confine.CREATE_RULESET and arguments[0] is not None:
            asked.append(arguments[0])
        elif number == confine.ADD_RULE:
            given, descriptor = struct.unpack("=Qi", arguments[2])
            rules[os.readlink(f"/proc/self/fd/{descriptor}")] = given
        elif number == confine.RESTRICT_SELF:
            asked.append("restrict")
        return (
            version
            if arguments[0] is None
            else os.open(os.devnull, os.O_RDONLY)
            if len(asked) == 1 and not rules
            else 0
        )

    monkeypatch.setattr(confine, "LIBC", SimpleNamespace(syscall=syscall))
    monkeypatch.setattr(confine, "SYSTEM", (str(tmp_path / "lib"), str(tmp_path / "lib64")))
    confine.landlock([str(tmp_path), str(tmp_path / "file"), str(tmp_path / "missing")], str(tmp_path / "scratch"))
    assert asked == [struct.pack(f"{1 + len(more)}Q", rights, *more), "restrict"]
    read, write, look, run = confine.READ_FILE, confine.WRITE_FILE, confine.READ_DIR, confine.EXECUTE
    own = {str(tmp_path): read | look | run, str(tmp_path / "file"): read | run}
    own |= {str(tmp_path / "lib" / "own"): read | look | run, str(tmp_path / "scratch"): rights & ~run}
    system = {"/dev/null": read | write, "/dev/urandom": read | run}
    assert rules == own | system | {path: read | run for path in ("/etc/ld.so.cache",) if os.path.exists(path)}


def test_every_step_is_taken_before_the_command(monkeypatch):
    steps = []

    def step(name):
        return lambda *arguments: steps.append((name, *arguments)) or 0

    monkeypatch.setattr(confine, "LIBC", SimpleNamespace(prctl=step("prctl")))
    for name in ("limit", "landlock", "forbid_calls"):
        monkeypatch.setattr(confine, name, step(name))
    for name in ("setgroups", "setresgid", "setresuid", "execv"):
        monkeypatch.setattr(confine.os, name, step(name))
    confine.main("62000", "1", "2", "3", "4", "/a:/b", "", "/bin/true", "x")
    assert steps == [
        ("limit", 1, 2, 3, 4),
        ("prctl", 38, 1, 0, 0, 0),  # no new privileges
        ("landlock", ["/a", "/b"], ""),
        ("setgroups", []),
        ("setresgid", 62000, 62000, 62000),
        ("setresuid", 62000, 62000, 62000),  # it clears the next one, which therefore comes after it
        ("prctl", 1, 9, 0, 0, 0),  # killed along with its parent
        ("forbid_calls",),
        ("execv", "/bin/true", ("/bin/true", "x")),
    ]


def test_a_step_that_fails_ends_it(monkeypatch):
    monkeypatch.setattr(confine, "LIBC", SimpleNamespace(syscall=lambda *_: -1, prctl=lambda *_: -1))
    with pytest.raises(SystemExit, match="confine: Landlock: "):
        confine.landlock([], "")
    with pytest.raises(SystemExit, match="confine: seccomp: "):
        confine.forbid_calls()
    assert confine.check(0, "Landlock") == 0
