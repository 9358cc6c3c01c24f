"""What a judge draws its inputs from, and who may read the course's key."""

import stat

from course import ledger
from course.judging import Judge, make
from nnlib.check.exercises import items

ROWS = items()["1.2"].rows
GIVEN = {"item": "1.2", "code_item": "1.2", "tier": "none", "key": b"k", "sha256": "a"}


def seed_of(monkeypatch, row=ROWS[0], **changed):
    """Return the seed that a judge without results of earlier rows draws a row's inputs from."""
    drawn = []
    monkeypatch.setattr(Judge, "_run", lambda self, row, seed: drawn.append(seed) or make(row, "passed", ""))
    Judge(**GIVEN | changed, cache=ledger.Cache(None)).judge(row)
    return drawn[0]


def test_inputs_follow_from_the_key_the_item_the_row_and_the_submission(monkeypatch):
    first = seed_of(monkeypatch)
    assert seed_of(monkeypatch, code_item="1.1") == first
    others = [{"key": b"other"}, {"item": "1.1"}, {"row": ROWS[1]}, {"sha256": "b"}]
    assert len({first, *(seed_of(monkeypatch, **each) for each in others)}) == 5


def test_the_key_is_drawn_once_and_its_owner_alone_reads_it(tmp_path):
    path = tmp_path / "key"
    key = ledger.course_key(path)
    assert len(key) == 32
    assert ledger.course_key(path) == key != ledger.course_key(tmp_path / "another")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
