"""nnlib.search.trial_log: whole rows on the disk, whatever happens to the process that writes them."""

import json
import os
import re
import subprocess
import sys
import time

import pytest
from search_toy import trial_row

from nnlib import storage
from nnlib.search import OpeningRow, Selection, TrialLog, TrialLogError

ROWS = [trial_row(id=str(i), reason="é\n" * i, seconds=i / 3) for i in range(4)]


@pytest.fixture
def path(tmp_path):
    """The file of a trial log of four rows."""
    path = tmp_path / "folder" / "sweep.jsonl"
    trial_log = TrialLog(path)
    assert not path.parent.exists()  # looking for a trial log leaves nothing behind
    for row in ROWS:
        trial_log.append(row)
    return path


def ids(trial_log):
    return [row.id for row in trial_log.rows]


def test_a_row_is_a_line_and_comes_back_as_it_was(path):
    lines = path.read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == [{"kind": "trial", **row.to_json()} for row in ROWS]
    assert TrialLog(path).rows == ROWS
    assert path.read_bytes().endswith(b"\n")
    assert sorted(os.listdir(path.parent)) == ["sweep.jsonl", "sweep.jsonl.lock"]


def test_the_last_row_of_a_trial_counts_and_kinds_are_told_apart():
    trial_log = TrialLog()
    selection, opening = Selection({}, 0.9, 0.1, 1, {}, "r", "s", "t"), OpeningRow("4.4", "toy", "c", "t")
    died, done = trial_row(None, None, id="a", status="died"), trial_row(id="a")
    for row in (died, selection, trial_row(id="b"), opening, done):
        trial_log.append(row)
    assert trial_log.trials() == [done, trial_row(id="b")]
    assert trial_log.of_kind(Selection) == [selection]
    assert trial_log.of_kind(OpeningRow) == [opening]
    assert trial_log.rows[0] == died


@pytest.mark.parametrize("in_memory", [False, True])
def test_nan_never_enters(path, in_memory):
    trial_log = TrialLog(None if in_memory else path)
    before = trial_log.rows
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            trial_log.append(trial_row(losses=[1.0, value]))
    assert trial_log.rows == before


def test_what_another_process_appends_is_seen(path):
    mine, other = TrialLog(path), TrialLog(path)
    other.append(trial_row(id="other"))
    mine.append(trial_row(id="mine"))
    assert ids(mine) == ids(other) == ["0", "1", "2", "3", "other", "mine"]


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
    trial_log.append(trial_row(id="5"))
    assert [json.loads(line)["id"] for line in path.read_bytes().splitlines()] == ["0", "1", "2", "3", "5"]
    assert path.with_name("sweep.jsonl.torn").read_bytes() == torn.rstrip(b"\n") + b"\n"


def test_a_line_torn_by_another_process_is_mended_before_the_next_row(path):
    trial_log = TrialLog(path)
    with open(path, "ab") as file:
        file.write(b'{"kind":"tri')
    assert trial_log.rows == ROWS  # it may be still being written
    with pytest.warns(UserWarning, match="unfinished"):
        trial_log.append(trial_row(id="5"))
    assert ids(trial_log) == ["0", "1", "2", "3", "5"]


def test_a_row_that_lacks_only_its_end_of_line_is_kept(path):
    path.write_bytes(path.read_bytes()[:-1])
    assert TrialLog(path).rows == ROWS
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("content", [b"", b'{"ki'])
def test_a_trial_log_without_a_whole_row_is_empty(tmp_path, content):
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
    long = trial_row(id="long", reason="x" * 200_000)
    TrialLog(path).append(long)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[-1][:-1])
    with pytest.warns(UserWarning, match="unfinished, 2004"):
        assert TrialLog(path).rows == [*ROWS, long]


GOOD = {"kind": "trial", **ROWS[0].to_json()}


def with_(**changes):
    return json.dumps({**GOOD, **changes}).encode()


def without(name):
    return json.dumps({key: value for key, value in GOOD.items() if key != name}).encode()


FOREIGN = {
    "no JSON": b"no json",
    "a blank line": b"",
    "no UTF-8": b"\xff\xfe{}",
    "a list": b"[1]",
    "a string": b'"trial"',
    "an empty object": b"{}",
    "an endless list": b"[" * 100_000,
    "a deep setting": with_(settings={"a": json.loads("[" * 40 + "]" * 40)}),
    "a setting of 900 levels": b'{"settings":' + b"[" * 900 + b"]" * 900 + b"}",
    "no kind": without("kind"),
    "an unknown kind": with_(kind="choice"),
    "a kind that cannot be hashed": with_(kind=[]),
    "no id": without("id"),
    "an id that cannot be hashed": with_(id={}),
    "no curve": without("curve"),
    "a field too many": with_(colour="red"),
    "a field too many without a name": with_(**{"": 1}),
    "settings in a list": with_(settings=[1]),
    "an accuracy that is text": with_(val_acc="abc"),
    "an accuracy of NaN": with_(val_acc=float("nan")),
    "an infinite loss": with_(curve={**GOOD["curve"], "losses": [1.0, float("inf")]}),
    "an accuracy in percent": with_(val_acc=90),
    "done without an accuracy": with_(val_acc=None),
    "a loss that is text": with_(curve={**GOOD["curve"], "losses": [1.0, "abc"]}),
    "losses without steps": with_(curve={**GOOD["curve"], "steps": []}),
    "losses that are no list": with_(curve={**GOOD["curve"], "losses": 3}),
    "data that are no object": with_(data=3),
    "no validation examples": with_(data={**GOOD["data"], "val": 0}),
    "an unknown status": with_(status="perfect"),
    "seconds without end": with_(seconds=10**400),
    "versions by number": with_(versions={"numpy": 2}),
    "half a character": with_(reason="x").replace(b'"x"', b'"\\ud800"'),
    "a selection without reason": b'{"kind":"selection","settings":{}}',
    "an opening of no question": b'{"kind":"opening","question":null,"name":"","checksum":"","time":""}',
    **{f"true for {name}": with_(**{name: True}) for name in GOOD},
    **{f"true for {name} of data": with_(data={**GOOD["data"], name: True}) for name in GOOD["data"]},
    **{f"true among {name}": with_(curve={**GOOD["curve"], name: [True]}) for name in GOOD["curve"]},
}


@pytest.mark.parametrize("line", FOREIGN.values(), ids=FOREIGN)
def test_a_line_that_is_no_row_is_an_error_that_names_it_and_says_what_to_do(path, line):
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines[:2], line, *lines[2:]]) + b"\n")
    with pytest.raises(TrialLogError) as caught:
        TrialLog(path)
    expected = (
        r"sweep\.jsonl, line 3: expected a row of a trial log, got b.*\..* Delete that line if .*, or move the file"
    )
    assert re.search(expected, str(caught.value)), caught.value
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_whole_object_that_is_no_row_is_not_moved_aside(path, end):
    path.write_bytes(path.read_bytes() + b'{"colour":"red"}' + end)
    with pytest.raises(TrialLogError, match="line 5: expected a row of a trial log"):
        TrialLog(path)


def test_numbers_of_json_are_those_of_a_row(path):
    TrialLog(path).append(trial_row(val_acc=1, id="whole"))  # 1, not 1.0
    assert TrialLog(path).rows[-1].val_acc == 1


def test_a_row_is_written_whole_or_not_at_all(path, monkeypatch):
    write = os.write
    monkeypatch.setattr("nnlib.search.trial_log.os.write", lambda descriptor, line: write(descriptor, line[:10]))
    trial_log = TrialLog(path)
    with pytest.raises(TrialLogError, match=r"sweep\.jsonl: the trial log cannot be written: only 10 of .*NNLIB_TRIAL"):
        trial_log.append(trial_row(id="5"))
    monkeypatch.undo()
    assert path.read_bytes().count(b"\n") == 4
    assert path.read_bytes().endswith(b"}\n")
    assert ids(TrialLog(path)) == ["0", "1", "2", "3", "5"]  # it is kept for the next time
    trial_log.append(trial_row(id="6"))
    assert path.read_bytes().count(b"\n") == 6
    assert ids(TrialLog(path)) == ["0", "1", "2", "3", "5", "6"]


def test_the_check_for_space_leaves_the_file_as_it_was(path, monkeypatch):
    before = path.read_bytes()
    TrialLog(path).check_writable()
    assert path.read_bytes() == before
    TrialLog().check_writable()
    monkeypatch.setattr("nnlib.search.trial_log.os.write", lambda descriptor, content: 10)
    with pytest.raises(TrialLogError, match="is the disk full"):
        TrialLog(path).check_writable()
    assert path.read_bytes() == before


def test_a_trial_log_is_read_where_it_cannot_be_locked(path, monkeypatch):
    def refuse(path):
        raise OSError("no locks on this file system")

    monkeypatch.setattr(storage, "file_lock", refuse)
    trial_log = TrialLog(path)
    assert trial_log.rows == ROWS
    with pytest.raises(TrialLogError, match="the trial log cannot be written: no locks on this file system"):
        trial_log.check_writable()


# ---- two processes, and the folder

WRITER = """
import sys
sys.path[:0] = sys.argv[3:]
from search_toy import trial_row
from nnlib.search import TrialLog
trial_log = TrialLog(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for i in range(20):
    trial_log.append(trial_row(id=f"{sys.argv[2]}-{i}", reason=sys.argv[2] * 20_000))
print("done", flush=True)
"""


def test_two_processes_never_mix_their_rows_and_wait_for_the_one_that_holds_the_lock(path):
    """Each waits for a line, then writes 20 rows."""
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", WRITER, path]
    processes = [subprocess.Popen([*command, name, *sys.path], **options) for name in "ab"]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    trial_log = TrialLog(path)
    with storage.file_lock(path):
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        time.sleep(0.1)  # longer than all rows take
        assert trial_log.rows == ROWS
    assert [process.communicate()[0] for process in processes] == ["done\n"] * 2
    rows = trial_log.rows[len(ROWS) :]
    assert sorted(row.id for row in rows) == sorted(f"{name}-{i}" for name in "ab" for i in range(20))
    assert all(row.reason == row.id[0] * 20_000 for row in rows)


def test_the_folder_is_the_environments_or_the_repositorys(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path / "mine"))
    assert TrialLog.named("q4").path == tmp_path / "mine" / "q4.jsonl"
    monkeypatch.delenv("NNLIB_TRIAL_LOGS")
    assert TrialLog.named("q4").path.parts[-3:] == ("build", "trial_logs", "q4.jsonl")
