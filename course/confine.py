"""Becomes a spare user that can read a few folders, write one at most and open no socket, then starts a command.

python -I confine.py UID CPU MEMORY PROCESSES FILE READABLE[:READABLE...] WRITABLE COMMAND ...

Limits by setrlimit, files by Landlock (Linux 5.13), system calls by a seccomp filter; it needs root. A step that fails
ends it before the command runs.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys

FILES = 256  # that a process may have open
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 38, 22, 2
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on all machines
EXECUTE, READ_FILE, READ_DIR, WRITE_FILE = 1 << 0, 1 << 2, 1 << 3, 1 << 1
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64")  # libraries, and Pythons with their packages
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}  # by version
NETWORK, SCOPES = 0b11, 0b11  # TCP's bind and connect; abstract sockets and signals
# System calls that reach other processes, take memory that no limit counts, or outlive their process; x86-64 and ARM64.
FORBIDDEN = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "io_uring_setup": (425, 425),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "keyctl": (250, 219),
}
CLONE, CLONE3, NAMESPACES = (56, 220), 435, 0x7E020000  # the flags of clone that make namespaces
MACHINES = ("x86_64", "aarch64")
ARCHITECTURES = (0xC000003E, 0xC00000B7)


def check(result: int, what: str) -> int:
    """Return a system call's result; end with its error if it failed."""
    if result < 0:
        sys.exit(f"confine: {what}: {os.strerror(ctypes.get_errno())}")
    return result


def limit(cpu: int, memory: int, processes: int, file: int) -> None:
    """Set the limits that each process has for itself; the number of processes is the user's."""
    limits = {"CPU": cpu, "AS": memory, "NPROC": processes, "FSIZE": file, "NOFILE": FILES, "CORE": 0}
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def libraries(folder: str) -> list[str]:
    """Return the names in a folder without those of Pythons, of which one may have PyTorch."""
    return [name for name in os.listdir(folder) if not name.startswith("python")]


def landlock(readable: list[str], writable: str) -> None:
    """Leave only some files and folders to be read and executed, and one folder (or none, "") to be written."""
    version = check(LIBC.syscall(CREATE_RULESET, None, 0, 1), "Landlock")
    handled = RIGHTS[min(version, 5)]
    network, scopes = NETWORK if version >= 4 else 0, SCOPES if version >= 6 else 0
    ruleset = struct.pack("QQQ", handled, network, scopes)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    rules = check(LIBC.syscall(CREATE_RULESET, ruleset, len(ruleset), 0), "landlock_create_ruleset")
    readable += [f"{folder}/{name}" for folder in SYSTEM if os.path.isdir(folder) for name in libraries(folder)]
    there = filter(os.path.exists, (*readable, "/dev/urandom", "/etc/ld.so.cache"))
    allowed = {path: READ_FILE | EXECUTE | READ_DIR * os.path.isdir(path) for path in there}
    allowed |= {"/dev/null": READ_FILE | WRITE_FILE} | ({writable: handled & ~EXECUTE} if writable else {})
    for path, rights in allowed.items():
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", rights, descriptor)
        check(LIBC.syscall(ADD_RULE, rules, 1, rule, 0), f"landlock_add_rule {path}")
        os.close(descriptor)
    check(LIBC.syscall(RESTRICT_SELF, rules, 0), "landlock_restrict_self")
    os.close(rules)


def filter_program() -> bytes:
    """Return a filter that fails forbidden calls with EPERM, and ends a process that calls for another architecture.

    clone3, whose flags no filter sees, fails with ENOSYS: libraries then take clone.

    Raises:
        OSError: the machine is of another kind.
    """
    if platform.machine() not in MACHINES:
        raise OSError(f"no seccomp filter for {platform.machine()}")
    machine = MACHINES.index(platform.machine())
    numbers = [each[machine] for each in FORBIDDEN.values()]
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    kill, deny, absent, allow = 0x80000000, 0x00050001, 0x00050026, 0x7FFF0000
    program = [(load, 0, 0, 4), (equal, 1, 0, ARCHITECTURES[machine]), (give, 0, 0, kill)]
    program += [(load, 0, 0, 0), (at_least, len(numbers) + 5, 0, 0x40000000)]  # x32's numbers are denied too
    program += [(equal, len(numbers) + 4 - i, 0, number) for i, number in enumerate(numbers)]
    program += [(equal, 5, 0, CLONE3), (equal, 0, 2, CLONE[machine]), (load, 0, 0, 16), (any_bit, 1, 0, NAMESPACES)]
    program += [(give, 0, 0, allow), (give, 0, 0, deny), (give, 0, 0, absent)]
    return b"".join(struct.pack("HBBI", *step) for step in program)


def forbid_calls() -> None:
    """Put the filter over this process and those that it starts."""
    code = filter_program()
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("HP", len(code) // 8, ctypes.addressof(buffer))  # the steps, and where they are
    check(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0), "seccomp")


def main(
    uid: str, cpu: str, memory: str, processes: str, file: str, readable: str, writable: str, *command: str
) -> None:
    """Confine this process and become the command."""
    number = int(uid)
    limit(int(cpu), int(memory), int(processes), int(file))
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    landlock(readable.split(":"), writable)
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)
    check(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "parent's death")  # none outlives a killed grader
    forbid_calls()
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
