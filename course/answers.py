"""Known answers to the items with code, wrong ones with their diagnoses and right ones, and a student's file with one.

course/wrong/ITEM.py and course/right/ITEM.py hold answers in cells, `# %% name -> diagnosis` (several, where more than
one fits; "none" where no diagnosis does; "not caught" where it is known to pass) and `# %% name`. A cell's definitions
and imports, and those above the first cell, replace the ones of their names in the module of the item's targets; new
names are added to it.

Those answers were written along with the checks. course/sets/ has more, written in one go without looking at the
checks' results; each but set 7 was then used to improve them. How the measured ones were judged when new is kept in
course/bank.py. Set 9 was written along with improvements.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course.items import file_of
from course.statements import bound, first_line, parse
from nnlib.check.exercises import Item, items
from nnlib.storage import REPOSITORY

COURSE = Path(__file__).parent
SETS = tuple(sorted((COURSE / "sets").glob("*")))
MEASURED = ("4", "5", "7", "8", "10")  # sets whose diagnoses are measured, not required
KINDS = ("stub", "reference", "wrong", "right")


@dataclass(frozen=True)
class Answer:
    """An answer to an item."""

    item: str
    kind: str  # one of KINDS, or "hostile"
    name: str  # what is special about it
    code: str = ""  # definitions and imports
    diagnoses: tuple[str, ...] = ()  # that fit a wrong one; "none" is no diagnosis, "not caught" no failure
    of: str = ""  # the set that it is from


def answers(item: Item, sets: Sequence[Path] = ()) -> Iterator[Answer]:
    """Return the known answers to an item: its stub, the repository's own, wrong ones and right ones, of `sets` too."""
    names = [target.rpartition(":")[2] for target in item.targets]
    stub = "".join(f"def {name}(*_, **__):\n    raise NotImplementedError('{item.id}')\n" for name in names)
    yield Answer(item.id, "stub", "stub", stub)
    yield Answer(item.id, "reference", "the repository's")
    for kind in ("wrong", "right"):
        for folder in (COURSE, *sets):
            yield from cells(item, kind, folder)


def cells(item: Item, kind: str, folder: Path = COURSE) -> Iterator[Answer]:
    """Return the answers to an item in the folder of a kind: wrong, right or hostile."""
    path = folder / kind / f"{item.id}.py"
    above, *rest = re.split(r"(?m)^# %% ", path.read_text(encoding="utf-8")) if path.exists() else ("",)
    for cell in rest:
        title, _, code = cell.partition("\n")
        name, _, diagnoses = title.partition(" -> ")
        ids = tuple(diagnoses.split(", ")) if diagnoses else ()
        yield Answer(item.id, kind, name, f"{above}\n{code}", ids, folder.name if folder in SETS else "")


def put(answer: Answer, root: Path) -> None:
    """Copy nnlib, without its fast layers, into `root`, and write an answer into the module of its item."""
    ignored = shutil.ignore_patterns("fast", "__pycache__", "*.json")
    shutil.copytree(REPOSITORY / "nnlib", root / "nnlib", ignore=ignored)
    path = root / file_of(items()[answer.item].targets[0])
    path.write_text(replaced(path.read_text(encoding="utf-8"), answer.code), encoding="utf-8")


def replaced(source: str, code: str) -> str:
    """Return `source` with the definitions of `code` in place of those of their names; what is new goes above."""
    lines, tree = source.splitlines(), parse(source)
    known = {name for node in tree.body for name in bound(node)}
    places = {node.name: node for node in tree.body if hasattr(node, "name")}
    new, imports, above = {}, [], []
    for node in parse(code).body:
        if hasattr(node, "name"):
            new[node.name] = "\n".join(code.splitlines()[first_line(node) - 1 : node.end_lineno])
            above += [] if node.name in places else [node.name]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            above.append(ast.unparse(node))
        elif hasattr(node, "names"):
            node.names = [each for each in node.names if (each.asname or each.name) not in known]
            imports += [ast.unparse(node)] if node.names else []
    for name in sorted(new.keys() & places.keys(), key=lambda name: -places[name].lineno):
        lines[first_line(places[name]) - 1 : places[name].end_lineno] = [new[name]]
    last_import = max(node.end_lineno for node in tree.body if hasattr(node, "names"))
    first = min((first_line(places[name]) - 1 for name in new.keys() & places.keys()), default=len(lines))
    lines[first:first] = [new.get(each, each) for each in dict.fromkeys(above)]
    lines[last_import:last_import] = imports
    return "\n".join([*lines, ""])
