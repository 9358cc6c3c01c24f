import os
import time

import numpy as np
import pytest

from nnlib.check.frames import Handle, Other
from nnlib.check.process import Process, StudentError

FILE = """
import os, sys, time
import numpy as np

def back(x, *more, **options):
    return x

def pair(x):
    return x + 1, {"kept": x}

def sum_of(kept):
    return kept["kept"].sum()

def change(x, option):
    x[0] = 7
    option["new"] = x * 2

def talk(x):
    print("noise", flush=True)
    os.write(1, b"noise")
    sys.__stdout__.write("noise")
    return x

def read():
    return sys.stdin.read()

def odd(what):
    return {"list": [1.0, 2.0], "half": np.zeros(2, "f2"), "none": None, "object": object()}[what]

def big():
    return np.zeros(9_000_000)

def fail():
    raise ValueError("my mistake")

def helped():
    return fail()

def wait():
    time.sleep(60)

def leave():
    os._exit(0)

def give_up():
    raise SystemExit("done")

class Mute(Exception):
    def __str__(self):
        raise KeyboardInterrupt

def mute():
    raise Mute

def sparse():
    return np.broadcast_to(0.0, (1 << 22, 1 << 22))

def nested():
    return ((1.0, 2.0), 3.0)

def unwritten():
    raise NotImplementedError("1.4c batch norm, backward")

class Counter:
    def __init__(self, start):
        self.value = start
    def add(self, n=1):
        self.value += n
        return self.value
"""


@pytest.fixture
def worker(tmp_path):
    (tmp_path / "nnlib" / "layers").mkdir(parents=True)
    (tmp_path / "nnlib" / "own.py").write_text(FILE)
    (tmp_path / "nnlib" / "__init__.py").write_text("raise RuntimeError('not to be run')")
    (tmp_path / "nnlib" / "layers" / "__init__.py").write_text(
        "from nnlib.layers.good import f\nfrom nnlib.layers.bad import g"
    )
    (tmp_path / "nnlib" / "layers" / "good.py").write_text("def f(x):\n    return 2 * x\n")
    (tmp_path / "nnlib" / "layers" / "bad.py").write_text("def g(x:\n    return x\n")
    (tmp_path / "nnlib" / "uses.py").write_text(
        "from nnlib import layers\nfrom nnlib.layers import f\n\ndef h(x):\n    return f(x) + layers.f(x)\n"
        "\ndef k(x):\n    return layers.g(x)\n"
    )
    with Process(tmp_path) as process:
        yield process


def failure(call, *args, **options):
    with pytest.raises(StudentError) as caught:
        call(*args, **options)
    return caught.value


def test_a_result_stays_in_the_worker_under_a_handle(worker):
    out, kept = worker.call("nnlib.own:pair", np.arange(3.0), keep=(1,))
    assert out.tolist() == [1, 2, 3]
    assert isinstance(kept, Handle)
    assert worker.call("nnlib.own:sum_of", kept) == 3


def test_objects_are_made_asked_read_and_set(worker):
    counter = worker.call("nnlib.own:Counter", 4, keep=True)
    assert worker.call("add", on=counter, options={"n": 2}) == 6
    worker.set(counter, "value", 10)
    assert worker.call("add", on=counter) == 11
    assert worker.get(counter, "value") == 11


def test_arguments_come_back_as_they_are_afterwards(worker):
    x = np.zeros(2)
    _, (args, own) = worker.call("nnlib.own:change", x, {"old": 1}, after=True)
    assert args[0].tolist() == own[0].tolist() == [7, 0]
    assert args[1]["new"].tolist() == [14, 0]
    assert set(own[1]) == {"old"}
    assert x.tolist() == [0, 0]


def test_what_code_prints_is_no_answer_and_stdin_is_empty(worker):
    assert worker.call("nnlib.own:talk", np.ones(2)).tolist() == [1, 1]
    assert worker.call("nnlib.own:read") == ""


def test_other_results_come_in_words(worker):
    assert worker.call("nnlib.own:odd", "half") == Other("ndarray of dtype float16")
    assert worker.call("nnlib.own:odd", "object") == Other("object")
    assert worker.call("nnlib.own:odd", "none") is None
    assert [float(each) for each in worker.call("nnlib.own:odd", "list")] == [1, 2]


@pytest.mark.parametrize("name", ["fail", "helped"])
def test_an_exception_names_the_students_own_line_that_raised_it(worker, name):
    error = failure(worker.call, f"nnlib.own:{name}")
    assert (error.kind, error.message, os.path.basename(error.file)) == (
        "exception",
        "ValueError: my mistake",
        "own.py",
    )
    assert FILE.splitlines()[error.line - 1].strip() == 'raise ValueError("my mistake")'


def test_a_stub_names_its_item(worker):
    error = failure(worker.call, "nnlib.own:unwritten")
    assert (error.kind, error.message) == ("waits", "1.4c")


def test_a_syntax_error_stops_its_own_file_alone(worker):
    error = failure(worker.call, "nnlib.layers.bad:g", 1)
    assert (error.kind, os.path.basename(error.file), error.line) == ("syntax", "bad.py", 1)
    assert worker.call("nnlib.uses:h", np.ones(1)) == 4
    assert failure(worker.call, "nnlib.uses:k", 1).kind == "syntax"


def test_what_is_not_below_the_root_is_not_found(worker):
    assert failure(worker.call, "nnlib.gradcheck:check_gradient").kind == "import"
    assert failure(worker.call, "nnlib.own:missing").kind == "exception"


def test_a_file_is_read_afresh_although_its_bytecode_seems_to_fit(worker):
    path = worker.root / "nnlib" / "layers" / "good.py"
    assert worker.call("nnlib.layers.good:f", np.ones(1)) == 2
    status = path.stat()
    path.write_text(path.read_text().replace("2 * x", "3 * x"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    worker.stop()
    assert worker.call("nnlib.layers.good:f", np.ones(1)) == 3
    assert not list(worker.root.rglob("*.pyc"))


def test_silence_an_early_end_and_too_much_each_have_their_word_and_the_next_call_works(worker):
    worker.seconds = 1.0
    started = time.monotonic()
    assert failure(worker.call, "nnlib.own:wait").kind == "timeout"
    assert time.monotonic() - started < 30
    worker.seconds = 20.0
    assert failure(worker.call, "nnlib.own:leave").kind == "killed"
    assert failure(worker.call, "nnlib.own:big").kind == "output"
    assert worker.call("nnlib.own:back", np.ones(1)) == 1


def test_an_import_may_take_longer_than_a_request(worker):
    (worker.root / "nnlib" / "late.py").write_text("import time\n\ntime.sleep(1.2)\n\ndef f(x):\n    return x\n")
    worker.seconds = 1.0
    assert worker.call("nnlib.late:f", np.ones(1)) == 1
    assert worker.seconds == 1.0


def test_what_a_student_raises_or_returns_ends_no_worker(worker):
    assert str(failure(worker.call, "nnlib.own:give_up")) == "SystemExit: done"
    assert str(failure(worker.call, "nnlib.own:mute")) == "Mute: its text raises KeyboardInterrupt"
    assert worker.call("nnlib.own:nested", keep=(1,))[0] == (1, 2)
    started = worker.popen.pid
    error = failure(worker.call, "nnlib.own:sparse")
    assert (error.kind, "MemoryError" in str(error)) == ("output", True)
    assert worker.popen.pid == started
