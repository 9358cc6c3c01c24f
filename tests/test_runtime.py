"""nnlib.runtime: slices cover everything once, and threads change no result."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlib
from nnlib import runtime

every_number_of_threads = pytest.mark.parametrize("threads", [1, 2, 3])


@every_number_of_threads
@given(st.integers(0, 20), st.integers(1, 25))
def test_slices_cover_the_range_once_and_results_come_in_order(threads, count, length):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "_blas_threads", lambda: threads)
        pieces = runtime.map_slices(lambda part: list(range(count))[part], count, length)
    assert [item for piece in pieces for item in piece] == list(range(count))
    assert all(len(piece) == length for piece in pieces[:-1])


@every_number_of_threads
def test_it_uses_as_many_threads_as_blas(threads, monkeypatch):
    monkeypatch.setattr(runtime, "_blas_threads", lambda: threads)
    meeting = threading.Barrier(threads, timeout=30)  # nobody passes before all have come
    names = runtime.map_slices(lambda part: (meeting.wait(), threading.current_thread().name)[1], threads, 1)
    assert len(set(names)) == threads


@every_number_of_threads
@pytest.mark.parametrize("failing", [0, 1, 2])
def test_an_error_on_any_thread_reaches_the_caller(threads, failing, monkeypatch):
    monkeypatch.setattr(runtime, "_blas_threads", lambda: threads)

    def work(part):
        if part.start == failing:
            raise ValueError(f"slice {failing}")

    with pytest.raises(ValueError, match=f"slice {failing}"):
        runtime.map_slices(work, 3, 1)


def test_a_slice_holds_at_least_one_item_and_no_more_than_its_bytes():
    assert runtime.slice_length(0) == runtime.SLICE_BYTES
    assert runtime.slice_length(runtime.SLICE_BYTES // 4) == 4
    assert runtime.slice_length(runtime.SLICE_BYTES // 4 + 1) == 3
    assert runtime.slice_length(10 * runtime.SLICE_BYTES) == 1


def test_results_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(runtime, "SLICE_BYTES", 1 << 12)
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 1, 12, 11)), rng.integers(0, 10, 9)
    results = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(runtime, "_blas_threads", lambda threads=threads: threads)
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
        patch.setattr(runtime, "_blas_threads", lambda: threads)
        patch.setattr(runtime, "PIECE_OPERATIONS", 10)
        assert runtime.matmul(a, b, out=out) is out
    np.testing.assert_allclose(out, np.einsum("mk,kn->mn", a, b), rtol=1e-12, atol=1e-12)


def test_blas_has_one_thread_within_and_its_own_number_after(monkeypatch):
    monkeypatch.setattr(runtime, "_blas_threads", lambda: 2)

    def blas_threads():
        return {library["num_threads"] for library in runtime._blas().info() if library["user_api"] == "blas"}

    @runtime.one_blas_thread()
    def fail():
        assert blas_threads() == {1}
        raise ZeroDivisionError

    with runtime._blas().limit(limits=2, user_api="blas"):
        with runtime.one_blas_thread():
            with pytest.raises(ZeroDivisionError):
                fail()
            assert blas_threads() == {1}
        assert blas_threads() == {2}
