"""The book, through the runner: of two tiny notebooks, one of them executed, and the committed ones as stored."""

import hashlib
import os
import re
import shutil
from types import SimpleNamespace

import pytest
from book_pages import dead_links, elsewhere, page
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from runner_workplace import Workplace, execute_here

from nnlib.storage import REPOSITORY
from tools import book, notebook_files, run_notebooks

pytestmark = pytest.mark.xdist_group("book")  # one process runs them all: what they share is slow to make

NOTEBOOKS = REPOSITORY / "notebooks"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
FIGURE = f"""\
from nbformat.v4 import new_output
alt = {{"image/png": {{"alt": "A loss that falls"}}}}
outputs = [new_output("display_data", data={{"image/png": "{PIXEL}", "text/plain": "a figure"}}, metadata=alt)]"""
VIEW = {"application/vnd.jupyter.widget-view+json": {"model_id": "12ab", "version_major": 2, "version_minor": 0}}
STATE = {"application/vnd.jupyter.widget-state+json": {"state": {"12ab": {}}, "version_major": 2, "version_minor": 0}}
ROW = """\
from nbformat.v4 import new_output
from nnlib.homework.results import ResultRow, Results
row = ResultRow(item="2.3", model="linear", chosen=dict(reg=0.1), val_acc=0.9, test_acc=0.936, reference=0.94,
                data=dict(name="tiny", train=500, val=250, test=250), seed=0, seconds=0.5)
outputs = [new_output("display_data", data=Results([row])._repr_mimebundle_())]"""
FIRST = r"""# First
`nnlib/layers/conv.py`, `nnlib/layers/`, `nnlib.gradcheck`, `nnlib.layers.conv:conv_forward`, `nnlib.search.replay`,
`fc_backward()` and `select` lead to the code, `import nnlib` and `x` do not. $\mathbb{R}$

[here](#1.4b-·-Batch-norm,-backward-(6-points)), [there](q2_second.ipynb#the-end)

## 1.4b · Batch norm, backward (6 points)"""


def built(place, *arguments):
    """Run the notebooks of `place` in this process and return the status and the book's folder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run_notebooks.kernels, "execute", execute_here)
        return place.run(*arguments), place.build / "html"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The book of the committed notebooks and two tiny ones, of which the run executed one; and Sphinx's warnings."""
    place = Workplace(tmp_path_factory.mktemp("book"))
    shutil.copytree(NOTEBOOKS, place.notebooks, dirs_exist_ok=True)
    place.add("q1_first", new_markdown_cell(FIRST), FIGURE, ROW)
    explorer = new_output("display_data", data={**VIEW, "text/plain": "an explorer"})
    cells = [new_markdown_cell("# Second\n\n## The end"), new_code_cell("1", outputs=[explorer])]
    stored = new_notebook(cells=cells, metadata={"widgets": STATE})
    notebook_files.write(stored, place.notebooks / "q2_second.ipynb")
    build, warnings = book.build, []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(book, "build", lambda *folders: warnings.append(build(*folders)) or warnings[-1])
        status, html = built(place, "q1_first")
    assert status == 0
    return SimpleNamespace(html=html, warnings=warnings)


def test_a_picture_keeps_its_alt_text(made):
    (image,) = page(made.html / "notebooks" / "q1_first.html").images
    assert image["alt"] == "A loss that falls"
    assert (made.html / "notebooks" / image["src"]).resolve().is_file()


def test_saved_widgets_are_dropped(made):
    """With them, MyST-NB adds scripts from other hosts."""
    second = page(made.html / "notebooks" / "q2_second.html")
    assert "an explorer" in second.text
    assert "12ab" not in second.source
    assert "require" not in second.source


def test_names_lead_to_the_code(made):
    links = page(made.html / "notebooks" / "q1_first.html").links
    assert [link for link in links if link.startswith("../nnlib")][-7:] == [
        "../nnlib/layers/conv.html",
        "../nnlib.html#nnlib-layers",
        "../nnlib/gradcheck.html",
        "../nnlib/layers/conv.html#conv-forward",
        "../nnlib/search/trial.html#replay",
        "../nnlib/layers/fully_connected.html#fc-backward",
        "../nnlib/search/selection.html#select",
    ]


def test_links_to_headings_may_be_jupyterlabs_or_githubs(made):
    links = page(made.html / "notebooks" / "q1_first.html").links
    assert "q2_second.html#the-end" in links
    assert links.count("#b-batch-norm-backward-6-points") == 3  # in the text, in the contents, at the heading


def test_only_what_was_not_executed_says_so(made):
    assert "The last run did not execute this notebook" in page(made.html / "notebooks" / "q2_second.html").text
    assert "The last run did not execute this notebook" not in page(made.html / "notebooks" / "q1_first.html").text


def test_the_results_are_on_the_first_page(made):
    text = page(made.html / "index.html").text
    assert "Results of the last run" in text
    assert "93.60% ± 1.55" in text


def test_without_a_run_there_are_no_results_to_show(tmp_path):
    book._write_source(NOTEBOOKS, tmp_path, tmp_path / "source")
    assert (tmp_path / "source" / "results.txt").read_text(encoding="utf-8") == ""


def test_a_book_of_the_committed_notebooks_has_no_warning(made):
    assert made.warnings == [""]
    stems = {path.stem for pattern in ("q*.ipynb", "extra/q*.ipynb") for path in NOTEBOOKS.glob(pattern)}
    assert len(stems) == 8
    assert {path.stem for path in made.html.glob("notebooks/**/*.html")} == stems | {"q1_first", "q2_second"}


def test_no_page_loads_anything_from_elsewhere(made):
    pages = [page(path) for path in made.html.rglob("*.html")]
    assert len(pages) > 100
    assert [(one.path, load) for one in pages for load in one.loads if elsewhere(load)] == []
    styles = [style.read_text(encoding="utf-8") for style in made.html.rglob("*.css")]
    assert not any(re.search(r"(@import|url\()\s*[\"']?(https?:)?//", style) for style in styles)


def test_every_link_leads_to_a_page_and_a_heading(made):
    assert dead_links(made.html) == []


def test_every_module_has_its_numbered_source(made):
    """Its lines in order and unchanged; line numbers are part of a page's text."""
    for path in sorted(REPOSITORY.glob("nnlib/**/*.py")):
        shown = page((made.html / path.relative_to(REPOSITORY)).with_suffix(".html")).text
        position = 0
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                found = re.compile(rf"^ *{number}{re.escape(line)}$", re.MULTILINE).search(shown, position)
                assert found, f"{path.name}, line {number}"
                position = found.end()


def test_an_explorer_is_shown_as_its_picture_and_description(made):
    notebook = notebook_files.read(NOTEBOOKS / "q2_logistic.ipynb")
    outputs = [output for cell in notebook_files.code_cells(notebook) for output in cell.outputs]
    texts = [output.get("data", {}).get("text/plain", "") for output in outputs]
    (widgets,) = (index for index, text in enumerate(texts) if "live controls" in text)
    shown = page(made.html / "notebooks" / "q2_logistic.html")
    assert texts[widgets + 2].strip() in shown.text
    assert len(shown.images) == sum("image/png" in output.get("data", {}) for output in outputs)


def test_the_search_index_knows_words_of_notebooks_and_code(made):
    index = (made.html / "searchindex.js").read_text(encoding="utf-8")
    assert "notebooks/q7_short_answers" in index
    assert "nnlib/layers/max_pool" in index
    assert "im2col" in index


def test_a_failure_of_sphinx_loses_no_result_and_says_what_to_do(tmp_path, monkeypatch, capsys):
    place = Workplace(tmp_path)
    place.add("q1_first", ROW)
    (tmp_path / "furo.py").write_text("raise ImportError('a broken theme')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    status, html = built(place)
    printed = capsys.readouterr()
    assert status == 1
    assert "93.60% ± 1.55" in printed.out
    assert "The pages were not built: " in printed.err
    assert "a broken theme" in printed.err
    assert "--pages" in printed.err
    assert list(html.iterdir()) == []
    assert (place.build / "results.json").exists()
    assert sorted(path.name for path in place.build.iterdir()) == ["html", "notebooks", "results.json", "run.lock"]


def test_pages_alone_executes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(book, "build", lambda notebooks, folder: f"of {notebooks.name}: a warning\n")
    place = Workplace(tmp_path)
    place.add("q1_first", "1 / 0")
    assert built(place, "--pages")[0] == 0
    printed = capsys.readouterr()
    assert printed.err == "of notebooks: a warning\n"
    assert printed.out == f"Pages: {place.build / 'html' / 'index.html'}\n"


def test_mathjax_is_the_file_that_its_readme_describes():
    folder = REPOSITORY / "docs" / "static" / "mathjax"
    checksum = hashlib.sha256((folder / "tex-svg-full.js").read_bytes()).hexdigest()
    assert checksum in (folder / "README.md").read_text(encoding="utf-8")
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
