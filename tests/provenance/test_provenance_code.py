"""nnlib.provenance.code: a change of code changes its checksum, what code keeps in memory does not.

What autoreload does in a notebook is in tests/search/test_search_kernel.py.
"""

import functools
import importlib
import inspect
import linecache
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from search_toy import SeeData, make

import nnlib
from nnlib import ConvNet, SoftmaxClassifier, Solver, backend, optim
from nnlib.provenance import code
from nnlib.provenance.code import code_checksum
from nnlib.provenance.source import CodeError
from nnlib.search import Trial

# ---- nnlib's own code


def fingerprint(model=make, **options):
    return Trial(model, {"hidden_dim": 2}, 0, options).fingerprint()


def test_it_is_the_same_in_another_process_with_another_hash_seed():
    script = "from test_provenance_code import *; print(fingerprint(), code_checksum(make))"
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path[:0] = {[*sys.path, str(Path(__file__).parent)]!r}; {script}",
    ]
    env = {"PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    printed = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert printed.split() == [fingerprint(), code_checksum(make)]


@pytest.mark.parametrize("layers", ["plain", "fast"])
def test_every_function_that_a_training_calls_is_in_it(layers, monkeypatch):
    root, called = str(Path(nnlib.__file__).parent), set()

    def note(frame, event, argument):
        if event == "call" and frame.f_code.co_filename.startswith(root):
            called.add(frame.f_code)

    X, y = np.ones((20, 1, 6, 6)), np.arange(20) % 3
    data = {"X_train": X, "y_train": y, "X_val": X, "y_val": y}
    factory = functools.partial(ConvNet, (1, 6, 6), 2, 3, num_classes=3, dropout=0.5, batchnorm=True)
    with backend.using(layers):
        model = factory(hidden_dim=2)
        sys.setprofile(note)
        try:
            Solver(model, data, update_rule="adam", num_epochs=2, schedule="linear").train()
        finally:
            sys.setprofile(None)
        readers = []
        monkeypatch.setattr(code, "_Reader", lambda apart, make=code._Reader: readers.append(make(apart)) or readers[0])
        fingerprint(factory, update_rule="adam")
    read = [value for value in readers[0]._seen.values() if isinstance(value, types.FunctionType)]
    assert len(called) > 60
    missing = called - {part for function in read for part in code.all_code(function.__code__)}
    assert {inspect.getmodule(part).__name__ + ":" + part.co_qualname for part in missing} == set()


def replaced_relu(x):
    return x * 1.0, x


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("nnlib.layers.arguments", "max_pool", replaced_relu),
        ("nnlib.layers", "relu_backward", replaced_relu),
        ("nnlib.layers", "relu_backward", nnlib.layers.dropout_backward),
        ("nnlib.layers", "relu_backward", functools.partial(replaced_relu, x=1)),
        ("nnlib.fast", "conv_forward", lambda x, w: (x, None)),
        ("nnlib.solver", "DivergenceError", ValueError),
    ],
)
def test_what_is_replaced_shows(monkeypatch, module, name, value):
    before = fingerprint()
    monkeypatch.setattr(sys.modules[module], name, value)
    assert fingerprint() != before
    monkeypatch.undo()
    assert fingerprint() == before


def test_a_replacement_counts_with_its_own_code(monkeypatch):
    seen = set()
    for factor in (2, 3):
        namespace = notebook(f"def relu_forward(x):\n    return {factor} * x, x")
        monkeypatch.setattr(nnlib.layers, "relu_forward", namespace.relu_forward)
        seen.add((fingerprint(), fingerprint()))
    assert len({*seen, (fingerprint(), fingerprint())}) == 2


def test_a_replaced_method_shows_even_under_a_decorator(monkeypatch):
    before = fingerprint()
    monkeypatch.setattr(nnlib.Classifier, "predict", lambda self, X: np.zeros(len(X)))
    assert fingerprint() != before
    monkeypatch.undo()
    monkeypatch.setattr(nnlib.blas.one_blas_thread.__wrapped__, "__code__", (lambda: (yield)).__code__)
    assert fingerprint() != before


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        (backend.RULES["fast"], "sgd", lambda w, dw, config: (w, config)),
        (backend.RULES["plain"], "sgd", lambda w, dw, config: (w, config)),
        (optim.DEFAULTS, "sgd", {"learning_rate": 0.011}),
    ],
)
def test_another_update_rule_under_a_known_name_shows(monkeypatch, table, key, value):
    before = fingerprint()
    monkeypatch.setitem(table, key, value)
    assert fingerprint() != before


def test_modules_apart_count_by_their_names(monkeypatch):
    before, apart = code_checksum(make), code_checksum(make, apart=["search_toy"])
    monkeypatch.setattr(make, "__defaults__", (0.5,))
    assert code_checksum(make) != before
    assert code_checksum(make, apart=["search_toy"]) == apart


@pytest.mark.parametrize("head", ["reg=SCALE", "*, reg=SCALE", "reg=1, *, rate=SCALE"])
def test_a_default_counts_by_what_it_stands_for(head):
    one, two = (notebook(f"SCALE = {value}\ndef build({head}):\n    return reg").build for value in (1, 2))
    assert code_checksum(one) != code_checksum(two)


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
    yield module
    del sys.modules["my_layer"]


def edit(module, old, new):
    with open(module.__file__) as file:
        text = file.read()
    assert old in text
    with open(module.__file__, "w") as file:
        file.write(text.replace(old, new))


EDITS = [
    ("return SCALE", "return 2 * SCALE"),
    ("SCALE = 1.0", "SCALE = 2.0"),
    ("eps=1e-5", "eps=1e-6"),
    ("return n", "return n + 1"),
    ("@functools.cache\n", ""),
    ("width = 3", "width = 4"),
    ("return forward(x)", "return 2 * forward(x)"),
]


def layer_code(module):
    return code_checksum(module.Layer)


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_an_edit_that_is_loaded_shows_and_is_forgotten_when_it_is_undone(layer, old, new):
    before = layer_code(layer)
    edit(layer, old, new)
    assert layer_code(importlib.reload(layer)) != before
    edit(layer, new or "def plan", old if new else f"{old}def plan")
    assert layer_code(importlib.reload(layer)) == before


@pytest.mark.parametrize(
    ("old", "new"), [("# a comment", "# another"), ('"""Return x."""', '"""Return\n    a number."""')]
)
def test_comments_and_docstrings_do_not_count(layer, old, new):
    before = layer_code(layer)
    edit(layer, old, new)
    assert layer_code(layer) == before  # loaded or not
    assert layer_code(importlib.reload(layer)) == before


@pytest.mark.parametrize(("old", "new"), [EDITS[0], EDITS[3], EDITS[6]])
def test_an_edit_that_is_not_loaded_is_an_error_that_says_what_to_do(layer, old, new):
    layer_code(layer)
    edit(layer, old, new)
    with pytest.raises(CodeError, match=r"my_layer\.py was edited after it was loaded\. Load .* or restart the kernel"):
        layer_code(layer)
    assert layer_code(importlib.reload(layer))


@pytest.mark.parametrize(("old", "new"), [EDITS[1], EDITS[2], EDITS[5]])
def test_an_edit_of_a_value_that_is_not_loaded_is_not_taken_for_one_that_is(layer, old, new):
    before = layer_code(layer)
    edit(layer, old, new)
    between = layer_code(layer)
    after = layer_code(importlib.reload(layer))
    assert after not in (before, between)


def test_a_syntax_error_is_an_error_that_names_the_line(layer):
    edit(layer, "return SCALE", "return return SCALE")
    with pytest.raises(CodeError, match=r"my_layer\.py: invalid syntax .*line 13.* still loaded\. Correct the file"):
        layer_code(layer)


def test_an_old_function_after_a_plain_reload_is_an_error_too(layer):
    """Without autoreload, names that were imported from a module keep the old functions."""
    imported = layer.forward
    edit(layer, "return SCALE", "return 2 * SCALE")
    importlib.reload(layer)
    with pytest.raises(CodeError, match=r"my_layer\.py was edited after it was loaded"):
        code_checksum(imported)
    assert code_checksum(layer.forward)


def test_what_code_keeps_in_memory_does_not_count(layer):
    before = layer_code(layer)
    for _ in range(2):
        layer.Layer().run(3.0)
    assert (layer._calls, len(layer._cache), layer.Layer.calls, layer.plan.cache_info().hits) == (2, 2, 2, 1)
    assert layer_code(layer) == before


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


@pytest.mark.parametrize("name", ["<stdin>", "<string>"])
def test_what_is_typed_at_a_prompt_is_an_error_that_says_what_to_do(name):
    exec(compile("def make(rng): return 1", name, "exec"), namespace := {"__name__": "__main__"})
    with pytest.raises(CodeError, match=f"make has no source in {name}. Define it in a file or in a notebook's cell."):
        code_checksum(namespace["make"])


DOUBLED = """
import functools
def doubled(function):
    @functools.wraps(function)
    def wrapper(rng):
        return 2 * function(rng)
    return wrapper
@doubled
def make(rng):
    return 1
"""
RECORD = "from dataclasses import dataclass\n@dataclass\nclass make:\n    a: int = 1\n    b: int = 2\n"
LINE = "make = lambda rng: 1; other = lambda rng: 2\n"


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        (DOUBLED, "return 2", "return 3"),
        (DOUBLED, "return 1", "return 0"),
        (RECORD, "a: int = 1\n    b: int = 2", "b: int = 2\n    a: int = 1"),
        (RECORD, "= 2", "= 3"),
        (RECORD, "b: int", "c: int"),
        (LINE, "rng: 1", "rng: 0"),
    ],
)
def test_a_wrapper_a_dataclass_and_two_statements_on_a_line_count(cell, old, new):
    checksums = [code_checksum(notebook(text).make) for text in (cell, cell, cell.replace(old, new))]
    assert checksums[0] == checksums[1] != checksums[2]


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


def test_a_frozen_dataclass_counts_with_its_fields():
    cell = "from nnlib import Conv\nSPECS = [Conv(2, {size})]\ndef make(rng):\n    return SPECS"
    checksums = {code_checksum(notebook(cell.format(size=size)).make) for size in (3, 3, 5)}
    assert len(checksums) == 2


def test_a_module_of_the_users_that_a_notebook_names_counts_and_an_installed_one_does_not(layer):
    factory = notebook("import my_layer\nimport tqdm\ndef make(rng):\n    return my_layer.forward(tqdm.tqdm)").make
    reader = code._Reader(())
    reader.read(factory)
    assert {value.__qualname__ for value in reader._seen.values()} == {"make", "forward", "plan"}


def test_a_factory_that_a_name_of_its_package_is_replaced_in_shows(monkeypatch):
    before = code_checksum(make)
    monkeypatch.setattr(sys.modules["search_toy"], "SoftmaxClassifier", nnlib.SVM)
    assert code_checksum(make) != before
