import json
import struct
from io import BytesIO

import numpy as np
import pytest

from nnlib.check import frames
from nnlib.check.frames import FrameError, Handle, Other


def through(value):
    return frames.load(BytesIO(frames.dump(value)).read)


def framed(header, body=b""):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<IQ", len(header), len(body)) + header + body


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "b1"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_arrays_come_as_they_went(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    came = through(array)
    assert came.dtype == array.dtype
    assert came.shape == shape
    np.testing.assert_array_equal(came, array)


def test_other_memory_orders_and_byte_orders_come_as_the_same_numbers():
    array = np.arange(6.0).reshape(2, 3)
    for each in (np.asfortranarray(array), array[::-1, ::2], array.astype(">f8")):
        np.testing.assert_array_equal(through(each), each)


def test_plain_values_come_as_they_went_and_lists_as_tuples():
    value = {"a": [1, 2.5, None, True, "x"], "b": {"c": np.ones(2)}, "h": Handle(3), "o": Other("list")}
    came = through(value)
    assert came["a"] == (1, 2.5, None, True, "x")
    assert came["b"]["c"].tolist() == [1, 1]
    assert (came["h"], came["o"]) == (Handle(3), Other("list"))


def test_what_came_may_be_written_to():
    came = through(np.zeros(3))
    came[0] = 1
    assert came[0] == 1


@pytest.mark.parametrize(
    "value", [np.zeros(1, "f2"), np.zeros(1, object), np.zeros(1, complex), object(), {1, 2}, b"x"]
)
def test_other_types_are_refused(value):
    with pytest.raises(FrameError):
        frames.dump(value)


HOSTILE = {
    "no JSON": framed(b"\xff\xfe"),
    "no arrays": framed({"value": 1}),
    "a list": framed([1, 2]),
    "deep": framed(b"[" * 100_000),
    "unknown dtype": framed({"value": 1, "arrays": [["O", [1]]]}, b"\0" * 8),
    "negative shape": framed({"value": 1, "arrays": [["f8", [-1]]]}),
    "shape of 2^62": framed({"value": 1, "arrays": [["f8", [2**62]]]}),
    "shape of text": framed({"value": 1, "arrays": [["f8", ["1"]]]}, b"\0" * 8),
    "half an array": framed({"value": 1, "arrays": [["f8", [2]]]}, b"\0" * 8),
    "bytes too many": framed({"value": 1, "arrays": []}, b"\0" * 8),
    "an array that is not there": framed({"value": {"array": 0}, "arrays": []}),
    "a negative array": framed({"value": {"array": -1}, "arrays": [["f8", [1]]]}, b"\0" * 8),
    "two keys": framed({"value": {"array": 0, "other": ""}, "arrays": []}),
    "an unknown key": framed({"value": {"code": 0}, "arrays": []}),
    "a dict of text": framed({"value": {"dict": "x"}, "arrays": []}),
    "no values on endless axes": framed({"value": {"array": 0}, "arrays": [["f8", [0, 2**63]]]}),
    "no values on many long axes": framed({"value": {"array": 0}, "arrays": [["f8", [0] + [2**31] * 9]]}),
    "a long header": struct.pack("<IQ", 1 << 30, 0),
    "a long body": struct.pack("<IQ", 2, 1 << 62) + b"{}",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_reader_refuses_what_is_no_frame(data):
    with pytest.raises(FrameError):
        frames.load(BytesIO(data).read)


def test_text_with_half_a_character_can_be_printed():
    value = {"\ud800": ["a\udfff"], "other": Other("\ud800")}
    assert through(value) == {"?": ("a?",), "other": Other("?")}


def test_nobody_is_sent_more_than_the_limit():
    with pytest.raises(FrameError, match="more than"):
        frames.dump(np.broadcast_to(np.zeros(1), (frames.BODY_LIMIT // 8 + 1,)))
