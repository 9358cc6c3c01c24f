"""What a trial log says of settings, callbacks and model factories: plain JSON, the same for equal things."""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import json
import math
import pickle
import sys
from collections.abc import Callable, Mapping

import numpy as np

from nnlib import checks

# A trial log is a file that others may have written: what it names is looked up here and nowhere else.
TRUSTED = ("nnlib", "__main__")


def to_json(value: object) -> object:
    """Return `value` in JSON's terms.

    Numbers, strings, lists and dictionaries are themselves (NumPy's scalars and tuples become Python's and lists). A
    function or class is {"callable": "module:name"}, a partial and any other object are dictionaries of what they are
    made of, an array is its shape, dtype and checksum.
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
    if isinstance(value, functools.partial):
        keywords = to_json(value.keywords)
        return {"partial": to_json(value.func), "args": to_json(value.args), "keywords": keywords}
    if inspect.isroutine(value) or isinstance(value, type):
        return {"callable": f"{value.__module__}:{value.__qualname__}"}
    if isinstance(value, np.ndarray):
        return {"array": list(value.shape), "dtype": value.dtype.str, "checksum": array_checksum({"": value})}
    described: dict[str, object] = {"object": f"{type(value).__module__}:{type(value).__qualname__}"}
    if hasattr(value, "__dict__"):
        return described | {"vars": to_json(vars(value))}
    return described | {"pickle": hashlib.sha256(pickle.dumps(value, protocol=5)).hexdigest()}


def jsonable(name: str, settings: Mapping[str, object]) -> dict[str, object]:
    """Return `settings` with values that JSON gives back as they were; `name` is the argument's, for the error."""
    described = {}
    for key, value in settings.items():
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
            "The trial log has to write it down; give anything else to make_model by functools.partial.",
        )
    return described


def checksum(value: object) -> str:
    """Return a short SHA-256 of a description: 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, allow_nan=False).encode()).hexdigest()[:16]


def array_checksum(arrays: Mapping[str, np.ndarray]) -> str:
    """Return "sha256:..." over names, dtypes, shapes and values."""
    digest = hashlib.sha256()
    for name, array in arrays.items():
        array = np.ascontiguousarray(array)
        digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
        digest.update(array.reshape(-1).view(np.uint8))
    return f"sha256:{digest.hexdigest()}"


def rebuild(description: object) -> object:
    """Return what `describe` described: plain values, functions and classes, partials, objects with such attributes.

    Raises:
        LookupError: a name outside nnlib and the running program, one that is no longer there, or an array.
    """
    if isinstance(description, list):
        return [rebuild(item) for item in description]
    if not isinstance(description, dict):
        return description
    if "callable" in description:
        return _named(description["callable"])
    if "partial" in description:
        args, keywords = rebuild(description["args"]), rebuild(description["keywords"])
        return functools.partial(rebuild(description["partial"]), *args, **keywords)
    if "array" in description or "pickle" in description:
        raise LookupError(f"{description} cannot be made again from the trial log. Pass the object itself.")
    if "object" in description:
        made = object.__new__(_named(description["object"]))
        vars(made).update(rebuild(description["vars"]))
        return made
    return {key: rebuild(item) for key, item in description.items()}


def _named(name: str) -> Callable:
    module_name, _, qualname = name.partition(":")
    if module_name.partition(".")[0] not in TRUSTED:
        raise LookupError(
            f"{name} is outside nnlib and this program, and a trial log's word is not enough to run it. "
            "Pass the object itself."
        )
    found: object = sys.modules.get(module_name) or importlib.import_module(module_name)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    # The name must be the object's own: nnlib.models:np.save would lead out of nnlib again.
    if not callable(found) or to_json(found) != {"callable": name}:
        raise LookupError(f"{name} is not there any more, or is another thing now. Pass the object itself.")
    return found
