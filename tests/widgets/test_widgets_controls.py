"""nnlib.widgets.controls: a slider and a box that move together."""

import contextlib
import re

import pytest

from nnlib.homework.explorers import keep_probability
from nnlib.widgets import Choice, LinearSlider, ValueSlider

REG = ValueSlider("reg", "L2 strength", 0.01, (0.0, 0.001, 0.01, 0.1))


def test_the_box_follows_the_slider():
    view = REG.view()
    assert (view.value, view.slider.value) == (0.01, 2)
    view.slider.value = 0
    assert view.value == 0.0
    view = LinearSlider("dropout", "keep", 0.5, 0.1, 1.0, 0.05).view()
    view.slider.value = 0.15000000000000002  # what steps of 0.05 add up to in the browser
    assert view.value == 0.15


def test_the_label_of_each_position_is_its_value():
    view = REG.view()
    labels = [label for label, _ in view.slider.options]
    for (label, position), value in zip(view.slider.options, REG.values, strict=True):
        view.slider.value = position
        assert (float(label), view.value) == (value, value)
    assert labels == ["0", "0.001", "0.01", "0.1"]


def test_a_typed_value_stays_and_the_slider_goes_to_its_nearest_position():
    view = REG.view()
    view.box.value = 0.02
    assert (view.value, view.box.value, view.slider.value) == (0.02, 0.02, 2)
    view.slider.value = 3
    assert (view.value, view.box.value) == (0.1, 0.1)


UNITS = ValueSlider("hidden_dim", "hidden units", 10, (0, 10, 100))
EPOCHS = LinearSlider("num_epochs", "epochs", 3, 1, 9)


@pytest.mark.parametrize(
    ("control", "typed", "complaint"),
    [
        (UNITS, 12.7, "hidden units: expected a whole number from 0 to 100, got 12.7. It stays at 10."),
        (UNITS, 400000, "hidden units: expected a whole number from 0 to 100, got 400000"),
        (EPOCHS, 2.5, "epochs: expected a whole number from 1 to 9, got 2.5. It stays at 3."),
        (EPOCHS, 0, "got 0"),
        (REG, 7, "L2 strength: expected a number from 0 to 0.1, got 7"),
        (REG, float("nan"), "got nan"),
        (REG, float("inf"), "got inf"),
        (REG, -float("inf"), "got -inf"),
    ],
)
def test_a_value_that_is_not_admitted_changes_nothing_and_is_explained(control, typed, complaint):
    view, seen = control.view(), []
    view.on_change(lambda: seen.append(view.value))
    view.box.set_state({"value": typed})  # as a message from a browser does
    assert (view.value, view.box.value, view.note.value, seen) == (control.default, control.default, "", [])
    assert complaint in view.message.value
    assert 'role="alert"' in view.message.value
    assert view.message.layout.display == "flex"
    with pytest.raises(ValueError, match=re.escape(complaint.removesuffix(f" It stays at {control.default}."))):
        view.value = typed
    view.value = control.extremes[1]
    assert (view.message.value, view.message.layout.display) == ("", "none")


@pytest.mark.parametrize("control", [EPOCHS, LinearSlider("momentum", "momentum", 0.9, 0.0, 0.99, 0.01)])
def test_a_browser_cannot_widen_a_range(control):
    view = control.view()
    view.slider.set_state({"max": 1000, "value": 500})
    assert view.value == control.default
    assert "got 500" in view.message.value
    assert view.slider.value == control.default


def test_a_browser_cannot_add_an_option():
    view = Choice("mode", "mode", "train", ("train", "test")).view()
    with contextlib.suppress(Exception):  # ipywidgets refuses some of it
        view.list.set_state({"_options_labels": ["train", "test", "x"], "index": 2})
    assert view.value == "train"
    with pytest.raises(ValueError, match="mode: expected one of 'train', 'test', got 'x'"):
        view.value = "x"


def test_numbers_as_scientists_type_them():
    view = UNITS.view()
    view.box.value = 1e2
    assert (view.value, type(view.value)) == (100, int)


def test_whole_numbers_stay_whole():
    for control in (
        LinearSlider("num_epochs", "epochs", 3, 1, 9),
        ValueSlider("hidden_dim", "hidden units", 3, (1, 3, 10)),
    ):
        view = control.view()
        view.slider.value = 2
        assert isinstance(view.value, int)
        view.value = 4
        assert view.value == 4


def test_the_dropped_fraction_is_shown_with_the_keep_probability():
    view = keep_probability(0.8).view()
    slider, box, note, _ = view.row.children
    assert (slider.description, note.value) == ("keep probability", "drops 20%")
    slider.value = 0.35
    assert (box.value, note.value) == (0.35, "drops 65%")
    box.value = 1
    assert note.value == "drops 0%"


def test_a_choice_is_one_of_its_options():
    control = Choice("mode", "mode", "train", ("train", "test"))
    view = control.view()
    view.value = "test"
    assert view.list.value == "test"
    assert control.extremes == ("train", "test")


def test_callbacks_are_called_once_per_change():
    for control, values in ((REG, (0.1, 0.02)), (Choice("m", "m", "a", ("a", "b")), ("b", "a"))):
        view, seen = control.view(), []
        view.on_change(lambda view=view, seen=seen: seen.append(view.value))
        for value in values:
            view.value = value
        assert seen == list(values)


def test_every_widget_has_a_name():
    """A browser makes a label of the description, which is the name that a screen reader says."""
    view = REG.view()
    assert view.slider.description == "L2 strength"
    assert view.box.description == "L2 strength, a number from 0 to 0.1"
    assert Choice("mode", "mode", "a", ("a", "b")).view().list.description == "mode"


def test_invalid_declarations_are_refused():
    with pytest.raises(ValueError, match="default: expected a value from 1 to 3, got 4"):
        LinearSlider("n", "n", 4, 1, 3)
    with pytest.raises(ValueError, match="n: expected low below high, got 3 and 1"):
        LinearSlider("n", "n", 2, 3, 1)
    with pytest.raises(ValueError, match="step: expected a number above 0, got 0"):
        LinearSlider("n", "n", 2, 1, 3, 0)
    for values in ((1,), (2, 1), (1, 1)):
        with pytest.raises(ValueError, match="values: expected two or more in increasing order"):
            ValueSlider("n", "n", 1, values)
    with pytest.raises(ValueError, match="default: expected one of 'a', 'b', got 'c'"):
        Choice("n", "n", "c", ("a", "b"))
