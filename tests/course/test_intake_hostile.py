"""Damaged and hostile submissions: each ends in a row with its reason, in time linear in its length."""

import io
import json
import time
import zipfile

import pytest

from course import intake

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


def test_time_is_linear_in_the_number_of_files(tmp_path):
    """Four times the files take about four times as long; with each compared to each they would take 16 times."""

    def seconds(count):
        data, start = zipped({f"folder/{n}.py": b"" for n in range(count)}), time.process_time()
        assert f"{count} files" in read(tmp_path, data).error
        return time.process_time() - start

    small, large = (min(seconds(count) for _ in range(3)) for count in (3000, 12000))
    assert large < 9 * small
