"""Numerical gradient checking: compares a backward pass with finite differences of its forward pass.

The centred difference of f along a coordinate is

    (f(x + h) - f(x - h)) / (2 h) = f'(x) + O(h^2) + O(eps / h)

and is most accurate near h = eps^(1/3), 6e-6 in float64. In float32 that leaves two or three digits, too few to tell
a right gradient from a wrong one, so float32 is refused.

Where f has a kink (ReLU, max, hinge) between x - h and x + h, the difference mixes two slopes and is no derivative.
The one-sided slopes show it: they differ by O(h) where f is smooth, but by a constant across a kink. Such a coordinate
is retried with smaller steps, which exclude a kink near x. A coordinate with a kink at x itself is reported and
skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib import checks

Function = Callable[[np.ndarray], "np.ndarray | float"]

STEP = 1e-5
TOLERANCE = 1e-5
# For entries below this fraction of the largest one, errors are relative to that fraction: they are mostly rounding.
FLOOR = 1e-3
EPSILON = np.finfo(np.float64).eps


class GradientError(AssertionError):
    """An analytic gradient disagrees with the numerical one."""


@dataclass(frozen=True)
class GradientReport:
    """The result of a passed check.

    Attributes:
        name: of the gradient that was checked.
        max_error: the largest relative error, see `relative_error`.
        worst_index: the index of that error.
        checked: number of coordinates that were compared.
        kinks: the indices of those that were skipped, because f has no derivative there.
    """

    name: str
    max_error: float
    worst_index: tuple[int, ...]
    checked: int
    kinks: tuple[tuple[int, ...], ...] = ()

    def __str__(self) -> str:
        text = f"{self.name}: {self.checked} checked, worst relative error {self.max_error:.1e} at {self.worst_index}"
        if self.kinks:
            text += f"; {len(self.kinks)} skipped at a kink, the first at {self.kinks[0]}"
        return text


def relative_error(actual: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return |a - e| / max(|a|, |e|, FLOOR * the largest entry of both) per entry; 0 where both are all zero."""
    actual = checks.as_array("actual", actual, real=True).astype(np.float64)
    expected = checks.as_array("expected", expected, real=True).astype(np.float64)
    checks.shape("actual", actual, expected.shape, "Both are compared entry by entry.")
    size = np.maximum(np.abs(actual), np.abs(expected))
    scale = np.maximum(size, FLOOR * np.nanmax(size, initial=0.0))
    with np.errstate(invalid="ignore"):  # infinite entries give NaN, which passes no tolerance
        return np.abs(actual - expected) / np.where(scale == 0, 1.0, scale)


def numerical_gradient(f: Function, x: np.ndarray, dout: np.ndarray | None = None, *, h: float = STEP) -> np.ndarray:
    """Differentiate f at x, coordinate by coordinate.

    Args:
        f: a function of one array that returns a number, or an array if `dout` is given. It must be deterministic:
            give its dropout a seed.
        x: float64, any shape; not changed.
        dout: dL/df, of the shape of f(x); the result is then dL/dx.
        h: the first step tried.

    Returns:
        The gradient, of the shape of x, with NaN where f has a kink at x.

    Raises:
        TypeError: x is not float64.
        ValueError: f is not deterministic, or `dout` does not fit what f returns.
    """
    checks.positive("h", h)
    x = _check_point(f, x, dout)
    gradient = np.empty_like(x)
    moved = x.copy()
    for index in np.ndindex(*x.shape):

        def line(t: float, index: tuple[int, ...] = index) -> np.ndarray:
            moved[index] = x[index] + t
            try:
                return np.array(f(moved))  # a copy: what f returns may be a view of its argument
            finally:
                moved[index] = x[index]

        gradient[index] = _derivative(line, dout, h)
    return gradient


def check_gradient(
    f: Function,
    x: np.ndarray,
    gradient: np.ndarray,
    dout: np.ndarray | None = None,
    *,
    name: str = "gradient",
    h: float = STEP,
    tolerance: float = TOLERANCE,
) -> GradientReport:
    """Compare `gradient`, of the shape of x, with `numerical_gradient(f, x, dout, h=h)`.

    Raises:
        GradientError: the largest relative error is above `tolerance`; names the index and both values.
        TypeError, ValueError: as for `numerical_gradient`; `gradient` has not the shape of x; or every coordinate is at
            a kink, so there is nothing to compare.
    """
    checks.instance("name", name, str, "a text")
    checks.positive("tolerance", tolerance)
    gradient = checks.as_array(name, gradient, real=True)
    checks.shape(name, gradient, getattr(x, "shape", gradient.shape), "It has the shape of x.")
    numeric = numerical_gradient(f, x, dout, h=h)
    return _compare(name, gradient, numeric, _rounding(f(x), dout) / h, tolerance)


def _compare(name: str, analytic: np.ndarray, numeric: np.ndarray, noise: float, tolerance: float) -> GradientReport:
    at_kink = np.isnan(numeric)
    kinks = tuple(tuple(map(int, index)) for index in np.argwhere(at_kink))
    checked = numeric.size - len(kinks)
    checks.require(checked > 0, name, "a point where f has a derivative", f"{len(kinks)} kinks", "Move x a little.")
    # Where the true gradient is zero, the numerical one is pure rounding.
    with np.errstate(invalid="ignore"):
        skipped = at_kink | (np.abs(analytic - numeric) <= noise)
    error = np.where(skipped, 0.0, relative_error(analytic, numeric))
    error[~at_kink & ~np.isfinite(analytic)] = np.inf
    worst = tuple(map(int, np.unravel_index(np.argmax(error), error.shape)))
    report = GradientReport(name, float(error[worst]), worst, checked, kinks)
    if not report.max_error <= tolerance:
        raise GradientError(
            f"{name} is wrong at index {worst}: analytic {analytic[worst]:.10g}, numerical {numeric[worst]:.10g}, "
            f"relative error {report.max_error:.2e}, tolerance {tolerance:.0e}; "
            f"{int(np.sum(error > tolerance))} of {checked} entries are off."
        )
    return report


def _check_point(f: Function, x: np.ndarray, dout: np.ndarray | None) -> np.ndarray:
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise TypeError(
            f"x: expected a float64 array, got {getattr(x, 'dtype', type(x).__name__)}. Differences in lower precision "
            "cannot tell a right gradient from a wrong one: convert x and the parameters with .astype(np.float64)."
        )
    checks.function("f", f, "of x, that returns a number or an array")
    value = np.array(checks.as_array("f(x)", f(x), real=True))
    repeatable = np.array_equal(value, f(x), equal_nan=True)
    checks.require(repeatable, "f", "the same value twice at the same x", "two values", "Give its dropout a seed.")
    if dout is None:
        checks.shape("f(x)", value, (), "Where f returns an array, pass dout of its shape.")
    else:
        checks.shape("dout", checks.as_array("dout", dout, real=True), value.shape, "It has the shape of f(x).")
    return x


def _derivative(line: Callable[[float], np.ndarray | float], dout: np.ndarray | None, h: float) -> float:
    """Return the slope at t = 0 of a function of one variable, or NaN where it has a kink."""
    middle = np.asarray(line(0.0), dtype=np.float64)
    weight = _weight(dout)
    rounding = _rounding(middle, dout)

    def slopes(step: float) -> tuple[float, float, float]:
        above, below = line(step), line(-step)
        right, left = (float(np.sum(rise * weight)) / step for rise in (above - middle, middle - below))
        return (right + left) / 2, abs(right - left), rounding / step

    centred, gap, noise = slopes(h)
    proportional = False
    for _ in range(4):
        if gap <= noise + 1e-6 * abs(centred):  # a jump below that decides no check; it is mostly rounding in f
            return centred
        h /= 10
        finer, finer_gap, finer_noise = slopes(h)
        if finer_gap > 3 * gap:  # it grows as the step shrinks: rounding, not a kink
            return centred
        shrinks = finer_gap <= gap / 2 or finer_gap <= finer_noise
        if shrinks and abs(finer - centred) <= 1e-6 * max(abs(finer), abs(centred), 10 * gap) + finer_noise:
            return centred
        was_proportional, proportional = proportional, abs(10 * finer_gap - gap) <= 0.05 * gap
        if proportional and was_proportional:  # to the step, twice: a smooth function, whose slope may be 0
            return finer
        centred, gap, noise = finer, finer_gap, finer_noise
    return np.nan


def _weight(dout: np.ndarray | None) -> np.ndarray:
    return np.ones(()) if dout is None else np.asarray(dout, dtype=np.float64)


def _rounding(value: np.ndarray | float, dout: np.ndarray | None) -> float:
    """Return a bound on the rounding error in the difference of two such values of f."""
    return 4 * EPSILON * float(np.sum(np.abs(value * _weight(dout))))
