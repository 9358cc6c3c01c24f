"""Results: rows are checked when they are made; notebook, terminal and README show the same table."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.homework.results import MIME, ResultRow, Results, main

FIELDS = {
    "item": "2.3",
    "model": "logistic, linear",
    "chosen": {"learning_rate": 0.1, "hidden_dim": None},
    "val_acc": 0.948,
    "test_acc": 0.936,
    "reference": 0.94,
    "data": {"name": "course data.pkl", "train": 500, "val": 250, "test": 250},
    "seed": 0,
    "seconds": 1.25,
}


def row(**changes):
    return ResultRow(**{**FIELDS, **changes})


def test_example_worked_by_hand():
    # 0.936 * 0.064 / 250 = 0.000239616; its root is 0.0154795. The difference is 0.936 - 0.94 = -0.004.
    assert row().test_error == pytest.approx(0.0154795, abs=1e-7)
    assert row().difference == pytest.approx(-0.004)
    assert Results([row()]).cells() == [
        (
            "2.3",
            "logistic, linear",
            "hidden units None, learning rate 0.1",
            "94.80%",
            "93.60% ± 1.55",
            "94.00%",
            "-0.40",
            "course data.pkl (500 / 250 / 250)",
            "1.2",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"item": 2.3}, ValueError, "item: expected an item of the handout as text"),
        ({"item": "two"}, ValueError, "item: expected"),
        ({"model": " "}, ValueError, "model: expected a description"),
        ({"chosen": [1]}, TypeError, "chosen: expected a dict, got list"),
        ({"chosen": {"layers": {"a", "b"}}}, TypeError, "chosen['layers']: expected finite numbers, text"),
        ({"chosen": {"reg": float("nan")}}, TypeError, "chosen['reg']: expected finite numbers"),
        ({"test_acc": 93.6}, ValueError, "test_acc: expected a fraction in [0, 1], got 93.6. It looks like a percent"),
        ({"val_acc": -0.1}, ValueError, "val_acc: expected a number of at least 0"),
        ({"reference": float("nan")}, TypeError, "reference: expected finite numbers"),
        ({"reference": None}, ValueError, "reference: expected a number of at least 0, got None"),
        ({"test_acc": True}, ValueError, "test_acc: expected a number"),
        ({"data": {"name": "MNIST"}}, ValueError, "data: expected the keys ['name', 'train', 'val', 'test']"),
        ({"data": {**FIELDS["data"], "test": 0}}, ValueError, "data['test']: expected a whole number of at least 1"),
        ({"data": {**FIELDS["data"], "name": 7}}, ValueError, "data['name']: expected the data set's name, got 7"),
        ({"seed": 0.5}, ValueError, "seed: expected a whole number of at least 0, got 0.5"),
        ({"seconds": -1}, ValueError, "seconds: expected a number of at least 0, got -1"),
    ],
)
def test_errors_name_the_field(changes, error, message):
    with pytest.raises(error, match=re.escape(message)):
        row(**changes)


def test_numpy_scalars_become_plain_numbers():
    made = row(
        chosen={"hidden_dim": np.int64(100), "sizes": (np.int32(3), 5)}, test_acc=np.float64(0.5), seed=np.int64(3)
    )
    assert json.loads(json.dumps(Results([made]).to_json()))[0]["chosen"] == {"hidden_dim": 100, "sizes": [3, 5]}
    assert type(made.test_acc) is float
    assert type(made.seed) is int


@given(
    st.builds(
        row,
        item=st.builds("{}.{}".format, st.integers(1, 7), st.integers(1, 9)),
        model=st.text(min_size=1).filter(str.strip),
        chosen=st.dictionaries(st.text(), st.one_of(st.integers(), st.booleans(), st.none(), st.text())),
        test_acc=st.floats(0, 1),
        seconds=st.floats(0, 1e6),
    )
)
def test_json_round_trip(made):
    text = json.dumps(Results([made]).to_json(), allow_nan=False)
    assert Results.from_json(json.loads(text)).rows == (made,)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({}, "results: expected a list of rows, got dict"),
        ([3], "row: expected a dict, got int"),
        ([{"item": "2.3"}], "row: expected the keys ['item', 'model'"),
        ([{**FIELDS, "note": ""}], "row: expected the keys"),
    ],
)
def test_json_of_another_form_is_refused(rows, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        Results.from_json(rows)


def test_only_rows_are_results():
    with pytest.raises(TypeError, match="rows: expected ResultRow objects, got dict"):
        Results([FIELDS])


def test_displayed_three_ways():
    results = Results([row(model="a <b> | c"), row(item="2.4")])
    bundle = results._repr_mimebundle_()
    assert bundle[MIME] == results.to_json()
    assert bundle["text/plain"].splitlines()[0].split()[:2] == ["item", "model"]
    page = bundle["text/html"]
    assert "a &lt;b&gt; | c" in page
    assert page.count("<tr>") == 3
    assert page.count('<th scope="col"') == page.count("<td ") / 2 + 1 == len(Results.HEADER)
    assert "a <b> \\| c" in results.to_markdown().splitlines()[2]


def test_plain_table_is_aligned():
    lines = repr(Results([row(), row(model="a much longer description of a model")])).splitlines()
    assert len({line.index("±") for line in lines[2:]}) == 1
    assert lines[1].split("  ")[1] == "-" * len("a much longer description of a model")


def test_a_row_without_a_choice_shows_a_dash():
    assert Results([row(chosen={})]).cells()[0][2] == "–"


def test_command_prints_markdown(tmp_path, capsys):
    path = tmp_path / "results.json"
    path.write_text(json.dumps([FIELDS]), encoding="utf-8")
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == Results([row()]).to_markdown() + "\n"


@pytest.mark.parametrize("text", [None, "not JSON", '[{"item": "2.3"}]'])
def test_command_says_what_to_do(tmp_path, capsys, text):
    path = tmp_path / "results.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main([str(path)]) == 1
    error = capsys.readouterr().err
    assert str(path) in error
    assert "make run" in error


def test_command_wants_one_file(capsys):
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
