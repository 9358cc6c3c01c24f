"""Damaged and hostile submissions: each ends in a row with its reason, in time linear in its length."""

import io
import json
import time
import zipfile

import pytest

from course import intake, statements

LOSSES, Q1 = "nnlib/losses.py", "notebooks/q1_layers.ipynb"
CODE = b"def softmax_loss(x, y):\n    return 0.0, x\n"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def read(tmp_path, data):
    path = tmp_path / "ann.zip"
    path.write_bytes(data)
    (found,) = intake.read([path])
    return found


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("value", [0x00, 0xFF])
def test_a_byte_of_a_zip_that_is_changed_costs_nobody_else_a_row(tmp_path, method, value):
    """Every byte in turn: the stream, the headers, the directory, the end record with its offsets."""
    whole = zipped({LOSSES: CODE}, method)
    errors = 0
    for at in range(len(whole)):
        found = read(tmp_path, whole[:at] + bytes([value]) + whole[at + 1 :])
        assert bool(found.files) != bool(found.error)
        errors += bool(found.error)
    assert errors > len(whole) // 4


NOTEBOOKS = {
    "a cell without a kind": [{"metadata": {}, "source": "x"}],
    "a cell without metadata": [{"cell_type": "code", "source": "x", "outputs": []}],
    "a cell of a number": [3],
    "a source of numbers": [{"cell_type": "markdown", "metadata": {}, "source": [1]}],
    "outputs of another kind": [{"cell_type": "code", "metadata": {}, "source": "x", "outputs": [{"output_type": 3}]}],
}


@pytest.mark.parametrize("cells", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_notebook_of_another_form_is_read_or_costs_itself_alone(tmp_path, cells):
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()
    found = read(tmp_path, zipped({LOSSES: CODE, Q1: notebook}))
    assert found.error == ""
    assert LOSSES in found.files
    assert Q1 in found.files or any(f"{Q1} is not a readable notebook" in note for note in found.notes)


def test_a_path_beyond_reason_is_refused(tmp_path):
    found = read(tmp_path, zipped({LOSSES: CODE, " " * 60_000 + "(1.py": CODE}))
    assert "a path of 60005 characters, more than 1000" in found.error
    for length in (intake.MAX_PATH, intake.MAX_PATH + 1):
        found = read(tmp_path, zipped({LOSSES: CODE, f"{'x' * (length - 3)}.py": CODE}))
        assert ("more than 1000" in found.error) == (length > intake.MAX_PATH)


def test_time_is_linear_in_the_number_of_files(tmp_path):
    """Four times the files take about four times as long; with each compared to each they would take 16 times."""

    def seconds(count):
        data, start = zipped({f"folder/{n}.py": b"" for n in range(count)}), time.process_time()
        assert f"{count} files" in read(tmp_path, data).error
        return time.process_time() - start

    small, large = (min(seconds(count) for _ in range(3)) for count in (3000, 12000))
    assert large < 9 * small


@pytest.mark.parametrize("form", ["{lines}", "a:{spaces}\ndef (:\n"], ids=["statements", "spaces"])
def test_time_is_linear_in_the_length_of_a_file(form):
    def seconds(count):
        text, start = form.format(lines=count * ("a = 1" + 100 * "\n"), spaces=40 * count * " "), time.process_time()
        statements.definitions.__wrapped__(text)
        return time.process_time() - start

    small, large = (min(seconds(count) for _ in range(3)) for count in (100, 400))
    assert large < 9 * small


def spoilt(data, at, value):
    """The zip with another byte in the headers of the member LOSSES: in the local one at `at`, in the other 2 later."""
    data = bytearray(data)
    for start, place in ((data.index(b"PK\3\4"), at), (data.index(b"PK\1\2"), at + 2)):
        data[start + place] = value
    return bytes(data)


@pytest.mark.parametrize(("at", "value"), [(8, 99), (14, 0x55)], ids=["an unknown method", "another checksum"])
def test_a_member_that_cannot_be_read_costs_itself_alone(tmp_path, at, value):
    found = read(tmp_path, spoilt(zipped({LOSSES: CODE, "nnlib/layers/relu.py": b"", Q1: b"{}"}), at, value))
    assert (found.error, set(found.files)) == ("", {"nnlib/layers/relu.py"})
    assert any(f"{LOSSES} cannot be read and was left out" in note for note in found.notes)


def test_noise_in_place_of_code_costs_its_file_alone(tmp_path):
    found = read(tmp_path, zipped({LOSSES: CODE, "nnlib/layers/relu.py": b"\0\xff\xfe\x01" * 100}))
    assert (found.error, found.files[LOSSES]) == ("", CODE.decode())


def test_one_file_may_hold_the_answers_of_several(tmp_path):
    both = CODE + b"def relu_forward(x):\n    return x\n"
    found = read(tmp_path, zipped({"hw1.py": both}))
    assert set(found.files) == {LOSSES, "nnlib/layers/relu.py"}


PLATFORMS = {
    "Moodle with texts typed in": {"Jo Doe_1_assignsubmission_onlinetext/onlinetext.html": b"<p>"},
    "in a folder": {},
    "a note of the teacher's": {"README.txt": b"x", "grades.csv": b"x"},
}


@pytest.mark.parametrize("case", PLATFORMS)
def test_what_a_platform_adds_takes_nobodys_row(tmp_path, case):
    folder = "all/" if case == "in a folder" else ""
    mine = {f"{folder}{name}_assignsubmission_file_/a.zip": zipped({LOSSES: CODE}) for name in ("Jo Doe_1", "Al Le_2")}
    (tmp_path / "all.zip").write_bytes(zipped({**mine, **PLATFORMS[case]}))
    found = list(intake.read([tmp_path / "all.zip"]))
    assert [(each.student, each.error) for each in found] == [("Jo Doe_1", ""), ("Al Le_2", "")]


def test_a_single_file_and_this_folder_are_submissions(tmp_path, monkeypatch):
    (tmp_path / "losses.py").write_bytes(CODE)
    monkeypatch.chdir(tmp_path)
    alone, here = intake.read(["losses.py", "."])
    assert (alone.student, here.student) == ("losses", tmp_path.name)
    assert set(alone.files) == set(here.files) == {LOSSES}


def test_a_device_is_refused(tmp_path):
    with pytest.raises(ValueError, match="neither"):
        list(intake.read(["/dev/zero"]))


def test_a_module_of_their_own_comes_along_where_it_is_imported(tmp_path):
    code = CODE + b"from .layers.mine import f\n"
    extra = {"hw/nnlib/layers/mine.py": b"f = 1\n", "hw/nnlib/layers/unused.py": b"", "hw/nnlib/optim.py": b"x"}
    found = read(tmp_path, zipped({f"hw/{LOSSES}": code, **extra}))
    assert set(found.files) == {LOSSES, "nnlib/layers/mine.py"}


def test_a_module_that_holds_answers_is_still_there_for_those_who_import_it(tmp_path):
    losses = b"from nnlib.mine import conv_forward\ndef svm_loss(x, y):\n    return conv_forward(x, y)\n"
    found = read(tmp_path, zipped({LOSSES: losses, "nnlib/mine.py": b"def conv_forward(x, w):\n    pass\n"}))
    assert found.files["nnlib/layers/conv.py"] == found.files["nnlib/mine.py"] == "def conv_forward(x, w):\n    pass\n"
