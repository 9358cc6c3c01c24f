"""What the tests compare with: a helper that lets through what it should find makes every test that uses it pass."""

import numpy as np
import pytest
import reference
from notebook_figures.panels import same

VALUES = np.array([1.0, -2.0, 0.5])


@pytest.mark.parametrize(("dtype", "rounding"), [(np.float64, 1e-12), (np.float32, 1e-6)])
def test_the_oracle_allows_rounding_and_nothing_more(dtype, rounding):
    reference.assert_close(VALUES + rounding, VALUES, dtype)
    for wrong in (VALUES + 200 * rounding, VALUES * (1 - 200 * rounding), VALUES[:2], -VALUES):
        with pytest.raises(AssertionError):
            reference.assert_close(wrong, VALUES, dtype)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_figure_may_differ_by_rounding_and_nothing_more(logarithmic):
    assert same(VALUES * (1 + 1e-6), VALUES, logarithmic)
    for wrong in (VALUES * 1.001, VALUES[::-1], VALUES[:2], np.array([1.0, np.nan, 0.5])):
        assert not same(wrong, VALUES, logarithmic)
    beside_one = np.array([1.0, 1e-9]), np.array([1.0, 2e-9])
    assert same(*beside_one, logarithmic) != logarithmic  # there each number counts by itself
