"""Checks of a function's arguments by its annotations: of the experiments and figures, which anybody may call."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from operator import length_hint
from types import UnionType
from typing import TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from nnlib import checks

Function = TypeVar("Function", bound=Callable)


def checked(function: Function) -> Function:
    """Return the function with a check before each call: a TypeError or ValueError names the argument at fault.

    An int is a whole number of at least 0, a float any number but NaN, an array one of real numbers, a Sequence not
    empty. Arguments without an annotation are not checked, nor are defaults.
    """
    signature, kinds = inspect.signature(function), get_type_hints(function)

    @functools.wraps(function)
    def call(*args: object, **kwargs: object):
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            check(name, value, kinds.get(name, object))
        return function(*args, **kwargs)

    return call


def check(name: str, value: object, kind: object) -> None:
    """Raise a TypeError or ValueError unless `value` fits the annotation `kind`."""
    kind, parts = get_origin(kind) or kind, get_args(kind)
    if kind is UnionType:  # of a kind and None
        if value is not None:
            check(name, value, parts[0])
    elif kind is bool:
        checks.boolean(name, value)
    elif kind is int:
        checks.whole(name, value, "a whole number of at least 0", lambda number: number >= 0)
    elif kind is float:
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        checks.require(is_number and value == value, name, "a number", repr(value))
    elif kind is np.ndarray:
        checks.as_array(name, checks.instance(name, value, np.ndarray, "a NumPy array"), real=True)
    elif kind is tuple:
        fits = isinstance(value, (tuple, list)) and len(value) == len(parts)
        checks.require(fits, name, f"a tuple of {len(parts)}", repr(value)[:60])
        for index, part in enumerate(parts):
            check(f"{name}[{index}]", value[index], part)
    elif kind is Callable:
        checks.function(name, value, f"of {len(parts[0])} argument{'s' * (len(parts[0]) > 1)}")
    elif kind is Mapping:
        checks.instance(name, value, Mapping, "a dict")
    elif parts:  # an Iterable or a Sequence; a generator is not used up
        items = value if isinstance(value, (list, tuple, np.ndarray)) else ()
        is_list = isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))
        is_list = is_list and getattr(value, "ndim", 1) > 0 and (kind is Iterable or length_hint(value, 1) > 0)
        checks.require(is_list, name, "a list", repr(value)[:60])
        for index, item in enumerate(items):
            check(f"{name}[{index}]", item, parts[0])
    else:  # a class, by name: autoreload makes one that was edited again
        own = kind.__name__ in {each.__name__ for each in type(value).__mro__}
        checks.require(own, name, f"an object of the class {kind.__name__}", repr(value)[:60])
