"""nnlib.homework.masks: the moments against the average over all masks."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from nnlib.homework.masks import draw_dropout, masked_outputs, moments, rectified_mean


def layer(inputs=6, outputs=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=inputs), rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)


@given(st.floats(0.01, 1), st.integers(0, 99))
def test_moments_are_those_over_all_masks(keep, seed):
    x, w, b = layer(seed=seed)
    masks = np.array(list(product((0, 1), repeat=len(x))))
    chances = np.prod(np.where(masks == 1, keep, 1 - keep), axis=1)
    outputs = (masks * x) @ w + b
    mean = chances @ outputs
    variance = chances @ (outputs - mean) ** 2
    got_mean, got_variance = moments(x, w, b, keep)
    assert got_mean == pytest.approx(mean, rel=1e-9, abs=1e-12)
    assert got_variance == pytest.approx(variance, rel=1e-9, abs=1e-12)


def test_masked_outputs_sum_a_random_subset_of_the_terms():
    x, w, b = np.array([1.0, 2, 4]), np.eye(3), np.array([0.5, 0, 0])  # each output shows one element of the mask
    outputs = masked_outputs(x, w, b, 0.3, masks=4000, rng=0)
    assert outputs.shape == (4000, 3)
    assert [sorted(set(column)) for column in outputs.T] == [[0.5, 1.5], [0, 2], [0, 4]]
    kept = (outputs - b > 0).mean(axis=0)
    assert kept == pytest.approx([0.3] * 3, abs=5 * np.sqrt(0.3 * 0.7 / 4000))
    assert np.array_equal(outputs, masked_outputs(x, w, b, 0.3, masks=4000, rng=0))
    assert not np.array_equal(outputs, masked_outputs(x, w, b, 0.3, masks=4000, rng=1))


def test_rectified_mean_is_the_integral_over_the_normal_density():
    mean, variance = np.array([-3.0, -0.5, 0, 0.7, 5]), np.array([1.0, 4, 0.25, 2, 0.5])
    got = rectified_mean(mean, variance)
    for m, v, value in zip(mean, variance, got, strict=True):
        y = np.linspace(0, m + 12 * np.sqrt(v), 200_001)
        density = np.exp(-((y - m) ** 2) / (2 * v)) / np.sqrt(2 * np.pi * v)
        assert value == pytest.approx(np.trapezoid(y * density, y), rel=1e-6)
    assert rectified_mean(np.array([-2.0, 0, 3]), np.zeros(3)).tolist() == [0, 0, 3]


def test_it_draws_one_units_outputs_and_all_units_means():
    figure, (x, w, b) = Figure(), layer(inputs=30, outputs=5)
    outputs = draw_dropout(figure, keep=0.6, layer=(x, w, b), masks=500, rng=1)
    assert np.array_equal(outputs, masked_outputs(x, w, b, 0.6, masks=500, rng=1))
    mean, variance = moments(x, w, b, 0.6)
    histogram, means = figure.axes
    unit = np.argmax(np.abs(x @ w))
    marks = [line.get_xdata()[0] for line in histogram.lines[1:]]
    assert marks == pytest.approx([mean[unit], (x @ w + b)[unit]])
    assert sum(bar.get_height() * bar.get_width() for bar in histogram.patches) == pytest.approx(1)
    sd = np.sqrt(variance)
    measured, predicted, scaled = means.lines
    assert measured.get_xdata() == pytest.approx(mean / sd)
    error = np.maximum(outputs, 0).mean(axis=0) - np.maximum(mean, 0)
    assert measured.get_ydata() == pytest.approx(error / sd)
    at_zero = predicted.get_ydata()[predicted.get_xdata() == 0]
    assert at_zero == pytest.approx([1 / np.sqrt(2 * np.pi)])  # E max(Y, 0) of a standard normal Y
    assert set(scaled.get_ydata()) == {0}


def test_by_default_it_draws_a_random_layer_and_with_keep_1_drops_nothing():
    figure = Figure()
    outputs = draw_dropout(figure, keep=1.0)
    assert outputs.shape == (2000, 100)
    assert np.ptp(outputs, axis=0).max() < 1e-9  # every mask keeps all
    assert len(figure.axes[1].lines[0].get_xdata()) == 0  # and no unit has an error


@pytest.mark.parametrize("f", [moments, lambda *layer: masked_outputs(*layer, masks=2, rng=0)])
@pytest.mark.parametrize(("x", "b"), [(5, 4), (6, 3)])
def test_a_layer_whose_shapes_do_not_fit(f, x, b):
    with pytest.raises(ValueError, match=r"^[bw]: expected shape"):
        f(np.ones(x), np.ones((6, 4)), np.ones(b), 0.5)


@pytest.mark.parametrize("keep", [0, -0.1, 1.1])
def test_a_keep_probability_out_of_range(keep):
    with pytest.raises(ValueError, match=r"keep: expected a probability of KEEPING in \(0, 1\]"):
        moments(*layer(), keep)
