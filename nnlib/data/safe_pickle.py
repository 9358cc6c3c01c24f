"""Read NumPy arrays from a pickle without running anything that the pickle asks for.

A pickle is a program: it names functions, and unpickling calls them. Here the calls are only written down. The machine
below knows no more instructions than a pickled array needs, turns every name into a member of an Enum or refuses it,
and leaves `_Call` records where objects would be built; the arrays are then made from those records by plain code,
which compares every size with the bytes that are really there. So neither a function of the pickle's choosing nor
NumPy's own `__setstate__`, written for trusted input, ever runs.

Arrays written by NumPy 1 and 2 under Python 2 and 3 are understood, in pickle protocols 0 to 5.
"""

from __future__ import annotations

import enum
import io
import math
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np

from nnlib.data.files import data_error


class _Name(enum.Enum):
    RECONSTRUCT = enum.auto()  # an array in protocols 0 to 4
    FROMBUFFER = enum.auto()  # an array in protocol 5
    NDARRAY = enum.auto()
    DTYPE = enum.auto()
    ENCODE = enum.auto()  # bytes, written by Python 3 in protocols 0 to 2


_NAMES = {
    ("numpy.core.multiarray", "_reconstruct"): _Name.RECONSTRUCT,  # NumPy 1
    ("numpy._core.multiarray", "_reconstruct"): _Name.RECONSTRUCT,  # NumPy 2
    ("numpy.core.numeric", "_frombuffer"): _Name.FROMBUFFER,
    ("numpy._core.numeric", "_frombuffer"): _Name.FROMBUFFER,
    ("numpy", "ndarray"): _Name.NDARRAY,
    ("numpy", "dtype"): _Name.DTYPE,
    ("_codecs", "encode"): _Name.ENCODE,
}

# Booleans, integers and floats; above all not "O", whose values are Python objects.
_DTYPE_CODES = frozenset(["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"])

# The instructions, one byte each, that only move values about.
_FLOW = pickle.PROTO + pickle.FRAME + pickle.MARK + pickle.STOP
_STORES = pickle.PUT + pickle.BINPUT + pickle.LONG_BINPUT + pickle.MEMOIZE
_RECALLS = pickle.GET + pickle.BINGET + pickle.LONG_BINGET
_CONSTANTS = pickle.NONE + pickle.NEWTRUE + pickle.NEWFALSE
_INTEGERS = pickle.INT + pickle.BININT + pickle.BININT1 + pickle.BININT2 + pickle.LONG + pickle.LONG1
_STRINGS = pickle.STRING + pickle.BINSTRING + pickle.SHORT_BINSTRING  # of Python 2
_TEXTS = pickle.UNICODE + pickle.BINUNICODE + pickle.SHORT_BINUNICODE
_BYTES = pickle.BINBYTES + pickle.SHORT_BINBYTES + pickle.BINBYTES8
_TUPLES = pickle.EMPTY_TUPLE + pickle.TUPLE + pickle.TUPLE1 + pickle.TUPLE2 + pickle.TUPLE3
_LISTS = pickle.EMPTY_LIST + pickle.LIST + pickle.APPEND + pickle.APPENDS
_LOOKUPS = pickle.GLOBAL + pickle.STACK_GLOBAL  # end in `find_class`
_INERT = _FLOW + _STORES + _RECALLS + _CONSTANTS + _INTEGERS + _STRINGS + _TEXTS + _BYTES + _TUPLES + _LISTS + _LOOKUPS


@dataclass
class _Call:
    """A call that the pickle asks for: REDUCE's function and arguments, and the state that BUILD adds."""

    function: object
    arguments: object
    state: object = None


class _Instructions(dict):
    def __missing__(self, code: int) -> NoReturn:
        raise pickle.UnpicklingError(f"the instruction {chr(code)!r}, which no array needs")


class _Recorder(pickle._Unpickler):
    """The standard library's pickle machine in Python, cut down to the `_INERT` instructions, REDUCE and BUILD.

    Its C twin would be the public one, but has no table of instructions to cut, and sizes its memo by a number in the
    file.
    """

    dispatch = _Instructions((code, pickle._Unpickler.dispatch[code]) for code in _INERT)
    # Read as bytes: a bytearray would be allocated at the length that the file claims, before it is read.
    dispatch[pickle.BYTEARRAY8[0]] = pickle._Unpickler.dispatch[pickle.BINBYTES8[0]]

    def find_class(self, module: str, name: str) -> _Name:
        if (module, name) not in _NAMES:
            asked = f"{module}.{name}"
            raise pickle.UnpicklingError(f"the name {asked[:100]!r}, which no array needs; it was not run")
        return _NAMES[module, name]

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        self.stack[-1] = _Call(self.stack[-1], arguments)

    dispatch[pickle.REDUCE[0]] = load_reduce

    def load_build(self) -> None:
        state = self.stack.pop()
        if not isinstance(self.stack[-1], _Call):
            raise pickle.UnpicklingError("a state for something that is not an array")
        self.stack[-1].state = state

    dispatch[pickle.BUILD[0]] = load_build


def load_arrays(path: Path, content: bytes, count: int, todo: str) -> list[np.ndarray]:
    """Return the arrays of a pickled tuple or list of `count` NumPy arrays.

    The arrays are read-only views of `content`'s values, of boolean, integer or floating dtype. Time and memory stay
    in proportion to the length of `content`, which the caller bounds.

    Args:
        path: Where `content` was read, for the error.
        content: The pickle.
        count: How many arrays there must be.
        todo: What to do about a bad file, the last sentence of the error.

    Raises:
        DataError: `content` is truncated, or holds anything else.
    """
    try:
        # latin1 maps the bytes in a Python 2 string to the same numbers, and `_raw_bytes` maps them back.
        tree = _Recorder(io.BytesIO(content), encoding="latin1").load()
        if not isinstance(tree, (tuple, list)) or len(tree) != count:
            raise pickle.UnpicklingError(f"a {type(tree).__name__} of another form")
        return [_array(node) for node in tree]
    except Exception as error:  # whatever hostile or broken bytes may provoke in the machine
        reason = str(error)[:200] or "it ends too early"
        got = f"a file that cannot be read as that ({type(error).__name__}: {reason})"
        raise data_error(path, f"a pickled tuple of {count} NumPy arrays and nothing else", got, todo) from error


def _array(node: object) -> np.ndarray:
    match node:
        case _Call(_Name.RECONSTRUCT, (_Name.NDARRAY, *_), (_, tuple(shape), dtype, bool(fortran), data)):
            order = "F" if fortran else "C"
        case _Call(_Name.FROMBUFFER, (data, dtype, tuple(shape), "C" | "F" as order)):
            pass
        case _:
            raise pickle.UnpicklingError("something other than an array")
    dtype, raw = _dtype(dtype), _raw_bytes(data)
    if not all(type(length) is int and length > 0 for length in shape):
        raise pickle.UnpicklingError("an array whose shape is not of positive whole numbers")
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise pickle.UnpicklingError(f"an array whose shape does not fit its {len(raw)} bytes")
    return np.frombuffer(raw, dtype).reshape(shape, order=order)


def _dtype(node: object) -> np.dtype:
    match node:
        case _Call(_Name.DTYPE, (str(code), *_), (_, "<" | ">" | "|" as byte_order, None, None, None, *_)):
            if code in _DTYPE_CODES:
                return np.dtype(byte_order + code)
    raise pickle.UnpicklingError("an array of a dtype that is not boolean, integer or floating")


def _raw_bytes(node: object) -> bytes:
    match node:
        case bytes(raw):
            return raw
        case str(text) | _Call(_Name.ENCODE, (str(text), "latin1")):
            return text.encode("latin1")
    raise pickle.UnpicklingError("an array without its bytes")
