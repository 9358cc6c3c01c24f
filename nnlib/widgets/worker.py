"""One job at a time in a daemon thread, told to stop by an event: what keeps the kernel free while a model trains."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Worker:
    """Runs one job at a time in a daemon thread.

    Args:
        on_idle: called in the job's thread once the next job may start, and before it can.
    """

    def __init__(self, on_idle: Callable[[], None] = lambda: None) -> None:
        self._on_idle = on_idle
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self.busy = False

    def start(self, job: Callable[[threading.Event], None]) -> bool:
        """Start `job`, which ends soon after the event that it is given is set; False, and nothing, while one runs."""
        with self._lock:
            if self.busy:
                return False
            self.busy = True
            self._stop, self._error = threading.Event(), None
            self._thread = threading.Thread(target=self._run, args=(job, self._stop), name="nnlib-widgets", daemon=True)
            self._thread.start()
            return True

    def stop(self) -> None:
        """Tell the job to stop, and return at once."""
        self._stop.set()

    def join(self) -> None:
        """Wait until the job has ended, however it did."""
        if self._thread is not None:
            self._thread.join()

    def wait(self) -> None:
        """Wait until the job has ended, and raise what it raised."""
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
    """Call `function` every so many seconds from a thread of its own while the body runs.

    What it raises ends the calls, and is raised behind the body unless that raises itself.
    """
    done, errors = threading.Event(), []

    def repeat() -> None:
        try:
            taken = 0.0
            while not done.wait(max(seconds - taken, seconds / 4)):  # a slow function leaves the others some time
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
