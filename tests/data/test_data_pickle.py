"""`load_arrays`: NumPy arrays come back as they were pickled; anything else is refused, and nothing is run."""

import os
import pickle
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnlib.data.files import DataError
from nnlib.data.safe_pickle import load_arrays

PATH = Path("folder/data.pkl")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
DTYPES = ["?", "u1", "<i2", ">i4", "<i8", "<f2", "<f4", ">f4", "<f8", ">f8"]
ARRAY = np.arange(6.0).reshape(3, 2)

numeric = st.sampled_from(DTYPES).flatmap(lambda dtype: arrays(dtype, array_shapes(max_dims=3, max_side=5)))


def load(content, count=1):
    return load_arrays(PATH, content, count, "Copy it again.")


def refused(content, match=".", count=1):
    with pytest.raises(DataError, match=match) as caught:
        load(content, count)
    for part in ("data.pkl: expected a pickled tuple of", "got a file that cannot be read", "Copy it again."):
        assert part in str(caught.value)
    assert len(str(caught.value)) < 600


def python2_pickle(array):
    """Return a text-protocol pickle as Python 2 and NumPy 1 wrote it, the form of the course's file."""
    dtype, shape = array.dtype.str, "".join(f"I{length}\n" for length in array.shape)
    data = "".join(f"\\x{byte:02x}" for byte in array.tobytes())
    return (
        "(cnumpy.core.multiarray\n_reconstruct\np1\n(cnumpy\nndarray\np2\n(I0\ntS'b'\ntRp3\n"
        f"(I1\n({shape}tcnumpy\ndtype\np4\n(S'{dtype[1:]}'\nI0\nI1\ntRp5\n(I3\nS'{dtype[0]}'\nNNNI-1\nI-1\nI0\ntb"
        f"I00\nS'{data}'\ntbt."
    ).encode()


@given(numeric, st.sampled_from(PROTOCOLS), st.sampled_from("CF"), st.sampled_from([tuple, list]))
def test_round_trip(array, protocol, order, container):
    array = np.array(array, order=order)
    first, second = load(pickle.dumps(container([array, array[:1]]), protocol), count=2)
    for result, expected in ((first, array), (second, array[:1])):
        assert result.dtype == expected.dtype
        np.testing.assert_array_equal(result, expected)


@given(numeric)
def test_python2_text_protocol(array):
    (result,) = load(python2_pickle(array))
    assert result.dtype == array.dtype
    np.testing.assert_array_equal(result, array)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_both_module_names_of_numpy(protocol):
    content = pickle.dumps((ARRAY,), protocol)
    # From protocol 4 on, a name stands behind its length, and everything stands behind the frame's.
    for ours, theirs in ((b"numpy._core.", b"numpy.core."), (b"numpy.core.", b"numpy._core.")):
        if ours in content:
            at = content.index(ours)
            other = bytearray(content.replace(ours, theirs))
            if protocol >= 4:
                other[at - 1] += len(theirs) - len(ours)
                other[3:11] = struct.pack("<Q", len(other) - 11)
            np.testing.assert_array_equal(load(bytes(other))[0], ARRAY)
            return
    pytest.fail("this NumPy writes neither name")


class Evil:
    """Unpickles by calling `function(*arguments)`."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("wrapped", ["bare", "in the tuple", "in an object array"])
@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (os.system, "touch {0}"),
        (eval, "open({0!r}, 'w')"),
        (exec, "open({0!r}, 'w')"),
        (os.mkdir, "{0}"),
        (getattr, "x"),
        (__import__, "os"),
        (np.load, "{0}"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_calls_are_refused_and_not_made(tmp_path, protocol, wrapped, function, arguments):
    mark = tmp_path / "it-ran"
    evil = Evil(function, arguments.format(str(mark)))
    if wrapped == "in the tuple":
        evil = (ARRAY, evil)
    elif wrapped == "in an object array":
        evil = (np.array([1, evil], dtype=object),)
    refused(pickle.dumps(evil, protocol))
    assert not mark.exists()


def test_the_refused_name_is_told():
    refused(pickle.dumps(Evil(os.system, "true")), r"'(posix|nt)\.system', which no array needs; it was not run")


def test_the_fixture_does_run_when_it_is_unpickled(tmp_path):
    # or the test above would hold for any pickle at all
    pickle.loads(pickle.dumps(Evil(os.mkdir, str(tmp_path / "it-ran"))))
    assert (tmp_path / "it-ran").is_dir()


@pytest.mark.parametrize(
    "content",
    [
        b"(S'true'\nios\nsystem\n.",  # INST
        b"(cos\nsystem\nS'true'\no.",  # OBJ
        b"\x80\x02cnumpy\nndarray\n)\x81.",  # NEWOBJ
        b"\x80\x02cnumpy\nndarray\n)}\x92.",  # NEWOBJ_EX
        b"Pabc\n.",  # PERSID
        b"N\x51.",  # BINPERSID
        b"\x82\x01.",  # EXT1
        b"}.",  # EMPTY_DICT
        b"\x8f.",  # EMPTY_SET
        b"\x97.",  # NEXT_BUFFER
        b"G" + bytes(8) + b".",  # BINFLOAT
    ],
)
def test_instructions_that_no_array_needs(content):
    refused(content, "which no array needs")


@pytest.mark.parametrize(
    "array",
    [
        np.array([None, "text"], dtype=object),
        np.zeros(2, dtype=[("a", "f8"), ("b", "O")]),
        np.zeros(2, dtype=[("a", "f8")]),
        np.zeros(2, dtype="M8[s]"),
        np.zeros(2, dtype="c16"),
        np.zeros(2, dtype="S5"),
        np.zeros(2, dtype="U5"),
        np.zeros(2, dtype="V8"),
    ],
    ids=lambda array: str(array.dtype),
)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_dtypes_that_are_not_numbers(array, protocol):
    refused(pickle.dumps((array,), protocol))


def test_object_dtype_said_to_hold_numbers():
    # As pointers, these bytes would be followed into nowhere.
    content = python2_pickle(np.arange(3)).replace(b"S'i8'", b"S'O8'").replace(b"S'<'", b"S'|'")
    refused(content, "not boolean, integer or floating")


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ("I2\nI2\n", "does not fit its 48 bytes"),
        ("I-3\nI-2\n", "positive whole numbers"),
        ("I0\nI2\n", "positive whole numbers"),
        ("I1099511627776\nI1099511627776\n", "does not fit"),
        ("L18446744073709551616L\nI6\n", "does not fit"),
        ("S'3'\nI2\n", "positive whole numbers"),
        ("I01\nI6\n", "positive whole numbers"),
        ("NI6\n", "positive whole numbers"),
    ],
)
def test_shapes_are_compared_with_the_bytes(shape, match):
    refused(python2_pickle(ARRAY).replace(b"I3\nI2\n", shape.encode()), match)


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
        refused(content)
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
def test_any_bytes_are_refused(content):
    refused(content)


@given(st.sampled_from(PROTOCOLS), st.data())
def test_truncated_anywhere(protocol, data):
    content = pickle.dumps((ARRAY,), protocol)
    refused(content[: data.draw(st.integers(0, len(content) - 1))])


@given(st.sampled_from([python2_pickle(ARRAY), *(pickle.dumps((ARRAY,), p) for p in PROTOCOLS)]), st.data())
def test_one_changed_byte_gives_numbers_or_the_error(content, data):
    changed = bytearray(content)
    changed[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        (result,) = load(bytes(changed))
    except DataError:
        return
    assert result.dtype.kind in "biuf"
    assert result.nbytes <= ARRAY.nbytes


def test_another_number_of_arrays():
    refused(pickle.dumps((ARRAY, ARRAY, ARRAY)), "a tuple of another form", count=2)
    refused(pickle.dumps(ARRAY), "a _Call of another form", count=2)
    refused(pickle.dumps((ARRAY, 3)), "something other than an array", count=2)
