"""nnlib.widgets.worker: one job at a time, its error, and calls that repeat."""

import threading
import time

import pytest
from widget_models import PATIENCE

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


def test_an_error_reaches_whoever_waits_and_the_next_job_starts_without_it():
    worker, done = Worker(), []
    worker.start(lambda stop: 1 / 0)
    worker.join()
    with pytest.raises(ZeroDivisionError):
        worker.wait()
    assert worker.start(lambda stop: done.append(stop.is_set()))
    worker.wait()
    assert done == [False]


def test_when_it_says_that_it_is_idle_the_next_job_starts():
    """A button that is enabled then never swallows a click."""
    told, started = threading.Event(), []
    worker = Worker(told.set)
    for _ in range(20):
        told.clear()
        started.append(worker.start(lambda stop: None))
        assert told.wait(PATIENCE)
    assert started == [True] * 20


def test_calls_repeat_while_the_body_runs_and_not_after():
    calls = []
    with repeating(0.001, lambda: calls.append(threading.current_thread())):
        deadline = time.monotonic() + PATIENCE
        while len(calls) < 5:
            assert time.monotonic() < deadline
    count = len(calls)
    assert threading.current_thread() not in calls
    time.sleep(0.02)
    assert len(calls) == count


def test_the_time_that_a_call_takes_is_part_of_the_interval():
    """Calls that take most of the interval come nearly as often as calls that take none: a ratio, not a time."""

    def interval(taking):
        starts = []

        def call():
            starts.append(time.perf_counter())
            time.sleep(taking)

        with repeating(0.1, call):
            while len(starts) < 6:
                time.sleep(0.005)
        return (starts[-1] - starts[0]) / 5

    assert interval(0.06) < 1.4 * interval(0)


def repeat_while(body):
    """Run `body` while a call that fails is repeated, until that has failed."""
    called = threading.Event()

    def fail():
        called.set()
        raise ZeroDivisionError

    with repeating(0.001, fail):
        assert called.wait(PATIENCE)
        body()


def test_an_error_of_the_repeated_call_is_raised_behind_the_body():
    finished = []
    with pytest.raises(ZeroDivisionError):
        repeat_while(lambda: finished.append(True))
    assert finished == [True]


def test_an_error_of_the_body_comes_first():
    with pytest.raises(KeyError, match="body"):
        repeat_while(lambda: {}["body"])
