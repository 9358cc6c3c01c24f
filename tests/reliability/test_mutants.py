"""Mutation testing: the mutants of a source, what a fork says of one, and the file of those that mean the same."""

import json
import os

import figures
import mutant_report
import mutants
import pytest
from mutations import mutants as mutants_of

SOURCE = '''"""A docstring, which stays: 1 + 1."""

from collections.abc import Callable

Loss = Callable[[int], int]
RATES = {"sgd": 1e-2}


@decorated(1)
def f(x: int = 3, flag: bool = False) -> int | None:
    """Another one."""
    check(x)
    if x > 1 and not flag:
        raise ValueError(f"{x + 1} is not a number")  # a comment
    x += 1
    for each in range(x):
        break
    return -x if flag else each
'''


def test_every_kind_of_change_is_made_once_and_nothing_else():
    found = {(each.line, each.before, each.after) for each in mutants_of(SOURCE)}
    expected = {
        (6, 'RATES = {"sgd": 1e-2}', "RATES = None"),
        (6, '"sgd"', "('XXsgdXX')"),
        (6, "1e-2", "(0.02)"),
        (10, "3", "(4)"),
        (10, "False", "(True)"),
        (12, "check(x)", "pass"),
        (13, "x > 1 and not flag", "(x > 1 or not flag)"),
        (13, "x > 1 and not flag", "(not (x > 1 and (not flag)))"),
        (13, "x > 1", "(x >= 1)"),
        (13, "1", "(2)"),
        (13, "not flag", "(flag)"),
        (14, 'raise ValueError(f"{x + 1} is not a number")', "pass"),
        (15, "x += 1", "x -= 1"),
        (15, "x += 1", "x = 1"),
        (15, "1", "(2)"),
        (17, "break", "continue"),
        (18, "return -x if flag else each", "return None"),
        (18, "-x if flag else each", "(each if flag else -x)"),
        (18, "-x", "(x)"),
    }
    assert found == expected
    for each in mutants_of(SOURCE):
        assert each.source == SOURCE.replace(each.before, each.after) or SOURCE.count(each.before) > 1
        assert len(each.source.splitlines()) == len(SOURCE.splitlines())


def test_positions_are_those_of_characters_not_of_bytes():
    (found,) = [each for each in mutants_of("x = 'é-é' 'ö ö' + 'a b'\ny = f('ä ä', 1 + z)\n") if each.before == "1 + z"]
    assert found.source.splitlines()[1] == "y = f('ä ä', (1 - z))"


TESTS = {
    "survived": "def test(): assert twice(0) == 0",
    "killed": "def test(): assert twice(2) == 4",
    "killed by time": "def test():\n    while twice(1) == 3: pass",
}


def test_every_module_of_a_group_and_every_test_that_judges_it_exists():
    for patterns, tests in mutants.GROUPS.values():
        assert all(list(mutants.ROOT.glob(pattern)) for pattern in patterns)
        assert all((mutants.ROOT / test.partition("::")[0]).exists() for test in tests)


@pytest.mark.parametrize("outcome", TESTS)
def test_a_fork_tells_what_became_of_a_mutant(outcome, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (tmp_path / "toy_of_mutants.py").write_text("def twice(x):\n    return x * 3\n")
    (tmp_path / "test_toy.py").write_text(f"from toy_of_mutants import twice\n\n\n{TESTS[outcome]}\n")
    found, seconds = mutants.run_tests(["test_toy.py"], 2 if "time" in outcome else 60, tree=tmp_path)
    assert found == outcome
    assert seconds > 2 or "time" not in outcome
    (tmp_path / "toy_of_mutants.py").write_text("def twice(x):\n    return 2 * x\n")
    assert mutants.run_tests(["test_toy.py"], 60, tree=tmp_path)[0] == "survived"


def test_the_sample_is_the_same_again_and_has_as_many_of_each_group(monkeypatch):
    few = {group: mutants.GROUPS[group] for group in ("losses", "optim", "callbacks")}
    monkeypatch.setattr(mutants, "GROUPS", few)
    first, again = mutants.draw(9), mutants.draw(9)
    assert first == again
    assert [case[0] for case in first] == [group for group in few for _ in range(3)]
    assert set(mutants.draw(3, "optim")) < set(mutants.draw(0, "optim")) <= set(mutants.all_mutants("optim"))


def test_every_mutant_said_to_mean_the_same_exists_and_has_a_reason():
    known = mutant_report.equivalents()
    paths = {name[0] for name in known}
    found = [("", path, each) for path in paths for each in mutants_of((mutants.ROOT / path).read_text("utf-8"))]
    assert set(known) <= {mutant_report.name(mutants.describe(case)) for case in found}
    assert all(len(reason) > 20 for reason in known.values())


def test_the_figures_take_the_latest_row_of_each_mutant_from_all_runs_and_no_other(tmp_path, monkeypatch):
    cases = mutants.draw(3, "optim")
    rows = [{**mutants.describe(case), "outcome": "killed", "seconds": 1.0} for case in cases]
    other = {**rows[0], "line": 0, "outcome": "survived"}  # of a module that was changed since
    for name, found in (("1.jsonl", [rows[0] | {"outcome": "survived"}, other]), ("2.jsonl", rows[:2])):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in found))
        os.utime(tmp_path / name, (int(name[0]), int(name[0])))
    written = []
    monkeypatch.setattr(mutants, "BUILD", tmp_path)
    monkeypatch.setattr(mutants, "draw", lambda count, only: cases)
    monkeypatch.setattr(figures, "write", lambda *texts: written.extend(texts))
    monkeypatch.setattr("sys.argv", ["mutants.py", "-n", "3", "--figures"])
    with pytest.raises(SystemExit) as ended:
        mutants.main()
    assert not ended.value.code
    assert written[:2] == ["mutants", "make mutants N=3"]
    assert written[2].startswith("2 of the 3 mutants that were drawn have been tested.")
    assert "| optim | 2 | 2 | 0 | 0 | 0 | 100.0% |" in written[2]


def test_figures_go_between_their_comments(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "a\n<!-- figures: x -->\nold\n<!-- end of figures -->\n<!-- figures: y -->\n<!-- end of figures -->\n"
    )
    figures.write("x", "make x N=3", "| 1 |", page)
    text = page.read_text()
    assert text.startswith("a\n<!-- figures: x -->\n`make x N=3`, on Python ")
    assert "\n\n| 1 |\n<!-- end of figures -->\n<!-- figures: y -->\n<!-- end" in text
    with pytest.raises(ValueError, match="expected the comments of 'z' once, got them 0 times"):
        figures.write("z", "make z", "", page)
