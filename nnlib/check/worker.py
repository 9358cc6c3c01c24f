"""Runs a student's functions in a process of its own: requests on stdin, answers on stdout.

python -I worker.py ROOT [PACKAGES ...]      PACKAGES are further folders to import from, such as the one with NumPy

Only the file of the function that is called is imported from ROOT, and what it imports itself. Packages there are bare:
their `__init__` is not run; a name that it would import is looked up when asked for, so that a syntax error in one file
stops nobody else. Files are read each time, past any bytecode. What the code prints goes to stderr.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
import traceback
from importlib import machinery, util
from pathlib import Path

sys.path += sys.argv[2:]
import numpy as np


class Source(machinery.SourceFileLoader):
    """Compiles a module's source each time: bytecode of a file that was changed within a second may be stale."""

    def get_code(self, fullname):
        """Return the code of the file as it is now."""
        return self.source_to_code(self.get_data(self.path), self.path)


class Package:
    """Loads a folder as a package without running its `__init__`."""

    def __init__(self, folder: Path):
        self.folder = folder

    def create_module(self, spec):
        """Leave it to Python."""

    def exec_module(self, module):
        """Give the package a lookup of the names that its `__init__` imports."""

        def lookup(name: str) -> object:
            path = self.folder / "__init__.py"
            tree = ast.parse(path.read_bytes()) if path.is_file() else ast.Module([])
            for node in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        if node.module == module.__name__:
                            return importlib.import_module(f"{node.module}.{alias.name}")
                        return getattr(importlib.import_module(node.module), alias.name)
            raise AttributeError(f"{module.__name__} has no {name}")

        module.__file__, module.__getattr__ = str(self.folder / "__init__.py"), lookup


class Finder:
    """Finds `nnlib` and what is in it below a root, and nowhere else."""

    def __init__(self, root: Path):
        self.root = root

    def find_spec(self, name, path=None, target=None):
        """Return the spec of a module or package of nnlib, or None for others."""
        base = self.root.joinpath(*name.split("."))
        if name.partition(".")[0] != "nnlib":
            return None
        if base.is_dir():
            spec = machinery.ModuleSpec(name, Package(base), is_package=True)
            spec.submodule_search_locations = [str(base)]
            return spec
        file = str(base.with_suffix(".py"))
        return util.spec_from_file_location(name, file, loader=Source(name, file)) if os.path.isfile(file) else None


class Worker:
    """Answers requests; keeps under handles what must not leave the process."""

    def __init__(self, root: Path, frames):
        self.root, self.frames, self.kept = root, frames, []

    def answer(self, request: dict) -> dict:
        """Call a function or method; return the result and the arguments afterwards."""
        try:
            module, _, name = request["name"].rpartition(":")
            owner = importlib.import_module(module) if request["on"] is None else self.kept[request["on"].number]
            args, options = self._objects(request["args"]), self._objects(request["options"])
            result = getattr(owner, name)(*args, **options)
            changed = args if request["after"] != "own" else ()
            after = self._plain((changed, request["args"])) if request["after"] else ()
            return {"result": self._result(result, request["keep"]), "after": after}
        except BaseException as error:  # SystemExit too
            try:
                return {"error": self._error(error)}
            except BaseException as another:  # its own text raises one
                words = f"its text raises {type(another).__name__}"
                return {"error": {"type": type(error).__name__, "message": words}}

    def _objects(self, value: object) -> object:
        if isinstance(value, self.frames.Handle):
            return self.kept[value.number]
        if isinstance(value, dict):
            return {key: self._objects(each) for key, each in value.items()}
        return tuple(map(self._objects, value)) if isinstance(value, tuple) else value

    def _result(self, result: object, keep: object) -> object:
        if keep is True:
            self.kept.append(result)
            return self.frames.Handle(len(self.kept) - 1)
        if isinstance(result, tuple) and keep:
            return tuple(self._result(each, i in keep) for i, each in enumerate(result))
        return self._plain(result)

    def _plain(self, value: object) -> object:
        """Return arrays and numbers as arrays, tuples and dicts of them, and anything else in words."""
        if hasattr(value, "detach"):  # a tensor
            value = value.detach().cpu().numpy()
        if isinstance(value, dict):
            return {str(key): self._plain(each) for key, each in value.items()}
        if isinstance(value, (tuple, list)):
            return tuple(map(self._plain, value))
        if isinstance(value, (np.ndarray, np.generic, bool, int, float)):
            array = np.asarray(value)
            known = array.dtype.str[1:] in self.frames.DTYPES
            return array if known else self.frames.Other(f"{type(value).__name__} of dtype {array.dtype}")
        return value if value is None or isinstance(value, str) else self.frames.Other(type(value).__name__)

    def _error(self, error: BaseException) -> dict:
        found = {"type": type(error).__name__, "message": str(error)[:1000], "file": ""}
        if isinstance(error, SyntaxError):
            return {**found, "message": str(error.msg), "file": str(error.filename), "line": error.lineno}
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(self.root / "nnlib"):
                own = Path(frame.filename).name not in ("checks.py", "arguments.py", "worker.py", "frames.py")
                if own or not found["file"]:
                    found |= {"file": frame.filename, "line": frame.lineno}
        return found


def main(root: Path) -> None:
    """Answer requests until stdin ends."""
    spec = util.spec_from_file_location("frames", Path(__file__).with_name("frames.py"))
    frames = sys.modules["frames"] = util.module_from_spec(spec)
    spec.loader.exec_module(frames)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.dont_write_bytecode = True
    installed = [each for each in sys.meta_path if "__editable__" in getattr(each, "__module__", "")]
    sys.meta_path[:] = [Finder(root), *(each for each in sys.meta_path if each not in installed)]
    worker = Worker(root, frames)
    answers.write(frames.dump("ready"))
    answers.flush()
    while requests.peek(1):
        answer = worker.answer(frames.load(requests.read))
        try:
            frame = frames.dump(answer)
        except Exception as error:  # too large, too deep
            words = str(error) if isinstance(error, frames.FrameError) else repr(error)
            frame = frames.dump({"error": {"type": "FrameError", "message": words}})
        answers.write(frame)
        answers.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
