"""A planted fault, and how one is planted into a copy of the checkout and taken out again."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LINKED = ("datasets",)  # read only: linked and not copied


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: what is wrong, in a few words.
        kind: the kind that it belongs to, such as "layers".
        test: the test that must fail: a pytest node, or a notebook, which nbval runs.
        plant: edits the copy.
    """

    name: str
    kind: str
    test: str
    plant: Callable[[Copy], None]

    @property
    def slow(self) -> bool:
        """Whether a whole notebook is run."""
        return self.test.endswith(".ipynb")


class RottenFault(Exception):
    """What a fault is to change is not there any more."""


class Copy:
    """A copy of the checkout's files; what was written to it can be undone."""

    def __init__(self, root: Path):
        self.root, self._before = root, {}
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
            source, target = ROOT / name, root / name
            if name and name.split("/")[0] not in LINKED and source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        for name in LINKED:
            (root / name).symlink_to(ROOT / name)

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        self._before.setdefault(path, path.read_bytes() if path.exists() else None)
        path.write_text(text, encoding="utf-8")

    def changed(self) -> list[str]:
        """Return the files that are not as they were."""
        return [path.name for path, content in self._before.items() if path.read_bytes() != content]

    def undo(self) -> None:
        """Take out every fault."""
        for path, content in self._before.items():
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
        self._before.clear()

    def replace(self, name: str, old: str, new: str, count: int | None = 1) -> None:
        """Replace `old`, which has to be there so many times; None for any number."""
        text = self.read(name)
        found = text.count(old)
        if found == 0 or (count is not None and found != count):
            raise RottenFault(f"{name}: expected {old!r} {count or 'some'} times, found it {found} times")
        self.write(name, text.replace(old, new))


def text(name: str, old: str, new: str, count: int | None = 1) -> Callable[[Copy], None]:
    """Return a plant that replaces text in a file."""
    return lambda copy: copy.replace(name, old, new, count)


def everywhere(names: tuple[str, ...], *pairs: tuple[str, str]) -> Callable[[Copy], None]:
    """Return a plant that replaces texts wherever they stand in several files, as a consistent forgery does."""

    def plant(copy: Copy) -> None:
        for name in names:
            for old, new in pairs:
                if old in copy.read(name):
                    copy.replace(name, old, new, None)

    return plant


def together(*plants: Callable[[Copy], None]) -> Callable[[Copy], None]:
    """Return a plant that does several things."""

    def plant(copy: Copy) -> None:
        for each in plants:
            each(copy)

    return plant


def source(notebook: str, old: str, new: str) -> Callable[[Copy], None]:
    """Return a plant that replaces text, found once, in the source of a notebook's cells."""

    def change(cells: list[dict]) -> None:
        hit = [cell for cell in cells if old in "".join(cell["source"])]
        if len(hit) != 1 or "".join(hit[0]["source"]).count(old) != 1:
            raise RottenFault(f"{notebook}: expected {old!r} once in the cells' sources, in {len(hit)} cells")
        hit[0]["source"] = "".join(hit[0]["source"]).replace(old, new).splitlines(keepends=True)

    return cells(notebook, change)


def cells(notebook: str, change: Callable[[list[dict]], None]) -> Callable[[Copy], None]:
    """Return a plant that changes a notebook's cells, or removes some, by a function."""

    def plant(copy: Copy) -> None:
        content = json.loads(copy.read(notebook))
        change(content["cells"])
        copy.write(notebook, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    return plant
