"""nnlib.blas: who is held to one thread, and for how long."""

import threading

import pytest

from nnlib import blas
from nnlib.fast import runtime


def test_a_worker_beside_others_stays_on_its_own_thread(monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: 3)
    names = []
    with blas.one_thread():
        assert blas.threads() == 1
        with blas.one_thread():
            runtime.thread_map(lambda _: names.append(threading.current_thread().name), range(6))
        assert blas.threads() == 1
        other = threading.Thread(target=lambda: names.append(blas.threads()))
        other.start()
        other.join()
    assert names == [threading.current_thread().name] * 6 + [3]  # nobody else is bound by it
    assert blas.threads() == 3


def test_blas_has_one_thread_within_and_its_own_number_after(monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: 2)

    def numbers():
        return {library["num_threads"] for library in blas._blas().info() if library["user_api"] == "blas"}

    @blas.one_blas_thread()
    def fail():
        assert numbers() == {1}
        raise ZeroDivisionError

    with blas._blas().limit(limits=2, user_api="blas"):
        with blas.one_blas_thread():
            with pytest.raises(ZeroDivisionError):
                fail()
            assert numbers() == {1}
        assert numbers() == {2}
