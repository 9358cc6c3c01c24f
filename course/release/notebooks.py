"""Cuts a notebook: solutions become stubs, answers and outputs go, prompts and check cells stay."""

from __future__ import annotations

import ast
import builtins
import functools
import re
import symtable
from collections.abc import Iterator

from nbformat import NotebookNode

from course.items import Course, ReleaseError
from course.release.modules import apply, raising, stub
from course.statements import global_names, plain

MARKER = re.compile(r"<!-- answer [\d.a-z]+(, revised)? -->")
GIVEN_NAMES = {*dir(builtins), "get_ipython", "display"}


def cut_notebook(notebook: NotebookNode, name: str, course: Course) -> list[ast.stmt | str]:
    """Cut a notebook in place; return what is no longer in it: statements, and the text of Markdown cells.

    Raises:
        ReleaseError: a solution cell of no item, an answer without its marker, or a name that no cell assigns any more.
    """
    owner = {cell: item for item, row in course.items.items() if row["notebook"] == name for cell in row["cells"]}
    kept = course.kept.get(name, set())
    if unknown := (kept | owner.keys()) - {cell.id for cell in notebook.cells}:
        raise ReleaseError(f"{name}: no cells {sorted(unknown)}")
    cut: list[ast.stmt | str] = []
    cells = [cell for cell in notebook.cells if "after" not in cell.metadata.tags or cell.id in kept]
    for cell in notebook.cells:
        if cell not in cells:
            cut += (
                [cell.source] if cell.cell_type == "markdown" else []
            )  # its code draws and measures, it solves nothing
    for index, cell in enumerate(cells):
        if "solution" in cell.metadata.tags:
            if cell.id not in owner:
                raise ReleaseError(f"{name}: the solution cell {cell.id} is of no item")
            cut += _cut_cell(cell, cells[index + 1 :], course, owner[cell.id])
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cell.metadata.tags = [tag for tag in cell.metadata.tags if tag != "nbval-ignore-output"]
    notebook.cells = cells
    if lost := list(unassigned(notebook)):
        raise ReleaseError(f"{name}: no kept cell assigns what another needs: {', '.join(lost)}")
    return cut


def _cut_cell(cell: NotebookNode, later: list[NotebookNode], course: Course, item: str) -> list[ast.stmt | str]:
    """Replace a solution by what a student starts from; return what is cut."""
    source = cell.source
    if cell.cell_type == "code":
        cell.source, cut = stub_cell(source, needed(source, later), item, course.stub(item, "above"))
        return cut
    marker = MARKER.match(source)
    if not marker:
        raise ReleaseError(f"{cell.id}: expected a first line such as <!-- answer {item} -->")
    derived = "derivation" if course.items[item].get("derivation") else "answer"
    cell.source = f"{marker[0]}\n**Your {derived}:**"
    return [source]


def stub_cell(source: str, needed: list[str], item: str, message: str) -> tuple[str, list[ast.stmt]]:
    """Return a code cell with its imports, the heads of its functions and no solution, and the statements it cuts.

    Args:
        source: the cell.
        needed: what later cells need of what it assigns: the heads of functions stay, the stub assigns `...` to every
            other name and raises.
        item: the cell's.
        message: of the NotImplementedError.
    """
    lines, edits, cut, names = source.splitlines(), [], [], list(needed)
    for node in ast.parse(plain(source)).body:
        if isinstance(node, ast.FunctionDef) and node.name in needed:
            names.remove(node.name)
            edit, statements = stub(node, message)
            edits.append(edit)
            cut += statements
        elif not isinstance(node, (ast.Import, ast.ImportFrom)) and not _shows_source(node):
            edits.append((node.lineno, node.end_lineno, []))
            cut.append(node)
    text = apply(lines, edits) if edits else source + "\n"
    if names:
        text += f"\n# {item}: write your code in place of the dots, and delete the last line.\n"
        text += "\n".join([*(f"{name} = ..." for name in names), *raising(message)])
    return text.strip(), cut


def needed(source: str, later: list[NotebookNode]) -> list[str]:
    """Return the names that a cell defines, without its imports, and later cells load before they assign them."""
    _, imported, assigned = _names(source)
    names, found = [name for name in assigned if name not in imported], []
    open_names = set(names)
    for cell in later:
        if cell.cell_type == "code" and "solution" not in cell.metadata.tags:
            loaded, *stored = _names(cell.source)
            found += [name for name in names if name in loaded.difference(*stored) & open_names]
            open_names.difference_update(found, *stored)
    return found


def unassigned(notebook: NotebookNode) -> Iterator[str]:
    """Yield `cell: name` for each name that a cell loads and neither it nor one before it assigns."""
    known = set(GIVEN_NAMES)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            loaded, *stored = _names(cell.source)
            known.update(*stored)
            yield from (f"{cell.id}: {name}" for name in sorted(loaded - known))


def _shows_source(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "show_source"


@functools.cache
def _names(source: str) -> tuple[set[str], list[str], list[str]]:
    """Return the names that a cell loads, also in its functions, those that it imports, and the others it assigns."""
    table = symtable.symtable(plain(source), "", "exec")
    imported = [each.get_name() for each in table.get_symbols() if each.is_imported()]
    assigned = [each.get_name() for each in table.get_symbols() if each.is_assigned()]
    return global_names(table), imported, assigned
