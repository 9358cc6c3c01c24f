"""The grader, end to end: points with reasons, a cheat that gains nothing and costs nobody, a run that is taken up."""

import json
import os

import pytest

from course import answers, grade, grading, items, ledger, sandbox, users
from course.intake import Submission
from course.judging import judge_item
from course.proof import handed_in
from course.watched import USUAL, Limits
from nnlib.check.exercises import items as items_of_check

TIERS = [tier for tier in ("bwrap", "uid") if not sandbox.trouble(tier)]
pytestmark = pytest.mark.skipif(
    not TIERS, reason=f"no sandbox holds here: {', '.join(map(sandbox.trouble, ('bwrap', 'uid')))}"
)
KEY = b"k"


@pytest.fixture(autouse=True)
def own_users(monkeypatch):
    """Spare users that no other process of the tests takes."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    monkeypatch.setattr(users, "UIDS", range(62_128 + 16 * number, 62_144 + 16 * number))


def answer(item, kind, name="", code=""):
    if kind == "code":
        return answers.Answer(item, "wrong", "mine", code)
    known = [*answers.answers(items_of_check()[item]), *answers.cells(items_of_check()[item], "hostile")]
    return next(each for each in known if each.kind == kind and name in each.name)


def judged(answer, tier, item=None, cache=None, limits=USUAL):
    submission = Submission("ann", "ann.zip", "0" * 64, handed_in(answer))
    found = judge_item(submission, item or answer.item, tier, cache or ledger.Cache(None), KEY, limits)
    return {check.name: check for check in found}


@pytest.mark.parametrize("tier", TIERS)
def test_the_repository_gets_all_points_and_a_stub_none(tier):
    assert {check.status for check in judged(answer("1.2", "reference"), tier).values()} == {"passed"}
    stub = judged(answer("1.2", "stub"), tier)
    assert stub["value"].status == "stub"
    assert sum(check.points for check in stub.values()) == 0


@pytest.mark.parametrize("tier", TIERS)
def test_a_wrong_forward_costs_its_own_item_and_nothing_else(tier):
    wrong = answer("1.1", "wrong", "without the bias")
    own = judged(wrong, tier)
    assert (own["value"].status, own["value"].points) == ("failed", 0)
    assert "vector" in own["value"].message_student
    assert own["gradient"].status == "passed"  # its own cache is right
    others = judged(wrong, tier, "2.2")
    assert {check.status for check in others.values()} == {"passed"}
    assert "the course's 1.1" in others["value"].message_student


def test_a_wrong_function_of_the_same_file_is_lent_as_well():
    wrong = answer("1.4a", "wrong", "the unbiased variance")
    found = judged(wrong, TIERS[0], "1.4d")
    assert {check.status for check in found.values()} == {"passed"}
    assert "the course's 1.4a, 1.4c" in found["value"].message_student


HOSTILE = (
    "exits in the middle",
    "equal to everything",
    "shape 2^62",
    "holds the pipes",
    "the worker's own file",
    "subclass that lies",
    "System V segments",
    "an answer of another form",
    "patches what the worker uses",
    "closes every descriptor",
)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_cheat_gets_nothing_and_leaves_nothing(tier, name):
    limits = Limits(wall=3.0) if name == "holds the pipes" else USUAL  # that one is waited for
    found = judged(answer("1.1", "hostile", name), tier, limits=limits)
    assert found["value"].points == 0
    assert found["value"].status not in ("passed", "ours")
    assert found["value"].message_student
    assert users.strays() == []


@pytest.mark.parametrize("tier", TIERS)
def test_a_hidden_row_says_no_more_than_it_may(tier):
    code = (
        "def relu_forward(x):\n    if x.size > 1000:\n        raise ValueError('secret of the input')\n"
        "    return x.clip(0), x > 0\n"
    )
    row = judged(answer("1.2", "code", code=code), tier)["economy"]
    assert row.visibility == "hidden"
    assert row.status == "failed"
    assert "secret" in row.message_grader
    assert "secret" not in row.message_student
    assert "ValueError at nnlib/layers/relu.py:" in row.message_student


def test_rows_are_taken_up_after_a_kill_and_judged_again_after_a_change(tmp_path):
    path, right = tmp_path / "ann.jsonl", answer("1.2", "reference")
    first = judged(right, TIERS[0], cache=ledger.Cache(path))
    lines = path.read_text().splitlines()
    assert len(lines) == len(first)
    path.write_text("\n".join(lines[:2]) + "\n" + lines[2][:30])  # killed while it wrote the third
    again = judged(right, TIERS[0], cache=ledger.Cache(path))
    assert [check.seconds for check in again.values()][:2] == [check.seconds for check in first.values()][:2]
    assert again["value"].status == "passed"
    changed = judged(answer("1.2", "stub"), TIERS[0], cache=ledger.Cache(path))
    assert changed["value"].status == "stub"


def test_the_command_writes_one_object_for_one_submission(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(grade, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(ledger.course_key, "__defaults__", (tmp_path / "key",))
    folder = tmp_path / "ann"
    for name, text in handed_in(answer("1.2", "reference")).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    out = tmp_path / "grades.json"
    assert (
        grade.main([str(folder), "--only", "1.2", "--jobs", "1", "--json", str(out), "--html", str(tmp_path / "html")])
        == 0
    )
    found = json.loads(out.read_text())
    assert list(found) == [
        "schema",
        "run",
        "release",
        "submission",
        "student",
        "isolation",
        "items",
        "manual",
        "late",
        "total",
    ]
    assert (found["student"], found["isolation"], found["items"][0]["id"]) == ("ann", TIERS[0], "1.2")
    assert found["total"] == items.load().items["1.2"]["points"] - items.load().items["1.2"]["derivation"]
    assert any("q1_layers.ipynb is missing" in note for note in found["submission"]["notes"])
    printed = capsys.readouterr().out
    assert "\n1.2        3 of 4  ReLU\n        1 for a human to mark\n" in printed
    assert printed.endswith("\nann  3.00\n")
    assert (tmp_path / "html" / "class.html").is_file()


def test_what_cannot_be_graded_says_so_and_ends_with_another_status(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(grade, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(ledger.course_key, "__defaults__", (tmp_path / "key",))
    (tmp_path / "bob.zip").write_bytes(b"no zip")
    out = tmp_path / "grades.json"
    assert (
        grade.main(
            [str(tmp_path / "bob.zip"), "--only", "1.2", "--json", str(out), "--deadline", "2027-02-13T23:59-05:00"]
        )
        == 1
    )
    assert "Lateness is shown, and costs nothing" in capsys.readouterr().out
    assert "the zip cannot be read" in json.loads(out.read_text())["submission"]["error"]
    assert grade.main([str(tmp_path / "nobody.zip")]) == 2
    assert grade.main([str(tmp_path / "bob.zip"), "--deadline", "2027-02-13T23:59"]) == 2


def test_the_total_is_the_sum_of_all_items():
    assert grading.total([{"points": 1.5}, {"points": 0.25}, {"points": 2}]) == 3.75
    assert grading.total([]) == 0
