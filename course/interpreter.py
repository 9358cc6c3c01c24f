"""A copy of Python and NumPy alone, for a worker: readable for any user, and without whatever else is installed."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

import numpy as np

LEFT_OUT = ("site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip")


@functools.cache
def folder() -> Path:
    """Return the copy's folder; it is made once per process, with hard links where it can be, and removed at its end.

    `bin/python` starts it. NumPy is in `packages`. Bytecode comes along: without it a start takes three times as long.
    """
    made = Path(tempfile.mkdtemp(prefix="nnlib-python-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    made.chmod(0o755)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    copy = functools.partial(shutil.copytree, copy_function=_link, ignore=shutil.ignore_patterns(*LEFT_OUT))
    copy(sysconfig.get_path("stdlib"), made / "lib" / version)
    (made / "bin").mkdir()
    _link(os.path.realpath(sys.executable), made / "bin" / "python")
    places = {sysconfig.get_config_var("LIBDIR"), f"{sys.base_prefix}/lib"}  # the first may be where it was built
    for place in (each for each in places if os.access(each, os.R_OK | os.X_OK)):
        for library in Path(place).glob(f"lib{version}*.so*"):
            _link(library, made / "lib" / library.name)
    numpy = Path(np.__file__).parent
    for source in (numpy, numpy.with_name("numpy.libs")):
        if source.is_dir():
            copy(source, made / "packages" / source.name)
    return made


def command(root: Path | str, worker: Path | str, at: Path | str, packages: tuple[str, ...] = ()) -> list[str]:
    """Return the command that starts the worker's file for the student's files in `root` with the copy in `at`.

    All are paths as the worker sees them; `packages` are further folders to import from, such as one with PyTorch.
    """
    return [f"{at}/bin/python", "-I", "-S", str(worker), str(root), f"{at}/packages", *packages]


def environment(at: Path | str) -> dict[str, str]:
    """Return the worker's environment variables."""
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return {**one, "NNLIB_LAYERS": "plain", "LD_LIBRARY_PATH": f"{at}/lib", "LC_ALL": "C.UTF-8"}


def _link(source: str | Path, target: str | Path) -> None:
    source = os.path.realpath(source)
    needed = 0o555 if os.access(source, os.X_OK) else 0o444  # a worker is another user
    with contextlib.suppress(OSError):  # another file system
        if os.stat(source).st_mode & needed == needed:  # of a link they would change with the source's
            os.link(source, target)
            return
    shutil.copy2(source, target)  # bytecode counts by its source's time
    os.chmod(target, os.stat(target).st_mode | needed)
