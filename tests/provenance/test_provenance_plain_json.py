"""nnlib.provenance.plain_json: equal things have equal descriptions, which JSON can hold."""

import dataclasses
import functools
import json

import numpy as np
import pytest
from search_toy import make

from nnlib.provenance.code import code_checksum
from nnlib.provenance.plain_json import array_checksum, checksum, is_plain, jsonable, strict_json, to_json
from nnlib.provenance.source import statement


@dataclasses.dataclass(frozen=True)
class Recipe:
    width: int
    rates: tuple


def test_descriptions_are_plain():
    value = {
        "a": np.int64(3),
        "b": (1, [np.float64(0.5), None, True]),
        "c": float("nan"),
        "d": range(2),
        "e": {"x", "y"},
    }
    assert to_json(value) == {"a": 3, "b": [1, [0.5, None, True]], "c": "nan", "d": [0, 1], "e": ["'x'", "'y'"]}
    assert to_json(make) == {"callable": "search_toy:make"}
    assert to_json(functools.partial(make, 3, reg=0.1)) == {
        "partial": {"callable": "search_toy:make"},
        "args": [3],
        "keywords": {"reg": 0.1},
    }
    assert to_json(Recipe(3, (0.1,))) == {"object": f"{__name__}:Recipe", "vars": {"width": 3, "rates": [0.1]}}
    ones, zeros = to_json(np.ones(3)), to_json(np.zeros(3))
    assert ones["array"] == zeros["array"] == [3]
    assert ones["checksum"] != zeros["checksum"]
    first, second = to_json(np.random.default_rng(1)), to_json(np.random.default_rng(2))
    assert first == to_json(np.random.default_rng(1)) != second
    assert checksum(to_json(value)) == checksum(json.loads(json.dumps(to_json(value))))


def test_a_checksum_of_arrays_tells_names_dtypes_shapes_and_values_apart_and_nothing_else():
    X = np.arange(6.0)
    others = [{"y": X}, {"X": X.view(np.int64)}, {"X": X.reshape(2, 3)}, {"X": X.reshape(3, 2)}, {"X": X[::-1]}, {}]
    assert len({array_checksum(arrays) for arrays in ({"X": X}, *others)}) == 1 + len(others)
    assert array_checksum({"X": np.repeat(X, 2)[::2]}) == array_checksum({"X": X})
    assert array_checksum({"X": np.asfortranarray(X.reshape(2, 3))}) == array_checksum({"X": X.reshape(2, 3)})


def test_the_order_in_dictionaries_and_sets_does_not_count():
    value = {"b": 1, "a": {"d": 2, "c": 3}}
    assert checksum(value) == checksum({"a": {"c": 3, "d": 2}, "b": 1}) != checksum({"b": 1, "a": 2})
    assert len(checksum(value)) == 16
    assert to_json(set("nnlib provenance")) == sorted(map(repr, set("nnlib provenance")))


@pytest.mark.parametrize("value", [None, 1, 0.5, 1j, "a", b"b", np.float32(1), (1, ("a",)), True])
def test_plain_values(value):
    assert is_plain(value)
    assert is_plain(value, mutable=False)
    assert is_plain([value, {"a": value}])
    assert not is_plain([value], mutable=False)
    assert not is_plain([value, make])
    assert not is_plain({"a": (value, object())})


def test_arrays_and_sets_are_plain_but_mutable():
    for value in (np.ones(2), {1}, {"a": [1]}, ([1],)):
        assert is_plain(value)
        assert not is_plain(value, mutable=False)


def test_a_setting_that_json_cannot_hold_is_named():
    with pytest.raises(ValueError, match=r"grid\['reg'\]: expected a finite number.*functools\.partial"):
        jsonable("grid", {"reg": make})


@pytest.mark.parametrize(
    "value", [3, None, np.nan, int, lambda: 1], ids=["a number", "None", "nan", "a class", "a function"]
)
@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("arrays", array_checksum),
        ("value", lambda value: checksum([value, make])),
        ("settings", lambda value: jsonable("settings", value)),
        ("line", strict_json),
        ("apart", lambda value: code_checksum(make, apart=value)),
        ("function", lambda value: statement([value])),
    ],
)
def test_any_value_of_another_kind_is_an_error_that_names_the_argument(argument, call, value):
    with pytest.raises((TypeError, ValueError), match=rf"^{argument}: expected "):
        call(value)
