"""`read_idx`: what was written comes back, and any other file is refused by name."""

import gzip
import hashlib
import struct

import numpy as np
import pytest
from data_files import idx_bytes
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnlib.data.files import DataError
from nnlib.data.idx import read_idx

byte_arrays = arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=7))


def md5(content):
    return hashlib.md5(content).hexdigest()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Return a function that writes a file and reads it; one folder serves all examples that hypothesis draws."""
    path = tmp_path_factory.mktemp("idx") / "digits"

    def read(content, shape, checksum="unknown", **kwargs):
        path.write_bytes(content)
        return read_idx(path, shape, checksum, "Fetch it again.", **kwargs)

    return read


@pytest.fixture(scope="module")
def refused(read):
    """Return a function that asserts the error's four parts: file, expectation, what came, what to do."""

    def refused(content, shape, match, checksum="unknown"):
        with pytest.raises(DataError, match=match) as caught:
            read(content, shape, checksum)
        for part in ("digits: expected ", ", got ", "Fetch it again."):
            assert part in str(caught.value)

    return refused


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzipped", "plain"])
@given(values=byte_arrays)
def test_round_trip(read, pack, values):
    content = idx_bytes(values)
    result = read(pack(content), values.shape, md5(content))
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, values)


@given(values=byte_arrays, dtype=st.sampled_from([np.float32, np.float64]))
def test_division_is_exactly_numpys(read, values, dtype):
    content = idx_bytes(values)
    result = read(gzip.compress(content), values.shape, md5(content), dtype=dtype, divisor=255)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, values.astype(dtype) / 255)


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzipped", "plain"])
def test_a_file_of_many_pieces(read, pack):
    # Random bytes do not compress: the file is read in several pieces, and the header shares its piece with values.
    values = np.random.default_rng(0).integers(0, 256, (300, 28, 28), dtype=np.uint8)
    content = idx_bytes(values)
    np.testing.assert_array_equal(read(pack(content), values.shape, md5(content)), values)


def test_worked_by_hand(read):
    # magic: zeros, type 8, 2 axes; then the lengths 2 and 3; then six values, row by row
    content = bytes.fromhex("00000802 00000002 00000003 00 33 66 99 CC FF")
    expected = [[0.0, 0.2, 0.4], [0.6, 0.8, 1.0]]
    result = read(gzip.compress(content), (2, 3), md5(content), dtype=np.float64, divisor=255)
    np.testing.assert_allclose(result, expected)


@given(values=byte_arrays, data=st.data())
def test_truncated_anywhere(refused, values, data):
    content = idx_bytes(values)
    for packed in (gzip.compress(content), content):
        cut = packed[: data.draw(st.integers(0, len(packed) - 1))]
        refused(cut, values.shape, "truncated|empty|magic number|only|no gzip", md5(content))


@given(values=byte_arrays, data=st.data())
def test_content_truncated_before_it_was_compressed(refused, values, data):
    content = idx_bytes(values)
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    refused(gzip.compress(cut), values.shape, "magic number|only")


@given(values=byte_arrays, tail=st.binary(min_size=1, max_size=20))
def test_trailing_bytes(refused, values, tail):
    content = idx_bytes(values)
    refused(content + tail, values.shape, "more bytes after them")
    refused(gzip.compress(content + tail), values.shape, "more bytes after them")
    refused(gzip.compress(content) + tail, values.shape, "more bytes after it")
    refused(gzip.compress(content) + gzip.compress(tail), values.shape, "more bytes after it")


@given(values=byte_arrays, data=st.data())
def test_one_changed_byte_of_the_content(refused, values, data):
    content = bytearray(idx_bytes(values))
    right = md5(content)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    refused(gzip.compress(content), values.shape, "magic number|MD5", right)
    refused(content, values.shape, "magic number|MD5|no gzip|gzip member", right)


@given(values=byte_arrays, data=st.data())
def test_one_changed_byte_of_the_file(read, values, data):
    packed = bytearray(gzip.compress(idx_bytes(values)))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        result = read(packed, values.shape, md5(idx_bytes(values)))
    except DataError:
        return
    np.testing.assert_array_equal(result, values)  # it was, say, the time in the gzip header


def test_another_magic_number(refused):
    floats = bytes.fromhex("00000D01 00000000")  # type 13: float
    expected = r"the IDX magic number 00000801 and shape \(0,\), got 00000d01 and \(0,\)\."
    refused(gzip.compress(floats), (0,), expected)
    refused(floats, (0,), expected)


def test_the_stated_shape_is_compared_before_anything_is_allocated(refused):
    header = struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1)
    refused(
        gzip.compress(header), (2, 2, 2), r"shape \(2, 2, 2\), got 00000803 and \(4294967295, 4294967295, 4294967295\)"
    )


def test_other_files(refused, tmp_path):
    expected = "an IDX file, gzipped or plain, got no gzip file and no IDX file: it "
    refused(b"<!DOCTYPE html><html>not found</html>", (1,), expected + "begins b'<!DOCTYPE html><'")
    refused(b"version https://git-lfs.github.com/spec/v1\n", (1,), expected + "begins b'version https://'")
    refused(b"", (1,), expected + "is empty")
    refused(b"\x1f\x8b<html>not found</html>", (1,), "one whole gzip member, got corrupt data")
    for path in (tmp_path / "none.gz", tmp_path):
        with pytest.raises(DataError, match=f"^{path}: expected a readable file, got (No such file|Is a directory)"):
            read_idx(path, (1,), "", "Fetch it.")
