"""The inputs that the judge draws are of the kind that their name promises."""

import numpy as np
import pytest

from nnlib.check import cases

PROMISES = {  # the name of a row or property: what is looked at in its inputs, and what has to be found
    "running": (lambda case: "running_mean" in case["bn_param"], {True, False}),
    "ties": (lambda case: len(np.unique(case["x"])) < case["x"].size / 4, {True}),
    "labels": (lambda case: (case["y"].min(), case["y"].dtype.kind), {(-1, "i"), (0, "u")}),
    "stability": (lambda case: np.abs(case["x"]).max() > 1000, {True}),
}


def drawn(subject, sizes, options):
    return subject.make(np.random.default_rng(0), *sizes, **options)


@pytest.mark.parametrize("name", PROMISES)
def test_a_rows_inputs_are_what_its_name_says(name):
    look, expected = PROMISES[name]
    subjects = [subject for subject in cases.SUBJECTS if name in subject.cases]
    assert subjects
    for subject in subjects:
        assert {look(drawn(subject, *case)) for case in subject.cases[name]} == expected, subject.targets


def test_at_square_sizes_no_axes_can_be_told_apart():
    for subject in cases.SUBJECTS:
        for sizes in subject.squares:
            values = drawn(subject, sizes, {})
            values.pop("columns", None)  # one for each window
            shapes = [value if isinstance(value, tuple) else np.shape(value) for value in values.values()]
            for shape in (shape for shape in shapes if len(shape) > 1):
                assert (shape[0], shape[-1]) == (shape[1], shape[-2]), subject.targets
