"""A checksum of the code that decides what a trial finds, so that no row outlives the code that made it.

It is taken of the code that is loaded, not of the files: what counts is what ran. An edit that was not reloaded, a
worker that is older than the edit and a function replaced in a notebook all show. Comments do not count. The bytecode
of another Python version differs, and so does the checksum.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import sys
from types import CodeType, FunctionType, ModuleType

import numpy as np

MODULES = (
    "nnlib.fast.runtime",
    *(f"nnlib.{name}" for name in ("checks", "losses", "specs", "network", "models", "optim")),
    *(f"nnlib.layers.{name}" for name in ("fully_connected", "relu", "dropout", "batch_norm", "conv", "max_pool")),
    "nnlib.layers",
    "nnlib.solver",
    "nnlib.callbacks",
    "nnlib.fast",
    "nnlib.progress",
)


def fingerprint(*objects: object) -> str:
    """Return a checksum of nnlib's training code and of `objects`: functions, classes, partials, or instances.

    Of a function that is not nnlib's, the functions, classes and plain constants of its own package that it names
    count too.
    """
    reader = _reader_for(objects)
    for name in MODULES:
        for key, value in sorted(vars(sys.modules[name]).items()):
            if not key.startswith("__"):
                reader.read(key)
                reader.read(value)
    return _read_all(reader, objects)


def code_checksum(*objects: object) -> str:
    """Return a checksum of `objects`, as for `fingerprint`, and of what they name in their own packages; no more."""
    return _read_all(_reader_for(objects), objects)


def _reader_for(objects: tuple[object, ...]) -> _Reader:
    return _Reader({"nnlib", "__main__", *map(_root, objects)})


def _read_all(reader: _Reader, objects: tuple[object, ...]) -> str:
    for item in objects:
        reader.read(item)
    return reader.digest.hexdigest()[:16]


def _root(value: object) -> str:
    """Return the top-level package of a function or class, or of an instance's class."""
    if isinstance(value, functools.partial):
        return _root(value.func)
    module = getattr(value, "__module__", None) or type(value).__module__
    return str(module).partition(".")[0]


class _Reader:
    """Feeds whatever it is given to a SHA-256, each function and class of the packages in `roots` once."""

    def __init__(self, roots: set[str]):
        self.roots = roots
        self.digest = hashlib.sha256()
        self.seen: set[int] = set()

    def _say(self, *words: object) -> None:
        self.digest.update("\0".join(map(str, (*words, ""))).encode("utf-8", "surrogatepass"))

    def read(self, value: object) -> None:
        """Feed one value."""
        if value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic)):
            self._say(type(value).__name__, repr(value))
        elif isinstance(value, (tuple, list)):
            self._say("sequence", len(value))
            for item in value:
                self.read(item)
        elif isinstance(value, (set, frozenset)):
            self._say("set", *sorted(map(repr, value)))  # in no order of its own
        elif isinstance(value, dict):
            self._say("dict", len(value))
            for item in value.items():
                self.read(item)
        elif isinstance(value, np.ndarray):
            self._say("array", value.shape, value.dtype, hashlib.sha256(np.ascontiguousarray(value)).hexdigest())
        elif isinstance(value, (staticmethod, classmethod)):
            self.read(value.__func__)
        elif isinstance(value, property):
            self.read((value.fget, value.fset))
        elif isinstance(value, functools.partial):
            self.read(("partial", value.func, value.args, value.keywords))
        elif isinstance(value, CodeType):
            self._code(value)
        elif not isinstance(value, ModuleType):
            self._definition(value)

    def _definition(self, value: object) -> None:
        name = f"{getattr(value, '__module__', '')}:{getattr(value, '__qualname__', type(value).__qualname__)}"
        self._say("name", name)
        if id(value) in self.seen or _root(value) not in self.roots:
            return
        self.seen.add(id(value))
        if isinstance(value, FunctionType):
            self._function(value)
        elif isinstance(value, type):
            self._class(value)
        elif hasattr(value, "__wrapped__"):  # functools.cache and its like
            self.read(value.__wrapped__)
        else:
            self.read(type(value))

    def _function(self, function: FunctionType) -> None:
        self.read((function.__defaults__, function.__kwdefaults__, function.__code__))
        for cell in function.__closure__ or ():
            self.read(cell.cell_contents)
        for name in sorted(_globals_named(function.__code__)):
            if name in function.__globals__:
                self.read(function.__globals__[name])

    def _class(self, cls: type) -> None:
        self.read(cls.__bases__)
        for name, value in sorted(vars(cls).items()):
            if getattr(value, "hooked", False) and hasattr(value, "__wrapped__"):
                value = value.__wrapped__  # PyTorch wraps an optimizer's step once the first one is made
            code = isinstance(value, (FunctionType, staticmethod, classmethod, property))
            if code or not name.startswith("__"):  # dunders that are no code: annotations, line numbers, caches
                self.read((name, value))

    def _code(self, code: CodeType) -> None:
        self._say("code", code.co_code.hex(), code.co_exceptiontable.hex(), *code.co_names, *code.co_varnames)
        self.read(code.co_consts)


@functools.cache
def _globals_named(code: CodeType) -> frozenset[str]:
    """Return the global names that a function looks up, those of the functions inside it too."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    own = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return frozenset(own).union(*map(_globals_named, inner))
