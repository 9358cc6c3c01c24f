"""Read gzipped IDX files, the format of MNIST, strictly: every byte is accounted for.

An IDX file is a header and then the values in row-major order. The header is two zero bytes, one byte for the type of
the values (8: unsigned byte, the only one that MNIST uses), one byte for the number of axes, and the length of each
axis as a big-endian 32-bit integer.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from nnlib.data.files import data_error, unreadable

# A piece of compressed input inflates to at most about 1000 times its length, so this also bounds the memory in use.
_PIECE = 1 << 16


def read_idx(
    path: Path,
    shape: tuple[int, ...],
    *,
    dtype: np.dtype | type = np.uint8,
    divisor: int = 1,
    md5: str | None = None,
    todo: str = "Get the file again from its source.",
) -> np.ndarray:
    """Return the values of a gzipped IDX file of unsigned bytes, as an array of `shape` and `dtype`.

    The file is inflated, digested and converted piece by piece, into the array that is returned: beside it, nothing
    of the file's size is ever in memory.

    Args:
        path: The gzipped file.
        shape: The shape that the header must state.
        dtype: What to convert to.
        divisor: What to divide by after the conversion: 255 maps bytes to [0, 1]; `dtype` must then be floating.
        md5: What the MD5 of the inflated content must be; None leaves it unchecked.
        todo: What to do about a bad file, the last sentence of the error.

    Raises:
        DataError: the file is unreadable, not gzip, truncated, corrupt, followed by other bytes, of another magic
            number or shape, or of another MD5.
    """
    digest = hashlib.md5(usedforsecurity=False)
    pieces = _inflate(path, digest, todo)
    header_size = 4 + 4 * len(shape)
    head = b""
    while len(head) < header_size and (piece := next(pieces, None)) is not None:
        head += piece
    _check_header(path, head, shape, todo)

    values = np.empty(math.prod(shape), dtype)
    expected = f"{values.size} values for shape {shape}"
    filled = 0
    for piece in chain([head[header_size:]], pieces):
        end = filled + len(piece)
        if end > values.size:
            raise data_error(path, expected, "more bytes after them", todo)
        values[filled:end] = np.frombuffer(piece, np.uint8)
        if divisor != 1:
            values[filled:end] /= divisor
        filled = end
    if filled < values.size:
        raise data_error(path, expected, f"only {filled}", todo)
    if md5 is not None and digest.hexdigest() != md5:
        raise data_error(path, f"content of MD5 {md5}", f"MD5 {digest.hexdigest()}", todo)
    return values.reshape(shape)


def _check_header(path: Path, head: bytes, shape: tuple[int, ...], todo: str) -> None:
    magic = bytes([0, 0, 8, len(shape)])
    if head[:4] != magic:
        raise data_error(path, f"the IDX magic number {magic.hex()}", head[:4].hex() or "an empty file", todo)
    header_size = 4 + 4 * len(shape)
    if len(head) < header_size:
        raise data_error(path, f"an IDX header of {header_size} bytes", f"{len(head)} bytes in all", todo)
    stated = struct.unpack_from(f">{len(shape)}I", head, 4)
    if stated != shape:
        raise data_error(path, f"shape {shape}", f"a header that states {stated}", todo)


def _inflate(path: Path, digest: hashlib._Hash, todo: str) -> Iterator[bytes]:
    """Yield the inflated content of one gzip member in non-empty pieces and update `digest` with each.

    zlib itself compares the CRC-32 and the length that end the member.
    """
    expected = "one whole gzip member"
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: the gzip wrapper, not zlib's
    try:
        with open(path, "rb") as file:
            while not inflater.eof and (compressed := file.read(_PIECE)):
                if piece := inflater.decompress(compressed):
                    digest.update(piece)
                    yield piece
            rest = inflater.unused_data or file.read(1)
    except OSError as error:
        raise unreadable(path, error, todo) from error
    except zlib.error as error:
        raise data_error(path, expected, f"corrupt data ({error})", todo) from error
    if not inflater.eof:
        raise data_error(path, expected, "a truncated file", todo)
    if rest:
        raise data_error(path, expected, "more bytes after it", todo)
