"""nnlib.widgets.worker: one job at a time, its error, and calls that repeat."""

import threading
from types import SimpleNamespace

import pytest
from widget_models import PATIENCE

from nnlib.widgets import worker as worker_module
from nnlib.widgets.worker import Worker, repeating


def test_one_job_at_a_time_and_it_can_be_stopped():
    worker, seen = Worker(), []
    worker.wait()  # for nothing

    def job(stop):
        assert stop.wait(PATIENCE)
        seen.append(threading.current_thread())

    assert worker.start(job)
    assert worker.busy
    assert not worker.start(seen.append)
    worker.stop()
    worker.wait()
    assert not worker.busy
    assert [thread.daemon for thread in seen] == [True]


def test_wait_raises_the_error_and_the_next_job_starts_without_it():
    worker, done = Worker(), []
    worker.start(lambda stop: 1 / 0)
    worker.join()
    with pytest.raises(ZeroDivisionError):
        worker.wait()
    assert worker.start(lambda stop: done.append(stop.is_set()))
    worker.wait()
    assert done == [False]


def test_after_on_idle_the_next_job_starts():
    """A click on a button that on_idle enables is never lost."""
    told, started = threading.Event(), []
    worker = Worker(told.set)
    for _ in range(20):
        told.clear()
        started.append(worker.start(lambda stop: None))
        assert told.wait(PATIENCE)
    assert started == [True] * 20


def test_calls_repeat_while_the_body_runs_and_not_after():
    callers, enough = [], threading.Event()

    def call():
        callers.append(threading.current_thread())
        if len(callers) == 5:
            enough.set()

    with repeating(0.001, call):
        assert enough.wait(PATIENCE)
    (caller,) = set(callers)
    assert caller is not threading.current_thread()
    assert not caller.is_alive()


@pytest.mark.parametrize(("taking", "pause"), [(0, 1.0), (0.6, 0.4), (5, 0.25)])
def test_the_time_that_a_call_takes_is_part_of_the_interval(monkeypatch, taking, pause):
    """After a call that takes longer than the interval there is a pause all the same."""
    clock, pauses, enough = [0.0], [], threading.Event()

    class InstantEvent(threading.Event):
        def wait(self, seconds):
            pauses.append(seconds)
            return super().wait(0)

    def call():
        clock[0] += taking
        if len(pauses) >= 3:
            enough.set()

    monkeypatch.setattr(worker_module, "threading", SimpleNamespace(Event=InstantEvent, Thread=threading.Thread))
    monkeypatch.setattr(worker_module, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    with repeating(1.0, call):
        assert enough.wait(PATIENCE)
    assert pauses[:3] == pytest.approx([1.0, pause, pause])


def repeat_while(body):
    """Run `body` while a call that fails is repeated, until that has failed."""
    called = threading.Event()

    def fail():
        called.set()
        raise ZeroDivisionError

    with repeating(0.001, fail):
        assert called.wait(PATIENCE)
        body()


def test_an_error_of_the_repeated_call_is_raised_after_the_body():
    finished = []
    with pytest.raises(ZeroDivisionError):
        repeat_while(lambda: finished.append(True))
    assert finished == [True]


def test_an_error_of_the_body_comes_first():
    with pytest.raises(KeyError, match="body"):
        repeat_while(lambda: {}["body"])
