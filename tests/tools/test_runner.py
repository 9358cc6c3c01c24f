"""The runner, on tiny notebooks and real kernels: what it writes, what it says, and how it fails.

Its profiles are in test_runner_profiles.py.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell
from notebook_rules import violations
from runner_workplace import Workplace, texts

from tools import run_notebooks
from tools.notebook_files import code_cells, read, write
from tools.run_notebooks import ROOT

ROW = """\
from nnlib.homework.results import ResultRow, Results
Results([ResultRow(item="{item}", model="linear", chosen=dict(reg=0.1), val_acc=0.9, test_acc=0.936, reference=0.94,
                   data=dict(name="tiny", train=500, val=250, test=250), seed=0, seconds=0.5)])"""

HEEDS_CTRL_C = """\
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs, and their children, ignore it
from tools.run_notebooks import main
sys.exit(main())"""

# The signal comes while the task that waits for the reply is at work, and not while the event loop waits.
CTRL_C_IN_A_TASK = f"""\
import signal
from nbclient import NotebookClient

async def poll(client, message, cell, *arguments, poll=NotebookClient._async_poll_for_reply):
    if "sleep" in cell.source:
        signal.raise_signal(signal.SIGINT)
    return await poll(client, message, cell, *arguments)

NotebookClient._async_poll_for_reply = poll
{HEEDS_CTRL_C}"""

BROWSER_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=20000"),
)


NOTE = """\
from nnlib.search import TrialLog
trial_log = TrialLog.named("sweep")
print("found", len(trial_log.rows))
trial_log.append({"kind": "trial", "id": "0"})"""


@pytest.fixture
def place(tmp_path):
    return Workplace(tmp_path)


def test_each_run_starts_with_empty_ledgers(place, monkeypatch, tmp_path):
    """A sweep that finds its trials in a trial log does not train: the results would be another run's."""
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path / "users"))
    place.add("q2_note", NOTE)
    for _ in range(2):
        assert place.run() == 0
        assert texts(place.copy("q2_note")) == ["found 0\n"]
        assert [path.name for path in (place.build / "notebooks" / "trial_logs").iterdir()] == ["sweep.jsonl"]
    assert not (tmp_path / "users").exists()


def test_a_run(place, capsys, monkeypatch, tmp_path):
    """Two notebooks from start to end: order, folder, kernel, silence, copies, pages, results, table."""
    broken = tmp_path / "jupyter" / "kernels" / "python3"
    broken.mkdir(parents=True)
    spec = {"argv": ["no-such-python", "{connection_file}"], "display_name": "broken", "language": "python"}
    (broken / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.delenv("TQDM_DISABLE")
    probe = "import os, sys\nprint(sys.executable)\nprint(os.getcwd())\nprint(os.environ['TQDM_DISABLE'])"
    place.add("q2_second", ROW.format(item="2.3"), "open('order', 'a').write('2')")
    first = place.add("q1_first", new_markdown_cell("# First"), "open('order', 'a').write('1')", probe)
    before = first.read_bytes()

    assert place.run() == 0

    assert (place.notebooks / "order").read_text() == "12"
    assert texts(place.copy("q1_first"))[-1].split() == [sys.executable, str(place.notebooks), "1"]
    assert [cell.execution_count for cell in code_cells(place.copy("q1_first"))] == [1, 2]
    assert first.read_bytes() == before
    rows = json.loads((place.build / "results.json").read_text(encoding="utf-8"))
    assert [(row["item"], row["test_acc"], row["data"]["test"]) for row in rows] == [("2.3", 0.936, 250)]
    assert "First" in place.page("q1_first")
    assert 'href="q2_second.html"' in place.page("index")
    assert "93.60% ± 1.55" in place.page("index")
    printed = capsys.readouterr()
    assert "93.60% ± 1.55" in printed.out
    assert printed.err.splitlines()[0] == "q1_first: 2 cells ..."
    assert re.fullmatch(r"q2_second: 2 cells in \d+\.\d s", printed.err.splitlines()[-1])


def test_in_place_gives_what_is_committed(place, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")  # a setting for servers; it would leave the notebooks without figures
    path = place.add("q1_first", "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "print(3)")
    ids = [cell.id for cell in read(path).cells]

    assert place.run("--in-place", "q1") == 0

    written = read(path)
    assert violations(written, path.stat().st_size) == []
    assert [cell.id for cell in written.cells] == ids
    assert "image/png" in written.cells[0].outputs[0].data
    assert path.read_bytes() == (place.build / "notebooks" / path.name).read_bytes()


def test_a_failing_cell(place, capsys):
    """The second run fails: nothing of the first may pass for its result, and the message leads to the cell."""
    path = place.add("q1_first", "print('fine')", "# the learning rate\n1 / 0", "print('never')")
    place.add("q2_second", ROW.format(item="2.3"))
    assert place.run("q2") == 0
    saved = read(path)
    code_cells(saved)[2].outputs = code_cells(place.copy("q2_second"))[0].outputs
    write(saved, path)
    before = path.read_bytes()
    capsys.readouterr()

    assert place.run("--in-place") == 1

    message = capsys.readouterr().err
    assert "q1_first.ipynb failed in code cell 2 of 3, which begins\n    # the learning rate\n" in message
    assert "ZeroDivisionError: division by zero" in message
    assert "\x1b" not in message
    assert texts(place.copy("q1_first"))[0] == "fine\n"
    assert code_cells(place.copy("q1_first"))[2].outputs == []
    assert path.read_bytes() == before
    left = sorted(str(path.relative_to(place.build)) for path in place.build.rglob("*") if path.is_file())
    assert [name for name in left if "mathjax" not in name] == ["notebooks/q1_first.ipynb"]


def test_a_kernel_that_dies(place, capsys):
    place.add("q1_first", "import os", "os._exit(1)")
    assert place.run() == 1
    message = capsys.readouterr().err
    assert "failed in code cell 2 of 2" in message
    assert "The kernel died" in message


def test_results_that_are_not_valid(place, capsys):
    place.add(
        "q1_first",
        "from IPython.display import publish_display_data\n"
        "publish_display_data({'application/vnd.nnlib.results+json': [{'item': '1.1'}], 'text/plain': 'x'})",
    )
    assert place.run() == 1
    assert "q1_first.ipynb displays results that are not valid. row: expected the keys" in capsys.readouterr().err
    assert not (place.build / "results.json").exists()


def test_selection(place):
    first, other, second = (place.add(stem) for stem in ("q1_first", "q11_other", "q2_second"))
    assert run_notebooks.select([], place.notebooks) == sorted([first, other, second])
    assert run_notebooks.select(["q2_second", "q1"], place.notebooks) == [first, second]
    assert run_notebooks.select(["notebooks/q11_other.ipynb"], place.notebooks) == [other]


@pytest.mark.parametrize(
    ("stems", "names", "message"),
    [(["q1_first"], ["q9"], "no notebook 'q9'; there are: q1_first"), ([], [], "holds no notebook q*.ipynb")],
)
def test_a_wrong_name_removes_nothing(place, capsys, stems, names, message):
    for stem in stems:
        place.add(stem)
    place.build.mkdir()
    (place.build / "results.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        place.run(*names)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert (place.build / "results.json").exists()


def interrupted(place, script):
    """Run a notebook whose second cell never ends, until Ctrl-C; return the runner, its message, its kernel's pid."""
    place.add("q1_first", "import os, time\nopen('pid', 'w').write(str(os.getpid()))", "time.sleep(600)")
    command = place.command(sys.executable, "-c", script)
    runner = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    marker = place.notebooks / "pid"
    while runner.poll() is None and not (marker.exists() and marker.read_text()):
        time.sleep(0.05)
    if script == HEEDS_CTRL_C:
        runner.send_signal(signal.SIGINT)
    _, message = runner.communicate(timeout=60)
    return runner, message, int(marker.read_text())


@pytest.mark.parametrize("script", [HEEDS_CTRL_C, CTRL_C_IN_A_TASK], ids=["waiting", "in a task"])
def test_ctrl_c_stops_the_kernel(place, script):
    runner, message, kernel = interrupted(place, script)

    assert runner.returncode == 130
    assert "Interrupted; the kernel is stopped" in message
    assert "Traceback" not in message
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


def test_a_page_opens_without_internet(place):
    """Nothing in the page is loaded from elsewhere, and in a browser cut off from all hosts the formulas are set."""
    place.add("q1_first", new_markdown_cell(r"Formula: $\frac{\partial L}{\partial W}$ and $$\sum_i x_i$$"), "1 + 1")
    assert place.run() == 0
    loads = re.findall(
        r"""(?:\bsrc=|<link[^>]*\bhref=|@import\s|\burl\()\s*["']?([^"')\s>]+)""", place.page("q1_first")
    )
    assert [address for address in loads if not address.startswith(("data:", "#"))] == [
        "mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe"
    ]
    document = _rendered(place.build / "html" / "q1_first.html", place.build / "profile")
    assert document.count('class="MathJax"') == 2
    assert "Math Processing Error" not in document
    assert "STIXMathJax_Main" in document, "the web font was not found"


def _rendered(page: Path, profile: Path) -> str:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        assert "CI" not in os.environ, "CI has to install Chromium"
        pytest.skip("needs Chromium")
    command = [browser, *BROWSER_FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
