"""Markdown cells: links lead to headings, and formulas keep to what GitHub's renderer takes besides JupyterLab's."""

import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
PATHS = sorted(FOLDER.rglob("*.ipynb"))
CELLS = {path: [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"] for path in PATHS}
of_each = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)
_DISPLAY = re.compile(r"\$\$.*?\$\$", re.S)
_INLINE = re.compile(r"\$[^$\n]+?\$", re.S)

# GitHub parses Markdown first, and then hands formulas to MathJax without macros. What breaks, and why.
EVERYWHERE = {
    r"\\(operatorname|newcommand|def|DeclareMathOperator|require)\b": "macros are not allowed: write \\mathrm{...}\\,",
    r"\\[{}]": "Markdown removes the backslash: write \\lbrace, \\rbrace",
    r"[})|\]]_": "Markdown may begin emphasis: put a space before _",
    r"\*": "Markdown may begin emphasis: write \\ast or \\cdot",
}
INLINE = {r"\\\\": "Markdown removes a backslash: use a display formula"}
AROUND = re.compile(r"[\w*'-]⟦|⟧[\w*'-]")  # a dollar is taken for a sign of its own next to these


def broken_formulas(source):
    """Yield (formula, why) for what GitHub's renderer would refuse or cut in a Markdown cell."""
    text = _CODE.sub("code", source)
    display = _DISPLAY.findall(text)
    text = _DISPLAY.sub("\n", text)
    inline = _INLINE.findall(text)
    for formulas, rules in ((display, EVERYWHERE), (inline, EVERYWHERE | INLINE)):
        for formula in formulas:
            yield from ((formula, why) for pattern, why in rules.items() if re.search(pattern, formula))
    words = _INLINE.sub("⟦⟧", text)
    for found in AROUND.finditer(words):
        yield words[max(0, found.start() - 30) : found.end() + 10], "a dollar next to a letter, *, ' or -"


def anchors(path):
    """Return the anchors of a notebook's headings as JupyterLab makes them."""
    headings = [line for source in CELLS[path] for line in source.splitlines() if re.match(r"#+ ", line)]
    return [heading.lstrip("#").strip().replace(" ", "-") for heading in headings]


@of_each
def test_formulas_are_what_github_takes(path):
    assert [found for source in CELLS[path] for found in broken_formulas(source)] == []


@of_each
def test_links_to_headings_and_notebooks_lead_somewhere(path):
    for source in CELLS[path]:
        for file, anchor in re.findall(r"\]\(([\w./]*)(?:#((?:[^()\s]|\([^()]*\))+))?\)", source):
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), file
            assert not anchor or anchors(target).count(anchor) == 1, anchor


@of_each
def test_a_link_that_names_an_item_leads_to_its_heading(path):
    for source in CELLS[path]:
        for item, anchor in re.findall(r"\[(\d\.\d[a-z]?)\]\([\w./]*#(\S+?)\)", source):
            assert anchor.startswith(f"{item}-·"), item


@of_each
def test_every_item_of_the_table_of_tasks_is_a_link(path):
    rows = re.findall(r"^\| *(.*?) *\|", CELLS[path][0], re.M)
    items = [row for row in rows if re.search(r"\d\.\d", row)]
    assert all(re.match(r"\[\d\.\d[a-z]?\]\(#", item) for item in items)
    headings = [heading for heading in anchors(path) if re.match(r"\d\.\d[a-z]?-·", heading)]
    assert len(items) == len([heading for heading in headings if "point" in heading])


@pytest.mark.parametrize(
    "source",
    [
        r"The variance $\operatorname{Var} x$",
        r"labels in $\{0, 1\}$",
        r"$$\hat{x}_i$$",
        r"norm $|x|_2$",
        r"the minimum $\theta^*$",
        r"rows $a \\ b$",
        "**bold**$x$",
        "$x$'s sign",
        "a -$x$ b",
    ],
)
def test_each_construct_is_found(source):
    assert list(broken_formulas(source))


def test_what_is_allowed():
    source = (
        "$x_i$, ($a ^\\ast$), `$\\{$`\n\n$$\\begin{matrix}1 \\\\ 2\\end{matrix}$$\n\n**so** $\\hat x _i$, not `x$_`."
    )
    assert list(broken_formulas(source)) == []
