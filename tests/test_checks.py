"""nnlib.checks: what is accepted, and the words for what is not."""

from types import MappingProxyType

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


@pytest.mark.parametrize("y", [[[0], [1, 2]], [np.ones(2), np.ones(3)]])
def test_lists_that_make_no_array_are_refused(y):
    for check in (checks.class_labels, checks.binary_signs):
        message = message_of(ValueError, check, y, 2, np.dtype(float))
        assert message == "y: expected an array, got lists of different lengths."
    assert checks.as_array("X", [[1, 2], [3, 4]]).shape == (2, 2)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, int, bool])
def test_finite_passes_what_is_finite(dtype):
    checks.finite("X", np.ones((2, 3), dtype), "")
    assert checks.first_not_finite(np.ones((2, 3), dtype)) is None
    assert checks.first_not_finite(np.ones((0, 3), dtype)) is None


def test_finite_tells_how_many_are_not_and_the_first():
    array = np.ones((3, 4), np.float32)
    array[1, 2], array[2, 0] = np.inf, np.nan
    assert message_of(checks.NotFiniteError, checks.finite, "X", array, "Do so.") == (
        "X: expected finite numbers, got 2 NaN or infinite, the first at index (1, 2). Do so."
    )
    assert issubclass(checks.NotFiniteError, ValueError)
    assert checks.first_not_finite(np.full(9, 3e38, np.float32)) is None  # whose sum is infinite


def test_floating_dtype():
    allowed = ("float32", "float64")
    for dtype in (np.float32, "float32", "f4", np.dtype(">f4")):
        assert checks.floating_dtype("dtype", dtype, allowed) == np.dtype(dtype)
    for dtype, got in ((int, "'int64'"), (np.float16, "'float16'"), ("x", "'x'"), ([1, 2], "[1, 2]"), (3, "3")):
        message = message_of(ValueError, checks.floating_dtype, "dtype", dtype, allowed, "Do so.")
        assert message == f"dtype: expected one of 'float32', 'float64', got {got}. Do so."


NUMBERS = {  # what takes a number: the words, numbers that will do, numbers that will not
    checks.positive: ("a number above 0", (1, 0.5, np.float32(2), np.int64(3)), (0, -1)),
    checks.not_negative: ("a number of at least 0", (0, 0.5, np.float64(2)), (-1e-9, -1)),
    checks.fraction: ("a number in [0, 1)", (0, 0.5, np.float32(0.9)), (1, 1.5, -0.1)),
}


@pytest.mark.parametrize("check", NUMBERS)
def test_numbers(check):
    words, right, wrong = NUMBERS[check]
    for value in right:
        assert check("p", value) is value
    for value in (*wrong, np.nan, np.inf, -np.inf, np.float32(np.nan)):
        assert message_of(ValueError, check, "p", value) == f"p: expected {words}, got {value}."
    for value in (None, "a", "0.5", True, np.True_, [0.5], np.array([0.5]), 1j, {}):
        assert message_of(TypeError, check, "p", value) == f"p: expected {words}, got {value!r}."


def test_a_number_may_say_what_to_do():
    assert message_of(ValueError, checks.positive, "eps", 0, todo="Do so.") == (
        "eps: expected a number above 0, got 0. Do so."
    )
    assert message_of(TypeError, checks.not_negative, "eps", "a", "Do so.") == (
        "eps: expected a number of at least 0, got 'a'. Do so."
    )


def test_whole():
    assert checks.whole("n_jobs", np.int64(-1), "a number", bool) == -1
    for value in (0, 1.0, True, "1", None, [1]):
        message = message_of(ValueError, checks.whole, "n_jobs", value, "a number other than 0", bool)
        assert message == f"n_jobs: expected a number other than 0, got {value!r}."


def test_boolean():
    for value in (True, np.True_, False, np.False_):
        assert checks.boolean("flat", value) is bool(value)
    for value in ("no", 0, 1, None, np.ones(2)):
        assert message_of(TypeError, checks.boolean, "flat", value) == f"flat: expected True or False, got {value!r}."


def test_mapping():
    for value in ({}, {"a": 1}, MappingProxyType({"a": 1})):
        assert checks.mapping("config", value, "{}") is value
    for value in (None, 3, "ab", ["a"], ("a", 1), {"a"}):
        message = message_of(TypeError, checks.mapping, "config", value, "{'a': 1}")
        assert message == f"config: expected a dict such as {{'a': 1}}, got {value!r}."


def test_listed():
    for value in ([1, 2], (1, 2), iter([1, 2]), range(1, 3), np.array([1, 2])):
        assert checks.listed("seeds", value, "seeds") == [1, 2]
    for value in (3, None, "ab", b"ab"):
        message = message_of(ValueError, checks.listed, "seeds", value, "seeds")
        assert message == f"seeds: expected seeds, got {value!r}. For a single one write [{value!r}]."
    assert message_of(ValueError, checks.listed, "seeds", [], "seeds") == "seeds: expected seeds, got []."


def test_function():
    assert checks.function("cost", len, "(x) -> y") is len
    for value in (3, None, "len", int):
        message = message_of(TypeError, checks.function, "cost", value, "(x) -> y")
        assert message == f"cost: expected a function (x) -> y, got {value!r}."


@pytest.mark.parametrize("value", [np.ones(2), ["train"], {"train"}, 1.0, True])
def test_choice_compares_with_no_other_type(value):
    message = message_of(ValueError, checks.choice, "mode", value, ("train", "test"), "Do so.")
    assert message == f"mode: expected one of 'train', 'test', got {value!r}. Do so."
    checks.choice("mode", np.str_("train"), ("train", None))
    checks.choice("mode", None, ("train", None))


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
