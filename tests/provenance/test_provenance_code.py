"""nnlib.provenance.code: a change of code changes its checksum, what code keeps in memory does not.

What autoreload does in a notebook is in test_provenance_kernel.py.
"""

import functools
import importlib
import linecache
import os
import pathlib
import subprocess
import sys
import types

import numpy as np
import pytest
from search_toy import SeeData, make

import nnlib
from nnlib import SoftmaxClassifier, optim
from nnlib.provenance import code
from nnlib.provenance.code import code_checksum, training_code, training_files
from nnlib.provenance.source import CodeError
from nnlib.search import Trial

# ---- nnlib's own code


def test_it_is_the_same_in_another_process_with_another_hash_seed():
    script = (
        "import search_toy; from nnlib.provenance.code import *; print(training_code(), code_checksum(search_toy.make))"
    )
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {script}"]
    env = {"PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    printed = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert printed.split() == [training_code(), code_checksum(make)]


def test_every_module_that_trains_is_in_it():
    """What solver and models import, without the package's own list of names and what else that imports."""
    script = (
        "import sys, nnlib.solver, nnlib.models; print(*(name for name in sys.modules if name.startswith('nnlib')))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    apart = {"nnlib", "nnlib.gradcheck"}
    assert {name for name in loaded if not name.startswith("nnlib.data")} - apart == code._training_modules().keys()


def replaced_relu(x):
    return x * 1.0, x


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("nnlib.layers.relu", "relu_forward", replaced_relu),
        ("nnlib.layers", "relu_backward", replaced_relu),
        ("nnlib.layers", "relu_backward", nnlib.layers.dropout_backward),
        ("nnlib.layers", "relu_backward", functools.partial(replaced_relu, x=1)),
        ("nnlib.fast", "conv_forward", lambda x, w: (x, None)),
        ("nnlib.solver", "DivergenceError", ValueError),
    ],
)
def test_what_is_replaced_shows(monkeypatch, module, name, value):
    before = training_code()
    monkeypatch.setattr(sys.modules[module], name, value)
    assert training_code() != before
    monkeypatch.undo()
    assert training_code() == before


def test_a_replacement_counts_with_its_own_code(monkeypatch):
    seen = set()
    for factor in (2, 3):
        namespace = notebook(f"def relu_forward(x):\n    return {factor} * x, x")
        monkeypatch.setattr(nnlib.layers, "relu_forward", namespace.relu_forward)
        seen.add((training_code(), training_code()))
    assert len({*seen, (training_code(), training_code())}) == 2


def test_a_replaced_method_shows_even_under_a_decorator(monkeypatch):
    before = training_code()
    monkeypatch.setattr(nnlib.Classifier, "predict", lambda self, X: np.zeros(len(X)))
    assert training_code() != before
    monkeypatch.undo()
    monkeypatch.setattr(nnlib.blas.one_thread.__wrapped__, "__code__", (lambda: (yield)).__code__)
    assert training_code() != before


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [(optim.RULES, "sgd", lambda w, dw, config: (w, config)), (optim.DEFAULTS, "sgd", {"learning_rate": 0.011})],
)
def test_another_update_rule_under_a_known_name_shows(monkeypatch, table, key, value):
    before = Trial(make, {"hidden_dim": 2}).fingerprint()
    monkeypatch.setitem(table, key, value)
    assert Trial(make, {"hidden_dim": 2}).fingerprint() != before


def test_the_files_of_a_worker_are_compared_byte_by_byte_with_what_is_put_in_their_place(monkeypatch):
    before = training_files()
    assert training_files() == before != training_code()
    monkeypatch.setattr(nnlib.layers, "relu_backward", replaced_relu)
    assert training_files() != before
    monkeypatch.undo()
    content = pathlib.Path.read_bytes
    monkeypatch.setattr(pathlib.Path, "read_bytes", lambda path: content(path) + b"#" * (path.name == "relu.py"))
    assert training_files() != before


def test_modules_apart_count_by_their_names(monkeypatch):
    before, apart = code_checksum(make), code_checksum(make, apart=["search_toy"])
    monkeypatch.setattr(make, "__defaults__", (0.5,))
    assert code_checksum(make) != before
    assert code_checksum(make, apart=["search_toy"]) == apart


# ---- what is loaded, and what the file says

LAYER = '''"""A layer."""
import functools

SCALE = 1.0
_cache = {}
_calls = 0

def forward(x, eps=1e-5):
    """Return x."""
    global _calls
    _calls += 1
    _cache[len(_cache)] = x
    return SCALE * plan(3) * x + eps

@functools.cache
def plan(n):
    return n  # a comment

class Layer:
    """A layer."""
    width = 3
    calls = 0

    def run(self, x):
        Layer.calls += 1
        return forward(x)
'''


@pytest.fixture
def layer(monkeypatch, tmp_path):
    """A module of a single file, in the place of nnlib's."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a second edit within a second would not be noticed
    (tmp_path / "my_layer.py").write_text(LAYER)
    module = importlib.import_module("my_layer")
    monkeypatch.setattr(code, "_training_modules", lambda: {"my_layer": module})
    yield module
    del sys.modules["my_layer"]


def edit(module, old, new):
    with open(module.__file__) as file:
        text = file.read()
    assert old in text
    with open(module.__file__, "w") as file:
        file.write(text.replace(old, new))
    linecache.checkcache()


EDITS = [
    ("return SCALE", "return 2 * SCALE"),
    ("SCALE = 1.0", "SCALE = 2.0"),
    ("eps=1e-5", "eps=1e-6"),
    ("return n", "return n + 1"),
    ("@functools.cache\n", ""),
    ("width = 3", "width = 4"),
    ("return forward(x)", "return 2 * forward(x)"),
]


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_an_edit_that_is_loaded_shows_and_is_forgotten_when_it_is_undone(layer, old, new):
    before = training_code(), code_checksum(layer.Layer)
    edit(layer, old, new)
    after = importlib.reload(layer)
    assert training_code() != before[0]
    if "cache" not in old:  # which keeps results, and changes none
        assert code_checksum(after.Layer) != before[1]
    edit(layer, new or "def plan", old if new else f"{old}def plan")
    restored = importlib.reload(layer)
    assert (training_code(), code_checksum(restored.Layer)) == before


@pytest.mark.parametrize(
    ("old", "new"), [("# a comment", "# another"), ('"""Return x."""', '"""Return\n    a number."""')]
)
def test_comments_and_docstrings_do_not_count(layer, old, new):
    before = training_code(), code_checksum(layer.Layer)
    edit(layer, old, new)
    assert training_code() == before[0]  # loaded or not
    assert (training_code(), code_checksum(importlib.reload(layer).Layer)) == before


@pytest.mark.parametrize(("old", "new"), [EDITS[0], EDITS[3], EDITS[6]])
def test_an_edit_that_is_not_loaded_is_an_error_that_says_what_to_do(layer, old, new):
    training_code()
    edit(layer, old, new)
    with pytest.raises(CodeError, match=r"my_layer\.py was edited after it was loaded\. Load .* or restart the kernel"):
        training_code()
    importlib.reload(layer)
    assert training_code()


@pytest.mark.parametrize(("old", "new"), [EDITS[1], EDITS[2], EDITS[5]])
def test_an_edit_of_a_value_that_is_not_loaded_is_not_taken_for_one_that_is(layer, old, new):
    before = training_code()
    edit(layer, old, new)
    between = training_code()
    importlib.reload(layer)
    assert len({before, between, training_code()}) == 3


def test_a_syntax_error_is_an_error_that_names_the_line(layer):
    edit(layer, "return SCALE", "return return SCALE")
    for read in (training_code, lambda: code_checksum(layer.forward)):
        with pytest.raises(
            CodeError, match=r"my_layer\.py: invalid syntax .*line 13.* still loaded\. Correct the file"
        ):
            read()


def test_an_old_function_after_a_plain_reload_is_an_error_too(layer, monkeypatch):
    """Without autoreload, names that were imported from a module keep the old functions."""
    package = types.ModuleType("package")
    package.__file__, package.forward = code.__file__, layer.forward
    monkeypatch.setattr(code, "_training_modules", lambda: {"my_layer": layer, "package": package})
    edit(layer, "return SCALE", "return 2 * SCALE")
    importlib.reload(layer)
    with pytest.raises(CodeError, match=r"my_layer\.py was edited after it was loaded"):
        training_code()
    package.forward = layer.forward
    assert training_code()


def test_what_code_keeps_in_memory_does_not_count(layer):
    before = training_code(), code_checksum(layer.Layer)
    for _ in range(2):
        layer.Layer().run(3.0)
    assert (layer._calls, len(layer._cache), layer.Layer.calls, layer.plan.cache_info().hits) == (2, 2, 2, 1)
    assert (training_code(), code_checksum(layer.Layer)) == before


# ---- functions of a notebook, and objects


def notebook(source):
    """Return the namespace of a notebook with one cell."""
    name, module = f"<cell {source}>", types.ModuleType("__main__")
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)  # as IPython keeps its cells
    exec(compile(source, name, "exec"), vars(module))
    return module


CELL = """
import numpy as np
HIDDEN = 5
SHAPES = {"a": [1, 2]}
UNUSED = 1
def helper(x):
    return 3 * x  # a comment
class Base:
    depth = 1
class Net(Base):
    width = 2
    def build(self):
        '''Build.'''
        return self.width
    @property
    def size(self):
        return self.width ** 2
def scaled(factor):
    def decorate(function):
        return lambda *args, **options: factor * function(*args, **options)
    return decorate
@scaled(7)
def count():
    return 1
def make(rng, scale=1.0, *, kind='a'):
    if kind in {'a', 'b'}:
        return [helper(HIDDEN) for _ in range(2)], np.zeros(SHAPES["a"]), Net().build(), count(), (lambda: 8)()
"""


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("HIDDEN = 5", "HIDDEN = 6", False),
        ('"a": [1, 2]', '"a": [1, 3]', False),
        ("return 3 * x", "return 4 * x", False),
        ("scale=1.0", "scale=2.0", False),
        ("kind='a'", "kind='b'", False),
        ("in {'a', 'b'}", "in {'a', 'c'}", False),
        ("return self.width\n", "return 2 * self.width\n", False),
        ("self.width ** 2", "self.width ** 3", False),
        ("width = 2", "width = 3", False),
        ("depth = 1", "depth = 2", False),
        ("scaled(7)", "scaled(8)", False),
        ("lambda: 8", "lambda: 9", False),
        ("UNUSED = 1", "UNUSED = 2", True),
        ("# a comment", "# another one", True),
        ("'''Build.'''", "'''Build\n it.'''", True),
    ],
)
def test_a_notebooks_factory_counts_with_what_it_names(old, new, same):
    assert old in CELL
    before, after = (notebook(text).make for text in (CELL, CELL.replace(old, new)))
    assert (code_checksum(before) == code_checksum(after)) == same
    assert code_checksum(before, apart=["__main__"]) == code_checksum(after, apart=["__main__"])


def test_what_is_typed_at_a_prompt_counts_by_its_bytecode():
    def typed(source):
        exec(compile(source, "<stdin>", "exec"), namespace := {"__name__": "__main__"})
        return code_checksum(namespace["make"])

    assert typed("def make(rng): return 1") == typed("def make(rng):\n    return 1  # a comment")
    assert typed("def make(rng): return 1") != typed("def make(rng): return 2")


def test_a_counter_or_a_cache_of_a_notebook_does_not_count():
    cell = "calls, memo = 0, {}\ndef make(rng):\n    global calls\n    calls += 1\n    memo[calls] = 1\n    return memo"
    namespace = notebook(cell)
    before = code_checksum(namespace.make)
    namespace.make(0)
    assert (namespace.calls, namespace.memo) == (1, {1: 1})
    assert code_checksum(namespace.make) == before


def test_partials_count_with_their_arguments_and_objects_with_their_class():
    checksums = {
        code_checksum(SoftmaxClassifier),
        code_checksum(functools.partial(SoftmaxClassifier, reg=0.1)),
        code_checksum(functools.partial(SoftmaxClassifier, reg=0.2)),
        code_checksum(functools.partial(make, dtype=np.float32)),
        code_checksum(SoftmaxClassifier, SeeData("here")),
        code_checksum(SoftmaxClassifier, [np.ones(2)]),
        code_checksum(SoftmaxClassifier, [np.zeros(2)]),
        code_checksum(SeeData("here").on_end),
        code_checksum(SeeData("here").on_step),
    }
    assert len(checksums) == 9


def test_a_factory_that_a_name_of_its_package_is_replaced_in_shows(monkeypatch):
    before = code_checksum(make)
    monkeypatch.setattr(sys.modules["search_toy"], "SoftmaxClassifier", nnlib.SVM)
    assert code_checksum(make) != before
