"""Puts a student's code for one item where a worker may run it: what they wrote for it, what that uses, nothing else.

Of their file only the item's functions are taken, and the helpers, constants and imports that those reach by name.
Beside them stand the argument checks, and of nnlib what the item's row in exercises.toml gives. Functions of other
items are the student's own or the course's where they are given, and raise NotImplementedError elsewhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from course import items
from course.release.modules import cut_module
from course.statements import Definition, definitions, reached

# Never beside a student's code: they hold or know the answers, or run on more than NumPy.
KEPT_OUT = re.compile(r"nnlib\.(fast|check|search|plots|widgets|provenance|data)(\.|$)")


@dataclass
class Extract:
    """What a worker gets for an item.

    Attributes:
        sources: text by module.
        status: "" or, if there is nothing to run, missing, stub or syntax.
        message: why, in words.
        place: the student's file.
        lines: where the student's are in the item's module: its first line, its last line, the first in their file.
        notes: what was noticed.
    """

    sources: dict[str, str] = field(default_factory=dict)
    status: str = ""
    message: str = ""
    place: str = ""
    lines: list[tuple[int, int, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def own_line(self, place: str) -> str:
        """Return "file:line" of the worker's file as that of the student's."""
        name, _, number = place.rpartition(":")
        if number.isdecimal() and name == self.place.rpartition("/")[2]:
            for first, last, own in self.lines:
                if first <= int(number) <= last:
                    return f"{self.place}:{own + int(number) - first}"
        return place

    def write(self, root: Path) -> None:
        """Write the modules below `root`, readable for every user."""
        for module, text in self.sources.items():
            path = root.joinpath(*module.split(".")).with_suffix(".py")
            if module in _packages():
                path = root.joinpath(*module.split("."), "__init__.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path in (root, *root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


def extract(files: Mapping[str, str], item: str, ours: Collection[str] = ()) -> Extract:
    """Return what a worker gets to judge an item.

    Args:
        files: a submission's, by canonical path.
        item: its id.
        ours: ids of given items whose functions are the course's in place of the student's.
    """
    row = items.load().items[item]
    (module,) = {target.partition(":")[0] for target in row["targets"]}
    place = module.replace(".", "/") + ".py"
    if place not in files:
        return Extract(status="missing", message=f"{place} was not handed in", place=place)
    targets = {item: [target.partition(":")[2] for target in row["targets"]]}
    beside = [given for given in row.get("given", ()) if given in items.load().items]
    here = {other: names for other in beside if (names := _names_in(module, other))}
    made = Extract(place=place)
    own = [name for other, names in {**here, **targets}.items() if other not in ours for name in names]
    written = _splice(
        made, module, files[place], own, [name for o, names in here.items() if o in ours for name in names]
    )
    if not made.status:
        for name in targets[item]:
            _judge_target(made, written, name)
    if made.status:
        return made
    waiting = [made.sources[module]]
    while waiting:
        for needed in _imports(waiting.pop()):
            if needed not in made.sources and not KEPT_OUT.match(needed):
                made.sources[needed] = _module(needed, files, beside, ours)
                waiting += [made.sources[needed]] if needed not in _packages() else []
    return made


def _module(module: str, files: Mapping[str, str], allowed: Collection[str], ours: Collection[str]) -> str:
    """Return another module's text: the course's, with the functions of each item as it is given or as a stub."""
    if not items_in(module):
        return _source(module)
    theirs = [each for each in items_in(module) if each in allowed and each not in ours]
    text = _cut(module, frozenset(ours))
    place = module.replace(".", "/") + ".py"
    names = [name for each in theirs for name in _names_in(module, each)]
    found = {name: each for each in definitions(files.get(place, "")) for name in each.names}
    return "\n\n".join([text, *(each.text for each in reached(found, names, _bound(text)))]) + "\n"


def _splice(made: Extract, module: str, text: str, own: list[str], ours: list[str]) -> dict[str, Definition]:
    """Put the student's `own` functions and what they reach after what stays of the course's module."""
    every = {name for item in items_in(module) for name in _names_in(module, item)}
    lent = frozenset(item for item in items_in(module) if set(_names_in(module, item)) <= set(ours))
    base = _cut(module, lent)
    found: dict[str, Definition] = {}
    for each in definitions(text):
        for name in each.names:
            if name in found and name in every:
                made.notes.append(
                    f"{made.place} defines {name} in lines {found[name].line} and {each.line}; the later one counts"
                )
            found[name] = each
    given = {name: each for each in definitions(base) for name in each.names}
    taken = reached(found, own, given.keys() - every | set(ours))
    used = {name for each in taken for name in each.uses} - set(own)
    kept = reached(given, [*used, *ours], ())
    parts = ["from __future__ import annotations\n", *(each.text for each in kept if "__future__" not in each.text)]
    lines = "\n\n".join(parts).count("\n") + 1
    for each in taken:
        made.lines.append((lines + 2, lines + 2 + each.text.count("\n"), each.line))
        parts.append(each.text)
        lines += each.text.count("\n") + 2
    made.sources[module] = "\n\n".join(parts) + "\n"
    return found


def _judge_target(made: Extract, found: Mapping[str, Definition], name: str) -> None:
    """Set the status if a target is not there, cannot be read, or is not written."""
    definition = found.get(name)
    if made.status == "syntax":
        return
    if definition is None:
        made.status, made.message = "missing", f"{made.place} defines no {name}"
    elif definition.error:
        made.status, made.message = "syntax", f"{made.place}: {definition.error}"


def _bound(text: str) -> set[str]:
    return {name for each in definitions(text) for name in each.names}


@cache
def _cut(module: str, answered: frozenset[str]) -> str:
    """Return the course's module with a stub for each function of an item, but for those of the items in `answered`."""
    open_items = [item for item in items_in(module) if item not in answered]
    stubs = {name: f"{item} is not given here" for item in open_items for name in _names_in(module, item)}
    rows = [items.load().items[item] for item in open_items]
    helpers = [name for row in rows for target in row.get("cut", ()) if (name := _in(module, target))]
    return cut_module(_source(module), stubs, helpers)[0]


def _names_in(module: str, item: str) -> list[str]:
    return [name for target in items.load().items[item]["targets"] if (name := _in(module, target))]


def _in(module: str, target: str) -> str:
    place, _, name = target.partition(":")
    return name if place == module else ""


@cache
def items_in(module: str) -> tuple[str, ...]:
    """Return the ids of the items with targets in a module."""
    return tuple(item for item in items.load().items if _names_in(module, item))


@lru_cache(256)
def _imports(text: str) -> tuple[str, ...]:
    """Return the modules of nnlib that a module's text imports from; of a package taken whole, all that it offers."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if _exists(alias.name)]
        elif isinstance(node, ast.ImportFrom) and _exists(node.module or ""):
            found.append(node.module)
            for name in (alias.name for alias in node.names):
                inner = f"{node.module}.{name}"
                offers = _offers(node.module) if node.module in _packages() else {}
                found += [inner] if _exists(inner) else [offers[name]] if name in offers else []
                found += _offers(inner).values() if inner in _packages() else []
    return tuple(found)


@cache
def _offers(package: str) -> dict[str, str]:
    """Return the module that a package's `__init__` takes each of its names from; workers look them up there."""
    nodes = [node for node in ast.parse(_source(package)).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module for node in nodes for alias in node.names if _exists(node.module)}


@cache
def _exists(module: str) -> bool:
    return module.partition(".")[0] == "nnlib" and (module in _packages() or _path(module).is_file())


@cache
def _packages() -> frozenset[str]:
    found = (items.ROOT / "nnlib").rglob("__init__.py")
    return frozenset(".".join(path.parent.relative_to(items.ROOT).parts) for path in found)


def _path(module: str) -> Path:
    folder = items.ROOT.joinpath(*module.split("."))
    return folder / "__init__.py" if module in _packages() else folder.with_suffix(".py")


@cache
def _source(module: str) -> str:
    return _path(module).read_text(encoding="utf-8")
