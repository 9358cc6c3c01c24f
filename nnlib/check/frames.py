"""Frames between a process that checks and a worker that runs a student's code: plain values and arrays, no pickle.

A frame is the lengths of its header and its body (u32 and u64, little-endian), the header and the body. The header is
JSON: a value, and the dtype and shape of each array; the body holds the arrays' bytes. In a value, {"array": 0} stands
for an array, {"handle": 3} for an object that stays in the worker, {"other": "list"} for something that no frame takes.
A reader trusts nothing: neither a length, nor a dtype, nor a shape.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LENGTHS = struct.Struct("<IQ")
HEADER_LIMIT, BODY_LIMIT = 1 << 20, 64 << 20  # bytes
DTYPES = ("f4", "f8", "i8", "u1", "b1")


class FrameError(ValueError):
    """Not a valid frame, or one beyond the limits."""


@dataclass(frozen=True)
class Handle:
    """An object that stays in the worker, by its number."""

    number: int


@dataclass(frozen=True)
class Other:
    """A value that is neither an array nor plain, described in words."""

    text: str


def dump(value: object) -> bytes:
    """Return the frame of a value: arrays, None, bool, int, float, str, Handle, Other, and tuples and dicts of those.

    Raises:
        FrameError: another type or dtype, or too much.
    """
    arrays: list[np.ndarray] = []

    def plain(value: object) -> object:
        if isinstance(value, np.ndarray):
            if value.dtype.str[1:] not in DTYPES:
                raise FrameError(f"an array of dtype {value.dtype}")
            arrays.append(value)
            return {"array": len(arrays) - 1}
        if isinstance(value, (Handle, Other)):
            return {"handle": value.number} if isinstance(value, Handle) else {"other": value.text}
        if isinstance(value, dict):
            return {"dict": {str(key): plain(each) for key, each in value.items()}}
        if isinstance(value, (list, tuple)):
            return [plain(each) for each in value]
        if value is None or type(value) in (bool, int, float, str):
            return value
        raise FrameError(f"a value of type {type(value).__name__}")

    value = plain(value)
    specs = [[array.dtype.str[1:], array.shape] for array in arrays]
    header = json.dumps({"value": value, "arrays": specs}).encode()
    body = b"".join(array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays)
    _check_lengths(len(header), len(body))
    return LENGTHS.pack(len(header), len(body)) + header + body


def load(read: Callable[[int], bytes]) -> object:
    """Return the value of the next frame; `read(n)` returns n bytes. Lists come as tuples.

    Raises:
        FrameError: not a valid frame, or one beyond the limits.
    """
    header_length, body_length = LENGTHS.unpack(read(LENGTHS.size))
    _check_lengths(header_length, body_length)
    try:
        header = json.loads(read(header_length))
        specs = [(str(dtype), tuple(shape)) for dtype, shape in header["arrays"]]
        value = header["value"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FrameError("a header that cannot be read") from error
    for dtype, shape in specs:
        if dtype not in DTYPES or len(shape) > 32 or not all(type(size) is int and size >= 0 for size in shape):
            raise FrameError("an array of an unknown dtype or shape")
    lengths = [math.prod(shape) * np.dtype(dtype).itemsize for dtype, shape in specs]
    if sum(lengths) != body_length:
        raise FrameError("arrays of another length than announced")
    bodies = [read(length) for length in lengths]
    try:
        arrays = [
            np.frombuffer(body, f"<{dtype}").reshape(shape).copy()
            for (dtype, shape), body in zip(specs, bodies, strict=True)
        ]
        return _value(value, arrays)
    except (TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        raise FrameError("a value that cannot be read") from error


def _value(value: object, arrays: list[np.ndarray]) -> object:
    if isinstance(value, list):
        return tuple(_value(each, arrays) for each in value)
    if isinstance(value, str):
        return value.encode(errors="replace").decode()  # half a character cannot be printed
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "dict":
        return {_value(key, arrays): _value(each, arrays) for key, each in content.items()}
    if kind == "other":
        return Other(_value(str(content)[:200], arrays))
    if type(content) is not int or content < 0 or kind not in ("array", "handle"):
        raise FrameError("a value of an unknown kind")
    return arrays[content] if kind == "array" else Handle(content)


def _check_lengths(header: int, body: int) -> None:
    if header > HEADER_LIMIT or body > BODY_LIMIT:
        raise FrameError(f"{header} and {body} bytes, more than {HEADER_LIMIT} and {BODY_LIMIT}")
