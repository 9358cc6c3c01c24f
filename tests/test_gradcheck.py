"""nnlib.gradcheck: right gradients pass, wrong ones fail, kinks are skipped."""

import numpy as np
import pytest
from directions import check_directions
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import generators, values

import nnlib
from nnlib.gradcheck import (
    GradientError,
    GradientReport,
    check_gradient,
    numerical_gradient,
    relative_error,
)


def softmax_of_a_layer():
    """(f, x, gradient): a smooth function of a matrix."""
    rng = np.random.default_rng(0)
    x, y, bias = rng.standard_normal((5, 4)), rng.integers(0, 3, 5), rng.standard_normal(3)

    def f(w):
        return nnlib.softmax_loss(nnlib.fc_forward(x, w, bias)[0], y)[0]

    w = rng.standard_normal((4, 3))
    scores, cache = nnlib.fc_forward(x, w, bias)
    return f, w, nnlib.fc_backward(nnlib.softmax_loss(scores, y)[1], cache)[1]


def relu_layer():
    """(f, x, gradient) of a function with kinks, none of them at x."""
    rng = np.random.default_rng(1)
    x, dout = rng.standard_normal((3, 5)), rng.standard_normal((3, 5))
    _, cache = nnlib.relu_forward(x)
    return lambda v: float(np.vdot(nnlib.relu_forward(v)[0], dout)), x, nnlib.relu_backward(dout, cache)


FUNCTIONS = [softmax_of_a_layer, relu_layer]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_right_gradient_passes_with_room_to_spare(function):
    f, x, gradient = function()
    report = check_gradient(f, x, gradient, name="dw")
    assert (report.name, report.checked, report.kinks) == ("dw", x.size, ())
    assert report.max_error < 1e-7
    assert str(report) == f"dw: {x.size} checked, worst relative error {report.max_error:.1e} at {report.worst_index}"
    assert check_directions(f, x, gradient, rng=0).max_error < 1e-7


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("check", [check_gradient, lambda *args: check_directions(*args, rng=0)])
@pytest.mark.parametrize("factor", [1.0005, 0.9995])
def test_a_gradient_that_is_off_by_a_twentieth_of_a_percent_fails(function, check, factor):
    f, x, gradient = function()
    with pytest.raises(GradientError, match="gradient is wrong"):
        check(f, x, factor * gradient)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_one_entry_off_by_a_twentieth_of_a_percent_fails_and_is_named(function):
    f, x, gradient = function()
    for index in np.argwhere(np.abs(gradient) > 1e-3 * np.abs(gradient).max()):
        wrong = gradient.copy()
        wrong[tuple(index)] *= 1.0005
        with pytest.raises(GradientError) as caught:
            check_gradient(f, x, wrong, name="dw")
        assert f"dw is wrong at index {tuple(map(int, index))}: analytic " in str(caught.value)
        assert f"relative error 5.00e-04, tolerance 1e-05; 1 of {x.size} entries are off." in str(caught.value)


def test_one_entry_of_a_few_that_is_off_fails_along_directions_too():
    f, x, gradient = softmax_of_a_layer()
    wrong = gradient.copy()
    wrong[np.unravel_index(np.abs(gradient).argmax(), x.shape)] *= 1.0005
    with pytest.raises(GradientError, match=r"gradient is wrong at index \([0-3],\).* of 4 entries are off"):
        check_directions(f, x, wrong, rng=0)


def test_the_worst_of_several_errors_is_the_one_that_is_named():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    wrong = np.array([[1.001, 1.0], [1.01, 1.0]])
    with pytest.raises(GradientError) as caught:
        check_gradient(np.sum, x, wrong)
    assert "wrong at index (1, 0): analytic 1.01, numerical 1" in str(caught.value)
    assert "2 of 4 entries are off." in str(caught.value)


@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
def test_an_entry_that_is_no_number_fails(entry):
    with pytest.raises(GradientError, match=r"wrong at index \(1,\).* 1 of 3 entries are off"):
        check_gradient(np.sum, np.ones(3), np.array([1.0, entry, 1.0]))
    with pytest.raises(GradientError):
        check_directions(np.sum, np.ones(3), np.array([1.0, entry, 1.0]), rng=0)


@given(st.tuples(*[st.floats(-3, 3)] * 4), values((3,)))
@example((0.0, 0.0, 1.0, 1.0), np.zeros(3))  # a minimum: no slope to measure the curvature against
@example((0.0, 0.0, 1e-5, 1.0), np.zeros(3))  # nor much curvature
def test_a_smooth_function_has_no_kinks_and_the_right_slope(coefficients, x):
    polynomial = np.polynomial.Polynomial(coefficients)
    slope = polynomial.deriv()(x)
    size = sum(map(abs, coefficients)) * (1 + np.abs(x)) ** 3
    numerical = numerical_gradient(lambda v: float(polynomial(v).sum()), x)
    assert (np.abs(numerical - slope) <= 1e-8 * (1 + size.sum())).all()


@pytest.mark.parametrize(
    "f", [np.exp, np.sin, np.tanh, lambda v: np.exp(8 * v), lambda v: 1e6 * v, lambda v: 1e-9 * v**2]
)
@given(values((4,), bound=2.0))
def test_curved_steep_and_flat_functions_have_no_kinks(f, x):
    assert np.isfinite(numerical_gradient(f, x, np.ones(4))).all()


@pytest.mark.parametrize("seed", range(20))
def test_rounding_within_f_is_not_taken_for_a_kink(seed):
    rng = np.random.default_rng(seed)
    x, w, dout = (rng.standard_normal(shape) for shape in ((2, 2, 6, 5), (3, 2, 3, 2), (2, 3, 4, 4)))
    numerical = numerical_gradient(lambda v: np.vdot(nnlib.conv_forward(x, v)[0], dout), w)  # large terms, small sum
    assert np.isfinite(numerical).all()


@pytest.mark.parametrize("seed", range(3))
def test_of_a_gap_that_grows_as_the_step_shrinks_the_wider_step_counts(seed):
    """Rounding of 1e-10 within f, which its value does not show: it counts ten times as much in a tenth of the step."""
    x = np.random.default_rng(seed).uniform(-1, 1, 40)
    numerical = numerical_gradient(lambda v: float(np.sum((np.sin(v) + 1e6) - 1e6)), x)
    np.testing.assert_allclose(numerical, np.cos(x), rtol=0, atol=2e-4)


@given(generators())
def test_rounding_where_the_gradient_is_zero_is_ignored(rng):
    y, x = np.array([1, 0, 1, 0]), rng.uniform(-0.5, 0.5, 4)  # all within the margin, the slopes cancel

    def f(bias):
        return nnlib.svm_loss(x + bias, y)[0]

    assert check_gradient(f, np.array([0.1]), np.array([0.0])).max_error == 0
    with pytest.raises(GradientError):
        check_gradient(f, np.array([0.1]), np.array([1e-8]))


@given(generators())
def test_a_gradient_that_sums_to_zero_passes_along_directions(rng):
    check_directions(lambda v: v[0] - v[1], np.ones(2), np.array([1.0, -1.0]), rng=rng)


@pytest.mark.parametrize("distance", [3e-6, -3e-6, 2e-7, -1.5e-8])
def test_a_kink_beside_x_is_stepped_round(distance):
    x = np.array([1.0, distance, -1.0])
    report = check_gradient(lambda v: np.maximum(v, 0).sum(), x, (x > 0).astype(float))
    assert (report.checked, report.kinks) == (3, ())


def test_a_kink_at_x_is_reported_and_the_rest_is_compared():
    x = np.array([[1.0, 0.0], [-1.0, 2.0]])

    def f(v):
        return float(np.maximum(v, 0).sum())

    report = check_gradient(f, x, np.array([[1.0, 0.3], [0.0, 1.0]]), name="dx")
    assert (report.checked, report.kinks) == (3, ((0, 1),))
    assert str(report).endswith("; 1 skipped at a kink, the first at (0, 1)")
    assert np.isnan(numerical_gradient(f, x)[0, 1])
    with pytest.raises(GradientError, match=r"wrong at index \(1, 0\).*1 of 3 entries"):
        check_gradient(f, x, np.array([[1.0, 0.3], [0.1, 1.0]]))


def test_hinge_and_max_pool_beside_their_kinks():
    y = np.array([1, 1, 0])
    x = np.array([1 + 2e-6, 1 - 2e-6, -1.0 + 1e-7])
    assert check_gradient(lambda v: nnlib.svm_loss(v, y)[0], x, nnlib.svm_loss(x, y)[1]).kinks == ()
    pool = {"pool_height": 1, "pool_width": 2, "stride": 2}
    images = np.array([[[[1.0, 1.0 + 3e-6, 2.0, 2.0]]]])  # a near tie, and a tie
    dout = np.array([[[[1.0, 5.0]]]])
    dx = nnlib.max_pool_backward(dout, nnlib.max_pool_forward(images, pool)[1])
    report = check_gradient(lambda v: nnlib.max_pool_forward(v, pool)[0], images, dx, dout)
    assert report.kinks == ((0, 0, 0, 2), (0, 0, 0, 3))


@pytest.mark.parametrize("check", [check_gradient, lambda *args, **kw: check_directions(*args, rng=0, **kw)])
def test_nothing_to_compare_is_an_error(check):
    with pytest.raises(ValueError, match=r"dx: expected a point where f has a derivative, got \d kinks\. Move x a"):
        check(lambda v: np.abs(v).sum(), np.zeros(3), np.zeros(3), name="dx")


EVERY_CHECK = [
    lambda f, x, *dout: numerical_gradient(f, x, *dout),
    lambda f, x, *dout: check_gradient(f, x, np.ones(np.shape(x)), *dout),
    lambda f, x, *dout: check_directions(f, x, np.ones(np.shape(x)), *dout, rng=0),
]


@pytest.mark.parametrize("check", EVERY_CHECK)
@pytest.mark.parametrize(
    ("x", "got"), [(np.ones(3, np.float32), "float32"), (np.ones(3, int), "int64"), ([1.0, 2.0], "list")]
)
def test_lower_precision_is_refused(check, x, got):
    with pytest.raises(TypeError, match=rf"x: expected a float64 array, got {got}\. .*\.astype\(np\.float64\)\."):
        check(np.sum, x)


@pytest.mark.parametrize("check", EVERY_CHECK)
def test_a_function_that_answers_differently_is_refused(check):
    rng = np.random.default_rng(0)
    param = {"p": 0.5, "mode": "train", "rng": rng}
    with pytest.raises(
        ValueError, match=r"f: expected the same value twice at the same x, got two values\. Give its drop"
    ):
        check(lambda v: nnlib.dropout_forward(v, param)[0].sum(), np.linspace(1, 2, 20))


@pytest.mark.parametrize("check", EVERY_CHECK)
def test_shapes_are_checked(check):
    with pytest.raises(ValueError, match=r"f\(x\): expected shape \(\), got shape \(3,\)\. Where f returns an array"):
        check(lambda v: 2 * v, np.ones(3))
    with pytest.raises(ValueError, match=r"dout: expected shape \(3,\), got shape \(2,\)\. It has the shape of f"):
        check(lambda v: 2 * v, np.ones(3), np.ones(2))


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"dw: expected shape \(3,\), got shape \(3, 1\)\. It has the shape of x\."):
        check_gradient(np.sum, np.ones(3), np.ones((3, 1)), name="dw")
    with pytest.raises(ValueError, match=r"dw: expected shape \(3,\), got shape \(1,\)"):
        check_directions(np.sum, np.ones(3), np.ones(1), name="dw", rng=0)


def test_directions_need_a_source_of_randomness_and_a_number():
    with pytest.raises(TypeError, match="rng: expected an int seed or a"):
        check_directions(np.sum, np.ones(3), np.ones(3), rng=None)
    with pytest.raises(ValueError, match="directions: expected a whole number of at least 1, got 0"):
        check_directions(np.sum, np.ones(3), np.ones(3), rng=0, directions=0)


@given(generators())
def test_x_and_the_gradient_are_left_alone_and_a_view_may_be_returned(rng):
    x, gradient = rng.standard_normal((2, 3)), np.full((2, 3), 2.0)
    before = x.copy()
    report = check_gradient(lambda v: v, x, gradient, gradient)  # f hands back its own argument
    check_directions(lambda v: v, x, gradient, gradient, rng=rng)
    assert report == GradientReport("gradient", report.max_error, report.worst_index, 6)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(gradient, 2.0)


def test_relative_error_by_hand():
    # |a - e| / max(|a|, |e|): 1/4, 0, and 1e-4 / (1e-3 * 4) for the small entry, whose floor is the largest one's
    error = relative_error(np.array([3.0, -2.0, 1e-4]), np.array([4.0, -2.0, 0.0]))
    np.testing.assert_allclose(error, [0.25, 0.0, 0.025], rtol=1e-14)
    np.testing.assert_array_equal(relative_error(np.zeros(2), np.zeros(2)), [0.0, 0.0])
    with pytest.raises(ValueError, match=r"actual: expected shape \(3,\), got shape \(2,\)"):
        relative_error(np.ones(2), np.ones(3))


@pytest.mark.parametrize("value", [3j, "a", None, [[1], [1, 2]], {"x": 1}], ids=repr)
def test_any_argument_of_another_kind_is_named(value):
    good = {"f": np.square, "x": np.ones(2), "gradient": np.full(2, 2.0), "dout": np.ones(2)}
    assert check_gradient(**good).checked == 2
    for name in ("f", "x", "gradient", "h", "tolerance", *([] if value is None else ["dout"])):
        with pytest.raises((TypeError, ValueError), match=rf"^{name}: expected "):
            check_gradient(**good | {name: value})
        if name in ("f", "x", "dout", "h"):
            with pytest.raises((TypeError, ValueError), match=rf"^{name}: expected "):
                numerical_gradient(**{"f": np.square, "x": np.ones(2), "dout": np.ones(2)} | {name: value})
    for name in ("actual", "expected"):
        with pytest.raises(ValueError, match=rf"^{name}: expected an array"):
            relative_error(**{"actual": np.ones(2), "expected": np.ones(2)} | {name: value})
