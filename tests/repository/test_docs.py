"""README.md, CONTRIBUTING.md and docs/: code blocks run, commands run or have the options that are shown."""

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
RUNS_IN_SECONDS = ("nnlib.data", "--list", "nnlib.homework.results")

BLOCKS = {
    f"{page.name}, {number}": block
    for page in PAGES
    for number, block in enumerate(re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S))
}


def commands(page):
    """Yield the indented command lines, without their comments and variables."""
    for line in re.findall(
        r"^    (?=make |python |dask |torchrun |NNLIB_)(.*)$", page.read_text(encoding="utf-8"), re.M
    ):
        words = shlex.split(line, comments=True)
        while "=" in words[0]:
            words = words[1:]
        yield words


COMMANDS = {" ".join(words): words for page in PAGES for words in commands(page)}
MAKE = {name: words for name, words in COMMANDS.items() if words[0] == "make"}
MODULES = {name: words for name, words in COMMANDS.items() if words[:2] == ["python", "-m"] and "venv" not in words}
PROGRAMS = {name: words for name, words in COMMANDS.items() if words[0] in ("dask", "torchrun")}


def run(words, folder, **variables):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", **variables}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@cache
def help_of(*words):
    return run([*words, "--help"], ROOT)


def test_there_is_something_to_run():
    assert len(BLOCKS) >= 3
    assert len(MAKE) >= 6
    assert len(MODULES) >= 6
    assert len(PROGRAMS) == 4


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_code_block_runs(block, tmp_path):
    assert len(block.splitlines()) <= 20
    run([sys.executable, "-c", block], tmp_path, NNLIB_TRIAL_LOGS=str(tmp_path), TQDM_DISABLE="1")


def test_the_readmes_program_saves_what_it_says(tmp_path):
    program = BLOCKS["README.md, 0"]
    assert sum(bool(line.strip()) for line in program.splitlines()) <= 12
    printed = run([sys.executable, "-c", program.replace("num_epochs=3", "num_epochs=1")], tmp_path, TQDM_DISABLE="1")
    assert "79,510 parameters" in printed
    assert {path.name for path in tmp_path.iterdir()} == {"loss.png", "mnist.npz"}


@pytest.mark.parametrize("words", MAKE.values(), ids=MAKE)
def test_a_make_target_is_there(words):
    assert run(["make", "--dry-run", "--always-make", *words[1:]], ROOT)


@pytest.mark.parametrize("words", MODULES.values(), ids=MODULES)
def test_a_command_runs_or_has_the_options_shown(words, tmp_path):
    module, arguments = words[2], words[3:]
    if any(known in words for known in RUNS_IN_SECONDS) and not any(word.startswith("build/") for word in words):
        assert run([sys.executable, *words[1:]], tmp_path)
        return
    text = help_of(sys.executable, "-m", module)
    for option in (word for word in arguments if word.startswith("--")):
        assert option.partition("=")[0] in text
    if module in ("nnlib.vgg", "nnlib.homework"):
        listed = run([sys.executable, "-m", module, "--list"], ROOT)
        names = [word for word in arguments[:1] if not word.startswith("-")]
        assert all(name in listed for name in names)


@pytest.mark.parametrize("words", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_has_the_options_shown(words):
    program = Path(sys.executable).with_name(words[0])
    own = words[1 : words.index("-m")] if "-m" in words else words[1:]
    text = help_of(str(program), *own[:1]) if words[0] == "dask" else help_of(str(program))
    assert all(option in text for option in own if option.startswith("--"))
