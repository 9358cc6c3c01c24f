"""Statements of Python files and cells: what each binds and uses, also where a student's file does not parse whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

START = re.compile(r"^(?:@|def |class |async def |import |from |[A-Za-z_]\w*(?:, *\w+)* *(?:: *[^=]+)?=(?!=))")

DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Definition:
    """A statement at the top of a file: the names that it binds, its text, where it begins, why it cannot be used."""

    names: tuple[str, ...]
    text: str
    line: int
    uses: frozenset[str] = frozenset()
    error: str = ""


@lru_cache(256)
def definitions(text: str) -> tuple[Definition, ...]:
    """Return the statements at the top of a file; where it does not parse as a whole, those that do one by one."""
    try:
        return tuple(each for node in ast.parse(text).body if (each := _definition(node, text, node.lineno - 1)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return tuple(_one_by_one(text))


def by_name(text: str) -> dict[str, Definition]:
    """Return for each name that a file binds at its top the last statement that does."""
    return {name: each for each in definitions(text) for name in each.names}


def _one_by_one(text: str) -> Iterator[Definition]:
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines) if START.match(line) and not (i and lines[i - 1].startswith("@"))]
    for first, last in zip(starts, [*starts[1:], len(lines)], strict=True):
        part = "\n".join(lines[first:last])
        try:
            yield from filter(None, (_definition(node, part, first + node.lineno - 1) for node in ast.parse(part).body))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, SyntaxError):
                why = f"line {first + (error.lineno or 1)}: {error.msg}"
            else:
                why = f"from line {first + 1}: {type(error).__name__}: {error}"
            if name := re.search(r"^(?:async )?(?:def|class) (\w+)", part, re.MULTILINE):
                yield Definition((name[1],), "", first + 1, error=why)


def _definition(node: ast.stmt, text: str, before: int) -> Definition | None:
    """Return a definition, an import or an assignment of names; nothing for what only acts."""
    if not isinstance(node, (*DEFINING, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)):
        return None
    first = first_line(node)
    source = "\n".join(text.split("\n")[first - 1 : node.end_lineno])
    parts = list(ast.walk(node))
    uses = {each.id for each in parts if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    texts = {each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    uses = frozenset(uses.union(filter(str.isidentifier, texts)))
    return Definition(bound(node), source, before + 1 - (node.lineno - first), uses)


def bound(node: ast.stmt) -> tuple[str, ...]:
    """Return the names that a statement binds, those of imported modules without what is in them."""
    if isinstance(node, DEFINING):
        return (node.name,)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    return tuple(each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


def first_line(node: ast.stmt) -> int:
    """Return the line where a statement starts, with its decorators."""
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])


def plain(source: str) -> str:
    """Return a notebook's cell with its magic commands as comments."""
    return re.sub(r"^(?=[%!])", "#", source, flags=re.M)


def reached(found: Mapping[str, Definition], names: Iterable[str], known: Collection[str]) -> list[Definition]:
    """Return what the names need of `found`, themselves included, in the order of the file."""
    waiting, taken = list(names), {}
    while waiting:
        definition = found.get(waiting.pop())
        if definition is not None and id(definition) not in taken and not definition.error:
            taken[id(definition)] = definition
            waiting += [name for name in definition.uses if name not in known]
    return sorted(taken.values(), key=lambda each: each.line)
