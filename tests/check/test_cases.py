"""The inputs that the judge draws are of the kind that their name promises."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlib.check import cases
from nnlib.check.models import parameters
from nnlib.check.subjects import Fault

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


def test_inputs_of_a_relu_are_zero_in_places_and_far_from_it_in_others():
    x = cases.elementwise(np.random.default_rng(0), 7, 5)["x"]
    assert (x == 0).any()
    assert x.min() < -6
    assert x.max() > 6  # where ReLU6 is cut off
    x = cases.elementwise(np.random.default_rng(0), 7, 5, zeros=False)[
        "x"
    ]  # of a numerical gradient: far from the kink
    assert np.abs(x).min() >= 0.1


def test_inputs_of_batch_norm_tell_scale_and_running_mean_from_what_they_are_not():
    made = [cases.batch_norm(np.random.default_rng(seed), 6, 4, mode="test") for seed in range(10)]
    assert min(np.abs(case["gamma"]).min() for case in made) >= 1
    far = [case["bn_param"]["running_mean"] - case["x"].mean(axis=0) for case in made]
    assert np.mean(far) > 4


def test_at_square_sizes_no_axes_can_be_told_apart():
    for subject in cases.SUBJECTS:
        for sizes in subject.squares:
            values = drawn(subject, sizes, {})
            values.pop("columns", None)  # one for each window
            shapes = [value if isinstance(value, tuple) else np.shape(value) for value in values.values()]
            for shape in (shape for shape in shapes if len(shape) > 1):
                assert (shape[0], shape[-1]) == (shape[1], shape[-2]), subject.targets


class Model:
    """A worker with a model whose gradients are zero, the last with one more axis."""

    def __init__(self, case):
        self.grads = {name: np.zeros_like(case[name]) for name in parameters(case)}
        self.last = name = next(reversed(self.grads))
        self.grads[name] = self.grads[name][None]

    def call(self, name, *arguments, **options):
        return (0.0, self.grads) if name == "loss" and len(arguments) == 2 else None

    def set(self, *arguments, **options):
        pass

    get = set


@pytest.mark.parametrize("keep", [1.0, 0.6])
def test_a_gradient_of_another_shape_is_named_along_a_direction_after_dropout_and_in_training(keep):
    subject = cases.OF["nnlib.homework.sweeps:regularised_conv_net"]
    case = drawn(subject, (("fc",), ("fc",), ""), {"keep": keep})
    worker = Model(case)
    with pytest.raises(Fault, match=f"^d{worker.last} has shape "):
        list(subject.calls(worker, case, ()))
    with pytest.raises(Fault, match=f"^d{worker.last} has shape "):
        subject.trains(SimpleNamespace(worker=worker), case)
