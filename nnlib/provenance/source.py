"""What a source file or a notebook's cell says, and whether a function is what it says."""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import inspect
import linecache
import os
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import NamedTuple

_CHANGES = {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


class CodeError(RuntimeError):
    """The code that is loaded is not what its file says."""


class Source(NamedTuple):
    """What a file says, without comments, docstrings and layout.

    Attributes:
        text: all of it.
        changed: names that it declares global or nonlocal, or whose content it changes: state, not constants.
        texts: by the `code_key` of each function, the top-level statement that it is in.
    """

    text: str
    changed: set[str]
    texts: dict[str, str]


def read_source(path: str) -> Source:
    """Return what a file says; it is read once for each time and size that it has.

    Args:
        path: of a file, or the name that Python has given to a cell.

    Raises:
        CodeError: the file does not compile.
    """
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
def _parse(path: str, version: tuple[int, int] | None) -> Source:
    content = "".join(linecache.getlines(path)) if version is None else Path(path).read_bytes()
    tree = ast.parse(content, path)
    # IPython's autoreload compiles an edited function alone, without the imports that its bytecode depends on.
    alone = ast.Module(_functions(tree.body), [])
    codes = [code for part in (tree, alone) for code in all_code(compile(part, path, "exec", dont_inherit=True))]
    changed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [statement for statement in node.body if not _is_text(statement)]
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
    texts = {code_key(code): by_line.get(code.co_firstlineno, "") for code in codes}
    return Source("\n".join(dict.fromkeys(by_line.values())), changed, texts)


@functools.cache
def code_key(code: CodeType) -> str:
    """Return what a function's code does, for comparison: without its file, line numbers and docstring."""
    flag = getattr(inspect, "CO_HAS_DOCSTRING", 0)  # from Python 3.13; before, the first constant of a def is its own
    is_def = not code.co_name.startswith("<")
    has_docstring = code.co_flags & flag if flag else is_def and isinstance(code.co_consts[0], str)
    constants = map(_constant_key, code.co_consts[1:] if has_docstring else code.co_consts)
    names = code.co_names, code.co_varnames, code.co_freevars
    return repr((code.co_name, code.co_code, code.co_exceptiontable, names, *constants))


def all_code(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and those inside it."""
    yield code
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from all_code(item)


def _functions(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the functions and classes of a body, and in the classes nothing but these."""
    kept = [copy.copy(node) for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))]
    for node in kept:
        if isinstance(node, ast.ClassDef):
            node.name, node.body = (
                "__autoreload_class__",
                _functions(node.body) or [ast.copy_location(ast.Pass(), node)],
            )
    return kept


def _constant_key(value: object) -> str:
    if isinstance(value, CodeType):
        return code_key(value)
    return repr(sorted(map(repr, value)) if isinstance(value, frozenset) else value)


def _is_text(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(statement, ast.Expr) and isinstance(value, ast.Constant) and isinstance(value.value, str)
