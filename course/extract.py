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
from course.statements import Definition, Definitions, by_name, parse, reached

# Never beside a student's code: they hold or know the answers, or run on more than NumPy.
KEPT_OUT = re.compile(r"nnlib\.(fast|check|search|plots|widgets|provenance|data)(\.|$)")


@dataclass
class Extract:
    """What a worker gets for an item; `lines` is where the student's are in its module."""

    sources: dict[str, str] = field(default_factory=dict)  # text by module
    status: str = ""  # missing or syntax, if there is nothing to run
    message: str = ""  # why, in words
    place: str = ""  # the student's file
    lines: list[tuple[int, int, int]] = field(default_factory=list)  # first and last of a part, the first in their file

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
            path = _path(module)
            path = root / (path.relative_to(items.ROOT) if path else items.file_of(module))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path in (root, *root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


def extract(files: Mapping[str, str], item: str, ours: Collection[str] = ()) -> Extract:
    """Return what a worker gets of a submission to judge an item; the functions of the given items `ours` are ours."""
    (module,) = {target.partition(":")[0] for target in items.load().items[item]["targets"]}
    place = items.file_of(module)
    if place not in files:
        return Extract(status="missing", message=f"{place} was not handed in", place=place)
    made = Extract(place=place)
    written = _by_name(files[place])
    wanted = _imported(_splice(made, module, written, [*items.given(item), item], ours))
    for name in sorted(_names(module, [item])):
        if name not in written:
            made.status, made.message = "missing", f"{place} defines no {name}"
        elif error := written[name][0].error:
            made.status, made.message = "syntax", f"{place}: {error}"
            break
    own = frozenset(name.removesuffix(".py").replace("/", ".") for name in files)
    waiting = [] if made.status else [module]
    while waiting:
        of = waiting.pop()
        for needed in _imports(of, made.sources[of], own):
            if needed not in made.sources and not KEPT_OUT.match(needed):
                made.sources[needed], more = _module(needed, files, items.given(item), ours, wanted)
                wanted |= more
                waiting += [] if _is_package(needed) else [needed]
    return made


def _module(
    module: str, files: Mapping[str, str], theirs: Collection[str], ours: Collection[str], wanted: Collection[str]
) -> tuple[str, set[str]]:
    """Return another module's text, and the names that the student's part of it imports.

    It is the course's, with a stub for each function of an item, and those of the items `theirs`, and what a student's
    code imports of its own, as they wrote them. A module that the course does not have is wholly the student's.
    """
    found = _by_name(files.get(items.file_of(module), ""))
    text = _cut(module, frozenset(ours)) if _path(module) else ""
    names = found
    if text:  # nothing of the course's that holds no answer is theirs
        names = [*_names(module, theirs), *found.keys() & wanted] if items_in(module) else ()
    taken = _theirs(module, found, names, by_name(text), ours)
    return text + "".join(f"\n\n{each.text}\n" for each in taken), _imported(taken)


def _theirs(
    module: str, found: Definitions, names: Collection[str], base: Definitions, ours: Collection[str]
) -> list[Definition]:
    """Return a student's definitions of the names, and what they reach: no more of `base` than items not in `ours`."""
    known = base.keys() - _names(module, items_in(module)) | _names(module, ours)
    return reached(found, set(names) - known, known)


def _splice(
    made: Extract, module: str, found: Definitions, theirs: Collection[str], ours: Collection[str]
) -> list[Definition]:
    """Put the student's functions of the items `theirs` and what they reach after what stays of the course's module.

    Return what is theirs.
    """
    own, base = _names(module, theirs), by_name(_cut(module, frozenset(ours)))
    taken = _theirs(module, found, own, base, ours)
    used = {name for each in taken for name in each.uses} - own
    kept = reached(base, used | _names(module, ours), ())
    parts = ["from __future__ import annotations\n", *(each.text for each in kept if "__future__" not in each.text)]
    end = "\n\n".join(parts).count("\n") + 1
    for each in taken:
        made.lines.append((end + 2, end + 2 + each.text.count("\n"), each.line))
        parts.append(each.text)
        end += each.text.count("\n") + 2
    made.sources[module] = "\n\n".join(parts) + "\n"
    return taken


def _by_name(text: str) -> Definitions:
    """Return what a student's file binds, and what its stars import from packages of nnlib: a worker's are bare."""
    found = by_name(text)
    for star in found.get("*", ()):
        for name, module in _offers(parse(star.text).body[0].module or "").items():
            found.setdefault(name, (Definition((name,), f"from {module} import {name}", star.line),))
    return found


def _imported(taken: Collection[Definition]) -> set[str]:
    """Return the names that a student's code takes out of modules."""
    nodes = [node for each in taken for node in ast.walk(parse(each.text))]
    names = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


@cache
def _cut(module: str, answered: frozenset[str]) -> str:
    """Return the course's module with a stub for each function of an item, except those of the items in `answered`."""
    rows = [items.load().items[item] for item in items_in(module) if item not in answered]
    stubs = {name: f"{row['id']} is not given here" for row in rows for name in sorted(_names(module, [row["id"]]))}
    helpers = [name for row in rows for name in items.names_in(module, row.get("cut", ()))]
    return cut_module(_source(module), stubs, helpers)[0]


def _names(module: str, of: Collection[str]) -> set[str]:
    """Return the targets of some items that are in a module."""
    return {name for item in of for name in items.names_in(module, items.load().items[item]["targets"])}


@cache
def items_in(module: str) -> tuple[str, ...]:
    """Return the ids of the items with targets in a module."""
    return tuple(item for item in items.load().items if _names(module, [item]))


@lru_cache(256)
def _imports(module: str, text: str, own: frozenset[str]) -> tuple[str, ...]:
    """Return the modules of nnlib and of the student's `own` that one imports; of a whole package, all it offers."""
    found: list[str] = []
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")[: -node.level] if node.level else []
            source = ".".join([*parts, *([node.module] if node.module else [])])
            found.append(source)
            for alias in node.names:
                inner, offered = f"{source}.{alias.name}", _offers(source).get(alias.name)
                found += [inner, *([] if _path(inner) or not offered else [offered]), *_offers(inner).values()]
    return tuple(name for name in found if _path(name) or name in own)


@cache
def _offers(package: str) -> dict[str, str]:
    """Return the module that a package's `__init__` takes each of its names from; workers look them up there."""
    nodes = parse(_source(package)).body if _is_package(package) else ()
    found = [node for node in nodes if isinstance(node, ast.ImportFrom) and _path(node.module)]
    return {alias.name: node.module for node in found for alias in node.names}


def _is_package(module: str) -> bool:
    return bool(_path(module)) and _path(module).name == "__init__.py"


@cache
def _path(module: str) -> Path | None:
    """Return the file of a module or package of nnlib; None for others."""
    base = items.ROOT.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return path if module.partition(".")[0] == "nnlib" and path.is_file() else None


@cache
def _source(module: str) -> str:
    return _path(module).read_text(encoding="utf-8")
