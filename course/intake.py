"""Reads submissions: folders, zips, and zips of zips as Canvas, Gradescope and Moodle write them.

A submission is data. Its notebooks and the files of nnlib are taken as text; all else is left where it is, and nothing
is run. Whatever is wrong with one is said in its `notes`, or in its `error` if nothing of it can be read: each ends in
a row, and none costs another.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from course import canonical

MAX_BYTES, MAX_FILES, MAX_RATIO = 50 << 20, 2000, 100  # of one submission, unpacked; of its size to the zip's
MAX_PATH = 1000  # characters of a file's path
JUNK = re.compile(
    r"(^|/)(__MACOSX|\.git|\.?v?env|site-packages|\.ipynb_checkpoints|__pycache__|node_modules)/|(^|/)(\._|\.DS_Store$)"
)
# How platforms name what a student uploaded; "student" is what tells students apart.
CANVAS = re.compile(r"^(?P<student>[^_/]+(?:_LATE)?_\d+)_\d+_(?P<file>.+)$")
MOODLE = re.compile(r"^(?P<student>[^/]+_\d+)_assignsubmission_file_?(?:/(?P<file>.+))?$")
PARTS = ("nnlib", "notebooks", "layers", "code")  # zips of these names are parts of one submission, not students
GRADESCOPE = re.compile(r"^(?P<student>submission_\d+)(?:/(?P<file>.+))?$")

Unpacked = tuple[dict[str, bytes], tuple[str, ...], datetime | None]  # content by path, notes, when it was handed in


@dataclass(frozen=True)
class Submission:
    """What one student handed in."""

    student: str  # as the platform or the roster calls them
    source: str  # where it was found
    sha256: str = ""  # of all that was handed in
    files: Mapping[str, str] = field(default_factory=dict)  # text by canonical path, such as "nnlib/layers/conv.py"
    notes: tuple[str, ...] = ()  # what was mended or left out, in words
    error: str = ""  # why nothing of it can be graded
    submitted: datetime | None = None  # if the archive says


def read(paths: Iterable[Path], roster: Path | None = None) -> Iterator[Submission]:
    """Return a Submission for each folder or zip, and for each student in a zip of zips; two of one student are errors.

    The roster is a CSV with the columns `submission`, a part of the file's name, and `student`.

    Raises:
        ValueError: a path that does not exist, or a roster of another form.
    """
    names = _roster(roster) if roster else {}
    found = [submission for path in paths for submission in _read(Path(path))]
    found = [replace(each, student=_known(each.student, names)) for each in found]
    counts = Counter(each.student for each in found)
    for each in found:
        if counts[each.student] > 1:
            sources = ", ".join(other.source for other in found if other.student == each.student)
            each = replace(each, files={}, error=f"{counts[each.student]} submissions of {each.student}: {sources}")
        yield each


def _read(path: Path) -> list[Submission]:
    if path.is_dir():
        return [_guarded(path.absolute().name, str(path), lambda: _folder(path))]
    if not path.is_file():
        why = "is neither" if path.exists() else "does not exist"
        raise ValueError(f"PATH: expected a folder or a zip, got {path}, which {why}.")
    if canonical.plain_name(path.name):
        return [_guarded(path.stem, str(path), lambda: ({path.name: path.read_bytes()}, (), None))]
    try:
        with zipfile.ZipFile(path) as archive:
            groups = _students(archive)
    except Exception as error:  # a damaged zip leads zipfile to raise anything
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return [Submission(path.stem, str(path), digest, {}, (), f"the zip cannot be read: {error}")]
    if not groups:
        return [_guarded(path.stem, str(path), lambda: _unpack(path))]
    return [
        _guarded(student, f"{path}: {student}", lambda names=names: _unpack(path, names)) for student, names in groups
    ]


def _guarded(student: str, source: str, unpack: Callable[[], Unpacked]) -> Submission:
    """Return the submission that `unpack` gives, or one with its error."""
    try:
        content, notes, submitted = unpack()
        _check_sizes(len(content), sum(map(len, content.values())))
    except Exception as error:  # a damaged zip leads zipfile and what it calls to raise anything
        return Submission(student, source, error=str(error) or type(error).__name__)
    digest = hashlib.sha256()
    for name in sorted(content):
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(content[name]).digest())
    try:
        files, more = canonical.sort(content)
    except Exception as error:  # of ours: it must not cost others their rows
        return Submission(student, source, digest.hexdigest(), {}, notes, f"{type(error).__name__}: {error}", submitted)
    error = "" if files else "no notebook of the homework and no file of nnlib is in it"
    return Submission(student, source, digest.hexdigest(), files, (*notes, *more), error, submitted)


def _students(archive: zipfile.ZipFile) -> list[tuple[str, list[str]]]:
    """Return the members of each student, if the archive is a platform's; else an empty list."""
    groups: dict[str, list[str]] = {}
    alone: list[tuple[str, list[str]]] = []
    names = [name for name in archive.namelist() if not name.endswith("/") and not JUNK.search(name)]
    one_folder = len({name.partition("/")[0] for name in names}) == 1
    for name in names:
        top = name.partition("/")[2] if one_folder and "/" in name else name
        match = next(
            filter(None, (form.match(each) for each in (name, top) for form in (CANVAS, MOODLE, GRADESCOPE))), None
        )
        zipped = name.lower().endswith(".zip")
        if match:
            groups.setdefault(match["student"], []).append(name)
        elif zipped and PurePosixPath(name).stem.lower() not in PARTS:
            alone.append((PurePosixPath(name).stem, [name]))
        elif canonical.plain_name(name):
            return []
    return [*groups.items(), *alone]


def _unpack(path: Path, names: Collection[str] = ()) -> Unpacked:
    """Return what is in a zip, and in the zips in it; of a platform's archive, only a student's `names`."""
    with open(path, "rb") as file:
        return _zip(file, names, depth=2 if names else 1)


def _zip(file: BinaryIO, names: Collection[str] = (), depth: int = 0) -> Unpacked:
    size = file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file) as archive:
        members = [info for info in archive.infolist() if not info.is_dir() and not JUNK.search(info.filename)]
        members = [info for info in members if not names or info.filename in names]
        _check_members(members)
        if sum(info.file_size for info in members) > MAX_RATIO * max(size, 1):
            raise ValueError(f"the zip unpacks to more than {MAX_RATIO} times its size")
        content, notes = {}, ()
        for info in members:
            name = info.filename.replace("\\", "/")
            uploaded = CANVAS.match(name.rpartition("/")[2]) if names else None
            name = uploaded["file"] if uploaded else name
            if name in content:
                notes += (f"the zip holds {name} more than once; the last one was taken",)
            try:
                content[name] = archive.read(info)
            except Exception as error:  # a damaged member leads zipfile to raise anything; the others are whole
                notes += (f"{name} cannot be read and was left out: {error}",)
    for name in [name for name in content if depth and name.lower().endswith(".zip")]:
        inner, more, _ = _zip(io.BytesIO(content.pop(name)), depth=depth - 1)
        content |= {f"{name}/{each}": part for each, part in inner.items()}
        notes += more
        _check_sizes(len(content), sum(map(len, content.values())))
    return content, notes, max(filter(None, map(_time, members)), default=None)


def _folder(path: Path) -> Unpacked:
    content, notes = {}, []
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if JUNK.search(f"{name}/") or JUNK.search(name) or file.is_dir():
            continue
        if file.is_symlink() or not file.is_file():
            notes.append(f"{name} is {'a link' if file.is_symlink() else 'no plain file'} and was left out")
        elif canonical.plain_name(name):
            if file.stat().st_size > MAX_BYTES:
                raise ValueError(f"{name} has {file.stat().st_size >> 20} MB, more than {MAX_BYTES >> 20}")
            try:
                content[name] = file.read_bytes()
            except OSError as error:
                notes.append(f"{name} cannot be read and was left out: {error.strerror}")
    return content, tuple(notes), None


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    _check_sizes(len(members), sum(info.file_size for info in members))
    for info in members:
        if len(info.filename) > MAX_PATH:
            raise ValueError(f"the zip holds a path of {len(info.filename)} characters, more than {MAX_PATH}")
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or re.match(r"[A-Za-z]:", info.filename):
            raise ValueError(f"the zip holds the path {info.filename!r}, which leads out of it")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ValueError(f"the zip holds the link {info.filename!r}")
        if info.flag_bits & 1:
            raise ValueError("the zip has a password")


def _check_sizes(count: int, size: int) -> None:
    if count > MAX_FILES or size > MAX_BYTES:
        raise ValueError(f"{count} files of {size >> 20} MB unpacked, more than {MAX_FILES} of {MAX_BYTES >> 20} MB")


def _time(info: zipfile.ZipInfo) -> datetime | None:
    """Return when a member was written, in UTC as far as a zip tells; None for the date that means unknown."""
    try:
        return None if info.date_time[0] <= 1980 else datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None


def _roster(path: Path) -> dict[str, str]:
    """Return the students by the part of a file's name that tells them apart."""
    expected = f"--roster: expected a CSV with the columns submission and student, got {path}"
    try:
        rows = list(csv.DictReader(io.StringIO(canonical.decode(path.read_bytes())[0]), strict=True))
    except csv.Error as error:
        raise ValueError(f"{expected}: {error}.") from None
    found: dict[str, str] = {}
    for row in rows or [{}]:
        if None in (row.get("submission"), row.get("student")):
            raise ValueError(f"{expected}, which lacks one in {row}.")
        part, student = row["submission"].strip(), row["student"].strip()
        if part and found.setdefault(part, student) != student:
            raise ValueError(f"--roster: {part!r} stands for two students, {found[part]} and {student}.")
    return found


def _known(student: str, names: Mapping[str, str]) -> str:
    found = [name for part, name in names.items() if part == student] or [
        name for part, name in names.items() if re.search(rf"(?<![0-9A-Za-z]){re.escape(part)}(?![0-9A-Za-z])", student)
    ]
    return found[0] if len(found) == 1 else student
