"""Cache-sized slices and threads for NumPy, as many threads as BLAS may use.

NumPy releases the GIL inside its loops and matrix products, so plain threads do run in parallel. A layer that is large
enough walks over its rows or channels in slices, and a large matrix product is cut into pieces. Neither depends on the
number of threads, so the results do not either.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np

from nnlib import blas

Item = TypeVar("Item")
Result = TypeVar("Result")

# The most that the largest temporary of a slice should take: an L2 cache. Smaller slices exchange the GIL more often.
SLICE_BYTES = 1 << 21

# The least multiply-adds of a thread in a matrix product: they take longer than it takes to wake the thread.
PIECE_OPERATIONS = 8_000_000


def even_slices(count: int, pieces: int) -> list[slice]:
    """Cut range(count) into at most `pieces` slices that differ in length by no more than one."""
    pieces = min(pieces, count)
    return [slice(i * count // pieces, (i + 1) * count // pieces) for i in range(pieces)]


def cache_slices(count: int, bytes_each: int) -> list[slice]:
    """Cut range(count) into slices that fit the cache, for items of `bytes_each` bytes; at least one item per slice.

    If there are several, their number is even: two threads then get the same work. (32 channels as 10 + 10 + 10 + 2
    left one of two threads idle for a quarter of the time.)
    """
    pieces = -(-count // max(1, SLICE_BYTES // max(1, bytes_each)))
    return even_slices(count, pieces + pieces % 2 if pieces > 1 else pieces)


def thread_map(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Call `function` on every item, on threads; return the results in order."""
    used = min(blas.threads(), len(items))
    if used < 2:
        return [function(item) for item in items]
    results: list = [None] * len(items)
    turns = iter(range(len(items)))  # shared: the next free thread takes the next item

    def work() -> None:
        for i in turns:
            results[i] = function(items[i])

    with blas.one_blas_thread():
        others = [_pool(os.getpid(), used - 1).submit(work) for _ in range(1, used)]
        try:
            work()
        finally:
            errors = [future.exception() for future in others]  # waits: no thread may still run when this returns
    for error in errors:
        if error is not None:
            raise error
    return results


def matrix_product(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the product of two matrices; a large one is computed in pieces on nnlib's threads.

    Args:
        a: (M, K).
        b: (K, N).
        out: (M, N), in any memory order; made if not given.
    """
    (rows, inner), columns = a.shape, b.shape[1]
    # One piece per thread: BLAS packs the shared factor again for each. (Four pieces on two threads took 1.1 to 1.8
    # times as long as two at 100 x 784 x 1000.)
    pieces = min(blas.threads(), rows * inner * columns // PIECE_OPERATIONS)
    if pieces < 2:
        return np.matmul(a, b, out=out)
    if out is None:
        out = np.empty((rows, columns), dtype=np.result_type(a, b))

    def multiply(part: slice) -> None:
        if rows >= columns:
            np.matmul(a[part], b, out=out[part])
        else:
            np.matmul(a, b[:, part], out=out[:, part])

    thread_map(multiply, even_slices(max(rows, columns), pieces))
    return out


@cache
def _pool(process: int, workers: int) -> ThreadPoolExecutor:
    # By process: a forked child inherits this cache but none of the threads.
    return ThreadPoolExecutor(workers, thread_name_prefix="nnlib")


def _keep_freed_memory() -> None:
    """Have glibc keep up to 64 MB of freed memory instead of returning it to the system after every train step.

    Freeing one large block raises its threshold to twice the block's size (mallopt(3), M_MMAP_THRESHOLD); the block is
    never touched and costs nothing. Without it each step faults its activations in again, page by page: a step of Q5's
    networks at batch 100 takes 1.3 to 1.4 times as long. Other allocators ignore the call.

    Where MALLOC_TRIM_THRESHOLD_ is set, glibc no longer adapts its thresholds, and they must be set explicitly. Dask
    sets it in its workers.
    """
    np.empty(31 << 20, dtype=np.uint8)
    if "MALLOC_TRIM_THRESHOLD_" in os.environ:
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another system, another allocator
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(-1, 64 << 20)  # M_TRIM_THRESHOLD
            mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD, the most that it takes


_keep_freed_memory()
