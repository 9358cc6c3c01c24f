"""A folder with nnlib as a student would hold it: a file of it changed."""

import os
import re
import shutil
from pathlib import Path

from nnlib.storage import REPOSITORY

STUB = "    raise NotImplementedError({item!r} + ' is not written yet.')\n"


def student_root(folder: Path) -> Path:
    """Copy nnlib's sources, without its fast layers."""
    shutil.copytree(REPOSITORY / "nnlib", folder / "nnlib", ignore=shutil.ignore_patterns("fast", "__pycache__"))
    return folder


def edit(root: Path, module: str, old: str, new: str) -> None:
    """Replace a piece of a module's source that is there once."""
    path = root / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    assert source.count(old) == 1, (old, source.count(old))
    path.write_text(source.replace(old, new), encoding="utf-8")


def stub(root: Path, target: str, item: str) -> None:
    """Put a stub in place of a function's body."""
    module, _, name = target.partition(":")
    path = root / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    pattern = rf"(?ms)^(def {name}\(.*?\n)(?=^\S|\Z)"
    head = re.search(rf"(?ms)^def {name}\(.*?:\n", source)[0]
    path.write_text(re.sub(pattern, lambda _: f"{head}{STUB.format(item=item)}\n\n", source, count=1), encoding="utf-8")


def environment(copy: Path) -> dict[str, str]:
    """Return the environment of a command in the unpacked student copy: ours, without what is about this repository."""
    others = ("PYTHONPATH", "NNLIB_LAYERS", "MAKEFLAGS", "MAKELEVEL")  # make's own, where `make test` runs this
    kept = {name: value for name, value in os.environ.items() if name not in others}
    return kept | {"NNLIB_TRIAL_LOGS": str(copy / "build" / "trial_logs")}
