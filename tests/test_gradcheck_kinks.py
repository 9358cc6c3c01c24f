"""nnlib.gradcheck: where a kink ends and curvature or rounding begins."""

import numpy as np
import pytest

from nnlib.gradcheck import STEP, numerical_gradient


@pytest.mark.parametrize("offset", [0.0, 1e-5, 1e-3, 0.1])
@pytest.mark.parametrize("curvature", [1.0, 10.0, 1e3])
def test_a_kink_very_near_x_is_stepped_round_in_a_curved_function(offset, curvature):
    """At a step of 1e-9 it is out of reach; one more step has to do, also where rounding in f is all that differs."""

    def f(x):
        return float(offset + curvature * x[0] ** 2 + max(0.0, x[0] - 2e-8))

    assert abs(numerical_gradient(f, np.zeros(1))[0]) < 1e-6


@pytest.mark.parametrize(("distance", "jump"), [(STEP / 11, 0.01), (STEP / 2, 1e-3)])
def test_a_jump_that_shrinks_with_the_step_is_still_a_kink(distance, jump):
    """At a kink at h/11 the one-sided slopes differ by 10/11 of it for a step of h, and by 1/11 for one of h/10."""
    (slope,) = numerical_gradient(lambda x: float(x[0] ** 2 + jump * max(0.0, x[0] - distance)), np.zeros(1))
    assert abs(slope) < 1e-9


@pytest.mark.parametrize(("size", "kink"), [(0.5e-6, False), (1.5e-6, True), (1e-3, True)])
def test_a_kink_counts_from_a_millionth_of_the_slope(size, kink):
    (slope,) = numerical_gradient(lambda x: float(x[0] + size / 2 * abs(x[0])), np.zeros(1))
    assert np.isnan(slope) == kink
    assert kink or slope == pytest.approx(1)
