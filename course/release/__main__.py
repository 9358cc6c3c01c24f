"""The release's command line: python -m course.release [--build FOLDER]."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tomllib
from pathlib import Path

from course.items import ROOT, Course, ReleaseError, load
from course.leaks import Fingerprints, refused
from course.release.package import archive, collect, description


def main(argv: list[str] | None = None) -> int:
    """Write the student copy, its archive and release.json; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m course.release", description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="folder to write into (default: build)")
    build = parser.parse_args(argv).build
    try:
        course = load()
        files, packed = release(course)
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(build / "student", ignore_errors=True)
    for name, content in files.items():
        (build / "student" / name).parent.mkdir(parents=True, exist_ok=True)
        (build / "student" / name).write_bytes(content)
    (build / "hw1-student.zip").write_bytes(packed)
    (build / "release.json").write_text(json.dumps(description(course, files, packed), indent=1) + "\n")
    print(f"{build / 'hw1-student.zip'}: {len(files)} files, {len(packed) / 1e6:.1f} MB, no leak found")
    return 0


def release(course: Course, root: Path = ROOT) -> tuple[dict[str, bytes], bytes]:
    """Return the files of the copy and their archive, after a scan of the archive for what was cut.

    Raises:
        ReleaseError: something that was cut is still there; the message lists each place.
    """
    files, statements, texts = collect(root, course)
    packed = archive(files)
    allowed = tomllib.loads((root / "course" / "leaks.toml").read_text(encoding="utf-8")).get("allow", [])
    leaks = refused(Fingerprints(statements, texts).scan("", packed), allowed)
    if leaks:
        raise ReleaseError("\n".join([f"{len(leaks)} leaks:", *(f"{leak.where}: {leak.what}" for leak in leaks)]))
    return files, packed


if __name__ == "__main__":
    raise SystemExit(main())
