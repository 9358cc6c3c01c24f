"""Runs of the grader: one that is killed loses a check at most, and every way of running gives the same grades."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from distributed import LocalCluster

from course import answers, grade, ledger, sandbox
from course.proof import handed_in

TIERS = [tier for tier in ("bwrap", "uid") if not sandbox.trouble(tier)]
pytestmark = pytest.mark.skipif(not TIERS, reason="no sandbox holds here")
ITEM, ROWS = "1.2", 5
# The command with its folders elsewhere; a line in STARTED for each row that is begun.
DRIVER = """
import pathlib, sys
from course import grade, judging, ledger, users
users.UIDS = range(62_208, 62_224)
folder = pathlib.Path(sys.argv[1])
grade.CACHE, ledger.course_key.__defaults__ = folder / "cache", (folder / "key",)
run = judging.Judge._run
def noted(self, row, seed):
    with open(folder / "started", "a") as file:
        file.write(row.name + "\\n")
    return run(self, row, seed)
judging.Judge._run = noted
sys.exit(grade.main(sys.argv[2:]))
"""


@pytest.fixture
def submission(tmp_path):
    folder = tmp_path / "ann"
    for name, text in handed_in(answers.Answer(ITEM, "reference", "the repository's")).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def start(tmp_path, *options):
    command = [sys.executable, "-c", DRIVER, tmp_path, tmp_path / "ann", "--only", ITEM, "--jobs", "1", *options]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_killed_run_loses_a_check_at_most(tmp_path, submission):
    (tmp_path / "cache").mkdir()
    killed = start(tmp_path)
    while killed.poll() is None and not any(map(lines, (tmp_path / "cache").glob("*.jsonl"))):
        time.sleep(0.001)
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    (cache,) = (tmp_path / "cache").glob("*.jsonl")
    kept, begun = len(lines(cache)), len(lines(tmp_path / "started"))
    assert 1 <= kept <= begun <= kept + 1
    again = start(tmp_path, "--resume", "--json", tmp_path / "grades.json")
    assert again.wait() == 0
    assert len(lines(tmp_path / "started")) - begun == ROWS - kept
    (found,) = json.loads((tmp_path / "grades.json").read_text())["items"]
    assert [check["status"] for check in found["checks"]] == ["passed"] * ROWS


def test_a_regrade_judges_what_has_changed_alone(tmp_path, submission):
    for _ in range(2):
        assert start(tmp_path, "--resume").wait() == 0
        assert len(lines(tmp_path / "started")) == ROWS
    relu = submission / "nnlib" / "layers" / "relu.py"
    relu.write_text(relu.read_text().replace("positive = cache\n", "positive = cache  # mine\n"))
    assert start(tmp_path, "--resume").wait() == 0
    assert len(lines(tmp_path / "started")) == 2 * ROWS


def test_processes_and_a_cluster_give_the_same_grades(tmp_path, submission, monkeypatch):
    monkeypatch.setattr(grade, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(ledger.course_key, "__defaults__", (tmp_path / "key",))
    found = {}
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(protocol="tcp://", **options) as cluster:
        for name, how in {"process": ["--jobs", "1"], "cluster": ["--scheduler", cluster.scheduler_address]}.items():
            out = tmp_path / f"{name}.json"
            assert grade.main([str(submission), "--only", "1.2", *how, "--json", str(out)]) == 0
            found[name] = json.loads(out.read_text())
    for graded in found.values():
        del graded["run"]
        for item in graded["items"]:
            for check in item["checks"]:
                del check["seconds"]
    assert found["process"] == found["cluster"]
    assert found["cluster"]["total"] > 0
