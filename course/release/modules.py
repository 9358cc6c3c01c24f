"""Cuts Python files as source lines, so that comments and formatting stay as they were written."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from course.items import ReleaseError
from course.statements import bound, first_line, parse

LINE = 120
ARGUMENT_CHECKS = {"checks", "arguments"}  # the modules whose calls stay at the head of a function
Edit = tuple[int, int, list[str]]  # first and last line, from 1, and what replaces them


def cut_module(
    source: str, stubs: Mapping[str, str], removed: Collection[str] = (), docstring: str | None = None
) -> tuple[str, list[ast.stmt]]:
    """Cut what students write out of a module.

    Args:
        source: the module.
        stubs: what the function or each method of the class raises in place of its body, by name.
        removed: functions, classes, constants and imported names that go altogether.
        docstring: the module's new one; None keeps the old.

    Returns:
        The new source and the statements that are no longer in it.

    Raises:
        ReleaseError: a name is not in the module.
    """
    lines, body, edits, cut = source.splitlines(), parse(source).body, [], []
    if missing := {*stubs, *removed}.difference(*map(bound, body)):
        raise ReleaseError(f"{', '.join(sorted(missing))}: expected in the module, not found")
    for node in body:
        names = set(bound(node))
        for name in names & stubs.keys():
            inner = [node] if isinstance(node, ast.FunctionDef) else node.body
            for function in (each for each in inner if isinstance(each, ast.FunctionDef)):
                edit, statements = stub(function, stubs[name])
                edits.append(edit)
                cut += statements
        if names & set(removed):
            kept = [alias for alias in getattr(node, "names", ()) if (alias.asname or alias.name) not in removed]
            if kept:
                node.names = kept
            else:
                cut.append(node)
            edits.append((_first_line(node, lines), node.end_lineno, [ast.unparse(node)] if kept else []))
    if docstring is not None:
        text = docstring.strip()
        edits.append((1, body[0].end_lineno, [f'"""{text}', '"""'] if "\n" in text else [f'"""{text}"""']))
    return apply(lines, edits), cut


def stub(function: ast.FunctionDef, message: str) -> tuple[Edit, list[ast.stmt]]:
    """Return the edit that leaves a function's signature, docstring and argument checks, and the statements it cuts."""
    kept = 1 if ast.get_docstring(function) is not None else 0
    while kept < len(function.body) and _is_argument_check(function.body[kept]):
        kept += 1
    before = function.body[kept - 1].end_lineno if kept else function.body[0].lineno - 1
    return (before + 1, function.end_lineno, raising(message, function.body[0].col_offset)), function.body[kept:]


def raising(message: str, indent: int = 0) -> list[str]:
    """Return the lines that raise NotImplementedError with a message."""
    line = f'{" " * indent}raise NotImplementedError("{message}")'
    if len(line) <= LINE:
        return [line]
    first, _, rest = message.partition(". ")
    inner = " " * (indent + 4)
    return [f"{' ' * indent}raise NotImplementedError(", f'{inner}"{first}. "', f'{inner}"{rest}"', f"{' ' * indent})"]


def apply(lines: list[str], edits: list[Edit]) -> str:
    """Return the lines with the edits applied, and at most two empty lines in a row."""
    lines = list(lines)
    for first, last, replacement in sorted(edits, reverse=True):
        lines[first - 1 : last] = replacement
    text = "\n".join(lines).strip() + "\n"
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text


def _is_argument_check(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
    function = call.func if isinstance(call, ast.Call) else None
    module = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(module, ast.Name) and module.id in ARGUMENT_CHECKS


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    """Return the first line of a definition, its decorators and the comment above it."""
    first = first_line(node)
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first
