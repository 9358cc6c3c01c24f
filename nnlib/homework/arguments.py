"""Checks of a function's arguments by its annotations: of the experiments and figures, which anybody may call."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from nnlib import checks

Function = TypeVar("Function", bound=Callable)


def checked(function: Function) -> Function:
    """Return the function with a check before each call: a TypeError or ValueError names what fits no annotation.

    An int is a whole number of at least 0, a float any number but NaN, an array one of real numbers. Arguments without
    an annotation are not checked, nor are defaults.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: object, **kwargs: object):
        kinds = _kinds(function)
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if signature.parameters[name].kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL):
                check(name, value, kinds.get(name, object))
        return function(*args, **kwargs)

    return call


@functools.cache
def _kinds(function: Callable) -> dict[str, object]:
    return get_type_hints(function)


def check(name: str, value: object, kind: object) -> None:
    """Raise a TypeError or ValueError unless `value` fits the annotation `kind`."""
    origin, parts = get_origin(kind), get_args(kind)
    if isinstance(kind, types.UnionType):
        if value is not None or type(None) not in parts:
            check(name, value, parts[0])
    elif kind is bool:
        checks.boolean(name, value)
    elif kind is int:
        checks.whole(name, value, "a whole number of at least 0", lambda number: number >= 0)
    elif kind is float:
        checks.require(isinstance(value, Real) and not isinstance(value, bool), name, "a number", repr(value))
        checks.require(value == value, name, "a number", "NaN")
    elif kind is np.ndarray:
        checks.instance(name, value, np.ndarray, "a NumPy array")
        checks.as_array(name, value, real=True)
    elif origin is tuple:
        fits = isinstance(value, (tuple, list)) and len(value) == len(parts)
        checks.require(fits, name, f"a tuple of {len(parts)}", repr(value)[:60])
        for index, part in enumerate(parts):
            check(f"{name}[{index}]", value[index], part)
    elif origin is Callable:
        checks.require(callable(value) and not isinstance(value, type), name, "a function", repr(value))
    elif origin and issubclass(origin, Mapping):
        checks.instance(name, value, Mapping, "a dict")
    elif origin:
        _check_items(name, value, parts[0], empty=origin is not Sequence)
    elif isinstance(kind, type):  # by name: autoreload makes a class that was edited again
        own = kind.__name__ in {each.__name__ for each in type(value).__mro__}
        checks.require(own, name, f"an object of the class {kind.__name__}", repr(value)[:60])


def _check_items(name: str, value: object, kind: object, *, empty: bool) -> None:
    """Raise unless `value` is a list, or another iterable, of what fits `kind`; a generator is not used up."""
    is_list = isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))
    empty = empty or not hasattr(value, "__len__")
    checks.require(is_list and (empty or len(value) > 0), name, "a list", repr(value)[:60])
    for index, item in enumerate(value if isinstance(value, (list, tuple, np.ndarray)) else ()):
        check(f"{name}[{index}]", item, kind)
