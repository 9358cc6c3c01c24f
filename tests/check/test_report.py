"""What is printed: by check, what a mistake looks like, hints on demand; the command; a check cell's code."""

import re
import subprocess
import sys

import numpy as np
import pytest

from nnlib.check import Checks, check, exercises, report, start
from nnlib.check.engine import Result

ITEM = exercises.items()["1.1"]


def result(**changes):
    given = {
        "item": "1.1",
        "name": "gradient",
        "property": "gradient",
        "status": "failed",
        "message": "dx at 0 got 1, expected 2",
    }
    return Result(**{**given, **changes})


def test_a_pass_and_the_last_line(capsys):
    assert check("1.2") is None
    lines = capsys.readouterr().out.splitlines()
    public = [row for row in exercises.items()["1.2"].rows if row.public]
    assert lines[:-1] == [f"1.2  passed   {row.name}" for row in public]
    assert lines[-1].startswith(
        f"1.2  public {len(public)} of {len(public)}; {exercises.items()['1.2'].hidden} hidden, not run."
    )
    assert report.LIMITS in lines[-1]


def test_a_failure_is_followed_by_what_it_looks_like():
    lines = report.describe(result(diagnosis="over-n"))
    assert lines == [
        "1.1  FAILED   gradient: dx at 0 got 1, expected 2",
        f"      Looks like: {report.diagnoses()['over-n']['looks']}",
    ]


def test_a_mistake_that_is_not_known_is_not_given_a_name():
    assert report.describe(result())[1:] == [f"      {report.UNKNOWN}"]


def test_hints_go_from_the_property_over_the_place_to_the_term():
    failed = result(diagnosis="over-n", where="db of fc_backward")
    levels = [report.describe(failed, hint)[2:] for hint in range(4)]
    assert levels[0] == []
    assert levels[3] == [
        f"      Hint 1: It is about {report.ABOUT['gradient']}",
        "      Hint 2: Look at db of fc_backward.",
        f"      Hint 3: Think of: {report.diagnoses()['over-n']['term']}",
    ]
    assert levels[1] == levels[3][:1]
    assert levels[2] == levels[3][:2]


def test_what_a_pass_means_is_said_only_where_something_has_passed():
    item = exercises.items()["1.1"]
    assert report.LIMITS not in report.describe_item(item, [result(status="waits", message="1.1")])[-1]
    assert report.LIMITS in report.describe_item(item, [result(status="passed")])[-1]


def test_an_exception_names_the_line_and_what_is_not_run_says_why():
    failed = result(status="exception", message="ValueError: mine", place="fully_connected.py:60")
    assert report.describe(failed)[0] == "1.1  FAILED   gradient: ValueError: mine (fully_connected.py:60)"
    assert report.describe(result(status="not run", message="1.1 value has to pass first")) == [
        "1.1  not run  gradient: 1.1 value has to pass first"
    ]
    assert report.describe(result(status="waits", message="1.1")) == [
        "1.1  waits    gradient: for 1.1, not written yet"
    ]


def test_every_property_has_its_hint():
    assert {row.property for item in exercises.items().values() for row in item.rows} <= set(report.ABOUT)


def test_an_item_without_code_and_another_hint_are_refused():
    for item in ("1.0", "", 3, None, [], np.ones(2)):
        with pytest.raises(ValueError, match="item: expected the id of an item with code"):
            check(item)
    for question in ("q8", 3, None, []):
        with pytest.raises(ValueError, match="question: expected one of 'q1' to 'q7'"):
            start(question)
    with pytest.raises(ValueError, match="hint: expected one of 0, 1, 2, 3"):
        check("1.1", hint=4)


def test_the_command_prints_an_item_and_refuses_another():
    command = [sys.executable, "-m", "nnlib.check"]
    done = subprocess.run([*command, "1.2", "--hint", "1"], capture_output=True, text=True, check=True)
    assert "1.2  passed   gradient" in done.stdout
    refused = subprocess.run([*command, "9.9"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert "item: expected" in refused.stderr


def test_the_table_counts_public_checks(monkeypatch):
    outcomes = {"1.1": [result(status="passed"), result(name="dtype")], "1.2": [result(status="waits", message="1.2")]}
    monkeypatch.setattr(report, "judge_public", lambda item: outcomes[item.id])
    monkeypatch.setattr(report, "with_code", lambda start="": [ITEM, exercises.items()["1.2"]])
    lines, passed = report.table()
    assert not passed
    assert [line.split("  ")[0] for line in lines] == ["item", "1.1", "1.2"]
    assert "1 of 2" in lines[1]
    assert "dtype failed" in lines[1]
    assert "waits for 1.2" in lines[2]


def test_a_check_cell_counts_the_codes_checks(monkeypatch, capsys):
    outcomes = [
        result(name="value", status="passed"),
        result(diagnosis="over-n"),
        result(name="dtype", status="not run", message="why"),
    ]
    monkeypatch.setattr("nnlib.check.record.judge_public", lambda item: outcomes)
    checks = Checks([ITEM])
    with checks("1.1") as cell:
        cell.code()
    assert checks.results["1.1"].failures == {"code: value": "", "code: gradient": "dx at 0 got 1, expected 2"}
    assert "Looks like" in capsys.readouterr().out
    checks.tally()
    assert f"1 of {ITEM.checks}, 1 failed, {ITEM.checks - 2} not run" in capsys.readouterr().out


def test_a_check_cell_says_what_its_code_waits_for(monkeypatch, capsys):
    monkeypatch.setattr("nnlib.check.record.judge_public", lambda item: [result(status="waits", message="1.1")])
    checks = Checks([ITEM])
    with checks("1.1") as cell:
        cell.code()
    checks.tally()
    assert "(waits for 1.1)" in capsys.readouterr().out


def test_the_expected_number_of_checks_holds_the_public_rows():
    item = exercises._item(
        {
            "id": "9.1",
            "title": "t",
            "points": 1,
            "checks": 4,
            "targets": [],
            "check": [
                {"name": "value", "property": "value", "points": 1, "visibility": "public"},
                {"name": "dtype", "property": "dtype", "points": 1, "visibility": "hidden", "after": ["value"]},
            ],
        }
    )
    assert (item.checks, item.hidden, [row.public for row in item.rows]) == (5, 1, [True, False])


def test_no_diagnosis_gives_code_away():
    for name, texts in report.diagnoses().items():
        for text in texts.values():
            assert not re.search(r"[=@\[\]]|\w\(|\w \* \w", text), name
