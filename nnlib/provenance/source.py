"""The statement, of a file or of a notebook's cell, that defines a function as it is loaded.

The text is read from the file, because that is the same in every process. What runs is what was loaded, perhaps before
an edit. So the file is compiled again, and a function that is not found in it is refused.
"""

from __future__ import annotations

import ast
import functools
import linecache
from collections import defaultdict
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import NamedTuple

from nnlib import checks

_CHANGES = {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


class CodeError(RuntimeError):
    """The code that is loaded is not what its file says, or has no source."""


class Source(NamedTuple):
    """A file: its top-level statements by the bare code of the functions in them, and names of what they change.

    Those are declared global or nonlocal, or have an item or attribute that is written, or a method of `_CHANGES`.
    """

    statements: dict[CodeType, str]
    changed: set[str]


def statement(function: FunctionType) -> str:
    """Return the top-level statement that defines a function, without comments and docstrings.

    Raises:
        CodeError: its file was edited and not loaded again, or has a syntax error; it has neither a file nor a cell.
    """
    checks.instance("function", function, FunctionType, "a function of Python")
    name, code, path = function.__qualname__, function.__code__, file_of(function)
    if code.co_qualname.startswith("__create_fn__"):  # the __init__ of a dataclass, and the like
        return repr(code.co_varnames)
    statements = read_source(path).statements
    if not statements:
        raise CodeError(f"{name} has no source in {path}. Define it in a file or in a notebook's cell.")
    if _bare(code) not in statements:
        todo = "Load it again (in a notebook %autoreload 2 does) or restart the kernel."
        raise CodeError(f"{path} was edited after it was loaded. {todo}")
    return statements[_bare(code)]


def file_of(function: FunctionType) -> str:
    """Return the file of a function, or the name of its cell; autoreload gives new functions the name "<string>"."""
    path = function.__code__.co_filename
    return function.__globals__.get("__file__", path) if path == "<string>" else path


def read_source(path: str) -> Source:
    """Return what a file or a cell holds now; nothing if there is none."""
    linecache.checkcache(path)
    return _parse(path, "".join(linecache.getlines(path)))


@functools.cache
def _parse(path: str, content: str) -> Source:
    try:
        tree = ast.parse(content, path)
        # IPython's autoreload compiles an edited function alone: without the imports, on which its bytecode depends
        alone = [part for part in tree.body if not isinstance(part, (ast.Import, ast.ImportFrom))]
        modules = [compile(ast.Module(body, []), path, "exec", dont_inherit=True) for body in (alone, tree.body)]
    except (SyntaxError, ValueError) as error:
        todo = "The code from before this edit is still loaded. Correct the file and run the cell again."
        raise CodeError(f"{path}: {error}. {todo}") from error
    changed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            changed.update(node.names)
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            name = getattr(node, "attr", "")
            if isinstance(node.ctx, (ast.Store, ast.Del)) or name in _CHANGES:
                changed |= {name, *(inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name))}
    by_line: dict[int, str] = defaultdict(str)  # a line may hold more than one statement
    for node in tree.body:
        text, first = ast.unparse(node), min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
        for line in range(first, node.end_lineno + 1):
            by_line[line] += text
    codes = [code for module in modules for code in all_code(module) if code is not module]
    return Source({_bare(code): by_line[code.co_firstlineno] for code in codes}, changed)


@functools.cache
def _bare(code: CodeType) -> CodeType:
    """Return a function's code without its file, line numbers and docstring, for comparison."""
    constants: list[object] = [_bare(item) if isinstance(item, CodeType) else item for item in code.co_consts]
    if not code.co_name.startswith("<"):  # a def: its first constant is its docstring, or None
        constants[0] = None
    place = {"co_filename": "", "co_qualname": "", "co_firstlineno": 1, "co_linetable": b""}
    return code.replace(co_consts=tuple(constants), **place)


def all_code(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function or module and of all functions in it."""
    yield code
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from all_code(item)
