"""`make app`: its pages, and the command that serves them."""

import sys

import nbformat
import pytest

from nnlib.widgets.panel import Panel
from tools import app, kernels
from tools.notebook_files import WIDGET_VIEW, code_cells, read


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("app")
    app.write_pages(made)
    return made


def test_there_is_a_page_for_each_notebook_with_an_explorer(folder):
    assert sorted(path.stem for path in folder.iterdir()) == sorted(app.PAGES)
    assert sorted(title.split()[0] for title in app.PAGES) == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q7"]
    for path in folder.iterdir():
        nbformat.validate(read(path))


def test_every_explorer_of_a_page_exists():
    for explorers in app.PAGES.values():
        for name in explorers.values():
            module, _, function = name.partition(":")
            made = vars(__import__(f"nnlib.homework.{module}", fromlist=[function]))[function]
            assert callable(made)
            if isinstance(made, type):
                assert issubclass(made, Panel)


def test_a_page_shows_its_explorers(folder, tmp_path):
    notebook = read(folder / "Q1 Layers.ipynb")
    kernels.execute(notebook, folder, lambda *_: None, variables={"NNLIB_TRIAL_LOGS": str(tmp_path)})
    for cell in code_cells(notebook):
        assert [WIDGET_VIEW in output.get("data", {}) for output in cell.outputs] == [True, False, False]


def test_pages_are_the_same_every_time(folder, tmp_path):
    for path in app.write_pages(tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_the_server_runs_on_this_python_and_takes_more_options(tmp_path, monkeypatch):
    command = app.command(tmp_path, ["--port=9999"])
    assert command[:4] == [sys.executable, "-m", "tools.app_server", str(tmp_path)]
    assert command[-1] == "--port=9999"
    assert not any("strip_sources=False" in word for word in command)
    monkeypatch.setenv("JUPYTER_PATH", "mine")
    assert app.environment()["JUPYTER_PATH"].split(":") == [str(app.TEMPLATES), "mine"]
    assert (app.TEMPLATES / "voila" / "templates" / "homework" / "index.html.j2").exists()
