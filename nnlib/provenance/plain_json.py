"""Settings, callbacks, model factories, rows and data as plain JSON or by a checksum: the same for equal ones."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import math
import pickle
from collections.abc import Mapping
from dataclasses import asdict, fields
from types import UnionType
from typing import get_args, get_origin, get_type_hints

import numpy as np

from nnlib import checks


def to_json(value: object) -> object:
    """Return a description of `value` that JSON can hold.

    Numbers, strings, lists and dictionaries stay as they are (NumPy's scalars become Python's, tuples and sets become
    lists). A function or class is {"callable": "module:name"}, a partial and any other object are dictionaries of what
    they are made of, an array is its shape, dtype and checksum.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [to_json(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, functools.partial):
        keywords = to_json(value.keywords)
        return {"partial": to_json(value.func), "args": to_json(value.args), "keywords": keywords}
    if inspect.isroutine(value) or isinstance(value, type):
        return {"callable": f"{value.__module__}:{value.__qualname__}"}
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return {"array": list(value.shape), "dtype": value.dtype.str, "checksum": array_checksum({"": value})}
    described: dict[str, object] = {"object": f"{type(value).__module__}:{type(value).__qualname__}"}
    if hasattr(value, "__dict__"):
        return described | {"vars": to_json(vars(value))}
    return described | {"pickle": hashlib.sha256(pickle.dumps(value, protocol=5)).hexdigest()}


def is_plain(value: object, *, mutable: bool = True) -> bool:
    """Return whether `value` is made of numbers, strings, None, tuples, and where `mutable` lists, dicts and arrays."""
    if isinstance(value, tuple) or (mutable and isinstance(value, (list, set, frozenset))):
        return all(is_plain(item, mutable=mutable) for item in value)
    if mutable and isinstance(value, dict):
        return is_plain([*value, *value.values()])
    kinds = (bool, int, float, complex, str, bytes, np.generic, *([np.ndarray] if mutable else []))
    return value is None or isinstance(value, kinds)


def jsonable(name: str, settings: Mapping[str, object]) -> dict[str, object]:
    """Return `settings` as JSON gives them back.

    Args:
        name: of the argument, for the error.
        settings: finite numbers, strings, None, and lists and dictionaries of them, by name.

    Raises:
        TypeError: no dictionary.
        ValueError: a value that JSON cannot hold.
    """
    described = {}
    for key, value in checks.mapping(name, settings, "{'reg': 0.1}").items():
        value = value.item() if isinstance(value, np.generic) else value
        described[key] = to_json(value)
        try:
            same = json.loads(json.dumps(value, allow_nan=False)) == described[key]
        except (TypeError, ValueError):
            same = False
        checks.require(
            isinstance(key, str) and same,
            f"{name}[{key!r}]",
            "a finite number, a string, None, or a list or dictionary of them",
            repr(value),
            "Settings are written to the trial log; give make_model anything else by functools.partial.",
        )
    return described


def checksum(value: object) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a value; a ValueError if JSON cannot hold it."""
    try:
        text = json.dumps(value, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"value: expected what JSON can hold, got {value!r:.60}. {error}") from error
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def array_checksum(arrays: Mapping[str, np.ndarray]) -> str:
    """Return "sha256:" and the SHA-256 of the arrays' names, dtypes, shapes and values."""
    digest = hashlib.sha256()
    for name, array in checks.mapping("arrays", arrays, "{'X_train': X}").items():
        array = np.ascontiguousarray(array)
        digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
        digest.update(array.reshape(-1).view(np.uint8))
    return f"sha256:{digest.hexdigest()}"


DEPTH = 32


def strict_json(line: bytes) -> dict[str, object]:
    """Return the JSON object that a line holds.

    Raises:
        ValueError: it holds none, or NaN, half a character, or lists and dictionaries of more than `DEPTH` levels.
    """
    checks.instance("line", line, bytes, "bytes")
    too_deep = "\n" + " " * (DEPTH + 1)
    try:
        value = json.loads(line)
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1)  # indented by its depth
        text.encode()  # fails on half a character
    except RecursionError:
        text = too_deep
    checks.require(too_deep not in text, "JSON", f"at most {DEPTH} levels of lists and dictionaries", "more")
    checks.require(isinstance(value, dict), "JSON", "an object", type(value).__name__)
    return value


class Record:
    """A dataclass that JSON can hold: its fields are numbers, strings, lists and dictionaries of them, or Records.

    Raises:
        ValueError: a field that is not what its annotation says.
    """

    def __post_init__(self):
        for name, kind in _types(type(self)).items():
            value, expected = getattr(self, name), getattr(kind, "__name__", kind)
            checks.require(_fits(value, kind), name, expected, repr(value)[:60])

    def to_json(self) -> dict[str, object]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object):
        """Return the object that `to_json` described; a ValueError names a field that is missing, unknown or wrong."""
        types = _types(cls)
        checks.require(isinstance(value, dict), cls.__name__, "a JSON object", type(value).__name__)
        wrong = sorted(types.keys() ^ value.keys())
        got = f"missing or unknown: {', '.join(wrong)}"
        checks.require(not wrong, cls.__name__, f"the fields {', '.join(types)}", got)
        for name, kind in types.items():
            if isinstance(kind, type) and issubclass(kind, Record):
                value = {**value, name: kind.from_json(value[name])}
        return cls(**value)


@functools.cache
def _types(cls: type) -> dict[str, object]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def _fits(value: object, kind: object) -> bool:
    if kind is float:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and not 1e300 <= abs(value) < math.inf  # an integer may be too large for a float
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in get_args(kind))
    if get_origin(kind) in (list, dict):
        items = value.values() if isinstance(value, dict) else value
        return isinstance(value, get_origin(kind)) and all(_fits(item, get_args(kind)[-1]) for item in items)
    return kind is object or type(value) is kind  # a bool is not a number here
