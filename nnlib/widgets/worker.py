"""Background threads that keep the kernel free while a model trains: a stoppable job, and a repeated call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Worker:
    """Runs one job at a time in a daemon thread.

    Args:
        on_idle: called in the job's thread after the job has ended and before another can start.
    """

    def __init__(self, on_idle: Callable[[], None] = lambda: None) -> None:
        self._on_idle = on_idle
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self.busy = False

    def start(self, job: Callable[[threading.Event], None]) -> bool:
        """Start a job unless one is running; return whether it was started.

        Args:
            job: called with an Event; it is expected to return soon after that is set.
        """
        with self._lock:
            if self.busy:
                return False
            self.busy = True
            self._stop, self._error = threading.Event(), None
            self._thread = threading.Thread(target=self._run, args=(job, self._stop), name="nnlib-widgets", daemon=True)
            self._thread.start()
            return True

    def stop(self) -> None:
        """Tell the job to stop; return at once."""
        self._stop.set()

    def join(self) -> None:
        """Wait for the end of the job; raise nothing."""
        if self._thread is not None:
            self._thread.join()

    def wait(self) -> None:
        """Wait for the end of the job; raise what it raised."""
        self.join()
        if self._error is not None:
            raise self._error

    def _run(self, job: Callable[[threading.Event], None], stop: threading.Event) -> None:
        try:
            job(stop)
        except BaseException as error:
            self._error = error
        with self._lock:
            self.busy = False
            self._on_idle()


@contextmanager
def repeating(seconds: float, function: Callable[[], None]) -> Iterator[None]:
    """Call `function` every `seconds` in another thread while the body runs.

    An exception of `function` ends the calls and is raised after the body, unless the body itself raises.
    """
    done, errors = threading.Event(), []

    def repeat() -> None:
        try:
            taken = 0.0
            while not done.wait(max(seconds - taken, seconds / 4)):  # a slow function still pauses
                start = time.perf_counter()
                function()
                taken = time.perf_counter() - start
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=repeat, name="nnlib-widgets-painter", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    if errors:
        raise errors[0]
