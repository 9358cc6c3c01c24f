"""The files of the student copy, and the archive of them, the same to the byte whenever the repository is the same."""

from __future__ import annotations

import ast
import fnmatch
import hashlib
import io
import json
import posixpath
import re
import subprocess
import zipfile
from pathlib import Path

import nbformat

from course.items import Course, ReleaseError, names_in
from course.leaks import formulas
from course.release.modules import cut_module
from course.release.notebooks import cut_notebook
from nnlib.check.exercises import checksum

STUDENT = "course/student/"  # what only the copy has: its README, Makefile, pyproject.toml
FOLDER = "hw1"  # the one in the archive
CHECK = re.compile(r'^with checks\("([\w.]+)"\) as check:', re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def collect(root: Path, course: Course) -> tuple[dict[str, bytes], list[ast.AST], list[str]]:
    """Return the files of the copy by name, and what was cut: statements, and texts.

    Raises:
        ReleaseError: a row of exercises.toml that does not fit the files, or a link to a file that the copy lacks.
    """
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    names = [name for name in tracked.split("\0") if name and (root / name).is_file()]
    copied = [name for name in names if _matches(name, course.include) and not _matches(name, course.exclude)]
    files = {name: _whole(name, (root / name).read_bytes()) for name in copied}
    files |= {name.removeprefix(STUDENT): (root / name).read_bytes() for name in names if name.startswith(STUDENT)}
    cut: list[ast.AST | str] = []
    for name in sorted(files):
        if name in {row["file"] for row in course.rewords}:
            files[name] = _reworded(name, files[name].decode(), course).encode()
        if name.endswith(".py"):
            cut += _cut_module(files, name, course)
        elif name.endswith(".ipynb"):
            notebook = nbformat.reads(files[name].decode(), 4)
            cut += cut_notebook(notebook, Path(name).stem, course)
            files[name] = (nbformat.writes(notebook) + "\n").encode()
    notebooks = [nbformat.reads(files[name].decode(), 4) for name in files if name.endswith(".ipynb")]
    found = {cell.source: CHECK.search(cell.source) for notebook in notebooks for cell in notebook.cells}
    cells = {match[1]: checksum(source) for source, match in found.items() if match}
    files["nnlib/check/exercises.toml"] = exercises(course, cells).encode()
    sums = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in files if _is_module(name))
    files["tools/given.txt"] = "".join(sums).encode()  # with it `make submit` knows the student's own modules
    if lost := list(_dead_links(files)):
        raise ReleaseError("links to files that the copy does not hold:\n" + "\n".join(lost))
    return files, [each for each in cut if not isinstance(each, str)], [each for each in cut if isinstance(each, str)]


def archive(files: dict[str, bytes]) -> bytes:
    """Return a zip file of the copy, below one folder, without times or anybody's rights."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in sorted(files.items()):
            add(packed, f"{FOLDER}/{name}", content)
    return buffer.getvalue()


def add(packed: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    """Add a file to an archive without its time, so that the same files give the same archive."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, (mode | 0o100000) << 16, 3
    packed.writestr(entry, content)


def description(course: Course, files: dict[str, bytes], packed: bytes) -> dict[str, object]:
    """Return what release.json holds: the archive's checksum, each file's, and the points of each item."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    points = {item: row["points"] for item, row in course.items.items()}
    return {"schema": 1, "release": hashlib.sha256(packed).hexdigest(), "points": points, "files": sums}


def exercises(course: Course, cells: dict[str, str]) -> str:
    """Return exercises.toml as students have it: without what is cut, of the hidden checks the number alone.

    Each item gets the checksum of its check cell, from `cells`.
    """
    lines = [
        "# The homework's items; `hidden` is the number of checks that the grader runs and this copy does not hold."
    ]
    for row in course.items.values():
        checks = row.get("check", [])
        public = [check for check in checks if check["visibility"] == "public"]
        fields = {name: row[name] for name in STUDENT_FIELDS if name in row} | {"hidden": len(checks) - len(public)}
        fields |= {"cell": cells[row["id"]]} if row["id"] in cells else {}
        lines += ["", "[[item]]", *(f"{name} = {_toml(value)}" for name, value in fields.items())]
        lines += ["check = [", *(f"    {_toml(check)}," for check in public), "]"] if public else []
    return "\n".join(lines) + "\n"


STUDENT_FIELDS = ("id", "title", "points", "kind", "derivation", "targets", "given", "checks", "notebook", "cells")


def _is_module(name: str) -> bool:
    return name.startswith("nnlib/") and name.endswith(".py")


def _whole(name: str, content: bytes) -> bytes:
    """Return a notebook with each cell's source as one text, any other file as it is."""
    return json.dumps(nbformat.reads(content.decode(), 4)).encode() if name.endswith(".ipynb") else content


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _reworded(name: str, text: str, course: Course) -> str:
    """Return a file's text with its rewords; in a notebook they are texts of cells."""
    for row in (row for row in course.rewords if row["file"] == name):
        old, new = (json.dumps(row[key])[1:-1] if name.endswith(".ipynb") else row[key] for key in ("old", "new"))
        if text.count(old) != 1:
            raise ReleaseError(f"reword: {name} holds {text.count(old)} times, expected once: {row['old']!r}")
        text = text.replace(old, new)
    return text


def _cut_module(files: dict[str, bytes], name: str, course: Course) -> list[ast.AST | str]:
    """Cut one module of the copy in place, by the items that have targets or helpers in it."""
    module = name.removesuffix(".py").replace("/", ".")
    source, trimmed, stubs, removed, docstring = files[name].decode(), course.trimmed.get(module), {}, set(), None
    if trimmed:
        source, _ = cut_module(source, {}, trimmed.get("names", ()), trimmed.get("docstring"))
    for item, row in course.items.items():
        own = names_in(module, row["targets"])
        stubs |= dict.fromkeys(own, course.stub(item))
        removed.update(names_in(module, row.get("cut", ())))
        docstring = docstring or (row.get("docstring") if own else None)
    new, statements = cut_module(source, stubs, removed, docstring)
    files[name] = new.encode() if stubs or trimmed else files[name]
    derived = formulas(ast.get_docstring(ast.parse(source)) or "") if docstring else ()
    return [*statements, *(formula for formula in derived if formula not in docstring)]


def _dead_links(files: dict[str, bytes]):
    for name in (name for name in files if name.endswith((".md", ".ipynb"))):
        text = files[name].decode()
        if name.endswith(".ipynb"):
            text = "\n".join(cell.source for cell in nbformat.reads(text, 4).cells if cell.cell_type == "markdown")
        for link in LINK.findall(text):
            found = posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
            if found not in files and not any(each.startswith(f"{found}/") for each in files):
                yield f"{name}: {link}"
