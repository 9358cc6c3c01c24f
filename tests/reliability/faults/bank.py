"""All faults: the TOML files here replace a text, the Python files of in_*.py do more."""

import importlib
import tomllib
from pathlib import Path

from reliability.faults.plant import Fault, source, text

FOLDER = Path(__file__).parent


def replaced(kind, name, file, old, new, test):
    """Return the fault that `new` stands for `old`; in a notebook, in the source of one cell."""
    return Fault(name, kind, test, (source if file.endswith(".ipynb") else text)(file, old, new))


def load():
    """Return every fault."""
    faults = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        shared = {key: value for key, value in content.items() if key != "fault"}  # of all rows of the file
        faults += [replaced(**{**shared, **row}) for row in content["fault"]]
    for path in sorted(FOLDER.glob("in_*.py")):
        faults += importlib.import_module(f"reliability.faults.{path.stem}").FAULTS
    return faults
