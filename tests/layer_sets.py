"""Run a test over the plain, the fast and PyTorch's functions, which have one contract, as its first argument.

`every_set` makes a test of each; `to_every_set`, under hypothesis' `given`, gives what is drawn to all of them.
"""

import functools
import inspect

import hypothesis
import pytest

from nnlib import backend

every_set = pytest.mark.parametrize("layers", backend.MODULES.values(), ids=backend.MODULES)


def to_each(sets):
    """Return a decorator that runs a hypothesis test with each of `sets`, by name, on the same drawn values."""

    def decorate(test):
        @functools.wraps(test)
        def run(*args, **drawn):
            for name, functions in sets.items():
                hypothesis.note(f"the functions of {name}")
                test(functions, *args, **drawn)

        _, *rest = inspect.signature(test).parameters.values()
        run.__signature__ = inspect.Signature(rest)
        return run

    return decorate


to_every_set = to_each(backend.MODULES)
