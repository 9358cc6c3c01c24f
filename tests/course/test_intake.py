"""Submissions as students and platforms make them: each ends in a row, its trouble is said and costs nothing else."""

import functools
import io
import json
import os
import random
import stat
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course import canonical, intake, items
from course.grading import answers

CONV, LOSSES, Q1 = "nnlib/layers/conv.py", "nnlib/losses.py", "notebooks/q1_layers.ipynb"
CODE = b"import numpy as np\n\n\ndef conv_forward(x, w):\n    return x, (x, w)\n"
LOSS = b"def softmax_loss(x, y):\n    return 0.0, x\n"


def notebook(*answers, code="def centred(f, x, h):\n    return 0"):
    cells = [new_markdown_cell(text) for text in answers or ("<!-- answer 1.1 -->\nBy the chain rule.",)]
    return nbformat.writes(new_notebook(cells=[*cells, new_code_cell(code)])).encode()


WHOLE = {CONV: CODE, LOSSES: LOSS, Q1: notebook()}


def zipped(files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def under(folder, files=WHOLE):
    return {f"{folder}/{name}": data for name, data in files.items()}


def read(tmp_path, data, name="ann.zip", **options):
    path = tmp_path / name
    path.write_bytes(data)
    return list(intake.read([path], **options))


def loud(data):
    """Return the notebook with a long output."""
    found = json.loads(data)
    found["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "line\n" * 1_000_000}]
    return json.dumps(found).encode()


def one(tmp_path, files, name="ann.zip"):
    (found,) = read(tmp_path, zipped(files), name)
    return found


@pytest.mark.parametrize("name", ["{1}", "ann_17_{0}_{1}"], ids=["one student's zip", "a zip of Canvas"])
@pytest.mark.parametrize("zone", ["UTC", "America/Detroit"])
def test_it_was_handed_in_when_its_latest_file_was(tmp_path, name, zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for day, file in ((3, "conv.py"), (5, "losses.py"), (4, "relu.py")):
            archive.writestr(zipfile.ZipInfo(name.format(day, file), (2027, 2, day, 12, 0, 0)), CODE)
    (found,) = read(tmp_path, buffer.getvalue())
    monkeypatch.undo()
    time.tzset()
    assert found.submitted.isoformat() == "2027-02-05T12:00:00+00:00"


@pytest.mark.parametrize("name", ["{1}", "ann_17_{0}_{1}"], ids=["one student's zip", "a zip of Canvas"])
@pytest.mark.parametrize("date", [(1980, 1, 1), (1980, 0, 0), (2027, 0, 0), (2027, 2, 30)])
def test_a_date_that_means_none_is_not_known(tmp_path, name, date):
    """`make submit` gives its files the first: it says neither that they were in time nor that they were late."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name.format(1, "conv.py"), (*date, 0, 0, 0)), CODE)
    (found,) = read(tmp_path, buffer.getvalue())
    assert found.submitted is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_is_the_same_in_every_encoding(encoding, end):
    mark = "\ufeff" if encoding in ("utf-16-be", "utf-16-le") else ""
    data = f"{mark}# façade{end}x = 1{end}{end}".encode(encoding)
    assert canonical.decode(data)[0].lstrip("\ufeff") == "# façade\nx = 1\n\n"


# What is read without trouble: files -> a part of a note, or none
MENDED = {
    "as make submit packs it": (WHOLE, ""),
    "folder in folder": (under("hw1/hw1"), ""),
    "macOS's additions": ({**WHOLE, "__MACOSX/._conv.py": b"\0\5", "nnlib/layers/._conv.py": b"\0"}, ""),
    "caches": ({**WHOLE, "nnlib/__pycache__/losses.py": b"x", ".git/losses.py": b"x"}, ""),
    "virtual environments": (
        WHOLE
        | dict.fromkeys((f"{each}/nnlib/losses.py" for each in (".venv", "a/venv", "env", "site-packages")), b"x"),
        "",
    ),
    "Windows's line ends": ({**WHOLE, CONV: CODE.replace(b"\n", b"\r\n")}, ""),
    "old Macs' line ends": ({**WHOLE, CONV: CODE.replace(b"\n", b"\r")}, ""),
    "a byte order mark": ({**WHOLE, CONV: b"\xef\xbb\xbf" + CODE}, ""),
    "UTF-16": ({**WHOLE, CONV: CODE.decode().encode("utf-16")}, "was read as UTF-16"),
    "Latin-1": ({**WHOLE, CONV: CODE + "# façade\n".encode("latin-1")}, "is not UTF-8 at byte"),
    "a function that is there twice": (
        {**WHOLE, CONV: CODE + CODE},
        f"{CONV} defines conv_forward in lines 4 and 9; the later one counts",
    ),
    "a null byte": ({**WHOLE, CONV: CODE + b"\0"}, ""),
    "a mark of a merge": ({**WHOLE, CONV: CODE + b"<<<<<<< HEAD\n"}, "unresolved merge in line 6"),
    "a file taken out of its folder": (
        {**WHOLE, "conv.py": WHOLE[CONV], CONV: None},
        "conv.py was taken for nnlib/layers/conv.py",
    ),
    "a browser's second copy": ({**WHOLE, "conv (1).py": CODE, CONV: None}, "conv (1).py was taken for"),
    "another name": ({**WHOLE, "my_layers.py": CODE, CONV: None}, "my_layers.py was taken for nnlib/layers/conv.py"),
    "a renamed notebook": ({**WHOLE, "HW1 final.ipynb": WHOLE[Q1], Q1: None}, "HW1 final.ipynb was taken for"),
    "a copy beside it": (
        {**WHOLE, f"backup/{CONV}": b"def conv_forward(x, w):\n    raise NotImplementedError\n"},
        "could all be",
    ),
    "a longer version beside it": ({**WHOLE, f"hw1/old/{CONV}": CODE + b"# x\n" * 99}, f"{CONV} was taken, where most"),
    "our own checks, edited": ({**WHOLE, "nnlib/check/engine.py": b"x", "conftest.py": b"x", "Makefile": b"x"}, ""),
    "capitals": ({**WHOLE, "NNLIB/Layers/CONV.PY": CODE, CONV: None}, "CONV.PY was taken for"),
    "a text file, as browsers save it": ({**WHOLE, f"{CONV}.txt": CODE, CONV: None}, "conv.py.txt was taken for"),
    "a notebook saved as JSON": ({**WHOLE, "q1_layers.ipynb.json": WHOLE[Q1], Q1: None}, "ipynb.json was taken for"),
    "a name with a letter of another alphabet": (
        {**WHOLE, "nnlib/layers/c\u043env.py": CODE, CONV: None},
        "was taken for nnlib/layers/conv.py",
    ),
    "a zip of the code in it": (
        {"nnlib.zip": zipped({CONV: CODE, LOSSES: LOSS}), Q1: WHOLE[Q1]},
        "",
    ),
    "a zip for each part": (
        {"NNLIB.ZIP": zipped({CONV: CODE, LOSSES: LOSS}), "notebooks.zip": zipped({Q1: WHOLE[Q1]})},
        "",
    ),
    "two zips of one part": (
        {
            **WHOLE,
            CONV: None,
            "a/nnlib.zip": zipped({CONV: CODE}),
            "b/nnlib.zip": zipped({CONV: b"def conv_forward(x, w):\n    raise NotImplementedError\n"}),
        },
        f"a/nnlib.zip/{CONV}, b/nnlib.zip/{CONV} could all be {CONV}; a/nnlib.zip/{CONV} was taken",
    ),
    "modules that shadow others": ({**WHOLE, "numpy.py": b"x", "nnlib/layers/numpy.py": b"raise", "json.py": b"x"}, ""),
    "outputs of a million lines": (
        {**WHOLE, Q1: loud(WHOLE[Q1])},
        "",
    ),
    "a solved repository": ({**WHOLE, "tests/test_a.py": b"x", "README.md": b"x", "setup.py": b"x"}, ""),
}


@pytest.mark.parametrize("case", MENDED)
def test_what_can_be_mended_is(tmp_path, case):
    files, note = MENDED[case]
    found = one(tmp_path, {name: data for name, data in files.items() if data is not None})
    assert (found.error, found.student) == ("", "ann")
    assert set(found.files) == set(WHOLE)
    assert canonical.decode(CODE)[0].strip() in found.files[CONV].replace("# façade", "").strip()
    missing = [each.partition(" ")[0] for each in found.notes if "its items have nothing to grade" in each]
    assert missing == [name for name in canonical.expected() if name not in WHOLE]
    others = [each for each in found.notes if "its items have nothing to grade" not in each]
    assert any(note in each for each in others) if note else others == []


def test_of_two_notebooks_the_one_in_which_more_is_written_is_taken(tmp_path):
    untouched = notebook(code="raise NotImplementedError('1.0')\n" + "# explained\n" * 25)
    for other in (untouched, WHOLE[Q1]):  # of as much, the nearest
        found = one(tmp_path, {**WHOLE, f"a/b/{Q1}": other, f"hw1/{Q1}": WHOLE[Q1], Q1: untouched})
        assert "centred" in found.files[Q1]
        assert any(note.endswith(f"hw1/{Q1} was taken, where most is written") for note in found.notes)


def test_a_renamed_notebook_is_known_by_what_most_of_its_markers_say(tmp_path):
    mine = notebook("As in <!-- answer 2.1 -->", "<!-- answer 1.1 -->\nx", "<!-- answer 1.2 -->\ny")
    assert set(one(tmp_path, {CONV: CODE, LOSSES: LOSS, "mine.ipynb": mine}).files) == set(WHOLE)


def test_of_the_courses_other_modules_none_is_taken(tmp_path):
    loss = b"from nnlib import checks, mine\n" + LOSS
    found = one(tmp_path, {**WHOLE, LOSSES: loss, "nnlib/checks.py": b"x = 1\n", "nnlib/mine.py": b"x = 1\0\n"})
    assert set(found.files) == {*WHOLE, "nnlib/mine.py"}
    assert found.files["nnlib/mine.py"] == "x = 1\n"


# What costs one file: files -> the file, what is said
COSTS_ONE = {
    "code of a third of a megabyte": (
        {**WHOLE, CONV: CODE + b"# %s\n" % random.Random(1).randbytes(160_000).hex().encode()},
        CONV,
        "312 KB, more than 256, and was left out",
    ),
    "a missing file": ({LOSSES: LOSS, Q1: notebook()}, CONV, "is missing or cannot be read"),
    "a notebook that is no JSON": ({**WHOLE, Q1: b"<<<<<<< HEAD\n{"}, Q1, "is not a readable notebook"),
    "a notebook that is an error page": ({**WHOLE, Q1: b"<html>404</html>"}, Q1, "is not a readable notebook"),
    "a notebook without cells": ({**WHOLE, Q1: b'{"nbformat": 4}'}, Q1, "is not a readable notebook"),
    "a notebook of cells of no kind": (
        {**WHOLE, Q1: b'{"nbformat": 4, "cells": [{"id": "code-1-1", "source": "x"}]}'},
        Q1,
        "is not a readable notebook",
    ),
    "a notebook of texts": (
        {**WHOLE, Q1: b'{"nbformat": 4, "cells": ["x"]}'},
        Q1,
        "is not a readable notebook",
    ),
    "a notebook nested without end": (
        {**WHOLE, Q1: b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"},
        Q1,
        "is not a readable notebook",
    ),
    "a notebook of format 99": ({**WHOLE, Q1: b'{"nbformat": 99, "cells": []}'}, Q1, "is not a readable notebook"),
}


@pytest.mark.parametrize("case", COSTS_ONE)
def test_what_cannot_be_mended_costs_its_file_alone(tmp_path, case):
    files, lost, note = COSTS_ONE[case]
    found = one(tmp_path, files)
    assert found.error == ""
    assert set(found.files) == set(WHOLE) - {lost}
    assert any(note in each for each in found.notes)


def test_a_notebook_of_format_3_is_converted(tmp_path):
    old = json.dumps(
        {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {},
            "worksheets": [
                {
                    "metadata": {},
                    "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["<!-- answer 1.1 -->\n", "Here."]}],
                }
            ],
        }
    )
    found = one(tmp_path, {**WHOLE, Q1: old.encode()})
    assert any("is of notebook format 3 and was converted" in note for note in found.notes)
    assert answers(found.files)["1.1"] == "Here."


def test_a_failure_of_ours_is_a_row(tmp_path, monkeypatch):
    monkeypatch.setattr(canonical, "sort", lambda content: 1 / 0)
    assert one(tmp_path, WHOLE).error == "ZeroDivisionError: division by zero"


def test_of_duplicated_answers_the_last_that_is_written_counts(tmp_path):
    twice = notebook("<!-- answer 1.1 -->\nfirst", "<!-- answer 1.1 -->\nsecond", "<!-- answer 1.1 -->\n")
    assert answers(one(tmp_path, {**WHOLE, Q1: twice}).files)["1.1"] == "second"


@pytest.mark.parametrize("magic", ["%%time", "%%writefile ../nnlib/layers/conv.py", "!pip install numpy"])
def test_functions_that_a_notebook_alone_defines_are_taken_from_its_cells(tmp_path, magic):
    written = notebook(code=f"{magic}\n{CODE.decode()}")
    found = one(tmp_path, {Q1: written, LOSSES: LOSS})
    assert found.files[CONV].endswith(CODE.decode())
    assert f"the code cells of {Q1} were taken for {CONV}" in found.notes
    assert one(tmp_path, {Q1: written, CONV: b"x = 1\n"}).files[CONV] == "x = 1\n"
    assert CONV not in one(tmp_path, {Q1: notebook(code="from nnlib import conv_forward")}).files


def bomb():
    return zipped({"nnlib/losses.py": b"\0" * (20 << 20)}, compression=zipfile.ZIP_DEFLATED)


def with_link():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo(CONV)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def with_password():
    data = bytearray(zipped(WHOLE))
    data[data.index(b"PK\1\2") + 8] |= 1  # of the first file, in the directory
    return bytes(data)


REFUSED = {
    "no zip": (b"hello", "the zip cannot be read"),
    "half a zip": (zipped(WHOLE)[:-40], "the zip cannot be read"),
    "an empty zip": (zipped({}), "no notebook of the homework"),
    "another course's": (zipped({"report.pdf": b"x", "a.txt": b"x"}), "no notebook of the homework"),
    "a bomb": (bomb(), "times its size"),
    "too much": (zipped({f"{n}.py": b"x" for n in range(2001)}), "2001 files"),
    "too large": (zipped({"a.py": b"x" * (51 << 20)}), "MB"),
    "a path that leads out": (zipped({"../../etc/conv.py": CODE}), "leads out of it"),
    "an absolute path": (zipped({"/etc/conv.py": CODE}), "leads out of it"),
    "a path that leads out in its middle": (zipped({"a/../../conv.py": CODE}), "leads out of it"),
    "a zip in a zip in a zip in a zip": (
        functools.reduce(lambda data, _: zipped({"ann.zip": data}), range(4), zipped(WHOLE)),
        "no notebook of",
    ),
    "a zip with a password": (with_password(), "has a password"),
    "a drive": (zipped({"C:\\conv.py": CODE}), "leads out of it"),
    "a link": (with_link(), "holds the link"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_a_row_with_its_reason(tmp_path, case):
    data, reason = REFUSED[case]
    (found,) = read(tmp_path, data)
    assert found.student == "ann"
    assert reason in found.error
    assert not found.files


@pytest.mark.parametrize(("noise", "refused"), [(28_000, False), (10_000, True)])
def test_a_zip_may_unpack_to_a_hundred_times_its_size(tmp_path, noise, refused):
    code = random.Random(0).randbytes(noise) + b"\0" * (2 << 20)  # packed, the zeros take 2 kB
    (found,) = read(tmp_path, zipped({"nnlib/losses.py": code}, compression=zipfile.ZIP_DEFLATED))
    assert ("more than 100 times its size" in found.error) == refused


def test_a_folder_with_pipes_in_place_of_files(tmp_path):
    layers = tmp_path / "ann" / "nnlib" / "layers"
    layers.mkdir(parents=True)
    (layers / "conv.py").write_bytes(CODE)
    os.mkfifo(layers / "relu.py")
    (found,) = intake.read([tmp_path / "ann"])
    assert list(found.files) == [CONV]
    assert "nnlib/layers/relu.py is no plain file and was left out" in found.notes


def test_of_members_of_one_name_the_last_is_taken_and_said(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(CONV, b"x = 1\n")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(CONV, CODE)
    (found,) = read(tmp_path, buffer.getvalue())
    assert found.files[CONV] == CODE.decode()
    assert f"the zip holds {CONV} more than once; the last one was taken" in found.notes


def test_zips_in_zips_are_bounded(tmp_path):
    large = zipped({"a.py": random.Random(0).randbytes(9 << 20)})
    (found,) = read(tmp_path, zipped({f"part{number}/nnlib.zip": large for number in range(6)}))
    assert "MB" in found.error


def test_a_folder_whose_links_are_left_out(tmp_path):
    for name, data in WHOLE.items():
        (tmp_path / "bob" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "bob" / name).write_bytes(data)
    (tmp_path / "bob" / "nnlib" / "optim.py").symlink_to("/etc/passwd")
    (tmp_path / "bob" / ".venv").symlink_to("/usr")
    (found,) = intake.read([tmp_path / "bob"])
    assert (found.student, set(found.files)) == ("bob", set(WHOLE))
    assert [note for note in found.notes if "left out" in note] == ["nnlib/optim.py is a link and was left out"]


def test_a_huge_file_of_a_folder_is_refused_unread(tmp_path):
    with open(tmp_path / "huge.py", "wb") as file:
        file.truncate(intake.MAX_BYTES + 1)
    (found,) = intake.read([tmp_path])
    assert found.error == "huge.py has 50 MB, more than 50"


PLATFORMS = {
    "Canvas": (
        {
            "doejane_123_456_hw1.zip": {"nnlib.zip": zipped({CONV: CODE, LOSSES: LOSS}), Q1: WHOLE[Q1]},
            "roejim_LATE_124_457_submission.zip": WHOLE,
        },
        ["doejane_123", "roejim_LATE_124"],
    ),
    "Gradescope": (
        {"assignment/submission_9/sub.zip": WHOLE, "assignment/submission_10/sub.zip": WHOLE},
        ["submission_9", "submission_10"],
    ),
    "Moodle": (
        {"Jane Doe_77_assignsubmission_file/a.zip": WHOLE, "Jim Roe_78_assignsubmission_file/b.zip": WHOLE},
        ["Jane Doe_77", "Jim Roe_78"],
    ),
    "a zip of zips": ({"jane.zip": WHOLE, "jim.ZIP": WHOLE}, ["jane", "jim"]),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platforms_archive_holds_a_row_for_each_student(tmp_path, platform):
    inner, students = PLATFORMS[platform]
    found = read(tmp_path, zipped({name: zipped(files) for name, files in inner.items()}), "all.zip")
    assert [each.student for each in found] == students
    assert all(not each.error and set(each.files) == set(WHOLE) for each in found)


def test_a_broken_zip_among_others_costs_its_student_alone(tmp_path):
    broken, whole = read(tmp_path, zipped({"jane.zip": b"no zip", "jim.zip": zipped(WHOLE)}), "all.zip")
    assert "not a zip file" in broken.error
    assert (whole.student, whole.error) == ("jim", "")


def test_two_submissions_of_one_student_are_errors_that_name_both(tmp_path):
    paths = [tmp_path / "x" / "ann.zip", tmp_path / "y" / "ann.zip"]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(zipped(WHOLE))
    found = list(intake.read(paths))
    assert len(found) == 2
    assert all("2 submissions of ann" in each.error and str(paths[1]) in each.error for each in found)
    found = read(tmp_path, zipped({"a/jane.zip": zipped(WHOLE), "b/jane.zip": zipped(WHOLE)}), "all.zip")
    assert [each.error[:23] for each in found] == ["2 submissions of jane: "] * 2


def test_a_roster_gives_students_their_names(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("submission,student\n123,Jane Doe\n124,Jim Roe\n")
    data = zipped({"doejane_123_456_hw1.zip": zipped(WHOLE), "roejim_124_457_hw1.zip": zipped(WHOLE)})
    assert [each.student for each in read(tmp_path, data, "all.zip", roster=roster)] == ["Jane Doe", "Jim Roe"]
    roster.write_text("who\nJane\n")
    with pytest.raises(ValueError, match="--roster: expected a CSV with the columns"):
        read(tmp_path, data, "all.zip", roster=roster)


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ("123,Jane\ndoejane,Joan\ndoejane_123,Jim", "Jim"),  # the whole name goes before a part of it
        ("123,Jane\ndoejane,Joan", "doejane_123"),  # two parts, two students: neither
        ("23,Jane\n12,Jane\njane,Jane", "doejane_123"),  # half a number, half a word
        ("124,Jane", "doejane_123"),
        ("do.jane,Jane", "doejane_123"),  # a text, not a pattern
        (" 123 , Jane ", "Jane"),
    ],
)
def test_a_roster_names_whom_one_row_alone_means(tmp_path, rows, name):
    (tmp_path / "roster.csv").write_text(f"submission,student\n{rows}\n")
    data = zipped({"doejane_123_456_hw1.zip": zipped(WHOLE)})
    assert [each.student for each in read(tmp_path, data, "all.zip", roster=tmp_path / "roster.csv")] == [name]


def test_a_roster_that_gives_a_part_to_two_students_is_refused(tmp_path):
    (tmp_path / "roster.csv").write_text("submission,student\n123,Jane\n123,Jim\n")
    with pytest.raises(ValueError, match="'123' stands for two students, Jane and Jim"):
        read(tmp_path, zipped(WHOLE), "all.zip", roster=tmp_path / "roster.csv")


def test_a_path_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        list(intake.read([tmp_path / "nobody.zip"]))


def test_the_checksum_is_that_of_the_content(tmp_path):
    first, second = one(tmp_path, WHOLE), one(tmp_path, under("hw1"), "ann.zip")
    others = [WHOLE | {CONV: CODE + b"\n"}, WHOLE | {"README.md": b"x"}]
    assert len({each.sha256 for each in (first, second, *(one(tmp_path, files) for files in others))}) == 4
    assert first.sha256 == one(tmp_path, dict(reversed(WHOLE.items())), "bob.zip").sha256
    assert len(second.sha256) == 64


def test_every_expected_file_is_the_repositorys(tmp_path):
    assert all((Path(items.ROOT) / name).is_file() for name in canonical.expected())
