"""How the arithmetic is laid on the machine: pieces that fit a core's cache, on as many threads as BLAS may use.

NumPy releases the GIL inside its loops and products, so plain threads do run side by side. A layer that is large
enough walks over its examples (or channels) in slices; each slice's temporaries are small enough to stay in cache and
to be served from memory that the process already has. The slices do not depend on the number of threads, and neither
do the results.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")

# What the largest temporary of a slice should take: a common L2 cache.
SLICE_BYTES = 1 << 20


def slice_length(bytes_each: int) -> int:
    """Return how many items of `bytes_each` bytes a slice should hold, at least 1."""
    return max(1, SLICE_BYTES // max(1, bytes_each))


def map_slices(function: Callable[[slice], Result], count: int, length: int) -> list[Result]:
    """Call `function` on slices of `length` that cover range(count), on threads; return the results in order.

    While more than one thread runs, each has BLAS to itself: two products that both ask for two threads on two cores
    wait for each other.
    """
    slices = [slice(start, min(start + length, count)) for start in range(0, count, length)]
    threads = min(_blas_threads(), len(slices))
    if threads < 2:
        return [function(part) for part in slices]
    results: list = [None] * len(slices)

    def work(first: int) -> None:
        for i in range(first, len(slices), threads):
            results[i] = function(slices[i])

    with _blas().limit(limits=1, user_api="blas"):
        others = [_pool(os.getpid(), threads - 1).submit(work, first) for first in range(1, threads)]
        try:
            work(0)
        finally:
            errors = [future.exception() for future in others]  # waits: nothing may run on when this returns
    for error in errors:
        if error is not None:
            raise error
    return results


@cache
def _blas():
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: once, and not at import

    return ThreadpoolController()


@cache
def _blas_threads() -> int:
    """Return BLAS's own number of threads, which follows OPENBLAS_NUM_THREADS and the like; 1 if it does not tell."""
    return max((library.num_threads for library in _blas().select(user_api="blas").lib_controllers), default=1)


@cache
def _pool(process: int, workers: int) -> ThreadPoolExecutor:
    # By process: a forked child inherits this cache but none of the threads.
    return ThreadPoolExecutor(workers, thread_name_prefix="nnlib")


def _keep_freed_memory() -> None:
    """Have glibc keep up to 64 MB of freed memory instead of returning it to the system after every train step.

    Freeing one large block raises its threshold to twice the block's size (mallopt(3), M_MMAP_THRESHOLD); the block is
    never touched and costs nothing. Without it each step faults its activations in again, page by page: 25 % of a
    train step of Q5's network was measured to go there. Other allocators take no notice.
    """
    np.empty(31 << 20, dtype=np.uint8)


_keep_freed_memory()
