"""Checksums of the source code that trains, so that cached rows are invalidated when the code changes.

`training_code` is taken of nnlib's own modules, `code_checksum` of functions and classes, with all that they name in
their own packages. Comments, docstrings and layout do not count, nor does what functions keep in memory, such as a
cache or a counter. Source counts only if it is what is loaded.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import json
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType, MethodType, ModuleType

from nnlib.provenance.plain_json import is_plain, to_json
from nnlib.provenance.source import CodeError, all_code, code_key, read_source

_LIBRARIES = sys.stdlib_module_names | {"numpy"}


def training_code() -> str:
    """Return a checksum of nnlib.solver, nnlib.models and every module of nnlib that they use.

    A function that was put in the place of one of nnlib's, from a notebook for example, counts with its own source.

    Raises:
        CodeError: a file was edited and not loaded again, or has a syntax error; names it and what to do.
    """
    reader = _Reader({"nnlib", "__main__"}, mutable=False)  # tables are in the text; a live one may be a memo
    for name, module in sorted(_training_modules().items()):
        reader.say(name, read_source(module.__file__).text)
        for key, value in sorted(vars(module).items()):
            if callable(value):
                reader.packages.add(_package(value))  # of another one, if it replaces something of nnlib's
                reader.say(key)
                reader.read(value)
    return reader.digest.hexdigest()[:16]


def training_files() -> str:
    """Return a checksum of the same modules' files, byte by byte, and of the names of what they hold.

    It says less than `training_code`, at once: for a process that has just loaded the files.
    """
    digest = hashlib.sha256()
    for name, module in sorted(_training_modules().items()):
        digest.update(name.encode() + Path(module.__file__).read_bytes())
        for key, value in sorted(vars(module).items()):
            if callable(value):
                digest.update(f"{key} {_name(value)};".encode())
    return digest.hexdigest()[:16]


def code_checksum(*objects: object, apart: Iterable[str] = ()) -> str:
    """Return a checksum of `objects` and of the functions, classes and constants that they name in their own packages.

    Args:
        objects: functions, classes, partials, any other objects (their class counts), plain values, lists and
            dictionaries of them.
        apart: modules whose definitions count by their names alone.

    Raises:
        CodeError: as for `training_code`.
    """
    reader = _Reader({"nnlib", "__main__", *map(_package, objects)}, apart=apart)
    reader.read(objects)
    return reader.digest.hexdigest()[:16]


def training_modules() -> set[str]:
    """Return the names of the modules that `training_code` is taken of."""
    return set(_training_modules())


class _Reader:
    """Feeds code to a checksum, each function and class once.

    Args:
        packages: whose code is read; of other packages the name alone counts.
        apart: modules of which the name alone counts too.
        mutable: whether lists, dictionaries and arrays that code names are read too.
    """

    def __init__(self, packages: set[str], *, apart: Iterable[str] = (), mutable: bool = True):
        self.packages, self.apart, self.mutable = packages, set(apart), mutable
        self.digest = hashlib.sha256()
        self.seen: set[tuple] = set()

    def say(self, *words: str) -> None:
        self.digest.update("\0".join((*words, "")).encode("utf-8", "surrogatepass"))

    def read(self, value: object) -> None:
        """Read code by its source, plain values as they are, and any other object by its class."""
        if isinstance(value, functools.partial):
            value = [value.func, value.args, value.keywords]
        elif isinstance(value, MethodType):
            value = [value.__func__, value.__self__]
        elif callable(value) and (not isinstance(value, FunctionType) or hasattr(value, "hooked")):
            value = inspect.unwrap(value)  # a cache, a static method, or PyTorch's wrapper around an optimizer's step
        if isinstance(value, (FunctionType, type)):
            self._definition(value)
        elif is_plain(value):
            self.say(json.dumps(to_json(value), sort_keys=True))
        elif isinstance(value, (list, tuple, dict)):
            for item in value.items() if isinstance(value, dict) else value:
                self.read(item)
        elif not isinstance(value, ModuleType):
            self._definition(type(value))

    def _definition(self, value: FunctionType | type) -> None:
        self.say(_name(value))
        key = _name(value), getattr(value, "__code__", None)
        if key in self.seen or value.__module__ in self.apart or _package(value) not in self.packages - _LIBRARIES:
            return
        self.seen.add(key)
        if isinstance(value, FunctionType):
            self.say(_source(value))
            self.read([value.__defaults__, value.__kwdefaults__])
            names = {name for code in all_code(value.__code__) for name in code.co_names}
            named = {name: value.__globals__[name] for name in names & value.__globals__.keys()}
            cells = zip(value.__code__.co_freevars, value.__closure__ or (), strict=True)
            self._names(named | {name: cell.cell_contents for name, cell in cells}, [value])
        else:
            methods = list(_methods(value))
            self.read([*value.__bases__, *methods])
            self._names({name: item for name, item in vars(value).items() if name[:2] != "__"}, methods)

    def _names(self, values: dict[str, object], users: list[FunctionType]) -> None:
        """Read what names stand for, but for values that the files of `users` change."""
        changed = {name for user in users for name in read_source(_path(user)).changed}
        for name, value in sorted(values.items()):
            if callable(value) or (is_plain(value, mutable=self.mutable) and name not in changed):
                self.say(name)
                self.read(value)


def _source(function: FunctionType) -> str:
    """Return the statement that defines a function; if it has no source, as when typed at a prompt, its bytecode."""
    path, key = _path(function), code_key(function.__code__)
    text, module = read_source(path).texts.get(key), sys.modules.get(function.__module__)
    plain = type(getattr(module, "__loader__", None)) is SourceFileLoader  # pytest rewrites the files of tests
    if text is None and plain and function.__code__.co_filename == module.__file__:
        todo = "Load it again (in a notebook %autoreload 2 does) or restart the kernel."
        raise CodeError(f"{path} was edited after it was loaded. {todo}")
    return text or key


def _name(value: object) -> str:
    return f"{getattr(value, '__module__', '')}:{getattr(value, '__qualname__', type(value).__qualname__)}"


def _path(function: FunctionType) -> str:
    """Return the file of a function, or the name of its cell in a notebook."""
    path = function.__code__.co_filename
    added = path == "<string>"  # by autoreload, for one
    return getattr(sys.modules.get(function.__module__), "__file__", path) if added else path


def _methods(cls: type) -> Iterator[FunctionType]:
    """Yield the functions of a class without their decorators."""
    for item in vars(cls).values():
        for part in (item.fget, item.fset) if isinstance(item, property) else (item,):
            part = inspect.unwrap(part) if callable(part) else None
            if isinstance(part, FunctionType):
                yield part


def _training_modules() -> dict[str, ModuleType]:
    """Return nnlib.solver, nnlib.models, and the modules of nnlib that their names lead to, directly or not."""
    found: dict[str, ModuleType] = {}
    names = {"nnlib.solver", "nnlib.models"}
    while names:
        name = names.pop()
        found[name] = importlib.import_module(name)
        for value in vars(found[name]).values():
            used = str(getattr(value, "__name__" if isinstance(value, ModuleType) else "__module__", ""))
            names |= {used} - found.keys() if used.startswith("nnlib.") else set()
    return found


def _package(value: object) -> str:
    """Return the top-level package of a function or class, of a partial's function, or of an object's class."""
    while isinstance(value, functools.partial):
        value = value.func
    return str(getattr(value, "__module__", None) or type(value).__module__).partition(".")[0]
