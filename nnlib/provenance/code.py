"""A checksum of source code: of functions and classes, of all that they name, of all that this names, and so on.

A function counts by the text of the statement that defines it, its defaults, and what its names stand for; a class by
its bases, methods and constants; an installed package by its name alone. Comments, docstrings and layout do not count,
nor does what code changes while it runs, such as a counter or a cache.

The text is read from the file, or from the notebook's cell, because that is the same in every process. What runs is
what was loaded, perhaps before an edit. So a function is looked up among those that its file holds, by what they
compile to; if it is not there, a CodeError says that the file was edited and not loaded again.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import linecache
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType

from nnlib.provenance.plain_json import checksum, is_plain, to_json

_CHANGES = {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


class CodeError(RuntimeError):
    """The code that is loaded is not what its file says."""


def code_checksum(*objects: object, apart: Iterable[str] = ()) -> str:
    """Return a checksum of `objects` and of the functions, classes and constants that they name, directly or not.

    Args:
        objects: functions, classes, partials, frozen dataclasses, plain values, lists and dictionaries of them; any
            other object counts by its class.
        apart: modules whose functions and classes count by their names alone.

    Raises:
        CodeError: a file was edited and not loaded again, or has a syntax error; names it and what to do.
    """
    reader = _Reader(apart)
    return checksum([reader.read(objects), reader.definitions])


class _Reader:
    """Describes values; `definitions` is what it has read of the functions and classes among them, each once."""

    def __init__(self, apart: Iterable[str]):
        self.apart = set(apart)
        self.definitions: list[object] = []
        self._seen: dict[int, object] = {}

    def read(self, value: object) -> object:
        """Return plain values as they are, functions and classes by their names, any other object by its class's."""
        if isinstance(value, functools.partial):
            value = [value.func, value.args, value.keywords]
        elif isinstance(value, MethodType):
            value = [value.__func__, value.__self__]
        elif _is_frozen(value):
            value = [type(value), {field.name: getattr(value, field.name) for field in fields(value)}]
        if is_plain(value):
            return to_json(value)
        if isinstance(value, (list, tuple)):
            return [self.read(item) for item in value]
        if isinstance(value, dict):
            return {str(key): self.read(item) for key, item in value.items()}
        if not isinstance(value, FunctionType) or hasattr(value, "hooked"):
            value = inspect.unwrap(value)  # a cache, a class method, or PyTorch's wrapper around an optimizer's step
        value = value if isinstance(value, (FunctionType, type)) else type(value)
        if id(value) not in self._seen and value.__module__ not in self.apart and _is_own(value.__module__):
            self._seen[id(value)] = value
            self.definitions.append(self._function(value) if isinstance(value, FunctionType) else self._class(value))
        return f"{value.__module__}:{value.__qualname__}"

    def _function(self, function: FunctionType) -> list[object]:
        code, (_, changed) = function.__code__, _read_source(_path(function))
        names = {name for part in _all_code(code) for name in part.co_names}
        cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
        closure = {name: cell.cell_contents for name, cell in cells}
        values = [self._named(names, function.__globals__, changed), self._named(closure, closure, changed)]
        return [_text(function), self.read([function.__defaults__, function.__kwdefaults__]), values]

    def _class(self, cls: type) -> list[object]:
        members = dict(vars(cls))
        for name, item in vars(cls).items():
            if isinstance(item, property):
                members |= {name: None, f"{name}.get": item.fget, f"{name}.set": item.fset}
        functions = {name: inspect.unwrap(item) for name, item in members.items()}
        functions = {name: item for name, item in functions.items() if isinstance(item, FunctionType)}
        changed = {name for item in functions.values() for name in _read_source(_path(item))[1]}
        own = {name: item for name, item in members.items() if name in functions or name[:2] != "__"}
        return [self.read(list(cls.__bases__)), self._named(own, own, changed)]

    def _named(self, names: Iterable[str], scope: dict[str, object], changed: set[str]) -> dict[str, object]:
        """Describe what `names` stand for, except plain values that are changed; for a module, what they name in it."""
        described = {}
        for name in sorted(set(names) & scope.keys()):
            value = scope[name]
            if isinstance(value, ModuleType):
                if _is_own(value.__name__):
                    within = _read_source(getattr(value, "__file__", None) or "")[1]
                    described[name] = self._named(set(names) - {name}, vars(value), within)
            elif name not in changed or not is_plain(value):
                described[name] = self.read(value)
        return described


def _text(function: FunctionType) -> str:
    """Return the statement that defines a function; if it has no source, as when typed at a prompt, its bytecode."""
    path, key = _path(function), _code_key(function.__code__)
    text, module = _read_source(path)[0].get(key), sys.modules.get(function.__module__)
    plain = type(getattr(module, "__loader__", None)) is SourceFileLoader  # pytest rewrites the files of tests
    if text is None and plain and function.__code__.co_filename == module.__file__:
        todo = "Load it again (in a notebook %autoreload 2 does) or restart the kernel."
        raise CodeError(f"{path} was edited after it was loaded. {todo}")
    return text or key


def _read_source(path: str) -> tuple[dict[str, str], set[str]]:
    """Return the statements of a file, or of a cell by its name, and the names of what they change; see `_parse`."""
    version = None
    with contextlib.suppress(OSError):  # a cell
        status = os.stat(path)
        version = status.st_mtime_ns, status.st_size
    try:
        return _parse(path, version)
    except (SyntaxError, ValueError) as error:
        raise CodeError(
            f"{path}: {error}. The code from before this edit is still loaded. Correct the file and run the cell again."
        ) from error


@functools.cache
def _parse(path: str, version: tuple[int, int] | None) -> tuple[dict[str, str], set[str]]:
    """Return the top-level statement that each function is in, by its `_code_key`, and the names that are changed.

    Those are declared global or nonlocal, or have an item or attribute that is written, or a method of `_CHANGES`.
    """
    content = "".join(linecache.getlines(path)) if version is None else Path(path).read_bytes()
    tree, alone = ast.parse(content, path), ast.parse(content, path)
    # IPython's autoreload compiles an edited function alone: without imports, which change bytecode, in another class.
    alone.body = [statement for statement in alone.body if not isinstance(statement, (ast.Import, ast.ImportFrom))]
    for statement in alone.body:
        if isinstance(statement, ast.ClassDef):
            statement.name = "__autoreload_class__"
    codes = [code for part in (alone, tree) for code in _all_code(compile(part, path, "exec", dont_inherit=True))]
    changed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            changed.update(node.names)
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            name = getattr(node, "attr", "")
            if isinstance(node.ctx, (ast.Store, ast.Del)) or name in _CHANGES:
                changed.update(inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name))
                changed.add(name)
    by_line: dict[int, str] = {}
    for node in tree.body:
        first = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
        by_line |= dict.fromkeys(range(first, node.end_lineno + 1), ast.unparse(node))
    return {_code_key(code): by_line.get(code.co_firstlineno, "") for code in codes}, changed


@functools.cache
def _code_key(code: CodeType) -> str:
    """Return what a function's code does, for comparison: without its file, line numbers and docstring."""
    flag = getattr(inspect, "CO_HAS_DOCSTRING", 0)  # from Python 3.13; before, the first constant of a def is its own
    is_def = not code.co_name.startswith("<")
    has_docstring = code.co_flags & flag if flag else is_def and isinstance(code.co_consts[0], str)
    constants: list[object] = list(code.co_consts[bool(has_docstring) :])
    for index, value in enumerate(constants):
        if isinstance(value, CodeType):
            constants[index] = _code_key(value)
        elif isinstance(value, frozenset):
            constants[index] = sorted(map(repr, value))
    names = code.co_names, code.co_varnames, code.co_freevars
    return repr((code.co_name, code.co_code, code.co_exceptiontable, names, constants))


def _all_code(code: CodeType) -> Iterator[CodeType]:
    yield code
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from _all_code(item)


def _path(function: FunctionType) -> str:
    """Return the file of a function, or the name of its cell in a notebook."""
    path = function.__code__.co_filename
    added = path == "<string>"  # by autoreload, for one
    return getattr(sys.modules.get(function.__module__), "__file__", path) if added else path


def _is_frozen(value: object) -> bool:
    """Return whether `value` is a dataclass that holds no state, such as a layer's spec."""
    return is_dataclass(value) and not isinstance(value, type) and value.__dataclass_params__.frozen


@functools.cache
def _is_own(module: str) -> bool:
    """Return whether a module is nnlib's, the user's notebook, or a file of theirs, not an installed package's."""
    if module.partition(".")[0] in ("nnlib", "__main__"):
        return True
    path = Path(getattr(sys.modules.get(module), "__file__", None) or sysconfig.get_path("stdlib"))
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return not installed and not path.is_relative_to(sysconfig.get_path("stdlib"))
