"""The number of threads of BLAS, and of the layers that share the processor with it.

BLAS's own threads are kept out of the fast layers: after each matrix product they spin for some 25 ms and take the
core from ours, and two processes that both use them on two cores wait for each other.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from functools import cache


def threads() -> int:
    """Return the number of threads for this thread's work: BLAS's own number, or 1 inside `one_thread`."""
    return 1 if getattr(_alone, "depth", 0) else _blas_threads()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Run all of nnlib's work for this thread on this thread alone: for one of several workers."""
    _alone.depth = getattr(_alone, "depth", 0) + 1
    try:
        with one_blas_thread():
            yield
    finally:
        _alone.depth -= 1


_alone = threading.local()


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread of its own, in the whole process; entered again, it costs nothing more."""
    if _blas_threads() == 1:
        yield
        return
    with _held.lock:
        if _held.depth == 0:
            _held.limit = _blas().limit(limits=1, user_api="blas")
        _held.depth += 1
    try:
        yield
    finally:
        with _held.lock:
            _held.depth -= 1
            if _held.depth == 0:
                _held.limit.restore_original_limits()


class _Held:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.depth = 0
        self.limit = None


_held = _Held()


@cache
def _blas():
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: once, and not at import

    return ThreadpoolController()


@cache
def _blas_threads() -> int:
    """Return BLAS's own number of threads, which follows OPENBLAS_NUM_THREADS and the like; 1 if it is not known."""
    return max((library.num_threads for library in _blas().select(user_api="blas").lib_controllers), default=1)
