"""Make's targets in the unpacked archive, in a folder with a space: setup, lab, check and submit."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
import zipfile

import nbformat
from student_files import environment

from course.items import ROOT, load

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("q*.ipynb"))
ITEMS = load().items


def make(copy, *words):
    options = {"cwd": copy, "env": environment(copy), "capture_output": True, "text": True, "timeout": 600}
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
    try:
        done = make(copy, "submit")
    finally:
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
    assert len(names) == len(set(names)) == len(NOTEBOOKS) + len(modules)
    assert all(name.endswith((".ipynb", ".py")) for name in names)
    assert re.search(rf"^submission\.zip: {len(names)} files, .* sha256 [0-9a-f]{{64}}$", text, re.M)


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


def test_set_up_needs_no_pytorch_and_runs_in_a_folder_with_a_space(copy):
    """pip's part, a download, is measured by hand; here the command is looked at."""
    project = tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    repository = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == repository["dependencies"]
    assert "optional-dependencies" not in project
    assert not [name for name in project["dependencies"] if name.startswith("torch")]
    assert make(copy, "-n", "setup").stdout.strip() == "echo 'Ready. Next: make lab'"
    q6 = make(copy, "-n", "setup-q6", "TORCH_INDEX=https://example.org/cpu").stdout
    assert "--index-url 'https://example.org/cpu' torch torchvision" in q6
    assert "--index-url" not in make(copy, "-n", "setup-q6").stdout
