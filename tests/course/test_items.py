"""exercises.toml: every row that does not fit the others is named."""

import ast
import copy as copying

import pytest

from course import items, traceability
from course.items import ReleaseError, faults, load

ITEMS = list(load().items.values())


def changed(change):
    items = copying.deepcopy(ITEMS)
    change({item["id"]: item for item in items})
    return list(faults(items))


def test_the_homework_has_no_fault():
    assert changed(lambda items: None) == []


FAULTS = {
    "the points of all": (lambda items: items["2.3"].update(points=3), "the items have 101 points in all"),
    "the points of all, too few": (lambda items: items["5.1a"].update(points=0), "the items have 99"),
    "the points of an item, too many": (lambda items: items["1.1"].update(derivation=0), "1.1: checks and derivation"),
    "the points of an item": (lambda items: items["1.1"].update(derivation=1), "1.1: checks and derivation have 7"),
    "a check's points": (lambda items: items["1.2"]["check"][0].update(points=0), "1.2: value: expected a property"),
    "the kind": (lambda items: items["5.1a"].update(kind="words"), "5.1a: kind: expected one of"),
    "targets of a text": (lambda items: items["5.1a"].update(targets=["m:f"]), "5.1a: items of the kind code"),
    "a property": (lambda items: items["1.1"]["check"][0].update(property="colour"), "1.1: value: expected a property"),
    "of": (lambda items: items["1.5a"]["check"][0].update(of=["conv"]), "1.5a: filt: `of` names ['conv']"),
    "after": (lambda items: items["1.1"]["check"][1].update(after=["1.9:value"]), "1.1: gradient: `after` names"),
    "after a hidden one": (lambda items: items["1.1"]["check"][1].update(after=["economy"]), "a public check comes"),
    "after a hidden one in the file": (lambda items: items["1.1"]["check"].reverse(), "whose inputs it could print"),
    "two of one name": (lambda items: items["1.1"]["check"][1].update(name="value"), "1.1: two checks have one name"),
    "two of one id": (lambda items: items["1.1"].update(id="1.2"), "an id is given twice"),
}


@pytest.mark.parametrize(("change", "says"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_named(change, says):
    found = changed(change)
    assert any(says in fault for fault in found), found


# What the copy's docstrings say in other words than ours, which say the answer as well.
IN_OTHER_WORDS = {
    "The rectified linear unit, element by element (Q1, item 1.2): Y = max(X, 0).",
    "In test mode mu and var are the running averages. gamma and beta are learned; the running averages are not.",
    "logistic: the mean negative log-likelihood, if P(y[n] = 1) is the sigmoid of x[n]",
    "In a tie the maximum is the first in row-major order.",
}


def test_a_docstring_of_the_copy_says_what_the_modules_own_says():
    others = set()
    for item in (item for item in ITEMS if "docstring" in item):
        tree = ast.parse((items.ROOT / items.file_of(item["targets"][0])).read_text(encoding="utf-8"))
        own = " ".join(ast.get_docstring(tree).split())
        lines = [" ".join(line.split()) for line in item["docstring"].splitlines()]
        others |= {line for line in lines if line not in own}
    assert others == IN_OTHER_WORDS


def test_rows_of_a_property_are_alike_in_every_item():
    rows = [row for item in ITEMS for row in item.get("check", ())]
    economy = [row for row in rows if row["property"] == "economy"]
    same = {"visibility": "hidden", "after": ["gradient"], "limits": {"ratio": 20}}
    assert [row for row in economy if {**row, **same} != row] == []
    assert [row for row in rows if row["property"] == "gradient" and not row.get("after")] == []
    with_torch = [item["id"] for item in ITEMS if "torch" in item.get("given", ())]
    assert with_torch == [item["id"] for item in ITEMS if item["kind"] == "code" and item["id"].startswith("6.")]


def test_a_file_with_faults_is_refused(tmp_path):
    (tmp_path / "course").mkdir()
    text = (traceability.ROOT / "course" / "exercises.toml").read_text(encoding="utf-8")
    (tmp_path / "course" / "exercises.toml").write_text(text.replace("points = 8\n", "points = 9\n"), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"1\.1: checks and derivation have 8"):
        load(tmp_path)


def test_the_page_of_items_is_up_to_date():
    assert traceability.PAGE.read_text(encoding="utf-8") == traceability.page(load())


def test_every_item_that_a_human_marks_has_a_rubric_that_sums_to_its_points():
    assert items.rubrics().keys() == {item["id"] for item in ITEMS if items.by_hand(item)}


@pytest.mark.parametrize("points", [0.5, 0.125])
def test_a_rubric_that_does_not_sum_is_refused(tmp_path, points):
    (tmp_path / "course").mkdir()
    for name in ("exercises.toml", "rubrics.toml"):
        text = (traceability.ROOT / "course" / name).read_text(encoding="utf-8")
        text = text.replace('[0.25, "gradients add up', f'[{points}, "gradients add up')
        (tmp_path / "course" / name).write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=rf"6\.2a has {points:g} points, expected 0\.25"):
        items.rubrics(tmp_path)


def test_a_rubric_of_an_item_that_no_human_marks_is_refused(tmp_path):
    (tmp_path / "course").mkdir()
    for name in ("exercises.toml", "rubrics.toml"):
        text = (traceability.ROOT / "course" / name).read_text(encoding="utf-8")
        text += '"9.9" = [[1, "a reason"]]\n' if name == "rubrics.toml" else ""
        (tmp_path / "course" / name).write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"\['9\.9'\] differ"):
        items.rubrics(tmp_path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"machine": [{"name": "trains", "points": 2}]}, "leave a human some"),
        ({"machine": [{"name": "loss", "points": 1}]}, "expected trains or figure"),
        ({"kind": "text"}, "a machine judges experiments"),
    ],
)
def test_what_a_machine_judges_of_an_experiment_is_validated(changes, words):
    changed = [{**item, **changes} if item["id"] == "2.3" else item for item in ITEMS]
    assert any(words in fault for fault in faults(changed))
