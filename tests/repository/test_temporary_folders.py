"""What a test run keeps in the temporary folder: one folder of each kind, and none after the next run."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START = "import runpy; runpy.run_path('conftest.py'); print('ready', flush=True); "


def start(folder, then):
    """Start a process with the environment of a test run, wait until it has its folders, and return it."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTEST_XDIST_WORKER", "NNLIB_PROFILE")}
    env |= {"TMPDIR": str(folder)}
    process = subprocess.Popen([sys.executable, "-c", START + then], cwd=ROOT, env=env, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def kinds(folder):
    return sorted(path.name.rsplit("-", 2)[0] for path in folder.iterdir())


def test_a_killed_run_leaves_one_folder_of_each_kind_and_the_next_run_removes_them(tmp_path):
    both = ["nnlib-checkpoints", "nnlib-trial-logs"]
    (tmp_path / "nnlib-checkpoints-of-a-user").mkdir()
    for _ in range(2):
        with start(tmp_path, "import time; time.sleep(600)") as process:
            process.kill()
        assert kinds(tmp_path) == sorted([*both, "nnlib-checkpoints-of"])
    alive = start(tmp_path, "import time; time.sleep(600)")
    with start(tmp_path, "pass") as process:
        assert process.wait() == 0
    assert {path.name.split("-")[-2] for path in tmp_path.iterdir()} == {str(alive.pid), "a"}  # of no killed one
    alive.kill()
    alive.communicate()
