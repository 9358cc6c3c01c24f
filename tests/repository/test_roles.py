"""Every cell has one role, every item its prompt, answer, check and points; the last cell counts the checks."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from notebook_rules import ROLES

ROOT = Path(__file__).resolve().parents[2]

ITEMS = tomllib.loads((ROOT / "course" / "exercises.toml").read_text(encoding="utf-8"))["item"]
NOTEBOOKS = {path.stem: nbformat.read(path, 4) for path in sorted((ROOT / "notebooks").rglob("q*.ipynb"))}
WITH_ITEMS = [path.stem for path in sorted((ROOT / "notebooks").glob("q*.ipynb"))]  # notebooks/extra/ asks for nothing
# 4.3 compares the split with three others of the training file.
TRAINS_ON_OTHER_SPLITS = {"q4_softmax": "; training sets that hold validation examples: 3"}
of_each = pytest.mark.parametrize("name", NOTEBOOKS)
of_each_with_items = pytest.mark.parametrize("name", WITH_ITEMS)


def cells_of(name, role=None, kind=None):
    return [
        cell
        for cell in NOTEBOOKS[name].cells
        if (role is None or role in cell.metadata.get("tags", ())) and (kind is None or cell.cell_type == kind)
    ]


def checks_of(item):
    """The checks of an item's cell: those that stand in it, and the engine's public rows."""
    return item["checks"] + sum(row["visibility"] == "public" for row in item.get("check", ()))


def printed(cell):
    return "".join(output.get("text", "") for output in cell.get("outputs", ()))


def test_points_sum_to_100_and_ids_are_given_once():
    assert sum(item["points"] for item in ITEMS) == 100
    assert len({item["id"] for item in ITEMS}) == len(ITEMS)
    assert {item["notebook"] for item in ITEMS} == set(WITH_ITEMS)


def test_targets_are_there():
    for item in ITEMS:
        for target in item["targets"]:
            module, _, name = target.partition(":")
            path = ROOT / (module.replace(".", "/") + ".py")
            assert re.search(rf"^(def|class) {name}\b", path.read_text(encoding="utf-8"), re.M), target


@of_each
def test_every_cell_has_one_role(name):
    wrong = [
        (index, cell.metadata.get("tags"))
        for index, cell in enumerate(NOTEBOOKS[name].cells)
        if len(ROLES.intersection(cell.metadata.get("tags", ()))) != 1
    ]
    assert not wrong


def not_asked(notebook):
    """Yield what a student never sees although it belongs to a task: the student copy has no cell tagged after."""
    heading = None
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        role = next(iter(ROLES.intersection(cell.metadata.get("tags", ()))), None)
        if re.search(r"^#+ ", cell.source, re.M):
            heading = index, role
        if role != "prompt" and re.search(r"^\*\*(?:Questions?|Goal)\b", cell.source, re.M):
            yield index, f"asks, and is tagged {role}"
        if role == "prompt" and heading[1] == "after":
            yield index, f"asks under a heading that is in cell {heading[0]}, tagged after"


@of_each
def test_what_is_asked_stands_in_prompts_under_a_heading_that_students_see(name):
    assert list(not_asked(NOTEBOOKS[name])) == []


@pytest.mark.parametrize(
    ("heading_role", "question_role"), [("after", "prompt"), ("given", "after"), ("after", "after")]
)
def test_a_task_in_an_answer_cell_is_found(heading_role, question_role):
    cells = [(heading_role, "**Answer.** Two.\n\n## Three losses\n\nBelow are three.")]
    cells.append((question_role, "**Question.** Which mistakes are there?"))
    made = [new_markdown_cell(source, metadata={"tags": [role]}) for role, source in cells]
    assert len(list(not_asked(new_notebook(cells=made)))) == 1


@of_each
def test_the_first_cell_is_short(name):
    assert len(cells_of(name, kind="code")[0].source.splitlines()) <= 12


@of_each_with_items
def test_first_and_last_cells(name):
    code = cells_of(name, kind="code")
    assert f'start("{name[:2]}")' in code[0].source
    assert code[-1].source == "checks.tally()"


@of_each_with_items
def test_every_item_has_prompt_answer_check_and_an_after(name):
    prompts = "\n".join(cell.source for cell in cells_of(name, "prompt"))
    answers = [cell.source for cell in cells_of(name, "solution", "markdown")]
    checked = [re.findall(r'checks\("(.*?)"\)', cell.source) for cell in cells_of(name, "check", "code")]
    assert all(len(found) == 1 for found in checked)
    ids = {cell.id for cell in cells_of(name, "solution")}
    for item in (item for item in ITEMS if item["notebook"] == name):
        points = f"{item['points']:g} point{'s' * (item['points'] != 1)}"
        assert f"### {item['id']} · {item['title']} ({points})" in prompts
        assert sum(answer.startswith(f"<!-- answer {item['id']} -->") for answer in answers) == 1
        assert checked.count([item["id"]]) == (item["checks"] > 0)
        assert item["cells"]
        assert ids.issuperset(item["cells"])


@of_each_with_items
def test_the_table_of_tasks_has_the_points_of_the_items(name):
    source = next(cell.source for cell in NOTEBOOKS[name].cells if "**Tasks**" in cell.source)
    rows = re.findall(r"^\| \[(\d\.\d\w?)\]\(\S+\) \| ([^|]*) \|(?:.*\|)? *([\d.]+) *\|$", source, re.M)
    own = [item for item in ITEMS if item["notebook"] == name]
    assert [(number, title.strip(), float(points)) for number, title, points in rows] == [
        (item["id"], item["title"], item["points"]) for item in own
    ]
    total = sum(item["points"] for item in own)
    assert float(re.search(r"\*\*total\*\*.*\*\*([\d.]+)\*\*", source)[1]) == total
    assert re.match(rf"# .* \({total:g} points\)", NOTEBOOKS[name].cells[0].source)


@of_each_with_items
def test_every_check_of_the_committed_notebook_passes_and_is_counted(name):
    lines = [line for cell in cells_of(name, "check", "code") for line in printed(cell).splitlines()]
    for item in (item for item in ITEMS if item["notebook"] == name):
        own = [line for line in lines if line.split()[0] == item["id"]]
        assert [line for line in own if line.split()[1] != "passed"] == []
        assert len(own) == checks_of(item), item["id"]
    total = sum(checks_of(item) for item in ITEMS if item["notebook"] == name)
    assert printed(cells_of(name, kind="code")[-1]).splitlines()[-2] == f"all   {total} of {total}"


@of_each_with_items
def test_the_committed_notebook_opened_its_test_set_once_and_trained_nothing_after_it(name):
    once = "test set opened once, nothing trained after it" + TRAINS_ON_OTHER_SPLITS.get(name, "")
    last = printed(cells_of(name, kind="code")[-1]).splitlines()[-1]
    assert last == ("no test set opened" if name == "q1_layers" else once)


@of_each
def test_no_output_is_a_judgement_in_place_of_a_check(name):
    lines = [line for cell in cells_of(name, kind="code") for line in printed(cell).splitlines()]
    assert [line for line in lines if re.search(r": (True|False)\b", line)] == []


@of_each
def test_every_picture_has_an_alt_text_of_a_sentence(name):
    outputs = [output for cell in cells_of(name, kind="code") for output in cell.outputs]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert pictures
    for picture in pictures:
        assert len(picture.metadata["image/png"]["alt"].split()) >= 5


@of_each
def test_little_code_only_draws(name):
    code = [cell.source for cell in cells_of(name, kind="code")]
    lines = sum(len(source.splitlines()) for source in code)
    drawing = [
        line for source in code for line in source.splitlines() if re.search(r"\bax(es)?\b|\bplt\.|\bshow\(", line)
    ]
    assert len(drawing) <= 0.15 * lines
