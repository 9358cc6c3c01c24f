"""Make's targets in the unpacked archive, in a folder with a space: setup, lab, check and submit."""

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from importlib import metadata

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from student_files import environment

from course.items import ROOT, load

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("q*.ipynb"))
ITEMS = load().items


def make(copy, *words, **variables):
    options = {"cwd": copy, "env": environment(copy) | variables, "capture_output": True, "text": True, "timeout": 600}
    return subprocess.run(["make", *words], **options)


def test_make_check_shows_every_item_and_goes_on_after_a_syntax_error(copy, released):
    path = copy / "nnlib" / "layers" / "conv.py"
    path.write_text("def conv_forward(:\n", encoding="utf-8")
    try:
        shutil.copy(ROOT / "nnlib/layers/fully_connected.py", copy / "nnlib/layers/fully_connected.py")
        done = make(copy, "check", "Q=1")
    finally:
        for name in ("nnlib/layers/conv.py", "nnlib/layers/fully_connected.py"):
            (copy / name).write_bytes(released[0][name])
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if re.match(r" *1\.\d[a-z]? ", line)}
    assert {"1.1", "1.5b"} <= lines.keys(), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_make_submit_packs_what_counts_and_says_what_is_missing(copy, released):
    notebook = copy / "notebooks" / "q7_short_answers.ipynb"
    fresh = nbformat.reads(released[0]["notebooks/q7_short_answers.ipynb"].decode(), 4)
    answered = [cell for cell in fresh.cells if cell.id == "q7-71a-answer"]
    answered[0].source += "\nThe slopes multiply."
    fresh.cells = [cell for cell in fresh.cells if cell.id != "q7-72a-answer"]
    nbformat.write(fresh, notebook)
    shutil.copy(ROOT / "nnlib/layers/relu.py", copy / "nnlib/layers/relu.py")
    (copy / "nnlib/losses.py").write_text("def logistic_loss(x, y:\n", encoding="utf-8")
    (copy / "notebooks" / "mine.txt").write_text("notes", encoding="utf-8")
    own = copy / "nnlib" / "layers" / "windows.py"
    own.write_text("def window(x):\n    return x\n", encoding="utf-8")
    checkpoint = copy / "nnlib" / ".ipynb_checkpoints" / "losses-checkpoint.py"  # as JupyterLab leaves them
    checkpoint.parent.mkdir()
    checkpoint.write_text("", encoding="utf-8")
    with (copy / "nnlib" / "tables.py").open("a", encoding="utf-8") as file:
        file.write("NOTE = 1\n")
    try:
        done = make(copy, "submit")
    finally:
        own.unlink()
        shutil.rmtree(checkpoint.parent)
        (copy / "nnlib" / "tables.py").write_bytes(released[0]["nnlib/tables.py"])
        for name in ("nnlib/layers/relu.py", "nnlib/losses.py", "notebooks/q7_short_answers.ipynb"):
            (copy / name).write_bytes(released[0][name])
    assert done.returncode == 0, done.stderr
    text = done.stdout
    public, hidden = (
        sum(row["visibility"] == which for row in ITEMS["1.2"]["check"]) for which in ("public", "hidden")
    )
    checks = f"{public} of {public} checks pass; {hidden} more are the grader's"
    assert re.search(rf"^1\.2 +2 of 3 written, {checks}$", text, re.M)
    assert re.search(r"^      fc_forward: not written", text, re.M)
    assert re.search(r"^      logistic_loss: losses\.py cannot be read: line 1", text, re.M)
    assert re.search(r"^7\.1a +1 of 1 written$", text, re.M)
    assert "answer: missing, with its comment" in text
    with zipfile.ZipFile(copy / "submission.zip") as archive:
        names = archive.namelist()
    modules = {target.partition(":")[0] for row in ITEMS.values() for target in row["targets"]}
    assert len(names) == len(set(names)) == len(NOTEBOOKS) + len(modules) + 1
    assert "nnlib/layers/windows.py" in names
    assert "\npacked too, a module of yours: nnlib/layers/windows.py\n" in text
    assert "\nchanged, but not packed, the grader takes its own: nnlib/tables.py\n" in text
    assert text.count("changed, but not packed") == text.count("packed too") == 1
    assert all(name.endswith((".ipynb", ".py")) for name in names)
    assert re.search(rf"^submission\.zip: {len(names)} files, .* sha256 [0-9a-f]{{64}}$", text, re.M)


def test_where_nothing_can_be_written_the_earlier_submission_stays(copy):
    earlier = copy / "submission.zip"
    earlier.write_bytes(b"earlier")
    try:
        command = ["bash", "-c", "ulimit -f 1; exec .venv/bin/python -m tools.submit"]  # as on a full disk
        done = subprocess.run(command, cwd=copy, env=environment(copy), capture_output=True, text=True, timeout=600)
        assert (done.returncode, earlier.read_bytes()) == (1, b"earlier")
    finally:
        earlier.unlink()
    assert done.stderr.startswith("Nothing is packed. ")
    assert done.stderr.splitlines()[-1].startswith("Copy this folder to one that you can write to")
    assert "Traceback" not in done.stderr
    assert not (copy / "submission.part").exists()


def test_a_receipt_finds_what_is_assigned_and_what_stands_in_an_if(copy, python, tmp_path):
    (tmp_path / "nnlib" / "layers").mkdir(parents=True)
    code = "if True:\n    def relu_forward(x):\n        return x, x\n\n\nrelu_backward = lambda dout, cache: dout\n"
    (tmp_path / "nnlib" / "layers" / "relu.py").write_text(code, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "q1_layers.ipynb").write_text('{"cells": [7]}', encoding="utf-8")
    lines = [
        "import pathlib, sys, tomllib",
        "from tools.submit import pieces",
        "items = tomllib.loads(pathlib.Path('nnlib/check/exercises.toml').read_text('utf-8'))['item']",
        "(item,) = (each for each in items if each['id'] == '1.2')",
        "print(*pieces(item, pathlib.Path(sys.argv[1])).values(), sep='|')",
    ]
    command = [python, "-c", "\n".join(lines), tmp_path]
    done = subprocess.run(command, cwd=copy, env=environment(copy), capture_output=True, text=True, timeout=600)
    assert done.stdout.strip() == "written|written|cannot be read: not a notebook", done.stderr


def contents_of(url, process):
    """Return what a server lists once it answers, or fail if its process ends before."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return json.load(answer)["content"]
        except urllib.error.URLError:
            time.sleep(0.5)
    raise AssertionError(f"the server has ended with {process.returncode}")


def test_make_lab_serves_the_notebooks(copy):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"ARGS=--no-browser --ServerApp.port={port} --IdentityProvider.token=t --allow-root"
    process = subprocess.Popen(
        ["make", "lab", options], cwd=copy, env=environment(copy), stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        listed = {entry["name"] for entry in contents_of(f"http://127.0.0.1:{port}/api/contents?token=t", process)}
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert {f"{name}.ipynb" for name in NOTEBOOKS} <= listed


def closure(requirements):
    """Return the bytes of all packages that these need, directly or not, by name, as they are installed here."""
    found, wanted = {}, list(map(Requirement, requirements))
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        if name not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            package = metadata.distribution(name)
            found[name] = sum(file.size or 0 for file in package.files)
            wanted += map(Requirement, package.requires or ())
    return found


@pytest.fixture
def fresh(released, tmp_path):
    """The archive unpacked into another folder with a space, without an environment."""
    with zipfile.ZipFile(io.BytesIO(released[1])) as archive:
        archive.extractall(tmp_path / "home work")
    return tmp_path / "home work" / "hw1"


def test_set_up_installs_into_an_environment_of_its_own(fresh):
    """pip runs, without the network: it finds the packages of this environment installed already."""
    pytest.importorskip("setuptools", reason="pip builds the copy with this environment's setuptools")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    failed = make(fresh, "setup", **offline)
    assert failed.returncode
    assert not (fresh / ".venv" / ".installed").exists()
    ours = {"PYTHONPATH": sysconfig.get_paths()["purelib"], "PIP_NO_BUILD_ISOLATION": "0"}  # 0: do not isolate
    done = make(fresh, "setup", **offline, **ours)
    assert done.returncode == 0, done.stdout + done.stderr
    assert make(fresh, "setup").stdout == "Ready. Next: make lab\n"
    (packages,) = fresh.glob(".venv/lib/python*/site-packages")
    (packages / "ours.pth").write_text(ours["PYTHONPATH"], encoding="utf-8")  # last: ours names another nnlib
    asked = [fresh / ".venv/bin/python", "-c", "import nnlib; print(nnlib.__file__)"]
    shown = subprocess.run(asked, cwd=fresh.parent, env=environment(fresh), capture_output=True, text=True)
    assert shown.stdout.strip() == str(fresh / "nnlib" / "__init__.py"), shown.stderr
    moved = fresh.rename(fresh.with_name("moved"))
    assert "pip install" in make(moved, "-n", "setup").stdout


def test_set_up_needs_no_pytorch_and_runs_in_a_folder_with_a_space(copy):
    """What is installed is more than what is downloaded, since a wheel is compressed."""
    project = tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    repository = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == repository["dependencies"]
    assert "optional-dependencies" not in project
    packages = closure(project["dependencies"])
    assert {"numpy", "jupyterlab"} <= packages.keys()
    assert "torch" not in packages
    assert sum(packages.values()) < 500e6
    assert make(copy, "-n", "setup").stdout.strip() == "echo 'Ready. Next: make lab'"
    q6 = make(copy, "-n", "setup-q6", "TORCH_INDEX=https://example.org/cpu").stdout
    assert "--index-url 'https://example.org/cpu' torch torchvision" in q6
    assert "--index-url" not in make(copy, "-n", "setup-q6").stdout
