"""nnlib.provenance.code and describe: a change of the code shows, a name in a trial log leads nowhere else."""

import dataclasses
import functools
import subprocess
import sys
import types

import numpy as np
import pytest
from search_toy import SeeData, make

import nnlib
from nnlib import LinearDecay, SoftmaxClassifier, optim
from nnlib.provenance.code import MODULES, fingerprint
from nnlib.provenance.plain_json import rebuild, to_json

# ---- fingerprint


def test_it_is_the_same_in_another_process_with_another_hash_seed():
    code = "import search_toy; from nnlib.provenance.code import fingerprint as f; print(f(search_toy.make))"
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"]
    told = {
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {fingerprint(make)}


def test_every_module_that_trains_is_in_it():
    """What the Solver brings with it, less the data and the package's own list of names."""
    code = "import sys, nnlib.solver; print(*sorted(name for name in sys.modules if name.startswith('nnlib')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    apart = {"nnlib", "nnlib.gradcheck"}
    assert {name for name in loaded if not name.startswith("nnlib.data")} - apart == set(MODULES)


def replaced_relu(x):
    return x * 1.0, x


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("nnlib.layers.relu", "relu_forward", replaced_relu),
        ("nnlib.layers", "relu_backward", replaced_relu),
        ("nnlib.models", "EXAMPLES_PER_CHUNK", 251),
        ("nnlib.optim", "DEFAULTS", {**optim.DEFAULTS, "sgd": {"learning_rate": 0.011}}),
    ],
)
def test_what_is_replaced_shows(monkeypatch, module, name, value):
    before = fingerprint()
    monkeypatch.setattr(sys.modules[module], name, value)
    assert fingerprint() != before
    monkeypatch.undo()
    assert fingerprint() == before


def test_an_edit_of_a_method_shows_even_behind_a_decorator(monkeypatch):
    before = fingerprint()

    def loss(self, X, y=None):
        return 0.0, {}

    inner = nnlib.Classifier.loss.__wrapped__
    monkeypatch.setattr(inner, "__code__", loss.__code__)  # as autoreload does
    assert fingerprint() != before


def compiled(source):
    """Return the functions of a module that is made of `source`."""
    module = types.ModuleType("__main__")
    exec(compile(source, "cell", "exec"), vars(module))
    return module


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("HIDDEN = 5", "HIDDEN = 6", False),
        ("return 3 * x", "return 4 * x", False),
        ("scale=1.0", "scale=2.0", False),
        ("in {'a', 'b'}", "in {'a', 'c'}", False),
        ("UNUSED = 1", "UNUSED = 2", True),
        ("# a comment", "# another one", True),
    ],
)
def test_a_notebooks_factory_counts_with_what_it_names(old, new, same):
    source = """
import numpy as np
HIDDEN = 5
UNUSED = 1
def helper(x):
    return 3 * x  # a comment
def make(rng, scale=1.0, kind='a'):
    if kind in {'a', 'b'}:
        return [helper(HIDDEN) for _ in range(2)], np.zeros(3)
"""
    assert old in source
    before, after = (fingerprint(compiled(text).make) for text in (source, source.replace(old, new)))
    assert (before == after) == same


def test_partials_count_with_their_arguments_and_hooks_with_their_class():
    prints = {
        fingerprint(SoftmaxClassifier),
        fingerprint(functools.partial(SoftmaxClassifier, reg=0.1)),
        fingerprint(functools.partial(SoftmaxClassifier, reg=0.2)),
        fingerprint(functools.partial(make, dtype=np.float32)),
        fingerprint(SoftmaxClassifier, SeeData("here")),
        fingerprint(SoftmaxClassifier, LinearDecay()),
    }
    assert len(prints) == 6


# ---- describe and rebuild


@dataclasses.dataclass(frozen=True)
class Recipe:
    width: int
    rates: tuple


def test_descriptions_are_plain():
    value = {"a": np.int64(3), "b": (1, [np.float64(0.5), None, True]), "c": float("nan"), "d": range(2)}
    assert to_json(value) == {"a": 3, "b": [1, [0.5, None, True]], "c": "nan", "d": [0, 1]}
    assert to_json(make) == {"callable": "search_toy:make"}
    assert to_json(Recipe(3, (0.1,))) == {
        "object": f"{__name__}:Recipe",
        "vars": {"width": 3, "rates": [0.1]},
    }
    ones, zeros = to_json(np.ones(3)), to_json(np.zeros(3))
    assert ones["array"] == zeros["array"] == [3]
    assert ones["checksum"] != zeros["checksum"]
    first, second = to_json(np.random.default_rng(1)), to_json(np.random.default_rng(2))
    assert first == to_json(np.random.default_rng(1)) != second


@pytest.mark.parametrize(
    "value",
    [
        SoftmaxClassifier,
        LinearDecay(),
        functools.partial(SoftmaxClassifier, input_dim=[3, 4], weight_scale=None),
        functools.partial(SoftmaxClassifier, LinearDecay, callbacks={"last": [LinearDecay()]}),
        [{"a": [1, "b", None]}, LinearDecay()],
    ],
)
def test_what_is_nnlibs_is_made_again(value):
    assert to_json(rebuild(to_json(value))) == to_json(value)


@pytest.mark.parametrize(
    "description",
    [
        {"callable": "os:system"},
        {"callable": "subprocess:getoutput"},
        {"partial": {"callable": "os:system"}, "args": ["true"], "keywords": {}},
        {"object": "subprocess:Popen", "vars": {}},
        {"callable": "nnlib.models:np.save"},
        {"callable": "nnlib.data.files:os.remove"},
        {"callable": "nnlib.models:Nothing"},
        {"callable": "nnlib.models:EXAMPLES_PER_CHUNK"},
        {"partial": {"callable": "nnlib.models:SVM"}, "args": [], "keywords": {"dtype": to_json(np.float32)}},
        to_json(np.ones(2)),
        to_json(np.random.default_rng(0)),
    ],
)
def test_what_is_not_nnlibs_is_not_even_looked_up(description):
    with pytest.raises(LookupError, match="Pass the object itself"):
        rebuild(description)
