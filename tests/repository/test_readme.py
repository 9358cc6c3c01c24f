"""The README says what is in the repository: its results are the committed notebooks', its files and commands exist."""

import math
import re
from pathlib import Path

import pytest

from nnlib.homework.results import Results
from tools import notebook_files
from tools.run_notebooks import collect, select

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "datasets/README.md", *DOCS)]
CODE = ("nnlib", "tools", "course")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_is_what_the_committed_notebooks_display():
    notebooks = select([], ROOT / "notebooks")
    rows = [row for path in notebooks for row in collect(path, notebook_files.read(path)).rows]
    table = re.search(r"<!-- results: .* -->\n(.*?)\n<!-- end of results -->", README, re.DOTALL).group(1)
    assert table == Results(rows).to_markdown()
    assert {row.item for row in rows} == {"2.3", "2.4", "3.3", "3.4", "4.3", "4.4", "5.3", "5.4", "6.2", "6.3"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_it_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    paths = re.findall(r"`((?:nnlib|notebooks|datasets|tools|tests|course|docs)/[\w./]*)`", text)
    notebooks = [f"notebooks/{name}" for name in re.findall(r"`(q\d_\w+\.ipynb)`", text)]
    assert [name for name in links if not (page.parent / name).exists()] == []
    assert [
        name for name in (*paths, *notebooks) if not re.search("NAME|NOTEBOOK", name) and not (ROOT / name).exists()
    ] == []


ELSEWHERE = {"nnlib/check/exercises.toml", "tools/given.txt"}  # of the student copy
PATH = re.compile(
    r"(?<![\w./-])(?:nnlib|notebooks|datasets|tools|tests|course|docs)/[\w./]*\.(?:py|toml|md|ipynb|json|txt)\b"
)


def test_every_file_that_settings_and_code_name_is_there():
    settings = ("environment.yml", "pyproject.toml", ".pre-commit-config.yaml", "Makefile", ".ci/run", "conftest.py")
    code = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in (*(ROOT / name for name in settings), *(ROOT / "course").glob("*.toml"), *code)
        for name in PATH.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    known = {(file, name) for file, name in named if "ITEM" in name or name in ELSEWHERE or (ROOT / name).exists()}
    assert named - known == set()


def words_of_the_code():
    """Return the words of all code and settings and of their paths, but not of the planted faults."""
    paths = [path for folder in ("nnlib", "tools", "course", "tests") for path in (ROOT / folder).rglob("*")]
    paths += [ROOT / "Makefile", ROOT / "pyproject.toml", *(ROOT / "notebooks").rglob("q*.ipynb")]
    known = [path for path in paths if path.suffix in (".py", ".toml", ".ipynb") or path.name == "Makefile"]
    known = [path.relative_to(ROOT) for path in known]
    texts = (f"{path} {(ROOT / path).read_text(encoding='utf-8')}" for path in known if "faults" not in path.parts)
    return {word for text in texts for word in re.findall(r"\w+", text)}


def test_every_name_in_code_type_is_in_the_code():
    known = words_of_the_code()
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        code = [
            each for each in re.findall(r"`([^`\n]+)`", text) if not re.search(r"NAME|NOTEBOOK|^npm |^[\d.]+$", each)
        ]
        names = {name for each in code for name in re.findall(r"[A-Za-z_]\w{3,}", each)}
        assert sorted(names - known) == [], page.name


def test_every_option_in_code_type_is_one_of_a_command():
    code = "".join(path.read_text(encoding="utf-8") for name in CODE for path in (ROOT / name).rglob("*.py"))
    known = {"--help", *re.findall(r'"(--[\w-]+)"', code)}
    named = {option for page in PAGES for option in re.findall(r"`(--[\w-]+)", page.read_text(encoding="utf-8"))}
    assert len(named) > 8
    assert named - known == set()


def test_a_standard_error_of_the_readme_is_that_of_250_examples():
    error = float(re.search(r"250 test examples, so one standard error is ([\d.]+)\s+points", README)[1])
    assert error == round(100 * math.sqrt(0.94 * 0.06 / 250), 1)


@pytest.mark.parametrize("folder", [ROOT, ROOT / "course" / "student"], ids=["ours", "student"])
def test_every_make_target_that_it_names_is_there(folder):
    page, makefile = ((folder / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^ {4}|`)(?:\w+=\S+ )?make ([\w-]+)", page, re.MULTILINE))
    assert len(named) >= 4
    assert named <= targets
