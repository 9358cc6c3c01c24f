"""The README says what is in the repository: its results are the committed notebooks', its files and commands exist."""

import re
from pathlib import Path

from nnlib.homework.results import Results
from tools import notebook_files
from tools.run_notebooks import collect, select

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_is_what_the_committed_notebooks_display():
    notebooks = select([], ROOT / "notebooks")
    rows = [row for path in notebooks for row in collect(path, notebook_files.read(path)).rows]
    table = re.search(r"<!-- results: .* -->\n(.*?)\n<!-- end of results -->", README, re.DOTALL).group(1)
    assert table == Results(rows).to_markdown()
    assert {row.item for row in rows} == {"2.3", "2.4", "3.3", "3.4", "4.3", "4.4", "5.3", "5.4", "6.2", "6.3"}


def test_every_file_that_it_names_is_there():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    paths = re.findall(r"`((?:nnlib|notebooks|datasets|tools|tests)/[\w./]*)`", README)
    notebooks = [f"notebooks/{name}" for name in re.findall(r"`(q\d_\w+\.ipynb)`", README)]
    assert links
    assert paths
    assert notebooks
    assert [name for name in (*links, *paths, *notebooks) if not (ROOT / name).exists()] == []


def test_every_make_target_that_it_names_is_there():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^ {4}|`(?:\w+=\S+ )?)make (\w+)", README, re.MULTILINE)) <= targets
