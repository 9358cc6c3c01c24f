"""README.md, CONTRIBUTING.md and docs/: code blocks run, commands run or have the options that are shown."""

import contextlib
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest

pytestmark = pytest.mark.xdist_group("docs")  # one process runs them all: each command is started once

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
RUNS_IN_SECONDS = ("nnlib.data", "--list", "nnlib.homework.results")

BLOCKS = {
    f"{page.name}, {number}": block
    for page in PAGES
    for number, block in enumerate(re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S))
}


def commands(page):
    """Yield the command lines, indented or in backticks, without their comments and variables."""
    text = page.read_text(encoding="utf-8")
    start = r"(?=make |python -m |dask |torchrun |bash |\.venv/bin/|NNLIB_\w+=[^\s`]+ )"
    lines = re.findall(rf"^    {start}(.*)$", text, re.M) + re.findall(rf"`{start}([^`\n]*)`", text)
    for line in lines:
        words = shlex.split(line.removesuffix(" ..."), comments=True)
        while "=" in words[0]:
            words = words[1:]
        yield words


COMMANDS = {" ".join(words): words for page in PAGES for words in commands(page)}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
INSTALLED = {name: words for name, words in COMMANDS.items() if words[0].startswith(".venv/bin/") or words[0] == "bash"}
MAKE = {name: words for name, words in COMMANDS.items() if words[0] == "make"}
MODULES = {name: words for name, words in COMMANDS.items() if words[:2] == ["python", "-m"] and "venv" not in words}
PROGRAMS = {name: words for name, words in COMMANDS.items() if words[0] in ("dask", "torchrun")}


def run(words, folder, **variables):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", **variables}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@cache
def printed_here(main, *words):
    """Return what a command's main function prints, in this process: what it imports takes seconds."""
    shown = io.StringIO()
    with mock.patch("sys.argv", ["command", *words]), contextlib.redirect_stdout(shown):
        try:
            status = main()
        except SystemExit as stop:
            status = stop.code
    assert not status
    return shown.getvalue()


@cache
def output_of(module, *arguments):
    """Return what `python -m` prints with these arguments, in an empty folder."""
    if module == "nnlib.vgg":
        return printed_here(importlib.import_module("nnlib.vgg.__main__").main, *arguments)
    with TemporaryDirectory() as folder:
        return run([sys.executable, "-m", module, *arguments], folder)


def help_of(module):
    return output_of(module, "--help-all" if module == "tools.app" else "--help")


@cache
def readmes_program():
    """Return what the README's program prints, and the names of the files that it writes."""
    with TemporaryDirectory() as folder:
        return run([sys.executable, "-c", BLOCKS["README.md, 0"]], folder, TQDM_DISABLE="1"), set(os.listdir(folder))


def test_there_is_something_to_run():
    assert len(BLOCKS) >= 3
    assert len(MAKE) >= 6
    assert len(MODULES) >= 6
    assert len(PROGRAMS) == 4


@pytest.mark.parametrize("name", BLOCKS)
def test_a_code_block_runs(name, tmp_path):
    assert len(BLOCKS[name].splitlines()) <= 20
    if name == "README.md, 0":
        readmes_program()
    else:
        run([sys.executable, "-c", BLOCKS[name]], tmp_path, NNLIB_TRIAL_LOGS=str(tmp_path), TQDM_DISABLE="1")


def test_the_readmes_program_saves_what_it_says():
    assert sum(bool(line.strip()) for line in BLOCKS["README.md, 0"].splitlines()) <= 12
    printed, files = readmes_program()
    assert "79,510 parameters" in printed
    assert files == {"loss.png", "mnist.npz"}


@pytest.mark.parametrize("words", MAKE.values(), ids=MAKE)
def test_a_make_target_is_there(words):
    own = re.search(rf"^{words[1]}:", MAKEFILE, re.M)
    makefile = "Makefile" if own else "course/student/Makefile"  # some pages go into the student copy
    assert run(["make", "-f", makefile, "--dry-run", "--always-make", *words[1:]], ROOT)


MODULE_OF = {
    "run": "tools.run_notebooks",
    "bench": "tools.bench",
    "release": "course.release",
    "grade": "course.grade",
    "app": "tools.app",
}


@pytest.mark.parametrize("words", MAKE.values(), ids=MAKE)
def test_a_make_variable_is_one_of_the_makefile_and_says_what_is_there(words):
    targets = [word for word in words[1:] if "=" not in word]
    for name, _, value in (word.partition("=") for word in words[1:] if "=" in word):
        assert f"$({name})" in MAKEFILE, name
        for path in value.split() if name in ("TESTS", "NOTEBOOKS") else ():
            assert (ROOT / path).exists(), path
        for option in re.findall(r"(?<!\S)--[\w.-]+", value) if name == "ARGS" and targets[0] in MODULE_OF else ():
            text = help_of(MODULE_OF[targets[0]])
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), option


@pytest.mark.parametrize("words", INSTALLED.values(), ids=INSTALLED)
def test_a_program_is_installed_and_its_paths_are_there(words):
    program = Path(words[0])
    assert words[0] == "bash" or Path(sys.executable).with_name(program.name).exists(), words[0]
    assert [
        word for word in words[1:] if re.match(r"(tests|notebooks|\.ci)\b", word) and not (ROOT / word).exists()
    ] == []


@pytest.mark.parametrize("words", MODULES.values(), ids=MODULES)
def test_a_command_runs_or_has_the_options_shown(words):
    module, arguments = words[2], words[3:]
    if any(known in words for known in RUNS_IN_SECONDS) and not any(word.startswith("build/") for word in words):
        assert output_of(*words[2:])
        return
    assert importlib.util.find_spec(module), module
    assert [word for word in arguments if word.startswith("notebooks/") and not (ROOT / word).exists()] == []
    text = help_of(module) if any(word.startswith("--") for word in arguments) else ""
    for option in (word for word in arguments if word.startswith("--")):
        assert option.partition("=")[0] in text
    if module in ("nnlib.vgg", "nnlib.homework"):
        names = [word for word in arguments[:1] if not word.startswith("-")]
        assert all(name in output_of(module, "--list") for name in names)


@pytest.mark.filterwarnings("ignore:While registering the command")  # dask does so at each call
@pytest.mark.parametrize("words", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_has_the_options_shown(words):
    assert Path(sys.executable).with_name(words[0]).exists()
    (program,) = entry_points(group="console_scripts", name=words[0])
    own = words[1 : words.index("-m")] if "-m" in words else words[1:]
    text = printed_here(program.load(), *(own[:1] if words[0] == "dask" else ()), "--help")
    assert all(option in text for option in own if option.startswith("--"))
