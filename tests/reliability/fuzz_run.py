"""Feeds a reader with mutated files in a process of its own, and compares what comes out with the reader's promises."""

import contextlib
import gc
import hashlib
import mmap
import os
import pickle
import random
import resource
import signal
import struct
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fuzz_bytes import mutated

HANGS = 120  # seconds without an answer, on a busy machine too
SLOWER = 40  # times the slowest whole file, at the same length: where linear time ends
GROWTH = 4  # times the length; the time may grow by that, and by as much again for noise
LARGEST, LONG = 1 << 20, 1 << 17  # bytes of an input; of one whose time is compared
STATE = struct.Struct("<QQ")  # inputs done, length of the current one


class Wrong(AssertionError):
    """A reader took a value that is not what the file says."""


@dataclass
class Reader:
    """A reader, whole files for it, and what it promises.

    Attributes:
        read: takes a file's bytes, and raises `Wrong` itself if it accepts what it should not.
        refuses: the errors that it documents.
        share: of all inputs.
        says: what is in the text of every error.
        wrap: makes the file from mutated bytes, such as an archive around a member.
        memory: MiB that it may take beyond the process's own.
    """

    name: str
    seeds: list[bytes]
    read: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...]
    share: float
    says: str = ""
    wrap: Callable[[bytes], bytes] = bytes
    memory: int = 64


@dataclass
class Outcome:
    """What came of a reader's inputs; `failures` are sentences, each with the file in which its input was kept."""

    inputs: int = 0
    refused: int = 0
    accepted: int = 0
    seconds: float = 0.0
    growth: float = 0.0
    memory: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)


def fuzz(reader: Reader, count: int, seed: int, keep: Path) -> Outcome:
    """Return what comes of `count` inputs; a crash of the process, or no answer for `HANGS` seconds, is a failure."""
    with tempfile.TemporaryFile() as file, mmap.mmap(-1, STATE.size + LARGEST) as current:
        process = os.fork()
        if not process:
            try:
                outcome = _in_the_fork(reader, count, seed, current, keep)
                file.write(pickle.dumps(outcome))
                file.flush()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        status = _wait(process, current)
        if status == 0:
            file.seek(0)
            return pickle.loads(file.read())
        done, length = STATE.unpack(current[: STATE.size])
        how = "no answer in time" if status == signal.SIGKILL else f"the process died, status {status}"
        outcome = Outcome(inputs=done)
        _keep(outcome, keep, reader, current[STATE.size : STATE.size + length], how)
        return outcome


def _wait(process: int, current: mmap.mmap) -> int:
    last, since = None, time.monotonic()
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return status
        done = bytes(current[: STATE.size])
        if done != last:
            last, since = done, time.monotonic()
        elif time.monotonic() - since > HANGS:
            os.kill(process, signal.SIGKILL)
        time.sleep(0.05)


def _in_the_fork(reader: Reader, count: int, seed: int, current: mmap.mmap, keep: Path) -> Outcome:
    warnings.simplefilter("ignore")
    gc.freeze()  # what this process has loaded is no part of a reader's time; a collection would copy it all
    outcome = Outcome()
    per_byte = 0.0
    for content in map(reader.wrap, reader.seeds):
        took = min(_timed(reader, content) for _ in range(5))
        per_byte = max(per_byte, took / max(len(content), 200))
    rng = random.Random(f"{seed} {reader.name}")
    before, start = _peak(), time.process_time()
    for done in range(count):
        content = reader.wrap(mutated(reader.seeds, rng))[:LARGEST]
        _show(current, done, content)
        began = time.process_time()
        _one(reader, content, outcome, keep)
        limit = SLOWER * per_byte * max(len(content), 200)
        if time.process_time() - began > limit and min(_timed(reader, content) for _ in range(3)) > limit:
            _keep(outcome, keep, reader, content, f"more than {SLOWER} times as slow per byte as a whole file")
    outcome.inputs, outcome.seconds = count, time.process_time() - start
    outcome.memory = _peak() - before
    if outcome.memory > reader.memory:
        _keep(outcome, keep, reader, b"", f"{outcome.memory:.0f} MiB taken, more than {reader.memory}")
    for done in range(min(60, count // 20)):
        short, long = _grown(reader, rng)
        _show(current, count + done, long)
        _compare_times(reader, short, long, outcome, keep)
    return outcome


def _show(current: mmap.mmap, done: int, content: bytes) -> None:
    """Let the process that waits see what is read now."""
    current[: STATE.size] = STATE.pack(done, len(content))
    current[STATE.size : STATE.size + len(content)] = content


def _one(reader: Reader, content: bytes, outcome: Outcome, keep: Path) -> None:
    try:
        reader.read(content)
    except reader.refuses as error:
        outcome.refused += 1
        if reader.says not in str(error):
            _keep(outcome, keep, reader, content, f"an error without {reader.says!r}: {str(error)[:80]}")
    except Wrong as error:
        _keep(outcome, keep, reader, content, f"a wrong value was accepted: {error}")
    except Exception as error:  # the one that is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        _keep(outcome, keep, reader, content, f"{type(error).__name__} in {where.name}: {str(error)[:80]}")
    else:
        outcome.accepted += 1


def _grown(reader: Reader, rng: random.Random) -> list[bytes]:
    """Return a whole file with a piece of it repeated, to two lengths that differ by `GROWTH`."""
    seed = rng.choice(reader.seeds)
    at, size = rng.randrange(len(seed) + 1), rng.choice((1, 1, 2, 4, 16, 64))
    piece = seed[at : at + size] or rng.choice((b"(", b"9", b"{"))
    contents = [seed[:at] + piece * (length // len(piece)) + seed[at:] for length in (LONG // GROWTH, LONG)]
    return [reader.wrap(content)[:LARGEST] for content in contents]


def _compare_times(reader: Reader, short: bytes, long: bytes, outcome: Outcome, keep: Path) -> None:
    factor = _ratio(reader, short, long, 1)
    if factor > 2 * GROWTH:
        factor = _ratio(reader, short, long, 3)
    outcome.growth = max(outcome.growth, factor)
    if factor > 2 * GROWTH:
        _keep(outcome, keep, reader, long, f"{GROWTH} times as long takes {factor:.0f} times as long")


def _ratio(reader: Reader, short: bytes, long: bytes, times: int) -> float:
    """Return the ratio of the shortest times; what takes less than 5 ms is noise."""
    least = [min(_timed(reader, content) for _ in range(times)) for content in (short, long)]
    return least[1] / max(least[0], 0.005)


def _timed(reader: Reader, content: bytes) -> float:
    start = time.process_time()
    with contextlib.suppress(Exception):  # `_one` sees which
        reader.read(content)
    return time.process_time() - start


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _keep(outcome: Outcome, keep: Path, reader: Reader, content: bytes, what: str) -> None:
    """Keep the first input of each kind of failure."""
    if what not in outcome.failures:
        keep.mkdir(parents=True, exist_ok=True)
        path = keep / f"{reader.name.replace(' ', '_')}-{hashlib.sha256(content).hexdigest()[:8]}.bin"
        path.write_bytes(content)
        outcome.failures[what] = path.name
