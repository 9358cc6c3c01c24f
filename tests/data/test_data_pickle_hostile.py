"""`load_pickled_arrays` on hostile and damaged files: a worded error, in linear time and little memory."""

import gc
import pickle
import random
import struct
import sys
import time
import tracemalloc

import numpy as np
import pytest
from data_files import assert_pickle_refused, load_pickle, python2_pickle
from hypothesis import example, given
from hypothesis import strategies as st

from nnlib.data.files import DataError

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
ARRAY = np.arange(6.0).reshape(3, 2)
OPCODES = bytes(pickle._Unpickler.dispatch)

BOMBS = {
    "bytearray8": b"\x80\x05\x96" + struct.pack("<Q", 2**36) + b".",
    "binbytes8": b"\x80\x05\x8e" + struct.pack("<Q", 2**36) + b".",
    "binbytes": b"\x80\x05B" + struct.pack("<I", 2**32 - 1) + b".",
    "binstring": b"T" + struct.pack("<i", 2**31 - 1) + b".",
    "frame": b"\x80\x05\x95" + struct.pack("<Q", 2**40) + b".",
    "binary memo": b"Nr\xff\xff\xff\xff.",
    "text memo": b"Np9999999999\n.",
    "digits": b"I" + b"9" * 100_000 + b"\n.",
    "doubling": b"N" + b"q\x00h\x00\x86" * 200 + b".",
    "doubled shape": python2_pickle(ARRAY).replace(b"(I3\nI2\nt", b"N" + b"q\x09h\x09\x86" * 200),
    "doubled dtype": python2_pickle(ARRAY).replace(b"S'f8'\n", b"N" + b"q\x09h\x09\x86" * 200),
    "nesting": b"N" + b"\x85" * 200_000 + b".",
    "marks": b"(" * 200_000 + b".",
    "holds itself": b"]q\x00h\x00a.",
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused_in_little_memory(content):
    tracemalloc.start()
    try:
        assert_pickle_refused(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 2**20


@given(st.binary(max_size=60))
@example(b"")
@example(b".")
@example(b"N.")
@example(b"cnumpy\nndarray\n(I1\ntb.")  # BUILD on a name
@example(b"(NNtR.")
def test_any_bytes_are_assert_pickle_refused(content):
    assert_pickle_refused(content)


@given(st.sampled_from(PROTOCOLS), st.data())
def test_truncated_anywhere(protocol, data):
    content = pickle.dumps((ARRAY,), protocol)
    assert_pickle_refused(content[: data.draw(st.integers(0, len(content) - 1))])


@given(st.sampled_from([python2_pickle(ARRAY), *(pickle.dumps((ARRAY,), p) for p in PROTOCOLS)]), st.data())
def test_one_changed_byte_gives_numbers_or_the_error(content, data):
    changed = bytearray(content)
    changed[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        (result,) = load_pickle(bytes(changed))
    except DataError:
        return
    assert result.dtype.kind in "biuf"
    assert result.nbytes <= ARRAY.nbytes


# Files of a length in bytes, each made of one thing that a careless reader could take more than linear time for.
LONG = b"\x8a\x08" + b"\x7f" * 8  # 64 bits
GROWING = {
    "long axes": lambda n: python2_pickle(ARRAY).replace(
        b"(I3\nI2\nt", b"(" + LONG + b"q\x09" + b"h\x09" * (n // 2) + b"t"
    ),
    "lines of digits": lambda n: (b"I" + b"9" * 4000 + b"\n") * (n // 4000) + b".",
    "one line of digits": lambda n: b"L0x" + b"f" * n + b"L\n.",
    "nested tuples": lambda n: b"N" + b"\x85" * n + b".",
    "marks": lambda n: b"(" * (n // 2) + b"t" * (n // 2) + b".",
    "appended": lambda n: b"]" + b"Na" * (n // 2) + b".",
    "extended": lambda n: b"](" + b"N" * n + b"e.",
    "memo": lambda n: b"N" + b"\x94" * n + b".",
    "escapes": lambda n: b"S'" + b"\\x41" * (n // 4) + b"'\n.",
    "frames": lambda n: (b"\x95" + bytes(8)) * (n // 9) + b"N.",
    "calls": lambda n: b"cnumpy\nndarray\n" + b")R" * (n // 2) + b".",
    "states": lambda n: b"cnumpy\nndarray\n)R" + b"Nb" * (n // 2) + b".",
    "names": lambda n: b"cnumpy\nndarray\n" * (n // 15) + b".",
    "a long name": lambda n: b"cos\n" + b"x" * n + b"\n.",
}


@pytest.fixture
def no_collections():
    """Python's garbage collector would also walk through all objects of the other tests."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("content", GROWING.values(), ids=GROWING)
def test_time_is_linear_in_the_length(content, no_collections):
    """Sixteen times the length takes about 16 times as long; quadratic time would take 256 times as long."""

    def seconds(length):
        hostile, start = content(length), time.process_time()
        assert_pickle_refused(hostile)
        return time.process_time() - start

    small, large = (min(seconds(length) for _ in range(4)) for length in (8_000, 128_000))
    assert large < 80 * small


def mutated(rng, seeds):
    """Return one of the files `seeds` after up to four changes: a cut, random bytes, an instruction, a splice."""
    content = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(content) + 1), rng.randint(1, 8)
        other = rng.choice(seeds)
        start = rng.randrange(len(other))
        content[at : at + rng.choice((0, length))] = rng.choice(
            (
                b"",
                rng.randbytes(length),
                bytes([rng.choice(OPCODES)]),
                content[:length],
                other[start : start + 9 * length],
            )
        )
    return bytes(content)


def test_mutated_files_give_numbers_or_the_error():
    rng = random.Random(0)
    arrays = (ARRAY,), (ARRAY > 2,), (np.asfortranarray(ARRAY),)
    seeds = [python2_pickle(ARRAY), *(pickle.dumps(x, p) for x in arrays for p in PROTOCOLS), b"N."]
    modules, read = set(sys.modules), 0
    for _ in range(5_000):
        content = mutated(rng, seeds)
        try:
            (result,) = load_pickle(content)
        except DataError:
            continue
        read += 1
        assert result.dtype.kind in "biuf"
        assert result.nbytes <= len(content)
        assert not result.flags.writeable
    assert 100 < read < 4_000  # both ends are met often
    assert set(sys.modules) == modules  # nothing was imported
