"""Submissions as `make fuzz` drives `course.intake`: zips, zips of zips, their notebooks and files."""

import io
import zipfile
from functools import partial
from pathlib import Path

import nbformat
from fuzz_readers import require
from fuzz_run import Reader

from course import canonical, intake

CODE = b"import numpy as np\n\n\ndef conv_forward(x, w):\n    return x, (x, w)\n"
NOTEBOOK = nbformat.writes(
    nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("<!-- answer 1.1 -->\nBy the chain rule.")])
).encode()


def zipped(**files: bytes) -> bytes:
    """Return a zip of files by name, "/" written as "__"."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def read_submission(folder: Path, content: bytes) -> None:
    """Every submission ends in a row: files as text, or an error in words."""
    path = folder / "ann.zip"
    path.write_bytes(content)
    for found in intake.read([path]):
        require(bool(found.files) != bool(found.error), "neither files nor an error, or both")
        require(all(isinstance(text, str) for text in found.files.values()), "a file that is no text")
        require("Traceback" not in found.error, "an error not in words")


def around(name: str, data: bytes) -> bytes:
    """Return a student's zip around one mutated file."""
    return zipped(**{"nnlib__losses.py": CODE, name: data})


def named(content: bytes) -> bytes:
    """Return a zip with an empty file for each line, which is its path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for line in content.decode("latin-1").split("\n"):
            archive.writestr(zipfile.ZipInfo(line[:60_000]), b"")
    return buffer.getvalue()


def readers(folder: Path) -> list[Reader]:
    """Return the readers of submissions; no error is documented, since each submission ends in a row."""
    read = partial(read_submission, folder)
    whole = zipped(**{"nnlib__layers__conv.py": CODE, "notebooks__q1_layers.ipynb": NOTEBOOK})
    platform = zipped(**{"ann_1_2_hw1.zip": whole, "bob_3_4_hw1.zip": whole, "cy_5_6_conv.py": CODE})
    paths = "\n".join([*canonical.expected(), "hw1/conv (1).py", "ann_1_2_a.py", "bob_3_assignsubmission_file_/b.py"])
    limits = {"refuses": (), "memory": 400}
    return [
        Reader("zips of students", [whole], read, share=0.004, **limits),
        Reader("zips of platforms", [platform], read, share=0.002, **limits),
        Reader(
            "notebooks", [NOTEBOOK], read, share=0.006, wrap=partial(around, "notebooks__q1_layers.ipynb"), **limits
        ),
        Reader("paths", [paths.encode()], read, share=0.002, wrap=named, **limits),
        Reader("Python files", [CODE], read, share=0.003, wrap=partial(around, "nnlib__layers__conv.py"), **limits),
    ]
