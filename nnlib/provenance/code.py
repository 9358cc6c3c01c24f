"""Checksums of the source code that trains, so that cached rows are invalidated when the code changes.

`training_code` is the text of nnlib's own files, `code_checksum` that of functions and classes of the user. Comments,
docstrings and layout do not count. What a module keeps in memory, such as a cache or a counter, does not count either.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import inspect
import json
import marshal
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType

from nnlib.provenance.plain_json import is_plain, to_json

_LOAD_AGAIN = "Load it again (in a notebook %autoreload 2 does) or restart the kernel."
_LIBRARIES = sys.stdlib_module_names | {"numpy"}
_loaded: dict[str, tuple[str, list[CodeType]]] = {}  # of each file: its statements and its functions when last compared


class CodeError(RuntimeError):
    """The code that is loaded is not what its file says."""


def training_code() -> str:
    """Return a checksum of nnlib.solver, nnlib.models and every module of nnlib that they use.

    A function that was put in the place of one of nnlib's, from a notebook for example, counts with its own source.

    Raises:
        CodeError: a file was edited and not loaded again, or has a syntax error; names it and what to do.
    """
    words, modules = [], _training_modules()
    current = {name: {id(code) for code in _codes(module)} for name, module in modules.items()}
    for name, module in sorted(modules.items()):
        words += [name, _loaded_statements(module)]
        for key, value in sorted(vars(module).items()):
            if isinstance(value, (type, FunctionType)):
                words.append(f"{key} {value.__module__} {value.__qualname__}")
            for function in _functions(value):
                if function.__module__ not in modules:
                    words += [key, _source(function)]
                elif id(function.__code__) not in current[function.__module__]:
                    words += [key, _compiled(function)]  # from before a reload, or handed on and then replaced
    return _checksum(words)


def code_checksum(*objects: object, main: bool = True) -> str:
    """Return a checksum of `objects` and of the functions, classes and constants that they name in their own packages.

    Args:
        objects: functions, classes, partials, any other objects (their class counts), plain values, lists and
            dictionaries of them.
        main: False leaves out what is defined in `__main__`: a worker gets that code from the process that it works
            for, and has nothing of its own to compare it with.
    """
    packages = {"nnlib", "__main__", *map(_package, objects)} - _LIBRARIES - (set() if main else {"__main__"})
    words: list[str] = []
    seen: set[str] = set()

    def read(value: object) -> None:
        value = inspect.unwrap(value) if callable(value) and not isinstance(value, functools.partial) else value
        if isinstance(value, functools.partial):
            read([value.func, value.args, value.keywords])
        elif isinstance(value, MethodType):
            read([value.__func__, value.__self__])
        elif is_plain(value):
            words.append(json.dumps(to_json(value), sort_keys=True))
        elif isinstance(value, (list, tuple, dict)):
            for item in value.items() if isinstance(value, dict) else value:
                read(item)
        elif not isinstance(value, (FunctionType, type)):
            read(type(value))
        else:
            name = f"{value.__module__}:{value.__qualname__}"
            words.append(name)
            if name not in seen and _package(value) in packages:
                seen.add(name)
                read_definition(value)

    def read_definition(value: FunctionType | type) -> None:
        if isinstance(value, type):
            constants = {key: item for key, item in vars(value).items() if key[:2] != "__" and is_plain(item)}
            read([*value.__bases__, constants])
        for function in _functions(value):
            source = _source(function)
            words.append(source)
            names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
            read({name: function.__globals__[name] for name in sorted(names & function.__globals__.keys())})
            read([cell.cell_contents for cell in function.__closure__ or () if cell.cell_contents is not value])

    read(objects)
    return _checksum(words)


def _checksum(words: list[str]) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _statements(source: str) -> str:
    """Return source code without comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and _is_text(body[0].value):
            body[0] = ast.Pass()
    return ast.unparse(tree)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@functools.cache
def _file_statements(path: str, version: tuple[int, int]) -> str:
    return _statements(Path(path).read_text(encoding="utf-8"))


def _loaded_statements(module: ModuleType) -> str:
    """Return the statements of a module's file; raise unless they are what is loaded.

    A file that has other statements than when it was last compared must have been loaded again meanwhile, and then some
    of its functions are new: a reload makes all of them, IPython's autoreload at least the edited ones.
    """
    status = os.stat(module.__file__)
    try:
        now = _file_statements(module.__file__, (status.st_mtime_ns, status.st_size))
    except SyntaxError as error:
        todo = "The code from before this edit is still loaded. Correct the file and run the cell again."
        raise CodeError(f"{module.__file__}: {error}. {todo}") from error
    codes = _codes(module)
    before, old_codes = _loaded.get(module.__file__, (now, codes))
    if now != before and not {id(code) for code in codes} - {id(code) for code in old_codes}:
        raise CodeError(f"{module.__file__} was edited after it was loaded. {_LOAD_AGAIN}")
    _loaded[module.__file__] = now, codes
    return now


def _codes(module: ModuleType) -> list[CodeType]:
    """Return the compiled functions and methods that a module defines."""
    functions = (function for value in vars(module).values() for function in _functions(value))
    return [function.__code__ for function in functions if function.__module__ == module.__name__]


def _source(function: FunctionType) -> str:
    """Return a function's statements; if it has no source, as when typed at a prompt, what it compiles to."""
    try:
        source = inspect.getsource(function)
        return _statements(f"if True:\n{source}" if source[0].isspace() else source)
    except (OSError, SyntaxError):  # a lambda's source is the line that it is on, and may be no whole statement
        return _compiled(function)


def _compiled(function: FunctionType) -> str:
    return repr(marshal.dumps(function.__code__.replace(co_filename="")))


def _functions(value: object) -> Iterator[FunctionType]:
    """Yield a function, or those of a class, without their decorators; nothing for those of a library."""
    if _package(value) in _LIBRARIES:
        return
    for item in vars(value).values() if isinstance(value, type) else (value,):
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


for _module in _training_modules().values():
    _loaded_statements(_module)
