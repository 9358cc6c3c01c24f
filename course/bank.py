"""Runs the checks over known answers: wrong ones have to fail with the right diagnosis, right ones to pass without any.

`python -m course.bank [ITEM ...]` prints a table; without items it writes docs/checks.md as well. It ends with status 1
where an answer is not judged as it says.

course/wrong/ITEM.py and course/right/ITEM.py hold answers in cells, `# %% name -> diagnosis` (several, where more than
one fits; "none" where no diagnosis does) and `# %% name`. A cell's definitions and imports, and those above the first
cell, replace the ones of their names in the module of the item's targets; new names are added to it.
"""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nnlib import blas, tables
from nnlib.check.exercises import Item, items
from nnlib.check.judge import Result, judge
from nnlib.storage import REPOSITORY

COURSE = Path(__file__).parent
PAGE = REPOSITORY / "docs" / "checks.md"
KINDS = ("stub", "reference", "wrong", "right")
NOT_FAILED = ("passed", "waits", "not run")


@dataclass(frozen=True)
class Answer:
    """An answer to an item.

    Attributes:
        item: its id.
        kind: one of KINDS.
        name: what is special about it.
        code: definitions and imports.
        diagnoses: of a wrong one, the ids that fit; "none" stands for no diagnosis.
    """

    item: str
    kind: str
    name: str
    code: str = ""
    diagnoses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How an answer was judged."""

    answer: Answer
    results: tuple[Result, ...]

    @property
    def failed(self) -> bool:
        """Whether a check failed."""
        return any(result.status not in NOT_FAILED for result in self.results)

    @property
    def names(self) -> set[str]:
        """The diagnoses that were given; an exception that has none counts by its kind."""
        failed = (result for result in self.results if result.status not in NOT_FAILED)
        given = {result.diagnosis or ("" if result.status == "failed" else result.status) for result in failed}
        return given - {""}

    @property
    def named(self) -> bool:
        """Whether a diagnosis was given, and none that does not fit."""
        return bool(self.names) and self.names <= set(self.answer.diagnoses)

    @property
    def as_it_says(self) -> bool:
        """Whether the answer was judged as it says."""
        match self.answer.kind:
            case "stub":
                return all(result.status == "waits" for result in self.results)
            case "wrong":
                return self.failed and self.names <= set(self.answer.diagnoses)
            case _:
                return all(result.status == "passed" for result in self.results)


def answers(item: Item) -> Iterator[Answer]:
    """Return the known answers to an item: its stub, the repository's own, wrong ones and right ones."""
    names = [target.rpartition(":")[2] for target in item.targets]
    stub = "".join(f"def {name}(*_, **__):\n    raise NotImplementedError('{item.id}')\n" for name in names)
    yield Answer(item.id, "stub", "stub", stub)
    yield Answer(item.id, "reference", "the repository's")
    for kind in ("wrong", "right"):
        text = (COURSE / kind / f"{item.id}.py").read_text(encoding="utf-8")
        above, *cells = re.split(r"(?m)^# %% ", text)
        for cell in cells:
            title, _, code = cell.partition("\n")
            name, _, diagnoses = title.partition(" -> ")
            yield Answer(item.id, kind, name, f"{above}\n{code}", tuple(diagnoses.split(", ")) if diagnoses else ())


def put(answer: Answer, root: Path) -> None:
    """Copy nnlib, without its fast layers, into `root`, and write an answer into the module of its item."""
    ignored = shutil.ignore_patterns("fast", "__pycache__", "*.json")
    shutil.copytree(REPOSITORY / "nnlib", root / "nnlib", ignore=ignored)
    module = items()[answer.item].targets[0].partition(":")[0]
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    path.write_text(replaced(path.read_text(encoding="utf-8"), answer.code), encoding="utf-8")


def replaced(source: str, code: str) -> str:
    """Return `source` with the definitions of `code` in place of those of the same names, and its other imports."""
    lines, tree = source.splitlines(), ast.parse(source)
    bound = {alias.asname or alias.name for node in tree.body for alias in getattr(node, "names", ())}
    places = {node.name: node for node in tree.body if hasattr(node, "name")}
    new, imports = {}, []
    for node in ast.parse(code).body:
        if hasattr(node, "name"):
            new[node.name] = ast.get_source_segment(code, node)
        elif hasattr(node, "names"):
            node.names = [each for each in node.names if (each.asname or each.name) not in bound | places.keys()]
            imports += [ast.unparse(node)] if node.names else []
    for name in sorted(new.keys() & places.keys(), key=lambda name: -places[name].lineno):
        node = places[name]
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        lines[first - 1 : node.end_lineno] = [new.pop(name)]
    last_import = max(node.end_lineno for node in tree.body if hasattr(node, "names"))
    lines[last_import:last_import] = imports
    return "\n".join([*lines, *new.values(), ""])


def outcome(answer: Answer, seed: int = 0) -> Outcome:
    """Judge an answer by the checks of its item, hidden ones too, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, blas.one_thread():
        put(answer, Path(folder))
        results = judge(answer.item, Path(folder), seed)
    ours = [f"{result.name}: {result.message}" for result in results if result.status == "ours"]
    if ours:
        raise RuntimeError(f"{answer.item}, {answer.kind}, {answer.name}: the check itself failed: {ours}")
    return Outcome(answer, tuple(results))


def row(item: str, outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Return an item's row of the table."""
    by_kind = {kind: [each for each in outcomes if each.answer.kind == kind] for kind in KINDS}
    wrong, right = by_kind["wrong"], by_kind["right"]
    numbers = [
        len(wrong),
        sum(each.failed for each in wrong),
        sum(each.named for each in wrong),
        len(right),
        sum(each.as_it_says for each in right),
        sum(bool(each.names) for each in right),
    ]
    polite = [all(each.as_it_says for each in by_kind[kind]) for kind in ("stub", "reference")]
    return (item, *("yes" if each else "NO" for each in polite), *map(str, numbers))
