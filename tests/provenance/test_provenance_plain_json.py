"""nnlib.provenance.plain_json: equal things have equal descriptions, which JSON can hold."""

import dataclasses
import functools
import json

import numpy as np
import pytest
from search_toy import make

from nnlib.provenance.code import code_checksum
from nnlib.provenance.plain_json import (
    DEPTH,
    Record,
    array_checksum,
    checksum,
    is_plain,
    jsonable,
    strict_json,
    to_json,
)
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


def nested(levels):
    return b'{"a": ' + b"[" * (levels - 1) + b"0" + b"]" * (levels - 1) + b"}"


def test_a_line_may_have_as_many_levels_as_it_says_and_no_more():
    assert json.dumps(strict_json(nested(DEPTH))).encode() == nested(DEPTH)
    for levels in (DEPTH + 1, 100_000):
        with pytest.raises(ValueError, match="JSON: expected at most 32 levels of lists and dictionaries, got more"):
            strict_json(nested(levels))


@pytest.mark.parametrize("line", [b"", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}', b'{"a": "\xff"}', b"[1]"])
def test_a_line_without_an_object_or_with_what_json_has_not_is_refused(line):
    refusals = "JSON: expected an object|Expecting value|not JSON compliant|surrogates not allowed|invalid start byte"
    with pytest.raises(ValueError, match=refusals):
        strict_json(line)
    assert strict_json('{"a": "ä\U0001f600"}'.encode()) == {"a": "ä\U0001f600"}


@dataclasses.dataclass
class Place(Record):
    width: float
    names: list[str]


@dataclasses.dataclass
class Row(Record):
    number: int
    place: Place
    shares: dict[str, float] | None


ROW = {"number": 3, "place": {"width": 0.5, "names": ["a"]}, "shares": {"b": 1}}


def test_a_record_is_what_it_was_written_from():
    row = Row(3, Place(0.5, ["a"]), {"b": 1})
    assert row.to_json() == ROW
    assert Row.from_json(ROW) == row
    for changed in ({"shares": None}, {"place": {"width": -9e299, "names": []}}, {"shares": {"b": float("inf")}}):
        assert Row.from_json(ROW | changed).to_json() == ROW | changed


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "Row: expected a JSON object, got list"),
        (
            {"number": 3, "place": 1, "more": 2},
            "the fields number, place, shares, got missing or unknown: more, shares",
        ),
        (ROW | {"number": True}, "number: expected int, got True"),
        (ROW | {"number": 3.0}, "number: expected int, got 3.0"),
        (ROW | {"place": None}, "Place: expected a JSON object, got NoneType"),
        (ROW | {"place": {"width": True, "names": []}}, "width: expected float, got True"),
        (ROW | {"place": {"width": 10**400, "names": []}}, "width: expected float, got 1000"),
        (ROW | {"place": {"width": -1e300, "names": []}}, "width: expected float, got -1e.300"),
        (ROW | {"place": {"width": 1, "names": "a"}}, "names: expected list.*, got 'a'"),
        (ROW | {"place": {"width": 1, "names": ["a", 1]}}, "names: expected list.*, got .'a', 1."),
        (ROW | {"shares": {"b": "1"}}, "shares: expected .*, got {'b': '1'}"),
        (ROW | {"shares": [1.0]}, "shares: expected .*, got .1.0."),
    ],
)
def test_a_field_that_is_missing_unknown_or_of_another_kind_is_named(value, message):
    with pytest.raises(ValueError, match=message):
        Row.from_json(value)


def test_settings_come_back_as_json_gives_them():
    assert jsonable("grid", {"a": np.float32(0.5), "b": (1, None)}) == {"a": 0.5, "b": [1, None]}
    for settings in ({3: 1}, {"a": float("nan")}):
        with pytest.raises(ValueError, match=r"grid\[.*: expected a finite number, a string, None, or a list"):
            jsonable("grid", settings)
