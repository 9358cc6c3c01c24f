"""nnlib.fast.runtime: slices cover everything once, and threads change no result."""

import multiprocessing
import os
import platform
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlib
from nnlib import blas
from nnlib.fast import runtime

every_number_of_threads = pytest.mark.parametrize("threads", [1, 2, 3])


@given(st.integers(0, 40), st.integers(1, 9))
def test_even_slices_cover_the_range_once_and_differ_by_one_at_most(count, pieces):
    slices = runtime.even_slices(count, pieces)
    assert [i for part in slices for i in range(count)[part]] == list(range(count))
    lengths = [part.stop - part.start for part in slices]
    assert len(lengths) == min(pieces, count)
    assert not lengths or max(lengths) - min(lengths) <= 1


@given(st.integers(0, 40), st.integers(0, 3 * runtime.SLICE_BYTES))
def test_cache_slices_fit_and_come_in_pairs(count, bytes_each):
    slices = runtime.cache_slices(count, bytes_each)
    assert [i for part in slices for i in range(count)[part]] == list(range(count))
    for part in slices:
        assert part.stop - part.start == 1 or (part.stop - part.start) * bytes_each <= runtime.SLICE_BYTES
    if 1 < len(slices) < count:
        assert len(slices) % 2 == 0


def test_the_smallest_number_of_slices_that_fits():
    quarter = runtime.SLICE_BYTES // 4
    assert len(runtime.cache_slices(4, quarter)) == 1
    assert len(runtime.cache_slices(5, quarter)) == 2
    assert len(runtime.cache_slices(9, quarter)) == 4  # three would do: even


@every_number_of_threads
@given(st.lists(st.integers(), max_size=12))
def test_results_come_in_order(threads, items):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blas, "_blas_threads", lambda: threads)
        assert runtime.thread_map(lambda item: item + 1, items) == [item + 1 for item in items]


def meet(number):
    """Return the names of the threads that met: nobody passes before `number` have come."""
    meeting = threading.Barrier(number, timeout=30)
    return {*runtime.thread_map(lambda _: (meeting.wait(), threading.current_thread().name)[1], range(number))}


@every_number_of_threads
def test_it_uses_as_many_threads_as_blas(threads, monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: threads)
    assert len(meet(threads)) == threads


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")  # of Python 3.12
def test_a_forked_process_starts_threads_of_its_own(monkeypatch):
    """It inherits the pool and none of its threads: work that is given to that one is never done."""
    monkeypatch.setattr(blas, "_blas_threads", lambda: 2)
    meet(2)
    child = multiprocessing.get_context("fork").Process(target=runtime.thread_map, args=(abs, range(4)))
    child.start()
    child.join(30)
    child.kill()
    assert child.exitcode == 0


@pytest.mark.parametrize(("threads", "by_the_caller"), [(1, True), (3, True), (3, False)])
def test_an_error_on_any_thread_reaches_the_caller(threads, by_the_caller, monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: threads)
    caller, meeting = threading.current_thread(), threading.Barrier(threads, timeout=30)

    def work(item):
        meeting.wait()  # each thread has one item
        if (threading.current_thread() is caller) == by_the_caller:
            raise ValueError(f"item {item}")

    with pytest.raises(ValueError, match="item"):
        runtime.thread_map(work, range(threads))


def test_results_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(runtime, "SLICE_BYTES", 1 << 12)
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 1, 12, 11)), rng.integers(0, 10, 9)
    results = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(blas, "_blas_threads", lambda threads=threads: threads)
        model = nnlib.ConvNet((1, 12, 11), 5, 3, 7, weight_scale=None, batchnorm=True, dropout=0.8)
        loss, gradients = model.loss(X, y)
        results.append([np.array(loss), *gradients.values(), *model.state.values(), model.loss(X)])
    for others in results[1:]:
        for here, there in zip(results[0], others, strict=True):
            np.testing.assert_array_equal(here, there)


@every_number_of_threads
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_a_product_in_pieces_is_the_product(threads, rows, inner, columns, fortran):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((rows, inner)), rng.standard_normal((columns, inner)).T
    out = np.empty((rows, columns), order="F" if fortran else "C")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blas, "_blas_threads", lambda: threads)
        patch.setattr(runtime, "PIECE_OPERATIONS", 10)
        assert runtime.matrix_product(a, b, out=out) is out
    np.testing.assert_allclose(out, np.einsum("mk,kn->mn", a, b), rtol=1e-12, atol=1e-12)


FAULTS = """
import resource
import numpy as np
import nnlib
def touch():
    return np.ones(1 << 20, dtype=np.uint8).sum()  # too small for huge pages
touch()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    touch()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
@pytest.mark.parametrize("variables", [{}, {"MALLOC_TRIM_THRESHOLD_": "65536"}], ids=["plain", "as in Dask's workers"])
def test_freed_memory_is_kept(variables):
    """Twenty times 1 MB: given back each time, it would fault in 256 pages of 4 KB anew each time."""
    environment = {**os.environ, **variables}
    done = subprocess.run([sys.executable, "-c", FAULTS], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 256
