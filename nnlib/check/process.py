"""The worker as seen from outside: starts it, sends requests, waits no longer than the limit, says how it failed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from nnlib.check import frames
from nnlib.check.exercises import item_in
from nnlib.check.frames import FrameError, Handle

SECONDS, START_SECONDS = 10.0, 60.0  # for a request; for Python to start, or an import, on a busy machine
WORKER = Path(__file__).with_name("worker.py")


class StudentError(Exception):
    """A request that was not answered: waits (not written), syntax, import, exception, timeout, killed or output."""

    def __init__(self, kind: str, message: str, file: str = "", line: int = 0):
        super().__init__(message)
        self.kind, self.message = kind, message
        self.file, self.line = file, line  # of the student's own code
        self.diagnosis = ""  # the id of the mistake, where the judge knows one


def start(root: Path) -> subprocess.Popen:
    """Start a worker for the files below `root` with this interpreter; what the code prints is dropped."""
    environment = {**os.environ, "NNLIB_LAYERS": "plain", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-I", str(WORKER), str(root)], env=environment, bufsize=0, **pipes)


class Process:
    """A worker with the student's files in `root`/nnlib, started here or in a sandbox; a context manager."""

    def __init__(self, root: Path, start: Callable[[Path], subprocess.Popen] = start):
        self.root, self.start = root, start
        self.seconds = SECONDS
        self.popen: subprocess.Popen | None = None

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the worker; the next request starts another."""
        if self.popen is not None:
            self.popen.kill()
            self.popen.communicate()
            self.popen = None

    def call(self, name: str, *args: object, on: Handle | None = None, keep: object = (), after=False, options=None):
        """Call "module:function", or a method of the object `on`; return its result.

        Args:
            name: of the function or method.
            args: its arguments; a Handle stands for an object in the worker.
            on: the object whose method it is.
            keep: indices of a tuple's elements that stay in the worker, as handles; True for the whole result.
            after: return (result, (arguments, own)): the arguments as the function leaves them, and the caller's own
                arrays as they are then; with "own" these alone: a cache may be too large.
            options: its keyword arguments.

        Raises:
            StudentError: it raised, was not in time, or its answer cannot be read.
        """
        if on is None:
            self._import(name.partition(":")[0])
        answer = self._request(name, args, on, keep, after, options)
        return (answer["result"], answer["after"]) if after else answer["result"]

    def get(self, on: Handle, name: str, keep: bool = False) -> object:
        """Return an attribute of an object in the worker; a handle for it where it is to stay there."""
        return self.call("builtins:getattr", on, name, keep=keep or ())

    def set(self, on: Handle, name: str, value: object) -> None:
        """Set an attribute of an object in the worker."""
        self.call("builtins:setattr", on, name, value)

    def _import(self, module: str) -> None:
        """Import a module that has not been, with the time that it takes to start."""
        if self.popen is not None and module in self._imported:
            return
        usual, self.seconds = self.seconds, max(self.seconds, START_SECONDS)
        try:
            self._request("importlib:import_module", (module,), keep=True)
        finally:
            self.seconds = usual
        self._imported.add(module)

    def _request(self, name: str, args: tuple, on=None, keep: object = (), after=False, options=None) -> dict:
        request = {"name": name, "args": args, "on": on, "keep": keep, "after": after, "options": options or {}}
        try:
            if self.popen is None:
                self._start()
            self._deadline = time.monotonic() + self.seconds
            self._write(frames.dump(request))
            answer = frames.load(self._read)
            if not isinstance(answer, dict) or not ({"result", "after"} <= set(answer) or "error" in answer):
                raise FrameError("neither a result nor an error")
        except FrameError as error:
            self.stop()
            raise StudentError("output", f"the answer holds {error}") from error
        except StudentError:
            self.stop()
            raise
        if "error" in answer:
            raise _error(answer["error"])
        return answer

    def _start(self) -> None:
        self._imported: set[str] = set()
        self.popen = self.start(self.root)
        os.set_blocking(self.popen.stdin.fileno(), False)
        self._deadline = time.monotonic() + START_SECONDS
        if frames.load(self._read) != "ready":
            raise FrameError("no sign of a worker")

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wait(write=True)
            try:
                view = view[os.write(self.popen.stdin.fileno(), view[: 1 << 16]) :]
            except BrokenPipeError:
                raise self._ended() from None

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            self._wait(write=False)
            part = os.read(self.popen.stdout.fileno(), min(length - len(data), 1 << 16))
            if not part:
                raise self._ended()
            data += part
        return bytes(data)

    def _wait(self, write: bool) -> None:
        left = self._deadline - time.monotonic()
        reading, writing = ([], [self.popen.stdin]) if write else ([self.popen.stdout], [])
        if left <= 0 or not any(select.select(reading, writing, [], left)):
            raise StudentError("timeout", f"no answer in time; the limit is {self.seconds:.3g} s")

    def _ended(self) -> StudentError:
        code = self.popen.wait()
        return StudentError("killed", f"the process ended with code {code} in the middle of a call")


def _error(found: object) -> StudentError:
    """Return the error of an answer, of whatever form it came."""
    found = found if isinstance(found, dict) else {}
    kind, message, file = (str(found.get(key, ""))[:1000] for key in ("type", "message", "file"))
    line = found.get("line") if type(found.get("line")) is int else 0
    text = f"{kind}: {message}"
    if kind == "NotImplementedError":
        return StudentError("waits", item_in(NotImplementedError(message)) or message, file, line)
    if kind in ("SyntaxError", "IndentationError", "TabError"):
        return StudentError("syntax", text, file, line)
    if kind in ("ImportError", "ModuleNotFoundError"):
        return StudentError("import", text, file, line)
    return StudentError("output" if kind == "FrameError" else "exception", text, file, line)
