"""Fuzzing: the readers hold on a sample of what `make fuzz` feeds them, and the fuzzer finds readers that do not."""

import os
import random
import signal

import fuzz
import fuzz_run
import pytest
from fuzz_bytes import CHANGES, mutated
from fuzz_run import Reader, Wrong

CONTENT = bytes(range(48, 112))


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    return {reader.name: reader for reader in fuzz.all_readers(tmp_path_factory.mktemp("fuzz"))}


def test_no_reader_fails_on_a_sample(readers, tmp_path):
    outcomes = {
        name: fuzz_run.fuzz(reader, 20 + round(2000 * reader.share), 1, tmp_path) for name, reader in readers.items()
    }
    assert {name: each.failures for name, each in outcomes.items() if each.failures} == {}
    assert sum(reader.share for reader in readers.values()) >= 1  # N is the number of inputs of a full run
    assert f"| all | {sum(each.inputs for each in outcomes.values()):,} |" in fuzz.table(outcomes)


def test_every_whole_file_is_read(readers):
    for reader in readers.values():
        for seed in reader.seeds:
            reader.read(reader.wrap(seed))


def test_the_same_seed_makes_the_same_files_and_each_change_makes_others():
    first, again = ([mutated([CONTENT], random.Random(7)) for _ in range(3)] for _ in range(2))
    assert first == again
    for change in CHANGES:
        made = {change(CONTENT, [CONTENT, b"other"], random.Random(seed)) for seed in range(30)}
        assert len(made - {CONTENT}) > 5
        assert isinstance(change(b"", [b""], random.Random(0)), bytes)


def refuses_all_but(content):
    if content != CONTENT:
        raise ValueError("no: expected another")


def leaks_an_error(content):
    refuses_all_but(content[:20] + CONTENT[20:])
    if content[20:] != CONTENT[20:]:
        raise KeyError("x")


def takes_all(content):
    if content != CONTENT:
        raise Wrong("a damaged file")


def forgets_to_say_which(content):
    if content != CONTENT:
        raise ValueError("damaged")


def quadratic(content):
    sum(1 for first in content[: len(content) // 50] for second in content[: len(content) // 100])
    refuses_all_but(content)


def hoards(content):
    if len(content) > 2 * len(CONTENT) and not hasattr(hoards, "held"):
        hoards.held = b"x" * (80 << 20)
    refuses_all_but(content)


def dies(content):
    if len(content) > 2 * len(CONTENT):
        os.kill(os.getpid(), signal.SIGTERM)
    refuses_all_but(content)


def hangs(content):
    while len(content) > 2 * len(CONTENT):
        pass
    refuses_all_but(content)


PLANTED = {
    leaks_an_error: "KeyError in leaks_an_error",
    takes_all: "a wrong value was accepted: a damaged file",
    forgets_to_say_which: "an error without 'no:': damaged",
    quadratic: "4 times as long takes",
    hoards: "MiB taken, more than 64",
    dies: "the process died, status 15",
    hangs: "no answer in time",
}


def test_a_reader_that_keeps_its_promises_passes(tmp_path):
    found = fuzz_run.fuzz(Reader("good", [CONTENT], refuses_all_but, (ValueError,), 1, "no:"), 500, 0, tmp_path)
    assert (found.failures, found.inputs, found.refused + found.accepted) == ({}, 500, 500)
    assert found.accepted < found.refused
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("read", PLANTED, ids=lambda read: read.__name__)
def test_a_reader_that_breaks_a_promise_is_found_and_the_input_kept(read, tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz_run, "HANGS", 0.5 if read is hangs else fuzz_run.HANGS)
    count = 40 if read is quadratic else 200  # inputs, and for each 20 a comparison of times
    found = fuzz_run.fuzz(Reader("bad", [CONTENT], read, (ValueError,), 1, "no:"), count, 0, tmp_path)
    paths = [path for what, path in found.failures.items() if PLANTED[read] in what]
    assert paths
    assert (tmp_path / paths[0]).exists()
