"""Notebooks: solutions become stubs, answers go, and every name that is left has a cell that assigns it."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.items import Course, ReleaseError
from course.release.notebooks import cut_notebook, needed

ITEM = {"id": "1.1", "title": "a layer", "points": 2, "derivation": 1, "notebook": "q1", "cells": ["words", "code"]}
COURSE = Course({"1.1": ITEM}, {"q1": {"look"}}, {}, [], [], [])
RAISES = 'raise NotImplementedError("1.1 a layer. Its task: above")'


def code(cell_id, role, source):
    outputs = [new_output("stream", text="an answer")]
    return new_code_cell(source, id=cell_id, metadata={"tags": [role]}, outputs=outputs, execution_count=3)


def words(cell_id, role, source):
    return new_markdown_cell(source, id=cell_id, metadata={"tags": [role]})


def notebook(*cells):
    given = code(
        "first", "given", "%load_ext autoreload\nimport numpy as np\nfrom nnlib.homework.listing import show_source"
    )
    return new_notebook(cells=[given, *cells])


SOLUTION = '''\
from functools import partial


def layer(x):
    """Compute it."""
    return helper(x)


def helper(x):
    return x @ x


rate = 0.1
for step in range(3):
    rate /= 2
unused = rate
show_source(layer)'''


def test_a_solution_becomes_a_stub_with_what_later_cells_need():
    cells = [
        words("words", "solution", "<!-- answer 1.1 -->\nBecause $\\boxed{a = b}$."),
        code("code", "solution", SOLUTION),
        code("check", "check", "for step in (1, 2):\n    print(layer(np.ones(3)), rate, partial, step)"),
        code("look", "after", "print(rate)"),
        words("gone", "after", "**Answer.** $\\boxed{c = d}$"),
        code("drawn", "after", "figure(unused, helper)"),
    ]
    cut = notebook(*cells)
    gone = cut_notebook(cut, "q1", COURSE)
    assert [cell.id for cell in cut.cells] == ["first", "words", "code", "check", "look"]
    assert cut.cells[1].source == "<!-- answer 1.1 -->\n**Your derivation:**"
    assert (
        cut.cells[2].source
        == f'''\
from functools import partial


def layer(x):
    """Compute it."""
    {RAISES}


show_source(layer)

# 1.1: write your code in place of the dots, and delete the last line.
rate = ...
{RAISES}'''
    )
    assert cut.cells[3].source == cells[2].source
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cut.cells if cell.cell_type == "code")
    assert [text for text in gone if isinstance(text, str)] == [
        "**Answer.** $\\boxed{c = d}$",
        "<!-- answer 1.1 -->\nBecause $\\boxed{a = b}$.",
    ]


def test_what_another_solution_or_a_text_needs_is_not_given():
    later = [
        code("more", "solution", "print(a)"),
        words("words", "solution", "a"),
        code("check", "check", "c = b = 1\nprint(b, c, d)"),
        code("last", "check", "print(c, e)"),
    ]
    assert needed("a, b, c, d = 1, 2, 3, 4\nimport e", later) == ["d"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([code("code", "solution", "a = 1")], r"no cells \['look', 'words'\]"),
        ([words("words", "solution", "Because.")], "expected a first line such as <!-- answer 1.1 -->"),
        ([code("other", "solution", "a = 1")], "the solution cell other is of no item"),
        ([code("drawn", "after", "a = 1"), code("check", "check", "print(a)")], "no kept cell assigns .*: check: a"),
    ],
)
def test_what_cannot_be_cut_is_named(cells, says):
    here = {cell.id for cell in cells}
    others = [
        code("look", "after", ""),
        code("code", "solution", ""),
        words("words", "solution", "<!-- answer 1.1 -->"),
    ]
    rest = [] if "no cells" in says else [cell for cell in others if cell.id not in here]
    with pytest.raises(ReleaseError, match=says):
        cut_notebook(notebook(*cells, *rest), "q1", COURSE)
