"""Which layer functions a network calls: nnlib.layers' ("plain"), nnlib.fast's ("fast") or PyTorch's ("torch").

Fast where nnlib.fast exists (a student's copy has none), else plain. NNLIB_LAYERS=plain selects another set for a
process, `using("plain")` for a block, `Sequential(specs, shape, layers="plain", rng=0)` for one network.

PyTorch can also stand in for some kinds of functions only, where a student's own are missing or slow: after
`stand_in("conv", "max_pool")`, or by the name "plain+torch:conv,max_pool".
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

from nnlib import blas, checks, layers, optim, torch_layers
from nnlib.specs import Functions, Layer, MaxPool, ReLU

VARIABLE = "NNLIB_LAYERS"
MODULES: dict[str, ModuleType] = {"plain": layers, "torch": torch_layers}
RULES: dict[str, dict[str, optim.UpdateRule]] = {"plain": optim.RULES}
if find_spec("nnlib.fast"):
    from nnlib import fast
    from nnlib.fast import optim as fast_optim

    MODULES["fast"], RULES["fast"] = fast, fast_optim.RULES

# What PyTorch can stand in for, by kind: the names of the functions.
KINDS: dict[str, tuple[str, ...]] = {
    **{kind: (f"{kind}_forward", f"{kind}_backward") for kind in ("fc", "relu", "dropout", "conv", "max_pool")},
    "batchnorm": tuple(
        f"{form}_{way}" for form in ("batchnorm", "spatial_batchnorm") for way in ("forward", "backward")
    ),
    **{loss: (loss,) for loss in ("logistic_loss", "svm_loss", "softmax_loss")},
}
_STAND_IN = "+torch:"

_using: list[str] = []


def current() -> str:
    """Return the name of the layers that a new network takes.

    Raises:
        ModuleNotFoundError, ValueError: as for `check`, of NNLIB_LAYERS.
    """
    if _using:
        return _using[-1]
    return check(VARIABLE, os.environ.get(VARIABLE) or ("fast" if "fast" in MODULES else "plain"))


def check(argument: str, name: str) -> str:
    """Return `name` if it is the name of a set of layers, with "+torch:" and kinds of functions after it or not.

    Raises:
        ModuleNotFoundError: it needs PyTorch, which is not installed.
        ValueError: there are no such layers, or no such kind.
    """
    base, mark, kinds = str(name).partition(_STAND_IN)
    checks.choice(argument, base, tuple(MODULES))
    for kind in kinds.split(",") if mark else ():
        checks.choice(f"{argument}, after {_STAND_IN}", kind, tuple(KINDS))
    if mark or base == "torch":
        torch_layers.pytorch()
    return name


@contextlib.contextmanager
def using(name: str) -> Iterator[None]:
    """Give every network that is made in the body the layers of this name, in all threads."""
    _using.append(check("layers", name))
    try:
        yield
    finally:
        _using.pop()


def stand_in(*kinds: str) -> None:
    """Have PyTorch compute some kinds of functions in every network of this process that is made from now on.

    It prints one line that says so, and sets NNLIB_LAYERS, so that processes started later do the same.

    Args:
        kinds: keys of `KINDS`, such as "conv"; none to end it.

    Raises:
        ModuleNotFoundError: PyTorch is not installed.
        ValueError: there is no such kind.
    """
    for kind in kinds:
        checks.choice("kinds", kind, tuple(KINDS))
    base = current().partition(_STAND_IN)[0]
    ordered = [kind for kind in KINDS if kind in kinds]  # one name for one set
    os.environ[VARIABLE] = check(VARIABLE, f"{base}{_STAND_IN}{','.join(ordered)}" if kinds else base)
    print(f"Networks made from now on: {base} layers{', with PyTorch for ' if kinds else ''}{', '.join(ordered)}.")


def functions(name: str | None = None) -> Functions:
    """Return the functions of the layers of this name; without one, of `current()`."""
    base, _, kinds = (current() if name is None else name).partition(_STAND_IN)
    if not kinds:
        return MODULES[base]
    replaced = [function for kind in kinds.split(",") for function in KINDS[kind]]
    return SimpleNamespace(**vars(MODULES[base]) | {function: getattr(torch_layers, function) for function in replaced})


def loss(function: Callable, name: str) -> Callable:
    """Return the loss function to use with these layers: `function`, or PyTorch's for one of nnlib.losses."""
    own = getattr(function, "__module__", None) == "nnlib.losses"
    return getattr(functions(name), function.__name__, function) if own else function


def rules(name: object) -> dict[str, optim.UpdateRule]:
    """Return the update rules for the layers of this name: the fast ones for fast layers, else the plain ones.

    For anything other than a name they are the plain ones: the network of a Solver's model may not be nnlib's.
    """
    return RULES.get(name if isinstance(name, str) else "plain", RULES["plain"])


def order(specs: Sequence[Layer], name: str) -> list[int]:
    """Return the indices of `specs` in the order of computation.

    Only fast layers change the order: a max pool is computed before the ReLU that precedes it, because
    max(max(a, b), 0) = max(max(a, 0), max(b, 0)); where this is positive the same element wins, where it is 0 no
    gradient passes. Outputs and gradients are the same to the bit, and ReLU has a quarter of the elements to process.
    """
    indices = list(range(len(specs)))
    for i in range(1, len(specs)) if name == "fast" else ():
        if isinstance(specs[indices[i]], MaxPool) and isinstance(specs[indices[i - 1]], ReLU):
            indices[i - 1], indices[i] = indices[i], indices[i - 1]
    return indices


def blas_threads(name: object) -> contextlib.AbstractContextManager[None]:
    """Return a context in which BLAS and PyTorch have the number of threads with which these layers are fastest.

    The fast layers have threads of their own and hold BLAS to one; PyTorch takes as many as BLAS; plain layers leave
    BLAS as it is, and so does anything other than a name.
    """
    if name == "fast":
        return blas.one_blas_thread()
    return torch_layers.thread_limit() if isinstance(name, str) and "torch" in name else contextlib.nullcontext()
