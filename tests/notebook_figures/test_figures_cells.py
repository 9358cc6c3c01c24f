"""Figure cells draw what is listed for them, and planted faults are found: in seconds, where nbval needs minutes."""

import importlib
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from notebook_figures.cells import STAGES, execute
from notebook_figures.listing import faults

from nnlib import plots

ROOT = Path(__file__).parents[2]
CELLS = {f"{notebook}-{cell}": (notebook, cell) for notebook, (_, cells) in STAGES.items() for cell in cells}

FAULTS = tomllib.loads((ROOT / "tests/reliability/faults/figures.toml").read_text(encoding="utf-8"))["fault"]


def cell_of(fault):
    return re.search(r"\[(.*)\]", fault["test"])[1]


def grouped(value, cell, name):
    """Return a parameter whose test runs in the process of its notebook, where the cells before it run once."""
    return pytest.param(value, id=name, marks=pytest.mark.xdist_group(f"figures of {CELLS[cell][0]}"))


def name_of(fault):
    return f"{fault['file']}, {fault['name']}"


def faults_in(folder):
    return [grouped(fault, cell_of(fault), name_of(fault)) for fault in FAULTS if fault["file"].startswith(folder)]


def replaced(text, fault):
    assert text.count(fault["old"]) == 1, f"{fault['file']} holds it {text.count(fault['old'])} times: {fault['old']}"
    return text.replace(fault["old"], fault["new"])


@pytest.fixture
def found(monkeypatch):
    """A function that runs a cell, changed by another one, and returns in words what is wrong with its figures."""
    shown = []

    def show(figure, alt, *, values=False):
        shown.append((figure, alt))

    def run(notebook, cell, change=lambda source: source):
        cells = STAGES[notebook][0]()
        monkeypatch.setattr(plots, "show", show)  # some cells import it themselves
        variables = {**cells.variables, "show": show}
        execute(change(cells.source[cell]), variables)
        expected = importlib.import_module(f"notebook_figures.{notebook}").shown.of(cell)
        if len(shown) != len(expected):
            return [f"expected {len(expected)} figures, got {len(shown)}"]
        pairs = zip(expected, shown, strict=True)
        return [each for must, (figure, alt) in pairs for each in faults(must, figure, alt, "figure", variables)]

    return run


@pytest.mark.parametrize("cell", [grouped(cell, cell, cell) for cell in CELLS])
def test_a_cell_draws_what_is_listed(cell, found):
    assert found(*CELLS[cell]) == []


@pytest.mark.parametrize("fault", faults_in("notebooks/"))
def test_a_fault_in_a_cell_is_found(fault, found):
    notebook, cell = CELLS[cell_of(fault)]
    sources = STAGES[notebook][0]().source
    assert sum(source.count(fault["old"]) for source in sources.values()) == 1
    assert found(notebook, cell, lambda source: replaced(source, fault))


@pytest.mark.parametrize("fault", faults_in("nnlib/"))
def test_a_fault_in_a_function_is_found(fault, found, monkeypatch):
    notebook, cell = CELLS[cell_of(fault)]
    STAGES[notebook][0]()  # its cells have to import the functions first
    name = fault["file"].removesuffix(".py").replace("/", ".")
    module, edited = importlib.import_module(name), ModuleType(name)
    source = replaced((ROOT / fault["file"]).read_text(encoding="utf-8"), fault)
    exec(compile(source, fault["file"], "exec"), vars(edited))
    for key, own in vars(module).items():
        if getattr(own, "__module__", None) == name:
            for other in [other for path, other in sys.modules.items() if path.startswith("nnlib")]:
                if vars(other).get(key) is own:
                    monkeypatch.setattr(other, key, getattr(edited, key))
    assert found(notebook, cell)
