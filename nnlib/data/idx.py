"""Read IDX files, the format of MNIST, gzipped or plain.

An IDX file is a header, then the values in row-major order. The header is two zero bytes, one byte for the type of the
values (8: unsigned byte, the only one that MNIST uses), one byte for the number of axes, and the length of each axis
as a big-endian 32-bit integer. The reader is strict: no byte may be missing or left over.
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

from nnlib.data.files import beginning, data_error, require, unreadable

# Compressed input inflates to at most about 1000 times its length, so this also bounds the memory in use.
_PIECE = 1 << 16


def read_idx(
    path: Path, shape: tuple[int, ...], md5: str, todo: str, *, dtype: np.dtype | type = np.uint8, divisor: int = 1
) -> np.ndarray:
    """Return the values of an IDX file of unsigned bytes, as an array of `shape` and `dtype`, divided by `divisor`.

    The file is inflated, hashed and converted piece by piece into the returned array, the only large allocation. Its
    first bytes, not its name, tell whether it is gzipped. With a `divisor` (255 maps bytes to [0, 1]) `dtype` must be
    floating. `md5` is the expected MD5 of the inflated content; `todo`, the error's last sentence, says what to do.

    Raises:
        DataError: the file is unreadable, truncated, corrupt, longer than its header states, not an IDX file, or of
            another magic number, shape or MD5.
    """
    pieces = _pieces(path, todo)
    start = next(pieces)
    header, start = start[: 4 + 4 * len(shape)], start[4 + 4 * len(shape) :]
    magic, stated = bytes([0, 0, 8, len(shape)]), struct.unpack(f">{len(header) // 4}I", header[: len(header) // 4 * 4])
    expected = f"the IDX magic number {magic.hex()} and shape {shape}"
    got = f"{header[:4].hex()} and {stated[1:]}" if header else "an empty file"
    require(header[:4] == magic and stated[1:] == shape, path, expected, got, todo)

    digest = hashlib.md5(header, usedforsecurity=False)
    values, filled = np.empty(math.prod(shape), dtype), 0
    expected = f"{values.size} values for shape {shape}"
    for piece in chain([start], pieces):
        digest.update(piece)
        end = filled + len(piece)
        require(end <= values.size, path, expected, "more bytes after them", todo)
        values[filled:end] = np.frombuffer(piece, np.uint8)
        if divisor != 1:
            values[filled:end] /= divisor
        filled = end
    require(filled == values.size, path, expected, f"only {filled}", todo)
    require(digest.hexdigest() == md5, path, f"content of MD5 {md5}", f"MD5 {digest.hexdigest()}", todo)
    return values.reshape(shape)


def _pieces(path: Path, todo: str) -> Iterator[bytes]:
    """Yield the content in pieces: of a plain file, or of one gzip member, whose CRC-32 and length zlib compares."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: the gzip wrapper, not zlib's
    expected = "one whole gzip member"
    try:
        with open(path, "rb") as file:
            piece = file.read(_PIECE)
            gzipped = piece.startswith(b"\x1f\x8b")
            got = f"no gzip file and no IDX file: {beginning(piece)}"
            require(gzipped or piece.startswith(b"\0\0"), path, "an IDX file, gzipped or plain", got, todo)
            while piece:
                yield inflater.decompress(piece) if gzipped else piece
                piece = inflater.unused_data or file.read(_PIECE)
                require(not (piece and inflater.eof), path, expected, "more bytes after it", todo)
    except OSError as error:
        raise unreadable(path, error, todo) from error
    except zlib.error as error:
        raise data_error(path, expected, f"corrupt data ({error})", todo) from error
    require(inflater.eof or not gzipped, path, expected, "a truncated file", todo)
