"""nnlib.widgets.controls: a slider and a box that move together."""

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


@pytest.mark.parametrize(("typed", "value", "position"), [(0.02, 0.02, 2), (7, 0.1, 3), (-1, 0.0, 0)])
def test_a_typed_value_stays_and_the_slider_goes_to_its_nearest_position(typed, value, position):
    view = REG.view()
    view.box.value = typed
    assert (view.value, view.slider.value) == (value, position)
    view.slider.value = (position + 1) % 4
    assert view.value == REG.values[(position + 1) % 4]


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
    label, slider, box, note = view.row.children
    assert (label.value, note.value) == ("keep probability", "drops 20%")
    slider.value = 0.35
    assert (box.value, note.value) == (0.35, "drops 65%")
    box.value = 1
    assert note.value == "drops 0%"


def test_a_choice_is_one_of_its_options():
    control = Choice("mode", "mode", "train", ("train", "test"))
    view = control.view()
    view.value = "test"
    assert view.row.children[1].value == "test"
    assert control.extremes == ("train", "test")


def test_callbacks_are_called_once_per_change():
    for control, values in ((REG, (0.1, 0.02)), (Choice("m", "m", "a", ("a", "b")), ("b", "a"))):
        view, seen = control.view(), []
        view.on_change(lambda view=view, seen=seen: seen.append(view.value))
        for value in values:
            view.value = value
        assert seen == list(values)


def test_every_widget_has_a_tooltip():
    view = REG.view()
    assert view.slider.tooltip == "L2 strength"
    assert view.box.tooltip == "L2 strength, from 0 to 0.1"


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
