"""Statements of Python files and cells: what each binds and uses, also where a student's file does not parse whole."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

START = re.compile(r"^(?:@|def |class |async def |import |from |[A-Za-z_]\w*(?:, *\w+)* *(?::[^=]+)?=(?!=))")

DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
LOOKUPS = {"eval", "exec", "getattr", "globals", "locals", "vars"}  # a function that uses one may name others in texts


@dataclass(frozen=True)
class Definition:
    """A statement at the top of a file."""

    names: tuple[str, ...]  # what it binds or changes
    text: str
    line: int  # where it begins
    uses: frozenset[str] = frozenset()  # names of the file that it reads, also later, in the functions that it defines
    error: str = ""  # why it cannot be used
    adds: bool = False  # whether it leaves what was bound before, in part or under a condition
    binds: bool = True  # whether it binds names at all
    imports: bool = False


Definitions = dict[str, tuple[Definition, ...]]  # by name
_ONE_AT_A_TIME = threading.Lock()


def parse(text: str) -> ast.Module:
    """Return `ast.parse(text)`: in two threads at once that raises SystemError now and then (CPython 3.11, 106905)."""
    with _ONE_AT_A_TIME:
        return ast.parse(text)


@lru_cache(256)
def definitions(text: str) -> tuple[Definition, ...]:
    """Return the statements at the top of a file; where it does not parse as a whole, those that do one by one."""
    lines = text.split("\n")
    try:
        return tuple(each for node in parse(text).body if (each := _definition(node, lines, node.lineno - 1)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return tuple(_one_by_one(lines))


def by_name(text: str) -> Definitions:
    """Return for each name the last statement at the top of a file that binds it, and those that add to it later."""
    found: Definitions = {}
    for each in definitions(text):
        for name in each.names:
            before = found.get(name, ()) if each.adds else ()
            if each.binds or not any(other.imports for other in before):  # `np.testing.check()` is no part of np
                found[name] = (*before, each)
    return found


def _one_by_one(lines: Sequence[str]) -> Iterator[Definition]:
    starts = [i for i, line in enumerate(lines) if START.match(line) and not (i and lines[i - 1].startswith("@"))]
    for first, last in zip(starts, [*starts, len(lines)][1:], strict=True):
        own = lines[first:last]
        part = "\n".join(own)
        try:
            yield from filter(None, (_definition(node, own, first + node.lineno - 1) for node in parse(part).body))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, SyntaxError):
                why = f"line {first + (error.lineno or 1)}: {error.msg}"
            else:
                why = f"from line {first + 1}: {type(error).__name__}: {error}"
            if name := re.search(r"^(?:async )?(?:def|class) (\w+)", part, re.MULTILINE):
                yield Definition((name[1],), "", first + 1, error=why)


def _definition(node: ast.stmt, lines: Sequence[str], before: int) -> Definition | None:
    """Return what binds or changes names of the file; nothing for what only acts, or only where the file is run."""
    binds, changes = bound(node), () if isinstance(node, DEFINING) else tuple(_changed(node))
    if not (binds or changes) or (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)):
        return None
    first, parts = first_line(node), list(ast.walk(node))
    source = "\n".join(lines[first - 1 : node.end_lineno])
    uses = global_names(symtable.symtable(ast.unparse(node), "", "exec"))
    if uses & LOOKUPS:
        uses |= {each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    assigns = isinstance(node, (ast.Assign, ast.AnnAssign)) and uses.isdisjoint(binds)  # not `f = timed(f)`
    simple = (assigns or isinstance(node, (*DEFINING, *IMPORTS))) and not changes and binds != ("*",)
    imports = not isinstance(node, DEFINING) and any(isinstance(each, IMPORTS) for each in parts)
    line = before + 1 - (node.lineno - first)
    return Definition((*binds, *changes), source, line, frozenset(uses), "", not simple, bool(binds), imports)


def global_names(table: symtable.SymbolTable) -> set[str]:
    """Return the names that a statement or a file reads and that are not a function's own."""
    top = table.get_type() == "module"
    found = {each.get_name() for each in table.get_symbols() if (each.is_referenced() if top else each.is_global())}
    return found.union(*map(global_names, table.get_children()))


def bound(node: ast.stmt) -> tuple[str, ...]:
    """Return the names that a statement binds, those of imported modules without what is in them."""
    if isinstance(node, DEFINING):
        return (node.name,)
    found: list[str] = []
    for part in ast.walk(node):
        if isinstance(part, IMPORTS):
            found += [alias.asname or alias.name.partition(".")[0] for alias in part.names]
        elif isinstance(part, DEFINING) or (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)):
            found.append(getattr(part, "name", None) or part.id)
    return tuple(dict.fromkeys(found))


def _changed(node: ast.stmt) -> Iterator[str]:
    """Yield the names of objects that a statement changes: `table[0] = 1`, `table.append(1)`."""
    for part in ast.walk(node):
        call = part.value if isinstance(part, ast.Expr) else None
        owner = inner = call.func if isinstance(call, ast.Call) else part
        while isinstance(inner, (ast.Subscript, ast.Attribute)):
            inner = inner.value
        if inner is not owner and isinstance(inner, ast.Name) and (call or isinstance(owner.ctx, ast.Store)):
            yield inner.id


def first_line(node: ast.stmt) -> int:
    """Return the line where a statement starts, with its decorators."""
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])


def plain(source: str) -> str:
    """Return a notebook's cell with its magic commands as comments."""
    return re.sub(r"^(?=[%!])", "#", source, flags=re.M)


def reached(found: Definitions, names: Iterable[str], known: Collection[str]) -> list[Definition]:
    """Return what the names need of `found`, themselves included, in the order of the file."""
    waiting, taken = list(names), {}
    while waiting:
        name = waiting.pop()
        missing = name not in found and name not in known and not hasattr(builtins, name)
        for definition in found.get("*" if missing else name, ()):
            if id(definition) not in taken and not definition.error:
                taken[id(definition)] = definition
                waiting += [each for each in definition.uses if each not in known]
    return sorted(taken.values(), key=lambda each: each.line)
