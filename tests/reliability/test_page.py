"""docs/reliability.md: its tests exist, its figures have their places, its commands are make's."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) == 18
    for path, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test


def test_every_file_and_command_that_is_named_exists():
    for path in re.findall(r"`((?:tests|docs)/[\w/]+\.\w+)`", PAGE):
        assert (ROOT / path).is_file(), path
    for target in re.findall(r"`make ([\w-]+)", PAGE):
        assert re.search(rf"^{target}: (setup|oldest)$", MAKEFILE, re.MULTILINE), target


def test_every_command_has_its_place_for_figures():
    files = {"faults": "faults/__main__.py", "fuzz": "fuzz.py", "mutants": "mutants.py", "flake": "flake.py"}
    for name, file in files.items():
        assert PAGE.count(f"<!-- figures: {name} -->\n") == 1
        assert f'figures.write("{name}", ' in (ROOT / "tests/reliability" / file).read_text(encoding="utf-8")
    assert PAGE.count("<!-- end of figures -->") == len(files)
