"""`load_pickled_arrays`: NumPy arrays come back as they were pickled; anything else is refused, and nothing is run."""

import os
import pickle
import struct

import numpy as np
import pytest
from data_files import assert_pickle_refused, load_pickle, python2_pickle
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
DTYPES = ["?", "u1", "<i2", ">i4", "<i8", "<f2", "<f4", ">f4", "<f8", ">f8"]
ARRAY = np.arange(6.0).reshape(3, 2)

numeric = st.sampled_from(DTYPES).flatmap(lambda dtype: arrays(dtype, array_shapes(max_dims=3, max_side=5)))


@given(numeric, st.sampled_from(PROTOCOLS), st.sampled_from("CF"), st.sampled_from([tuple, list]))
def test_round_trip(array, protocol, order, container):
    array = np.array(array, order=order)
    first, second = load_pickle(pickle.dumps(container([array, array[:1]]), protocol), count=2)
    for result, expected in ((first, array), (second, array[:1])):
        assert result.dtype == expected.dtype
        np.testing.assert_array_equal(result, expected)


@given(numeric)
def test_python2_text_protocol(array):
    (result,) = load_pickle(python2_pickle(array))
    assert result.dtype == array.dtype
    np.testing.assert_array_equal(result, array)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_both_module_names_of_numpy(protocol):
    content = pickle.dumps((ARRAY,), protocol)
    # From protocol 4 on, a name follows its length, and everything follows the frame's.
    for ours, theirs in ((b"numpy._core.", b"numpy.core."), (b"numpy.core.", b"numpy._core.")):
        if ours in content:
            at = content.index(ours)
            other = bytearray(content.replace(ours, theirs))
            if protocol >= 4:
                other[at - 1] += len(theirs) - len(ours)
                other[3:11] = struct.pack("<Q", len(other) - 11)
            np.testing.assert_array_equal(load_pickle(bytes(other))[0], ARRAY)
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
    assert_pickle_refused(pickle.dumps(evil, protocol))
    assert not mark.exists()


def test_the_refused_name_is_told():
    assert_pickle_refused(
        pickle.dumps(Evil(os.system, "true")), r"'(posix|nt)\.system', which no array needs; it was not run"
    )


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
    assert_pickle_refused(content, "which no array needs")


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
    assert_pickle_refused(pickle.dumps((array,), protocol))


def test_object_dtype_said_to_hold_numbers():
    # As pointers, these bytes would be followed into nowhere.
    content = python2_pickle(np.arange(3)).replace(b"S'i8'", b"S'O8'").replace(b"S'<'", b"S'|'")
    assert_pickle_refused(content, "not boolean, integer or floating")


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ("I2\nI2\n", "does not fit its 48 bytes"),
        ("I-3\nI-2\n", "does not fit"),
        ("I0\nI2\n", "does not fit"),
        ("I1099511627776\nI1099511627776\n", "does not fit"),
        ("L18446744073709551616L\nI6\n", "does not fit"),
        ("S'3'\nI2\n", "does not fit"),
        ("I01\nI6\n", "does not fit"),
        ("NI6\n", "does not fit"),
        ("I6\n" + "I1\n" * 32, "does not fit"),
    ],
)
def test_shapes_are_compared_with_the_bytes(shape, match):
    assert_pickle_refused(python2_pickle(ARRAY).replace(b"I3\nI2\n", shape.encode()), match)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"(I1\n(", b"(I2\n("),  # the version of an array's state
        (b"(I3\nS'<'", b"(I4\nS'<'"),  # of a dtype's, which has metadata from 4 on
        (b"I-1\nI-1\nI0\ntb", b"I8\nI-1\nI0\ntb"),  # a dtype's size
        (b"I-1\nI-1\nI0\ntb", b"I-1\nI-1\nI1\ntb"),  # its flags: 1 says that it holds objects
        (b"I0\nI1\ntRp5", b"I1\nI1\ntRp5"),  # its alignment
        (b"p2\n(I0\nt", b"p2\n(I7\nt"),  # the array before its state
    ],
)
def test_what_numpy_never_writes_is_refused(old, new):
    content = python2_pickle(ARRAY)
    assert content.count(old) == 1
    assert_pickle_refused(content.replace(old, new))


def test_another_number_of_arrays():
    assert_pickle_refused(pickle.dumps((ARRAY, ARRAY, ARRAY)), "a tuple of another form", count=2)
    assert_pickle_refused(pickle.dumps(ARRAY), "a _Call of another form", count=2)
    assert_pickle_refused(pickle.dumps((ARRAY, 3)), "something other than an array", count=2)
