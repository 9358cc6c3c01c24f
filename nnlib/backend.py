"""Which layer functions a network calls: the plain ones of nnlib.layers or the fast ones of nnlib.fast.

Fast by default. Plain for a process with NNLIB_LAYERS=plain, inside `using("plain")`, or for one network:
`Sequential(specs, shape, layers="plain", rng=0)`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from types import ModuleType

from nnlib import checks, fast, layers, optim
from nnlib.fast import optim as fast_optim
from nnlib.fast import runtime
from nnlib.specs import Layer, MaxPool, ReLU

VARIABLE = "NNLIB_LAYERS"
MODULES: dict[str, ModuleType] = {"plain": layers, "fast": fast}
RULES: dict[str, dict[str, optim.UpdateRule]] = {"plain": optim.RULES, "fast": fast_optim.RULES}

_using: list[str] = []


def current() -> str:
    """Return "plain" or "fast": what a new network takes.

    Raises:
        ValueError: NNLIB_LAYERS names neither.
    """
    name = _using[-1] if _using else os.environ.get(VARIABLE) or "fast"
    checks.choice(VARIABLE, name, tuple(MODULES))
    return name


@contextlib.contextmanager
def using(name: str) -> Iterator[None]:
    """Have every network that is made in the body take the layers of this name, in all threads."""
    checks.choice("layers", name, tuple(MODULES))
    _using.append(name)
    try:
        yield
    finally:
        _using.pop()


def order(specs: Sequence[Layer], name: str) -> list[int]:
    """Return the indices of `specs` in the order in which they are computed.

    Plain layers are computed as they stand. With fast ones a max pool goes before the ReLU in front of it:
    max(max(a, b), 0) = max(max(a, 0), max(b, 0)), and where it is positive the same element wins, where it is 0 no
    gradient passes. Outputs and gradients are the same to the bit, and ReLU has a quarter of the elements to look at.
    """
    indices = list(range(len(specs)))
    for i in range(1, len(specs)) if name == "fast" else ():
        if isinstance(specs[indices[i]], MaxPool) and isinstance(specs[indices[i - 1]], ReLU):
            indices[i - 1], indices[i] = indices[i], indices[i - 1]
    return indices


def blas_threads(name: str) -> contextlib.AbstractContextManager[None]:
    """Return a context in which BLAS has as many threads as the layers of this name are fastest with.

    The fast layers have threads of their own and hold BLAS to one; plain layers leave it as it is.
    """
    return runtime.one_blas_thread() if name == "fast" else contextlib.nullcontext()
