"""Packs build/autograder.zip, from which Gradescope builds its container, with everything that the grader needs.

python -m course.autograder [--build FOLDER]

Python itself is in it, as course/interpreter.py copies it for a worker, and the packages as they are installed here,
which is as their wheels unpack. So nothing is downloaded when the container is built, and no change of its image
changes a grade. Its system must not be older than the one that packed the archive; setup.sh tries that, and fails if it
is. The course's key is in it as well, so that grading a submission again draws the same inputs.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement

from course import interpreter, ledger
from course.release.package import add
from nnlib import storage

PACKAGES = ("filelock", "nbformat", "psutil", "threadpoolctl", "tqdm")  # NumPy comes with the interpreter
OURS = ("course", "datasets", "nnlib")
NEEDLESS = {"__pycache__", "wrong", "right", "sets", "hostile", "student", "tests"}
SETUP = """\
#!/bin/bash
# Builds the container: everything is in this folder, so that only its rights are set and its start is tried.
set -e
cd "$(dirname "${BASH_SOURCE[0]}")"
chmod +x python/bin/python run_autograder
chmod a+x . ..  # a worker is another user, who reads Python and its own program
chmod -R a+rX python nnlib
LD_LIBRARY_PATH=python/lib PYTHONPATH=python/packages python/bin/python -c "import numpy"  # bytecode, for a fast start
chmod 600 course/key
./run_autograder --help >/dev/null || {
  echo "Python of this archive does not start here: choose a newer image, or run make release on an older system." >&2
  exit 1
}
"""
RUN = """\
#!/bin/bash
# Grades /autograder/submission into /autograder/results/results.json.
cd /autograder/source 2>/dev/null || cd "$(dirname "${BASH_SOURCE[0]}")"
export LD_LIBRARY_PATH="$PWD/python/lib" PYTHONPATH="$PWD:$PWD/python/packages" PYTHONDONTWRITEBYTECODE=1
exec python/bin/python -m course.gradescope "${@:-/autograder}"
"""


def build_autograder(release_folder: Path, target_zip: Path) -> int:
    """Write the archive, whole or not at all, with the release's release.json; return its size in bytes.

    Raises:
        OSError: the release is missing, or the archive cannot be written.
    """
    release = (release_folder / "release.json").read_bytes()
    ledger.course_key()  # drawn now if it never was
    files = {f"python/{name}": path for name, path in _below(interpreter.folder()) if "config-" not in name}
    files |= {f"python/packages/{name}": path for name, path in _distributions(PACKAGES)}
    for folder in OURS:
        files |= {f"{folder}/{name}": path for name, path in _below(storage.REPOSITORY / folder)}
    with storage.atomic_write(target_zip) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in {"setup.sh": SETUP, "run_autograder": RUN}.items():
            add(packed, name, text.encode(), 0o755)
        add(packed, "release.json", release)
        for name, path in sorted(files.items()):
            add(packed, name, path.read_bytes(), path.stat().st_mode)
    return target_zip.stat().st_size


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and not NEEDLESS.intersection(name.parts) and path.suffix not in (".lock", ".pyc"):
            yield name.as_posix(), path


def _distributions(names: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Yield the files of installed packages and of those that they need, as they lie in site-packages."""
    for name in names:
        distribution = metadata.distribution(name)
        for file in distribution.files or ():
            outside = PurePosixPath(file).parts[0] == ".."  # a command
            if not outside and not NEEDLESS.intersection(file.parts):
                yield file.as_posix(), Path(distribution.locate_file(file))
        needed = map(Requirement, distribution.requires or ())
        yield from _distributions(tuple(each.name for each in needed if not each.marker or each.marker.evaluate()))


def main() -> None:
    """Write the archive, and print its size."""
    parser = argparse.ArgumentParser(prog="python -m course.autograder", description=__doc__.partition("\n")[0])
    folder = storage.REPOSITORY / "build"
    parser.add_argument("--build", type=Path, default=folder, help="folder of the release, to write into (build)")
    build = parser.parse_args().build
    print(f"{build / 'autograder.zip'}: {build_autograder(build, build / 'autograder.zip') / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
