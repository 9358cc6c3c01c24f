"""A checksum of source code: of functions and classes, of all that they name, of all that this names, and so on.

A function counts by the statement that defines it, its defaults, and what its names stand for; a class by its bases,
methods and constants; an installed package by its name alone. Comments, docstrings and layout do not count, nor does
what code changes while it runs, such as a counter or a cache.
"""

from __future__ import annotations

import functools
import inspect
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from types import FunctionType, MethodType, ModuleType

from nnlib import checks
from nnlib.provenance.plain_json import checksum, is_plain, to_json
from nnlib.provenance.source import all_code, file_of, read_source, statement

_PARTS = {  # objects that count by their attributes
    functools.partial: ("func", "args", "keywords"),
    MethodType: ("__func__", "__self__"),
    property: ("fget", "fset"),
}
_INSTALLED = sysconfig.get_path("stdlib"), "site-packages", "dist-packages"


def code_checksum(*objects: object, apart: Iterable[str] = ()) -> str:
    """Return a checksum of `objects` and of the functions, classes and constants that they name, directly or not.

    Args:
        objects: functions, classes, partials, frozen dataclasses, plain values, lists and dictionaries of them; any
            other object counts by its class.
        apart: modules whose functions and classes count by their names alone.

    Raises:
        CodeError: a file was edited and not loaded again, or has a syntax error; code has neither a file nor a cell.
    """
    reader = _Reader(checks.instance("apart", apart, Iterable, "names of modules"))
    return checksum([reader.read(objects), reader.definitions])


def as_loaded(factory: Callable) -> Callable:
    """Return a class as its module has it now: autoreload may have made a new one, and pickle finds only that."""
    if isinstance(factory, functools.partial):
        return functools.partial(as_loaded(factory.func), *factory.args, **factory.keywords)
    if not isinstance(factory, type) or factory.__module__ == "__main__":
        return factory
    found = getattr(sys.modules.get(factory.__module__), factory.__qualname__, None)
    return found if isinstance(found, type) and to_json(found) == to_json(factory) else factory


class _Reader:
    """Describes values; `definitions` is what it has read of the functions and classes among them, each once."""

    def __init__(self, apart: Iterable[str]):
        self.apart = set(apart)
        self.definitions: list[object] = []
        self._seen: dict[int, object] = {}

    def read(self, value: object) -> object:
        """Return plain values as they are, functions and classes by their names, any other object by its class's."""
        if is_dataclass(value) and not isinstance(value, type) and value.__dataclass_params__.frozen:
            value = [type(value), {field.name: getattr(value, field.name) for field in fields(value)}]
        for kind, names in _PARTS.items():
            if isinstance(value, kind):
                value = [getattr(value, name) for name in names]
        if is_plain(value):
            return to_json(value)
        if isinstance(value, (list, tuple)):
            return [self.read(item) for item in value]
        if isinstance(value, dict):
            return {str(key): self.read(item) for key, item in value.items()}
        value = _unwrap(value)
        value = value if isinstance(value, (FunctionType, type)) else type(value)
        if id(value) not in self._seen and value.__module__ not in self.apart and _is_own(value):
            self._seen[id(value)] = value
            self.definitions.append(self._function(value) if isinstance(value, FunctionType) else self._class(value))
        return f"{value.__module__}:{value.__qualname__}"

    def _function(self, function: FunctionType) -> list[object]:
        code = function.__code__
        names = {name for part in all_code(code) for name in part.co_names}
        cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
        closure = {name: cell.cell_contents for name, cell in cells}
        values = self._named(names | closure.keys(), function.__globals__ | closure, {file_of(function)})
        return [statement(function), self.read([function.__defaults__, function.__kwdefaults__]), values]

    def _class(self, cls: type) -> list[object]:
        unwrapped = {name: _unwrap(item) for name, item in vars(cls).items()}
        functions = {name: item for name, item in unwrapped.items() if isinstance(item, FunctionType) and _is_own(item)}
        own = {name: item for name, item in vars(cls).items() if name in functions or name[:2] != "__"}
        return [self.read(list(cls.__bases__)), self._named(own, own, set(map(file_of, functions.values())))]

    def _named(self, names: Iterable[str], scope: dict[str, object], files: set[str]) -> dict[str, object]:
        """Describe what `names` stand for, of a module what they name in it; no plain values that `files` change."""
        changed = {name for file in files for name in read_source(file).changed}
        described = {}
        for name in sorted(set(names) & scope.keys()):
            value = scope[name]
            if isinstance(value, ModuleType):
                if _is_own(value):
                    within = {vars(value).get("__file__") or ""}
                    described[name] = self._named(set(names) - {name}, vars(value), within)
            elif name not in changed or not is_plain(value):
                described[name] = self.read(value)
        return described


def _unwrap(value: object) -> object:
    """Return what a package's wrapper wraps: functools.cache, a class method, PyTorch's around an optimizer's step."""
    return inspect.unwrap(value, stop=lambda found: isinstance(found, FunctionType) and _is_own(found))


def _is_own(value: FunctionType | type | ModuleType) -> bool:
    """Return whether it is nnlib's, the user's notebook's, or from a file of theirs, not an installed package's."""
    module = value.__name__ if isinstance(value, ModuleType) else value.__module__
    if isinstance(value, FunctionType):
        module = value.__globals__.get("__name__", "")  # a wrapper's __module__ is that of what it wraps
    if module.partition(".")[0] in ("nnlib", "__main__"):
        return True
    path = getattr(sys.modules.get(module), "__file__", None) or _INSTALLED[0]
    return not any(folder in path for folder in _INSTALLED)
