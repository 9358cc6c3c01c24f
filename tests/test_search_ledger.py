"""nnlib.search.ledger: rows on the disk, whole ones only, whatever happened to the writer."""

import json
import os
import subprocess
import sys
import time

import pytest

from nnlib.search import Ledger, LedgerError
from nnlib.search import ledger as ledger_module

ROWS = [{"kind": "trial", "id": str(i), "text": "é\n" * i, "number": i / 3} for i in range(4)]


@pytest.fixture
def path(tmp_path):
    """A ledger of four rows."""
    path = tmp_path / "folder" / "sweep.jsonl"
    ledger = Ledger(path)
    assert not path.parent.exists()  # looking for a ledger leaves nothing behind
    for row in ROWS:
        ledger.append(row)
    return path


def test_a_row_is_a_line_and_comes_back_as_it_was(path):
    lines = path.read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    assert Ledger(path).rows == ROWS
    assert path.read_bytes().endswith(b"\n")
    assert os.listdir(path.parent) == ["sweep.jsonl"]


def test_the_last_row_of_a_trial_counts_and_kinds_are_told_apart():
    ledger = Ledger()
    for row in (
        {"kind": "trial", "id": "a", "status": "died"},
        {"kind": "choice", "reason": "r"},
        {"kind": "trial", "id": "b", "status": "done"},
        {"kind": "trial", "id": "a", "status": "done"},
    ):
        ledger.append(row)
    assert [(row["id"], row["status"]) for row in ledger.trials()] == [("a", "done"), ("b", "done")]
    assert ledger.of_kind("choice") == [{"kind": "choice", "reason": "r"}]
    assert len(ledger.rows) == 4


@pytest.mark.parametrize("in_memory", [False, True])
def test_nan_never_enters(path, in_memory):
    ledger = Ledger(None if in_memory else path)
    before = ledger.rows
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            ledger.append({"kind": "trial", "id": "x", "curve": {"losses": [1.0, value]}})
    assert ledger.rows == before


def test_what_another_writer_appends_is_seen(path):
    mine, other = Ledger(path), Ledger(path)
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
        ledger = Ledger(path)
    assert seen[0].filename == __file__
    assert ledger.rows == ROWS
    ledger.append({"kind": "trial", "id": "5"})
    assert [json.loads(line)["id"] for line in path.read_bytes().splitlines()] == ["0", "1", "2", "3", "5"]
    assert path.with_name("sweep.jsonl.torn").read_bytes() == torn.rstrip(b"\n") + b"\n"


def test_a_line_torn_by_another_writer_is_mended_before_the_next_row(path):
    ledger = Ledger(path)
    with open(path, "ab") as file:
        file.write(b'{"kind":"tri')
    assert ledger.rows == ROWS  # it may be still being written
    with pytest.warns(UserWarning, match="unfinished"):
        ledger.append({"kind": "trial", "id": "5"})
    assert [row["id"] for row in ledger.rows] == ["0", "1", "2", "3", "5"]


def test_a_row_that_lacks_only_its_end_of_line_is_kept(path):
    path.write_bytes(path.read_bytes()[:-1])
    assert Ledger(path).rows == ROWS
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("content", [b"", b'{"ki'])
def test_a_ledger_without_a_whole_row_is_empty(tmp_path, content):
    path = tmp_path / "l.jsonl"
    path.write_bytes(content)
    if content:
        with pytest.warns(UserWarning, match="unfinished"):
            ledger = Ledger(path)
    else:
        ledger = Ledger(path)
    assert ledger.rows == []
    ledger.append(ROWS[1])
    assert Ledger(path).rows == [ROWS[1]]


def test_a_last_line_longer_than_a_block_is_found(path):
    long = {"kind": "trial", "id": "long", "text": "x" * 200_000}
    Ledger(path).append(long)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[-1][:-1])
    with pytest.warns(UserWarning, match="unfinished, 2000"):
        assert Ledger(path).rows == [*ROWS, long]


@pytest.mark.parametrize("line", [b"no json", b"[1]", b'{"id":"4"}'])
def test_a_broken_line_in_the_middle_is_an_error_that_says_where_and_what_to_do(path, line):
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines[:2], line, *lines[2:]]) + b"\n")
    with pytest.raises(LedgerError, match=r"sweep\.jsonl, line 3: expected a row of JSON, got .*Delete that line"):
        Ledger(path)


def test_a_full_disk_leaves_no_half_row(path, monkeypatch):
    write = os.write
    monkeypatch.setattr(ledger_module.os, "write", lambda descriptor, line: write(descriptor, line[:10]))
    ledger = Ledger(path)
    with pytest.raises(OSError, match="no space left"):
        ledger.append({"kind": "trial", "id": "5", "text": "x" * 100})
    monkeypatch.undo()
    assert Ledger(path).rows == ROWS


# ---- two writers, and the folder

WRITER = """
import sys
from nnlib.search import Ledger
ledger = Ledger(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for i in range(40):
    ledger.append({"kind": "trial", "id": f"{sys.argv[2]}-{i}", "text": sys.argv[2] * 20_000})
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
    rows = Ledger(path).rows
    assert sorted(row["id"] for row in rows) == sorted(f"{name}-{i}" for name in "ab" for i in range(40))
    assert all(row["text"] == row["id"][0] * 20_000 for row in rows)


def test_a_writer_waits_for_the_one_that_holds_the_file(path):
    fcntl = pytest.importorskip("fcntl", reason="this system has no such lock")
    ledger, late = Ledger(path), writer(path, "l")
    with open(path, "rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        go(late)
        time.sleep(0.3)  # its 40 rows take a tenth of that
        assert ledger.rows == ROWS
    late.communicate()
    assert len(ledger.rows) == len(ROWS) + 40


def test_the_folder_is_the_environments_or_the_repositorys(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_LEDGERS", str(tmp_path / "mine"))
    assert Ledger.named("q4").path == tmp_path / "mine" / "q4.jsonl"
    monkeypatch.delenv("NNLIB_LEDGERS")
    assert Ledger.named("q4").path.parts[-3:] == ("build", "ledgers", "q4.jsonl")
