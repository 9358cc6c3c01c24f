"""Every figure that a notebook shows is listed with what it must show, and its stored picture is one."""

import base64
import importlib
from pathlib import Path

import nbformat
import numpy as np
import pytest
from notebook_figures.stored import LEAST, likeness, parts, pixels, unlike

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").rglob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    """A notebook's pictures, with their cells, and the list of what they must show."""
    cells = [cell for cell in nbformat.read(request.param, 4).cells if cell.cell_type == "code"]
    outputs = [(cell.id, output) for cell in cells for output in cell.outputs if "data" in output]
    pictures = [(cell, output) for cell, output in outputs if any("image/" in kind for kind in output.data)]
    return pictures, importlib.import_module(f"notebook_figures.{request.param.stem}").shown


def test_every_stored_picture_is_listed_in_order(notebook):
    pictures, listing = notebook
    assert [cell for cell, _ in pictures] == [expected.cell for expected in listing]


def test_stored_pictures_have_the_alt_text_that_is_listed(notebook):
    pictures, listing = notebook
    for (_, output), expected in zip(pictures, listing, strict=True):
        alt = output.metadata["image/png"]["alt"]
        assert alt == expected.alt if isinstance(expected.alt, str) else len(alt) > 20


def test_stored_pictures_show_something(notebook):
    pictures, _ = notebook
    for cell, output in pictures:
        assert set(output.data) == {"image/png", "text/plain"}, cell
        picture = pixels(base64.b64decode(output.data["image/png"]))
        assert min(picture.shape) > 100, (cell, picture.shape)
        for half in np.array_split(picture, 2, axis=1):
            assert half.std() > 0.02, f"{cell}: half of the stored picture is blank"


def test_a_stored_picture_is_told_from_others_and_from_its_mirror_images(notebook):
    pictures, listing = notebook
    stored = [base64.b64decode(output.data["image/png"]) for _, output in pictures]
    decoded = {png: parts(pixels(png)) for png in stored}
    for index, expected in enumerate(listing):
        if expected.same:
            own = decoded[stored[index]]
            others = [other for png, other in decoded.items() if png != stored[index]]
            assert unlike(stored[index], stored[index], same=True) == []
            assert max(likeness(own, other) for other in [*others, own[::-1], own[:, ::-1]]) < LEAST, expected.cell
