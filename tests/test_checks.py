"""nnlib.checks: what is accepted, and the words for what is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import checks


def message_of(error, call, *args, **kwargs):
    with pytest.raises(error) as caught:
        call(*args, **kwargs)
    return str(caught.value)


def test_require_words_argument_expected_got_and_what_to_do():
    checks.require(True, "p", "a number", "none")
    assert message_of(ValueError, checks.require, False, "p", "a number", 3) == "p: expected a number, got 3."
    assert message_of(ValueError, checks.require, False, "p", "a number", 3, "Do so.") == (
        "p: expected a number, got 3. Do so."
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floating_returns_the_array_itself(dtype):
    array = np.ones((2, 3), dtype)
    assert checks.floating("x", array) is array
    assert checks.floating("x", array, ndim=2) is array


@pytest.mark.parametrize(
    "array", [np.ones(2, int), np.ones(2, bool), np.ones(2, complex), np.array(["a"]), [1.0], 1.0, None]
)
def test_floating_refuses_everything_else(array):
    message = message_of(TypeError, checks.floating, "x", array)
    got = f"dtype {array.dtype}" if isinstance(array, np.ndarray) else type(array).__name__
    assert message.startswith("x: expected a ")
    assert f", got {got}." in message


def test_axes_and_shapes():
    assert message_of(ValueError, checks.floating, "x", np.ones(3), ndim=2) == (
        "x: expected 2 axes, got shape (3,). Reshape it first."
    )
    checks.shape("w", np.ones((2, 3)), (2, 3))
    assert message_of(ValueError, checks.shape, "w", np.ones((2, 3)), (3, 2), "Because.") == (
        "w: expected shape (3, 2), got shape (2, 3). Because."
    )


@given(st.lists(st.integers(0, 4), max_size=6), st.sampled_from([np.uint8, np.int8, np.int64]))
def test_class_labels_returns_integers_as_they_are(labels, dtype):
    y = np.array(labels, dtype)
    np.testing.assert_array_equal(checks.class_labels(y, len(labels), 5), y)
    assert checks.class_labels([int(label) for label in labels] or y, len(labels), 5).dtype.kind in "iu"


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (
            [0, 5],
            ValueError,
            "y: expected class indices from 0 to 4, one for each column of the scores, got labels from 0 to",
        ),
        ([-1, 0], ValueError, "got labels from -1 to 0."),
        (
            [0.0, 1.0],
            TypeError,
            "y: expected integer class indices, got dtype float64. Convert them: y.astype(np.int64).",
        ),
        ([True, False], TypeError, "y: expected integer class indices, got dtype bool."),
        ([0, 1, 2], ValueError, "y: expected shape (2,), one label per example, got shape (3,)."),
        ([[0], [1]], ValueError, "got shape (2, 1). Labels are a vector, not a column or one-hot rows."),
    ],
)
def test_class_labels_refuses(y, error, message):
    assert message in message_of(error, checks.class_labels, np.array(y), 2, 5)


@given(st.lists(st.booleans(), max_size=6), st.sampled_from([np.float32, np.float64]))
def test_binary_signs_reads_both_conventions_into_a_new_array(positive, dtype):
    expected = np.array([1 if p else -1 for p in positive], dtype)
    for negative in (0, -1):
        y = np.array([1 if p else negative for p in positive], dtype)
        signs = checks.binary_signs(y, len(positive), np.dtype(dtype))
        np.testing.assert_array_equal(signs, expected)
        assert signs.dtype == dtype
        assert not np.shares_memory(signs, y)


@pytest.mark.parametrize("y", [[0, -1], [0, 2], [1, 2], [0.5, 1], [np.nan, 1], ["0", "1"]])
def test_binary_signs_refuses_other_labels(y):
    message = message_of(ValueError, checks.binary_signs, np.array(y), 2, np.dtype(float))
    assert message.startswith("y: expected binary labels, all in {0, 1} or all in {-1, +1}, got the values [")


def test_choice():
    checks.choice("mode", "train", ("train", "test"))
    assert message_of(ValueError, checks.choice, "mode", "x", ("train", "test")) == (
        "mode: expected one of 'train', 'test', got 'x'."
    )


@pytest.mark.parametrize("value", [1, 7, np.int64(3)])
def test_positive_int_returns_a_python_int(value):
    assert checks.positive_int("units", value) == value
    assert type(checks.positive_int("units", value)) is int


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "1", None, np.float64(2)])
def test_positive_int_refuses(value):
    assert message_of(ValueError, checks.positive_int, "units", value) == (
        f"units: expected a whole number of at least 1, got {value!r}."
    )


def test_generator_takes_a_generator_or_a_seed():
    rng = np.random.default_rng(0)
    assert checks.generator(rng) is rng
    for seed in (5, np.int64(5)):
        assert checks.generator(seed).random() == np.random.default_rng(5).random()


@pytest.mark.parametrize("rng", [None, True, 1.5, "0", np.random.RandomState(0)])
def test_a_missing_source_of_randomness_is_an_error(rng):
    message = message_of(TypeError, checks.generator, rng)
    assert message.startswith("rng: expected an int seed or a numpy.random.Generator, got ")
    assert message.endswith("Pass rng=0, for example.")


def test_a_negative_seed_is_an_error():
    assert message_of(ValueError, checks.generator, -1) == "rng: expected a seed of at least 0, got -1."
