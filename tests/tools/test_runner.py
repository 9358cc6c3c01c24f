"""The runner, on tiny notebooks: what it writes, what it prints, and how it fails.

Its profiles, its build folder and Ctrl-C have files of their own.
Tests of what a kernel does use a real one, the others none.
"""

import contextlib
import io
import json
import os
import re
import sys
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_output
from notebook_rules import violations
from runner_workplace import Workplace, texts, without_kernels, without_pages

from tools import run_notebooks
from tools.notebook_files import code_cells, read, write

ROW = """\
from nnlib.homework.results import ResultRow, Results
Results([ResultRow(item="2.3", model="linear", chosen=dict(reg=0.1), val_acc=0.9, test_acc=0.936, reference=0.94,
                   data=dict(name="tiny", train=500, val=250, test=250), seed=0, seconds=0.5)])"""

PROBE = """\
import json, os, sys
seen = [sys.executable, os.getcwd(), os.environ["TQDM_DISABLE"], os.environ["NNLIB_TRIAL_LOGS"]]
open("probe", "w").write(json.dumps(seen));"""

NOTE = """\
from nnlib.search import TrialLog
trial_log = TrialLog.named("sweep")
print("found", len(trial_log.path.read_text()) if trial_log.path.exists() else 0)
trial_log.path.parent.mkdir(parents=True, exist_ok=True)
_ = trial_log.path.write_text("a row")"""


@pytest.fixture
def place(tmp_path):
    return Workplace(tmp_path)


@pytest.fixture
def here(monkeypatch):
    """No kernel, no pages: the cells run in this process."""
    without_kernels(monkeypatch)


pytestmark = pytest.mark.xdist_group("runner")  # one process runs them all: what they share is slow to make


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of two notebooks on real kernels, written back in place, on a machine with unhelpful settings."""
    folder = tmp_path_factory.mktemp("finished")
    broken = folder / "jupyter" / "kernels" / "python3"
    broken.mkdir(parents=True)
    spec = {"argv": ["no-such-python", "{connection_file}"], "display_name": "broken", "language": "python"}
    (broken / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    place, out, err = Workplace(folder), io.StringIO(), io.StringIO()
    place.add("q2_second", ROW, "open('order', 'a').write('2');")
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    first = place.add("q1_first", "open('order', 'a').write('1');", PROBE, figure)
    ids = [cell.id for cell in read(first).cells]
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        settings.setenv("NNLIB_TRIAL_LOGS", str(folder / "users"))
        settings.setenv("MPLBACKEND", "Agg")  # a setting for servers; it would leave the notebooks without figures
        settings.delenv("TQDM_DISABLE")
        without_pages(settings)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = place.run("--in-place", "--jobs", "1")
    assert status == 0, err.getvalue()
    return SimpleNamespace(place=place, first=first, ids=ids, out=out.getvalue(), err=err.getvalue())


def test_notebooks_run_in_order_in_kernels_of_this_python(finished):
    place = finished.place
    assert (place.notebooks / "order").read_text() == "12"
    trial_logs = str(place.build / "notebooks" / "trial_logs")
    assert json.loads((place.notebooks / "probe").read_text()) == [
        sys.executable,
        str(place.notebooks),
        "1",
        trial_logs,
    ]
    assert [cell.execution_count for cell in code_cells(place.copy("q1_first"))] == [1, 2, 3]


def test_results_are_written_and_printed(finished):
    place = finished.place
    rows = json.loads((place.build / "results.json").read_text(encoding="utf-8"))
    assert [(row["item"], row["test_acc"], row["data"]["test"]) for row in rows] == [("2.3", 0.936, 250)]
    assert "93.60% ± 1.55" in finished.out
    assert finished.err.splitlines()[0] == "q1_first: 3 cells ..."
    assert re.fullmatch(r"q2_second: 2 cells in \d+\.\d s", finished.err.splitlines()[-1])


def test_in_place_gives_what_is_committed(finished):
    path = finished.first
    written = read(path)
    assert violations(written, path.stat().st_size) == []
    assert [cell.id for cell in written.cells] == finished.ids
    assert "image/png" in written.cells[-1].outputs[0].data
    assert path.read_bytes() == (finished.place.build / "notebooks" / path.name).read_bytes()


def test_each_run_starts_with_empty_trial_logs(place, here):
    """A sweep does not train what its trial log holds: the results would be another run's."""
    path = place.add("q2_note", NOTE)
    before = path.read_bytes()
    for _ in range(2):
        assert place.run() == 0
        assert texts(place.copy("q2_note")) == ["found 0\n"]
        assert (place.build / "notebooks" / "trial_logs" / "sweep.jsonl").read_text() == "a row"
    assert path.read_bytes() == before


def test_a_failing_cell(place, capsys):
    """What an earlier run and the file held must not pass for this run's result; the message names the cell."""
    path = place.add("q1_first", "print('fine')", "# the learning rate\n1 / 0", "print('never')")
    place.add("q2_second", ROW)
    saved = read(path)
    code_cells(saved)[2].outputs = [new_output("stream", text="never")]
    write(saved, path)
    before = path.read_bytes()
    for name in ("results.json", "notebooks/q2_second.ipynb", "html/q2_second.html", "html/index.html"):
        (place.build / name).parent.mkdir(parents=True, exist_ok=True)
        (place.build / name).touch()

    assert place.run("--in-place", "--jobs", "1") == 1

    message = capsys.readouterr().err
    assert "q1_first.ipynb failed in code cell 2 of 3, which begins\n    # the learning rate\n" in message
    assert "ZeroDivisionError: division by zero" in message
    assert "\x1b" not in message
    assert texts(place.copy("q1_first"))[0] == "fine\n"
    assert code_cells(place.copy("q1_first"))[2].outputs == []
    assert path.read_bytes() == before
    assert place.written() == ["notebooks/q1_first.ipynb"]


WAIT = """\
import os, time
names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
open("{own}", "w").write(" ".join(os.environ[name] for name in names))
while not os.path.exists("{other}"):
    time.sleep(0.01)
time.sleep({more})"""


def test_two_at_a_time_share_the_cores_and_give_their_rows_in_order(place, monkeypatch):
    """Each waits for the other, so they run together; the first is the last to finish."""
    without_pages(monkeypatch)
    monkeypatch.setattr(run_notebooks.os, "cpu_count", lambda: 6)
    monkeypatch.setenv("OMP_NUM_THREADS", "5")  # the user's own setting stays
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    place.add("q1_first", WAIT.format(own="first", other="second", more=1), ROW.replace("2.3", "1.1"))
    place.add("q2_second", WAIT.format(own="second", other="first", more=0), ROW)
    assert place.run() == 0
    rows = json.loads((place.build / "results.json").read_text(encoding="utf-8"))
    assert [row["item"] for row in rows] == ["1.1", "2.3"]
    assert [(place.notebooks / name).read_text() for name in ("first", "second")] == ["3 5", "3 5"]


@pytest.mark.parametrize(("jobs", "turns"), [("1", "1345"), ("2", "5413")])
def test_beside_others_the_longest_notebook_has_the_first_turn_and_q3_the_last(place, monkeypatch, capsys, jobs, turns):
    without_kernels(monkeypatch)
    for question in "1345":
        place.add(f"q{question}_any", "1")
    assert place.run("--jobs", jobs) == 0
    assert re.findall(r"^q(\d)_any: 1 cells \.\.\.", capsys.readouterr().err, re.MULTILINE) == list(turns)
    assert sorted(run_notebooks._TURNS.split()) == [f"q{question}" for question in range(1, 8)]


def test_a_failure_stops_the_other_notebook(place, monkeypatch, capsys):
    without_pages(monkeypatch)
    endless = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    failing = "import os, time\nwhile not (os.path.exists('pid') and open('pid').read()):\n    time.sleep(0.01)\n1 / 0"
    place.add("q1_endless", endless)
    place.add("q2_failing", failing)
    place.add("q3_never", "open('ran', 'w')")
    assert place.run("--jobs", "2") == 1
    assert "q2_failing.ipynb failed in code cell 1 of 1" in capsys.readouterr().err
    with pytest.raises(ProcessLookupError):
        os.kill(int((place.notebooks / "pid").read_text()), 0)
    assert not (place.notebooks / "ran").exists()
    assert not (place.build / "results.json").exists()


def test_no_notebook_at_a_time_is_refused(place, capsys):
    place.add("q1_first")
    with pytest.raises(SystemExit):
        place.run("--jobs", "0")
    assert "argument --jobs: invalid choice: 0 (choose from 1, 2, 3" in capsys.readouterr().err


def test_a_kernel_that_dies(place, capsys):
    place.add("q1_first", "import os", "os._exit(1)")
    assert place.run() == 1
    message = capsys.readouterr().err
    assert "failed in code cell 2 of 2" in message
    assert "The kernel died" in message


def test_invalid_results(place, here, capsys):
    place.add(
        "q1_first",
        "from nbformat.v4 import new_output\n"
        "outputs = [new_output('display_data', data={'application/vnd.nnlib.results+json': [{'item': '1.1'}]})]",
    )
    assert place.run() == 1
    assert "q1_first.ipynb displays invalid results. row: expected the keys" in capsys.readouterr().err
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
