"""The convolution stepper: every step against nnlib's functions, and the matrices that are typed in."""

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from widget_models import small_figure

from nnlib.homework import stepper as stepper_module
from nnlib.homework.convolution import FUNCTIONS, parse_matrix, terms
from nnlib.homework.stepper import TYPED, ConvolutionStepper, draw_step


@pytest.fixture
def no_pixels(monkeypatch):
    """For the tests that do not look at them."""
    monkeypatch.setattr(stepper_module, "png", lambda figure: b"")


@pytest.fixture
def stepper(monkeypatch):
    monkeypatch.setattr(stepper_module, "new_figure", small_figure)
    made = ConvolutionStepper(np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]), np.array([[1.0, 0], [2, -1]]))
    yield made
    made.close()


@given(st.sampled_from(sorted(FUNCTIONS)), st.tuples(*[st.integers(1, 5)] * 2), st.data())
@settings(max_examples=60)
def test_the_terms_are_the_definition_of_every_element(kind, a_shape, data):
    largest = a_shape if kind != "full" else (5, 5)
    b_shape = tuple(data.draw(st.integers(1, side)) for side in largest)
    rng = np.random.default_rng(0)
    a, b = rng.integers(-5, 6, a_shape).astype(float), rng.integers(-5, 6, b_shape).astype(float)
    output = FUNCTIONS[kind](a, b)
    for at in np.ndindex(output.shape):
        found = terms(kind, a_shape, b_shape, *at)
        assert sum(a[t.in_a] * b[t.in_b] for t in found) == output[at]
        assert len(set(found)) == len(found)
        if kind != "full":
            assert len(found) == b.size


@pytest.mark.usefixtures("no_pixels")
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_at_every_step_what_is_shown_adds_up(stepper, kind):
    """The drawn products sum to the function's output, and there is one per pair of multiplied elements."""
    stepper.kind.value = kind
    a, b = stepper._a, stepper._b
    slow = {"valid": reference.conv_valid, "full": reference.conv_full, "filt": reference.conv_filt}[kind](a, b)
    np.testing.assert_array_equal(stepper.output, slow)
    visited = []
    for _ in range(stepper.output.size):
        visited.append(stepper.step)
        assert np.nansum(stepper.products) == stepper.output[stepper.step]
        assert np.isfinite(stepper.products).sum() == len(stepper.terms)
        assert stepper.alt_text.endswith(f"= {stepper.output[stepper.step]:g}")
        stepper.next_button.click()
    assert visited == list(np.ndindex(stepper.output.shape))
    assert stepper.slider.value == 0  # the first comes after the last
    stepper.previous_button.click()
    assert stepper.step == visited[-1]


def test_the_drawing_lays_the_kernel_on_the_matrix():
    a, b = np.arange(1.0, 10).reshape(3, 3), np.array([[1.0, 10], [100, 1000]])
    output = FUNCTIONS["full"](a, b)
    figure = Figure()
    products = draw_step(figure, "full", a, b, output, (0, 2))
    np.testing.assert_array_equal(products, [[np.nan, np.nan], [20, 3]])  # flipped, extending beyond the upper edge
    numbers = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert numbers[0] == [str(n) for n in range(1, 10)]
    assert numbers[1] == ["1e+03", "100", "10", "1"]
    assert numbers[2] == ["20", "3"]
    assert numbers[3] == ["1", "12", "23"]  # the output so far
    assert [ax.get_title() for ax in figure.axes] == ["a", "b, flipped", "products, sum 23", "output"]
    frame = max(figure.axes[0].patches, key=lambda patch: patch.get_linewidth())
    assert (frame.get_xy(), frame.get_width(), frame.get_height()) == ((1, -1), 2, 2)


def test_the_filter_is_not_flipped():
    figure = Figure()
    a, b = np.ones((2, 2)), np.array([[1.0, 2], [3, 4]])
    np.testing.assert_array_equal(draw_step(figure, "filt", a, b, FUNCTIONS["filt"](a, b), (0, 0)), b)
    assert figure.axes[1].get_title() == "b"


@pytest.mark.usefixtures("no_pixels")
def test_the_description_lists_the_products(stepper):
    assert stepper.alt_text == (
        "Step 1 of 4, out[i, j] = Σ a[k, l] · b[i−k+H′, j−l+W′]: out[1, 1] = 1·(-1) + 2·2 + 4·0 + 5·1 = 8"
    )
    stepper.source.value = "letter F"
    stepper.b_box.value = "1 1 1\n1 1 1\n1 1 1"
    assert "(9 products)" in stepper.alt_text


@pytest.mark.usefixtures("no_pixels")
def test_an_image_can_be_chosen_and_the_kernel_typed(stepper):
    stepper.next()
    stepper.source.value = "letter F"
    assert stepper.slider.value == 0
    assert stepper.output.shape == (8, 6)
    stepper.b_box.value = "1, 2, 3"
    assert stepper.output.shape == (9, 5)
    assert (stepper.slider.max, stepper.play.max) == (44, 44)
    stepper.slider.value = 44
    stepper.source.value = TYPED  # a smaller output: the step must be in it
    assert stepper.output.shape == (3, 1)
    assert (stepper.slider.value, stepper.slider.max) == (0, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "b: expected a matrix, got no numbers"),
        ("1 2\n3", "b: expected rows of equal length, got rows of 1 and 2 numbers"),
        ("1 x", "b: expected numbers, got 'x'"),
        ("1 nan", "b: expected finite numbers"),
        ("1 2 3 4 5 6", "b: expected at most 5 rows and columns, got 1 x 6"),
        ("1 2 3 4", "b: expected a kernel no larger than a's"),
    ],
)
def test_an_error_in_the_typed_kernel_is_shown(stepper, text, message):
    before = stepper.picture.image.value
    stepper.b_box.value = text
    stepper.next_button.click()  # as each tick of the player
    assert message in stepper.alt_text
    assert 'role="alert"' in stepper.picture.line.value
    assert stepper.picture.image.value == before
    stepper.b_box.value = "1"
    assert stepper.output.shape == (3, 3)
    assert 'role="status"' in stepper.picture.line.value


@pytest.mark.parametrize("text", ["1 2.5\n-3 4", "1, 2.5; -3, 4", "\n1 2.5\n\n-3,4\n"])
def test_matrices_are_read_as_they_are_typed(text):
    np.testing.assert_array_equal(parse_matrix("a", text, 9), [[1, 2.5], [-3, 4]])


def test_too_large_an_image_is_refused():
    with pytest.raises(ValueError, match=r"digit: expected at most 16 rows and columns, got \(28, 28\)"):
        ConvolutionStepper(images={"digit": np.ones((28, 28))})
