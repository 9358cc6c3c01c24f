"""`read_idx`: what was written comes back, and any other file is refused by name."""

import gzip
import hashlib
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnlib.data.files import DataError
from nnlib.data.idx import read_idx

byte_arrays = arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=7))


def idx_bytes(values):
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def read(content, shape, **kwargs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "digits.gz"
        path.write_bytes(content)
        return read_idx(path, shape, **kwargs)


def refused(content, shape, match, **kwargs):
    """Assert that the file is refused in the house's form: file, expectation, what came, what to do."""
    with pytest.raises(DataError, match=match) as caught:
        read(content, shape, todo="Fetch it again.", **kwargs)
    for part in ("digits.gz: expected ", ", got ", "Fetch it again."):
        assert part in str(caught.value)


@given(byte_arrays)
def test_round_trip(values):
    content = idx_bytes(values)
    result = read(gzip.compress(content), values.shape, md5=hashlib.md5(content).hexdigest())
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, values)


@given(byte_arrays, st.sampled_from([np.float32, np.float64]))
def test_division_is_exactly_numpys(values, dtype):
    result = read(gzip.compress(idx_bytes(values)), values.shape, dtype=dtype, divisor=255)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, values.astype(dtype) / 255)


def test_a_file_of_many_pieces():
    # Random bytes do not compress: the file is read in several pieces, and the header shares its piece with values.
    values = np.random.default_rng(0).integers(0, 256, (300, 28, 28), dtype=np.uint8)
    np.testing.assert_array_equal(read(gzip.compress(idx_bytes(values)), values.shape), values)


def test_worked_by_hand():
    # magic: zeros, type 8, 2 axes; then the lengths 2 and 3; then six values, row by row
    content = bytes.fromhex("00000802 00000002 00000003 00 33 66 99 CC FF")
    expected = [[0.0, 0.2, 0.4], [0.6, 0.8, 1.0]]
    np.testing.assert_allclose(read(gzip.compress(content), (2, 3), dtype=np.float64, divisor=255), expected)


@given(byte_arrays, st.data())
def test_truncated_anywhere(values, data):
    packed = gzip.compress(idx_bytes(values))
    refused(packed[: data.draw(st.integers(0, len(packed) - 1))], values.shape, "truncated|empty file")


@given(byte_arrays, st.data())
def test_content_truncated_before_it_was_compressed(values, data):
    content = idx_bytes(values)
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    refused(gzip.compress(cut), values.shape, "magic number|header of|only")


@given(byte_arrays, st.binary(min_size=1, max_size=20))
def test_trailing_bytes(values, tail):
    content = idx_bytes(values)
    refused(gzip.compress(content + tail), values.shape, "more bytes after them")
    refused(gzip.compress(content) + tail, values.shape, "more bytes after it")
    refused(gzip.compress(content) + gzip.compress(tail), values.shape, "more bytes after it")


@given(byte_arrays, st.data())
def test_one_changed_byte_of_the_content(values, data):
    content = bytearray(idx_bytes(values))
    right = hashlib.md5(content).hexdigest()
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    refused(gzip.compress(content), values.shape, "magic number|states|MD5", md5=right)


@given(byte_arrays, st.data())
def test_one_changed_byte_of_the_file(values, data):
    packed = bytearray(gzip.compress(idx_bytes(values)))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    md5 = hashlib.md5(idx_bytes(values)).hexdigest()
    try:
        result = read(packed, values.shape, md5=md5)
    except DataError:
        return
    np.testing.assert_array_equal(result, values)  # it was, say, the time in the gzip header


def test_another_magic_number():
    floats = bytes.fromhex("00000D01 00000000")  # type 13: float
    refused(gzip.compress(floats), (0,), "magic number 00000801, got 00000d01")


def test_the_stated_shape_is_compared_before_anything_is_allocated():
    header = struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1)
    refused(gzip.compress(header), (2, 2, 2), r"shape \(2, 2, 2\), got a header that states \(4294967295,")


def test_not_gzip_and_not_there(tmp_path):
    refused(b"<html>not found</html>", (1,), "one whole gzip member, got corrupt data")
    with pytest.raises(DataError, match=r"none\.gz: expected a readable file, got No such file"):
        read_idx(tmp_path / "none.gz", (1,))
    with pytest.raises(DataError, match="expected a readable file"):
        read_idx(tmp_path, (1,))
