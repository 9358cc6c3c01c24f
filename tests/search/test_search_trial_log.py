"""nnlib.search.trial_log: rows on the disk, whole ones only, whatever happened to the writer."""

import json
import os
import subprocess
import sys
import time

import pytest

from nnlib.search import TrialLog, TrialLogError
from nnlib.search import trial_log as ledger_module

ROWS = [{"kind": "trial", "id": str(i), "text": "é\n" * i, "number": i / 3} for i in range(4)]


@pytest.fixture
def path(tmp_path):
    """A trial log of four rows."""
    path = tmp_path / "folder" / "sweep.jsonl"
    trial_log = TrialLog(path)
    assert not path.parent.exists()  # looking for a trial log leaves nothing behind
    for row in ROWS:
        trial_log.append(row)
    return path


def test_a_row_is_a_line_and_comes_back_as_it_was(path):
    lines = path.read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    assert TrialLog(path).rows == ROWS
    assert path.read_bytes().endswith(b"\n")
    assert os.listdir(path.parent) == ["sweep.jsonl"]


def test_the_last_row_of_a_trial_counts_and_kinds_are_told_apart():
    trial_log = TrialLog()
    for row in (
        {"kind": "trial", "id": "a", "status": "died"},
        {"kind": "choice", "reason": "r"},
        {"kind": "trial", "id": "b", "status": "done"},
        {"kind": "trial", "id": "a", "status": "done"},
    ):
        trial_log.append(row)
    assert [(row["id"], row["status"]) for row in trial_log.trials()] == [("a", "done"), ("b", "done")]
    assert trial_log.of_kind("choice") == [{"kind": "choice", "reason": "r"}]
    assert len(trial_log.rows) == 4


@pytest.mark.parametrize("in_memory", [False, True])
def test_nan_never_enters(path, in_memory):
    trial_log = TrialLog(None if in_memory else path)
    before = trial_log.rows
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            trial_log.append({"kind": "trial", "id": "x", "curve": {"losses": [1.0, value]}})
    assert trial_log.rows == before


def test_what_another_writer_appends_is_seen(path):
    mine, other = TrialLog(path), TrialLog(path)
    other.append({"kind": "trial", "id": "other"})
    mine.append({"kind": "trial", "id": "mine"})
    assert (
        [row["id"] for row in mine.rows] == [row["id"] for row in other.rows] == ["0", "1", "2", "3", "other", "mine"]
    )


# ---- torn lines


@pytest.mark.parametrize(
    "torn", [b'{"kind":"trial","id":"4","te', b"{", b"\0" * 10, b"\0" * 10 + b"\n", b'"text"\n', b"{]\n"]
)
def test_a_torn_last_line_is_moved_aside_with_a_warning_and_writing_goes_on(path, torn):
    with open(path, "ab") as file:
        file.write(torn)
    with pytest.warns(
        UserWarning, match=rf"sweep\.jsonl: the last line was unfinished, {len(torn)} bytes.*\.torn"
    ) as seen:
        trial_log = TrialLog(path)
    assert seen[0].filename == __file__
    assert trial_log.rows == ROWS
    trial_log.append({"kind": "trial", "id": "5"})
    assert [json.loads(line)["id"] for line in path.read_bytes().splitlines()] == ["0", "1", "2", "3", "5"]
    assert path.with_name("sweep.jsonl.torn").read_bytes() == torn.rstrip(b"\n") + b"\n"


def test_a_line_torn_by_another_writer_is_mended_before_the_next_row(path):
    trial_log = TrialLog(path)
    with open(path, "ab") as file:
        file.write(b'{"kind":"tri')
    assert trial_log.rows == ROWS  # it may be still being written
    with pytest.warns(UserWarning, match="unfinished"):
        trial_log.append({"kind": "trial", "id": "5"})
    assert [row["id"] for row in trial_log.rows] == ["0", "1", "2", "3", "5"]


def test_a_row_that_lacks_only_its_end_of_line_is_kept(path):
    path.write_bytes(path.read_bytes()[:-1])
    assert TrialLog(path).rows == ROWS
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("content", [b"", b'{"ki'])
def test_a_ledger_without_a_whole_row_is_empty(tmp_path, content):
    path = tmp_path / "l.jsonl"
    path.write_bytes(content)
    if content:
        with pytest.warns(UserWarning, match="unfinished"):
            trial_log = TrialLog(path)
    else:
        trial_log = TrialLog(path)
    assert trial_log.rows == []
    trial_log.append(ROWS[1])
    assert TrialLog(path).rows == [ROWS[1]]


def test_a_last_line_longer_than_a_block_is_found(path):
    long = {"kind": "trial", "id": "long", "text": "x" * 200_000}
    TrialLog(path).append(long)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[-1][:-1])
    with pytest.warns(UserWarning, match="unfinished, 2000"):
        assert TrialLog(path).rows == [*ROWS, long]


@pytest.mark.parametrize("line", [b"no json", b"[1]", b'{"id":"4"}'])
def test_a_broken_line_in_the_middle_is_an_error_that_says_where_and_what_to_do(path, line):
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines[:2], line, *lines[2:]]) + b"\n")
    with pytest.raises(TrialLogError, match=r"sweep\.jsonl, line 3: expected a row of JSON, got .*Delete that line"):
        TrialLog(path)


def test_a_full_disk_leaves_no_half_row(path, monkeypatch):
    write = os.write
    monkeypatch.setattr(ledger_module.os, "write", lambda descriptor, line: write(descriptor, line[:10]))
    trial_log = TrialLog(path)
    with pytest.raises(OSError, match="no space left"):
        trial_log.append({"kind": "trial", "id": "5", "text": "x" * 100})
    monkeypatch.undo()
    assert TrialLog(path).rows == ROWS


# ---- two writers, and the folder

WRITER = """
import sys
from nnlib.search import TrialLog
trial_log = TrialLog(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for i in range(40):
    trial_log.append({"kind": "trial", "id": f"{sys.argv[2]}-{i}", "text": sys.argv[2] * 20_000})
"""


def writer(path, name):
    """Start a process that is about to write 40 rows: `go` lets it."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def go(process):
    process.stdin.write("go\n")
    process.stdin.flush()


def test_two_writers_never_mix_their_rows(tmp_path):
    path = tmp_path / "l.jsonl"
    writers = [writer(path, name) for name in "ab"]
    for process in writers:
        go(process)
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    rows = TrialLog(path).rows
    assert sorted(row["id"] for row in rows) == sorted(f"{name}-{i}" for name in "ab" for i in range(40))
    assert all(row["text"] == row["id"][0] * 20_000 for row in rows)


def test_a_writer_waits_for_the_one_that_holds_the_file(path):
    fcntl = pytest.importorskip("fcntl", reason="this system has no such lock")
    trial_log, late = TrialLog(path), writer(path, "l")
    with open(path, "rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        go(late)
        time.sleep(0.3)  # its 40 rows take a tenth of that
        assert trial_log.rows == ROWS
    late.communicate()
    assert len(trial_log.rows) == len(ROWS) + 40


def test_the_folder_is_the_environments_or_the_repositorys(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path / "mine"))
    assert TrialLog.named("q4").path == tmp_path / "mine" / "q4.jsonl"
    monkeypatch.delenv("NNLIB_TRIAL_LOGS")
    assert TrialLog.named("q4").path.parts[-3:] == ("build", "trial_logs", "q4.jsonl")
