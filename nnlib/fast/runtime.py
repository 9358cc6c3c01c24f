"""How the arithmetic is laid on the machine: pieces that fit a core's cache, on as many threads as BLAS may use.

NumPy releases the GIL inside its loops and products, so plain threads do run side by side. A layer that is large
enough walks over its rows or channels in slices, and a large product is taken in pieces. Neither depends on the number
of threads, so the results do not either.
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

# What the largest temporary of a slice should take: an L2 cache. Smaller slices hand the GIL to and fro more often.
SLICE_BYTES = 1 << 21

# The least work of a thread in a product, in multiply-adds: about 0.15 ms, against some 0.06 ms to wake the thread.
PIECE_OPERATIONS = 8_000_000


def even_slices(count: int, pieces: int) -> list[slice]:
    """Cut range(count) into at most `pieces` slices that differ in length by no more than one."""
    pieces = min(pieces, count)
    return [slice(i * count // pieces, (i + 1) * count // pieces) for i in range(pieces)]


def cache_slices(count: int, bytes_each: int) -> list[slice]:
    """Cut range(count) into slices that fit the cache, for items of `bytes_each` bytes; at least one item a slice.

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
    turns = iter(range(len(items)))  # shared: whoever is free takes the next item

    def work() -> None:
        for i in turns:
            results[i] = function(items[i])

    with blas.one_blas_thread():
        others = [_pool(os.getpid(), used - 1).submit(work) for _ in range(1, used)]
        try:
            work()
        finally:
            errors = [future.exception() for future in others]  # waits: nothing may run on when this returns
    for error in errors:
        if error is not None:
            raise error
    return results


def matmul(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the product of two matrices, a large one in pieces on nnlib's threads.

    Args:
        a: (M, K).
        b: (K, N).
        out: (M, N), in any memory order; made if not given.
    """
    (rows, inner), columns = a.shape, b.shape[1]
    # One piece a thread: BLAS packs the shared factor anew for each. (Four pieces on two threads took 1.1 to 1.8 times
    # as long as two at 100 x 784 x 1000.)
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
    never touched and costs nothing. Without it each step faults its activations in again, page by page: 25 % of a
    train step of Q5's network was measured to go there. Other allocators take no notice.

    Where MALLOC_TRIM_THRESHOLD_ is set, glibc's thresholds stay where they are, and have to be told. Dask sets it in
    its workers, where a trial of Q4's largest network took twice as long.
    """
    np.empty(31 << 20, dtype=np.uint8)
    if "MALLOC_TRIM_THRESHOLD_" in os.environ:
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another system, another allocator
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(-1, 64 << 20)  # M_TRIM_THRESHOLD
            mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD, the most that it takes


_keep_freed_memory()
