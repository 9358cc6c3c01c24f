"""Finds the homework's files among what was handed in: by path, by name, by what they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePath

import nbformat

from course import items
from course.statements import definitions, plain

MARKER = re.compile(r"<!-- answer (\d)\.")
OWN = re.compile(r"(?:^|/)(nnlib/(?:\w+/)*\w+\.py)$")
IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(?:nnlib|\.).*", re.MULTILINE)
DEFINED = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
MAX_CODE = 1 << 18  # bytes of a Python file, or of the code of a notebook: to take it apart takes seconds
CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


@cache
def expected() -> dict[str, set[str]]:
    """Return the files that hold answers, each with the names that students define in it (a notebook: its number)."""
    files: dict[str, set[str]] = {}
    for row in items.load().items.values():
        for target in row["targets"]:
            files.setdefault(items.file_of(target), set()).add(target.partition(":")[2])
        files.setdefault(f"notebooks/{row['notebook']}.ipynb", set()).add(row["id"][0])
    return files


def sort(content: Mapping[str, bytes]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the text of each expected file that is found, and in words what was mended, taken for another, or missing.

    Args:
        content: bytes by path.
    """
    files: dict[str, str] = {}
    notes: list[str] = []
    left = {name: data for name, data in content.items() if plain_name(name)}
    for name in [name for name, data in left.items() if len(data) > MAX_CODE and plain_name(name).endswith(".py")]:
        notes.append(f"{name} has {len(left.pop(name)) >> 10} KB, more than {MAX_CODE >> 10}, and was left out")
    for rule in (_by_path, _by_name, _by_content):  # one file may hold the answers of several
        for wanted in [name for name in expected() if name not in files]:
            found = sorted(name for name in left if rule(name, left[name], wanted))
            if not found:
                continue
            taken = max(found, key=lambda name: _written(name, left[name], wanted))
            if len(found) > 1:
                notes.append(f"{', '.join(found)} could all be {wanted}; {taken} was taken, where most is written")
            elif rule is not _by_path:
                notes.append(f"{taken} was taken for {wanted}")
            text, more = _text(taken, left[taken])
            notes += more
            if text is not None:
                files[wanted] = text
                notes += _defined_twice(text, wanted) if wanted.endswith(".py") else ()
            else:
                del left[taken]
    codes = {name: _code(text)[:MAX_CODE] for name, text in files.items() if name.endswith(".ipynb")}
    for wanted in [name for name in expected() if name.endswith(".py") and name not in files]:
        for notebook, code in codes.items():
            written = {name for each in definitions(code) if not each.imports for name in each.names}
            if written & expected()[wanted]:
                files[wanted] = code
                notes.append(f"the code cells of {notebook} were taken for {wanted}")
    own = _modules(left, files)
    if sum(map(len, own.values())) > MAX_CODE:
        notes.append(f"modules of their own have more than {MAX_CODE >> 10} KB together and were left out")
        own = {}
    files |= own
    missing = [name for name in expected() if name not in files]
    notes += [f"{name} is missing or cannot be read: its items have nothing to grade" for name in missing]
    return files, tuple(notes)


def _code(notebook: str) -> str:
    """Return what the code cells of a notebook hold, one after another, magic commands as comments."""
    cells = [cell["source"] for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    return "\n".join(map(plain, cells))


def _modules(left: Mapping[str, bytes], files: Mapping[str, str]) -> dict[str, str]:
    """Return the text of modules that are the student's own, below nnlib, if a file or one of them imports its name."""
    texts = {match[1]: decode(data)[0] for name, data in left.items() if (match := OWN.search(name))}
    lines = [line for text in (*files.values(), *texts.values()) for line in IMPORT.findall(text)]
    imported = {word for line in lines for word in re.findall(r"\w+", line)}
    own = {name: text.replace("\0", "") for name, text in texts.items() if PurePath(name).stem in imported}
    return {name: text for name, text in own.items() if not (items.ROOT / name).exists()}


def _defined_twice(text: str, wanted: str) -> Iterator[str]:
    """Yield in words which of a file's answers it defines more than once."""
    found = [(name, each.line) for each in definitions(text) if not each.adds for name in each.names]
    for name in sorted(expected()[wanted]):
        lines = [str(line) for other, line in found if other == name]
        if len(lines) > 1:
            yield f"{wanted} defines {name} in lines {' and '.join(lines)}; the later one counts"


def plain_name(name: str) -> str:
    """Return the name of a Python file or a notebook as it should be, "" for others.

    Browsers and mail add ".txt" or ".json"; Windows and macOS do not mind capitals.
    """
    found = re.fullmatch(r"(.*\.(?:py|ipynb))(?:\.txt|\.json)*", name, re.IGNORECASE | re.DOTALL)
    return found[1].lower() if found else ""


def decode(data: bytes) -> tuple[str, str]:
    """Return text with plain line ends, and a note where it is not UTF-8."""
    for encoding, start in (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff")):
        if data.startswith(start):
            return _plain(data.decode(encoding, "replace")), "" if encoding == "utf-8-sig" else "was read as UTF-16"
    try:
        return _plain(data.decode("utf-8")), ""
    except UnicodeDecodeError as error:
        return _plain(data.decode("latin-1")), f"is not UTF-8 at byte {error.start} and was read as Latin-1"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(name: str, data: bytes) -> tuple[str | None, list[str]]:
    """Return the file's text, a notebook's in format 4, or None if it cannot be read; and notes."""
    text, note = decode(data)
    notes = [f"{name} {note}"] if note else []
    if conflict := CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        notes.append(f"{name} has a mark of an unresolved merge in line {line}: {conflict[0].strip()}")
    if plain_name(name).endswith(".py"):
        return text.replace("\0", ""), notes
    try:
        notebook = json.loads(text)
        version = notebook["nbformat"]
        if version != 4:
            notebook = nbformat.convert(nbformat.reads(text, 4), 4)
            notes.append(f"{name} is of notebook format {version} and was converted")
        cells = list(filter(_is_cell, notebook["cells"]))
        if notebook["cells"] and not cells:
            raise ValueError("none of its cells is one")
        if len(cells) < len(notebook["cells"]):
            notes.append(f"{name} has {len(notebook['cells']) - len(cells)} cells that are none, which were left out")
        return json.dumps({**notebook, "cells": [{**cell, "source": "".join(cell["source"])} for cell in cells]}), notes
    except Exception as error:  # nbformat raises whatever a broken notebook leads it to
        first = str(error).splitlines()[0] if str(error) else ""
        return None, [*notes, f"{name} is not a readable notebook: {type(error).__name__}: {first[:200]}"]


def _is_cell(cell: object) -> bool:
    """Return whether it is a cell with a kind and a source: a text, or its lines."""
    source = cell.get("source") if isinstance(cell, dict) and isinstance(cell.get("cell_type"), str) else None
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def _by_path(name: str, data: bytes, wanted: str) -> bool:
    return name == wanted or name.endswith(f"/{wanted}")


def _by_name(name: str, data: bytes, wanted: str) -> bool:
    """Compare the last part of the path, without what browsers and platforms add: "conv (1).py", "conv-2.py"."""
    last = re.sub(r"([ _-]*\(\d+\)|-\d+| copy| - copy)(?=\.\w+$)", "", plain_name(name).rpartition("/")[2])
    return last == wanted.rpartition("/")[2]


def _by_content(name: str, data: bytes, wanted: str) -> bool:
    """Compare the markers of a notebook's answers, or the names that a file defines."""
    if plain_name(name).rpartition(".")[2] != wanted.rpartition(".")[2]:
        return False
    text = decode(data)[0]
    if wanted.endswith(".ipynb"):
        numbers = MARKER.findall(text)
        return bool(numbers) and max(set(numbers), key=numbers.count) in expected()[wanted]
    return not expected()[wanted].isdisjoint(DEFINED.findall(text))


def _written(name: str, data: bytes, wanted: str) -> tuple[int, int, int]:
    """Return a measure of how much is written in a file: its answers; of as many the nearest file, then the longest."""
    text = decode(data)[0]
    stubs = text.count("raise NotImplementedError")
    answered = len(expected()[wanted].intersection(DEFINED.findall(text))) - stubs
    return len(text) - 1000 * stubs if wanted.endswith(".ipynb") else answered, -name.count("/"), len(text)
