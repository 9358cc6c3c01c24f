"""The bank of known answers: what it holds, how an answer gets into a student's file, and a sample of it judged."""

import ast
import functools
import re
import tomllib

import pytest
from forked_workers import Forked

from course import answers, bank
from nnlib.check.engine import judge
from nnlib.storage import REPOSITORY

pytestmark = pytest.mark.xdist_group("forked")  # one process runs them all: what workers are forked from starts once

ITEMS = bank.with_code()
KNOWN = [answer for item in ITEMS for answer in answers.answers(item, answers.SETS)]
WRONG, RIGHT = ([answer for answer in KNOWN if answer.kind == kind] for kind in ("wrong", "right"))


@pytest.fixture(autouse=True)
def workers_are_forked(monkeypatch):
    """Save each worker its imports; test_engine.py and the notebooks of test_student_walk.py start real ones."""
    monkeypatch.setattr(bank, "judge", functools.partial(judge, start=Forked))


def sample(item):
    """Return the stub, the reference and the middle ones of the wrong and of the right answers."""
    by_kind = [[answer for answer in answers.answers(item) if answer.kind == kind] for kind in answers.KINDS]
    return [each[len(each) // 2] for each in by_kind]


def test_every_item_with_code_has_answers_and_no_others_have_any():
    files = {kind: {path.stem for path in (answers.COURSE / kind).glob("*.py")} for kind in ("wrong", "right")}
    assert files["wrong"] == files["right"] == {item.id for item in ITEMS}
    assert len(WRONG) >= 100
    assert len(RIGHT) >= 30


def test_answers_have_names_of_their_own_and_diagnoses_that_exist():
    assert len({(answer.item, answer.kind, answer.name) for answer in KNOWN}) == len(KNOWN)
    with open(REPOSITORY / "nnlib" / "check" / "diagnoses.toml", "rb") as file:
        ids = tomllib.load(file).keys()
    for answer in WRONG:
        assert answer.diagnoses, answer.name
        known = answer.diagnoses == ("not caught",) or set(answer.diagnoses) <= {*ids, "none", "exception"}
        assert known, answer.name
    assert not any(answer.diagnoses for answer in RIGHT)


def test_no_two_answers_to_an_item_are_the_same():
    shown = [(answer.item, ast.dump(ast.parse(answer.code))) for answer in (*WRONG, *RIGHT)]
    assert len(set(shown)) == len(shown)


def test_an_answer_takes_the_place_of_what_has_its_names():
    source = "from os import path\n\nONE = 1\n\n\n@cache\ndef f():\n    return 1\n\n\ndef g():\n    pass\n"
    code = (
        "import math\nfrom os import ONE, path, sep\n\nTWO = 2\n\n\ndef h():\n    pass\n\n\ndef f():\n    return h()\n"
    )
    expected = (
        "from os import path\nimport math\nfrom os import sep\n\nONE = 1\n\n\nTWO = 2\ndef h():\n    pass\n"
        "def f():\n    return h()\n\n\ndef g():\n    pass\n"
    )
    assert answers.replaced(source, code) == expected


def test_several_definitions_take_their_own_places_whatever_their_lengths():
    source = "import os\n\ndef f(x):\n    return 1\n\ndef g(x):\n    return 2\n\ndef h(x):\n    return 3\n"
    code = "def g(x):\n    return helper(x)\n\ndef f(x):\n    y = x\n    return y\n\ndef helper(x):\n    return x\n"
    names = [node.name for node in ast.parse(answers.replaced(source, code)).body[1:]]
    assert names == ["helper", "f", "g", "h"]
    assert answers.replaced(source, code).count("return") == 4


def test_a_later_definition_in_an_answer_counts():
    assert answers.replaced("import os\nA = 1\n", "def f():\n    return 1\ndef f():\n    return 2\n").endswith(
        "return 2\n"
    )


@pytest.mark.parametrize(
    "answer", [each for item in ITEMS for each in sample(item)], ids=lambda a: f"{a.item} {a.kind}"
)
def test_a_sample_is_judged_as_it_says(answer):
    if answer.item.startswith("6."):
        pytest.importorskip("torch")
    outcome = bank.outcome(answer)
    assert outcome.as_it_says, bank.complaints([outcome])


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("1.2", "backward makes the cached input its own mask"),  # seen only in the array that forward was given
        ("1.3", "the last mask kept in a module's variable"),  # right until another forward pass
        ("2.2", "the dtype is not handed on"),
        ("5.2a", "dropout before the pooling"),  # the same scores in test mode
        ("2.1", "unsigned labels run over"),  # right for labels of a signed type
        ("6.1a", "batch norm after the ReLU"),  # right for statistics of 0 and 1
        ("1.4a", "gamma is squared"),  # the power with which the output grows
        ("1.2", "the mask of the first example for all"),  # one example changes another's gradient
        ("2.1", "the positive class counts twice"),  # right for the examples of one class
        ("4.1", "the median over the batch in place of the mean"),  # right for each example by itself
    ],
)
def test_what_only_a_closer_look_shows_is_caught(item, name):
    if item.startswith("6."):
        pytest.importorskip("torch")
    (answer,) = (each for each in WRONG if (each.item, each.name) == (item, name))
    outcome = bank.outcome(answer)
    assert outcome.failed
    assert outcome.named, bank.complaints([outcome])


@pytest.mark.parametrize(
    ("item", "name", "text", "status"),
    [
        ("1.1", "fc_forward", "def fc_forward(x, w, b:\n    return x @ w + b\n", "syntax"),
        ("1.5b", "conv_forward", "import scipy_of_mine\n\n\ndef conv_forward(x, w):\n    pass\n", "import"),
    ],
)
def test_a_file_that_cannot_be_imported_fails_with_its_reason(item, name, text, status, monkeypatch):
    monkeypatch.setattr(answers, "replaced", lambda source, code: f"{source}\n\n{text}")
    outcome = bank.outcome(answers.Answer(item, "wrong", name, "", (status,)))
    assert outcome.as_it_says, bank.complaints([outcome])


def judged(kind, *results, diagnoses=(), of=""):
    rows = [bank.Result("1.1", f"row {i}", "value", status, "", name) for i, (status, name) in enumerate(results)]
    return bank.Outcome(answers.Answer("1.1", kind, "an answer", "", diagnoses, of), tuple(rows))


PASSED, FAILED = ("passed", ""), ("failed", "")


@pytest.mark.parametrize(
    ("outcome", "as_it_says", "named"),
    [
        (judged("right", PASSED, PASSED), True, False),
        (judged("right", PASSED, FAILED), False, False),
        (judged("right", PASSED, ("not run", "")), False, False),
        (judged("stub", ("waits", "")), True, False),
        (judged("stub", ("waits", ""), PASSED), False, False),
        (judged("reference", ("waits", "")), False, False),
        (judged("wrong", PASSED, diagnoses=("sign",)), False, False),
        (judged("wrong", ("failed", "sign"), ("not run", ""), diagnoses=("sign",)), True, True),
        (judged("wrong", PASSED, diagnoses=("not caught",)), True, False),
        (judged("wrong", FAILED, diagnoses=("not caught",)), False, False),
        (judged("wrong", FAILED, diagnoses=("sign",)), False, False),
        (judged("wrong", FAILED, diagnoses=("none",)), True, False),
        (judged("wrong", ("failed", "sign"), diagnoses=("none",)), False, False),
        (judged("wrong", ("failed", "sign"), ("failed", "zeros"), diagnoses=("sign",)), False, False),
        (judged("wrong", ("exception", ""), diagnoses=("exception",)), True, True),
        (judged("wrong", ("failed", "zeros"), diagnoses=("sign",), of="5"), True, False),
        (judged("wrong", PASSED, diagnoses=("sign",), of="5"), False, False),
    ],
)
def test_what_counts_as_judged_as_it_says(outcome, as_it_says, named):
    assert outcome.as_it_says == as_it_says
    assert outcome.named == named
    assert bool(bank.complaints([outcome])) != as_it_says


def test_the_columns_count_what_their_heads_say():
    found = [
        judged("stub", ("waits", "")),
        judged("reference", PASSED),
        judged("right", PASSED),
        judged("right", FAILED),
    ]
    found += [judged("wrong", ("failed", name), diagnoses=("sign",)) for name in ("sign", "", "zeros")]
    found += [judged("wrong", PASSED, diagnoses=("not caught",)), judged("right", ("failed", "sign"))]
    assert bank._row("all", found) == ("all", "waits", "passes", *"4311311")
    assert bank._row("all", [*found[2:3], judged("stub", PASSED), judged("reference", FAILED)])[1:3] == ("NO", "NO")
    passed, unnamed = bank.page(found).partition(bank.PASSED)[2].split(bank.UNNAMED)
    assert (passed.count("- 1.1: an answer"), unnamed.count("- 1.1: an answer")) == (1, 2)


def test_the_page_is_written_of_all_items_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bank, "answers", lambda item, sets: iter(()))
    monkeypatch.setattr(bank, "PAGE", tmp_path / "checks.md")
    for items, written in ((["1.1"], False), ([], True)):
        monkeypatch.setattr("sys.argv", ["bank", *items])
        assert bank.main() == 0
        assert bank.PAGE.exists() == written


def test_an_answer_is_judged_without_our_fast_layers(tmp_path):
    answers.put(next(answer for answer in RIGHT if answer.item == "1.1"), tmp_path)
    assert (tmp_path / "nnlib" / "layers" / "fully_connected.py").is_file()
    assert not (tmp_path / "nnlib" / "fast").exists()


def test_a_failure_of_the_check_itself_is_never_a_failed_answer(monkeypatch):
    ours = bank.Result("1.1", "value", "value", "ours", "IndexError: ...")
    monkeypatch.setattr(bank, "judge", lambda *arguments: [ours])
    with pytest.raises(RuntimeError, match="the check itself failed"):
        bank.outcome(KNOWN[0])


def test_the_page_is_of_this_bank_and_its_verdicts_are_right():
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (\S+) \|(.*)\|$", bank.PAGE.read_text(encoding="utf-8"), re.M)[2:]
    assert [row[0] for row in rows] == [*(item.id for item in ITEMS), "all"]
    for item, stub, reference, numbers in rows:
        wrong, caught, named, misnamed, right, passed, given = map(int, numbers.split("|"))
        chosen = [answer for answer in KNOWN if item in (answer.item, "all")]
        assert (stub, reference) == ("waits", "passes")
        assert wrong == sum(answer.kind == "wrong" for answer in chosen)
        assert caught == wrong - sum(answer.diagnoses == ("not caught",) for answer in chosen)
        assert right == passed == sum(answer.kind == "right" for answer in chosen)
        assert named + misnamed <= wrong
        assert given == 0
    assert named >= 0.9 * wrong  # of all items: the last row
    assert misnamed <= 0.01 * wrong


@pytest.mark.parametrize("name", answers.MEASURED)
def test_the_page_says_how_the_checks_did_with_a_set_when_it_was_new_and_how_they_do_now(name):
    kinds = [answer.kind for answer in KNOWN if answer.of == name]
    rows = re.findall(rf"^\| set {name}( when new)? \| waits \| passes \|(.*)\|$", bank.PAGE.read_text("utf-8"), re.M)
    assert [new for new, _ in rows] == [" when new", ""]
    before, now = ([int(number) for number in numbers.split("|")] for _, numbers in rows)
    assert tuple(before) == bank.WHEN_NEW[name]
    assert [before[column] for column in (0, 4)] == [kinds.count("wrong"), kinds.count("right")]
    wrong, caught, _, _, right, passed, named = now
    assert (wrong, caught) == (kinds.count("wrong"),) * 2
    assert wrong >= 30
    assert (right, passed, named) == (kinds.count("right"), right, 0)
    assert right >= (10 if name == "7" else 20)
    assert now[2] >= max(before[2], 0.9 * now[0])
