"""Read NumPy arrays from a pickle without running anything that it asks for.

A pickle is a program: it names functions, and unpickling calls them. `_Recorder` executes only the instructions that a
pickled array needs (protocols 0 to 5, Python 2 or 3, NumPy 1 or 2), accepts only the names in `_NAMES`, and records a
call as a `_Call` instead of making it. `_array` builds an array from these records and compares every size with the
bytes in the file. So no function that the file chooses ever runs; time and memory are linear in the file's length.
"""

from __future__ import annotations

import enum
import io
import math
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlib.data.files import beginning, data_error

_Name = enum.Enum("_Name", "RECONSTRUCT FROMBUFFER NDARRAY DTYPE ENCODE")
_NAMES = {("numpy", "ndarray"): _Name.NDARRAY, ("numpy", "dtype"): _Name.DTYPE}
_NAMES["_codecs", "encode"] = _Name.ENCODE  # bytes in protocols 0 to 2, written by Python 3
for _core in ("numpy.core", "numpy._core"):  # NumPy 1, NumPy 2
    _NAMES[f"{_core}.multiarray", "_reconstruct"] = _Name.RECONSTRUCT  # an array in protocols 0 to 4
    _NAMES[f"{_core}.numeric", "_frombuffer"] = _Name.FROMBUFFER  # an array in protocol 5

# The instructions that only move values between the file, the stack and the memo.
_MOVES = """PROTO FRAME MARK STOP PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET NONE NEWTRUE NEWFALSE
    INT BININT BININT1 BININT2 LONG LONG1 STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE
    BINBYTES SHORT_BINBYTES BINBYTES8 EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST LIST APPEND APPENDS
    GLOBAL STACK_GLOBAL"""
_INSTRUCTIONS = [getattr(pickle, name)[0] for name in _MOVES.split()]
_CODES = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]  # not O, whose values are pointers
_DTYPES = {order + code: np.dtype(order + code) for order in "<>|" for code in _CODES}


class _Refused(Exception):
    """The message is what the pickle holds instead of arrays."""


@dataclass(eq=False)
class _Call:
    """A call that the pickle asks for (REDUCE), and the state that it sets on the result (BUILD)."""

    function: object
    arguments: object
    state: object = None


class _Dispatch(dict):
    def __missing__(self, code: int) -> None:
        raise _Refused(f"the instruction {chr(code)!r}, which no array needs")


class _Recorder(pickle._Unpickler):
    """The standard library's unpickler in Python, the only one of its two whose instructions can be restricted."""

    dispatch = _Dispatch((code, pickle._Unpickler.dispatch[code]) for code in _INSTRUCTIONS)
    # Read as bytes: the original allocates as many bytes as the file claims before it reads them.
    dispatch[pickle.BYTEARRAY8[0]] = dispatch[pickle.BINBYTES8[0]]

    def find_class(self, module: str, name: str) -> enum.Enum:
        if (module, name) not in _NAMES:
            raise _Refused(f"the name {f'{module}.{name}'[:100]!r}, which no array needs; it was not run")
        return _NAMES[module, name]

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        self.stack[-1] = _Call(self.stack[-1], arguments)

    def load_build(self) -> None:
        state = self.stack.pop()
        if not isinstance(self.stack[-1], _Call):
            raise _Refused("a state for something that is not an array")
        self.stack[-1].state = state

    dispatch |= {pickle.REDUCE[0]: load_reduce, pickle.BUILD[0]: load_build}


def load_pickled_arrays(path: Path, content: bytes, count: int, todo: str) -> list[np.ndarray]:
    """Return the arrays, read-only, of a pickled tuple or list of `count` NumPy arrays.

    Raises:
        DataError: `content` is truncated, damaged, or holds anything else. It names `path` and ends with `todo`.
    """
    try:
        # latin1 maps each byte of a Python 2 string to the same code point, and `_array` maps it back.
        tree = _Recorder(io.BytesIO(content), encoding="latin1").load()
        if not isinstance(tree, (tuple, list)) or len(tree) != count:
            raise _Refused(f"a {type(tree).__name__} of another form")
        return [_array(node) for node in tree]
    except Exception as error:  # damaged or hostile bytes can raise anything here
        got = str(error) if isinstance(error, _Refused) else f"damaged content, {type(error).__name__}: {error}"
        expected = f"a pickled tuple of {count} NumPy arrays and nothing else"
        raise data_error(path, expected, f"{got[:300]} ({beginning(content)})", todo) from error


def _array(node: object) -> np.ndarray:
    match node:
        case _Call(_Name.RECONSTRUCT, (_Name.NDARRAY, (0,), _), (1, tuple(shape), dtype, bool(fortran), data)):
            order = "F" if fortran else "C"
        case _Call(_Name.FROMBUFFER, (data, dtype, tuple(shape), "C" | "F" as order)):
            pass
        case _:
            raise _Refused("something other than an array")
    match dtype:
        case _Call(_Name.DTYPE, (str(code), 0, 1), (3, str(byte_order), None, None, None, -1, -1, 0)):
            dtype = _DTYPES.get(byte_order + code)
    if not isinstance(dtype, np.dtype):
        raise _Refused("an array of a dtype that is not boolean, integer or floating")
    match data:
        case str(text) | _Call(_Name.ENCODE, (str(text), "latin1")):
            data = text.encode("latin1")
    # Each length is checked before they are multiplied: a product of long integers takes quadratic time.
    fits = len(shape) <= 32 and all(type(length) is int and 0 < length <= len(data) for length in shape)
    if not fits or math.prod(shape) * dtype.itemsize != len(data):
        raise _Refused(f"an array whose shape does not fit its {len(data)} bytes")
    return np.frombuffer(data, dtype).reshape(shape, order=order)
