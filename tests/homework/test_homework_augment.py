"""nnlib.homework.augment: what random_shifts does to images, and that it fits the Solver."""

from collections import Counter

import numpy as np
import pytest

from nnlib import SoftmaxClassifier, Solver
from nnlib.homework.augment import random_shifts
from nnlib.provenance.plain_json import to_json


def shifted(image, down, right):
    """The slow form: pixel by pixel."""
    result = np.zeros_like(image)
    for i in range(image.shape[1]):
        for j in range(image.shape[2]):
            if 0 <= i - down < image.shape[1] and 0 <= j - right < image.shape[2]:
                result[:, i, j] = image[:, i - down, j - right]
    return result


def test_each_image_is_one_of_its_nine_shifts_and_all_are_about_equally_frequent():
    rng = np.random.default_rng(0)
    X = rng.random((900, 2, 4, 5))
    counts = Counter()
    for image, result in zip(X, random_shifts(X, rng), strict=True):
        fits = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if np.array_equal(result, shifted(image, i, j))]
        assert len(fits) == 1
        counts[fits[0]] += 1
    assert len(counts) == 9
    assert min(counts.values()) > 60  # 100 expected, standard deviation 9.4
    assert max(counts.values()) < 140


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_shape_dtype_and_the_argument_stay(dtype):
    X = (100 * np.random.default_rng(1).random((7, 1, 28, 28))).astype(dtype)
    before = X.copy()
    X.flags.writeable = False
    result = random_shifts(X, np.random.default_rng(2))
    assert (result.shape, result.dtype) == (X.shape, X.dtype)
    np.testing.assert_array_equal(X, before)
    result += 1  # its own memory
    np.testing.assert_array_equal(X, before)


def test_the_generator_decides():
    X = np.random.default_rng(3).random((50, 1, 6, 6))
    first, again, other = (random_shifts(X, np.random.default_rng(seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_flat_images_are_refused():
    with pytest.raises(ValueError, match=r"X: expected images of shape \(N, C, H, W\), got shape \(3, 784\)"):
        random_shifts(np.zeros((3, 784)), np.random.default_rng(0))


def test_a_solver_takes_it_and_a_trial_log_names_it():
    rng = np.random.default_rng(6)
    X, y = rng.random((20, 1, 5, 5)).astype(np.float32), rng.integers(0, 2, 20)
    data = {"X_train": X, "y_train": y, "X_val": X, "y_val": y}

    class Flat(SoftmaxClassifier):
        def loss(self, X, y=None):
            return super().loss(X.reshape(len(X), -1), y)

    losses = []
    for augment in (None, random_shifts):
        solver = Solver(Flat(25, None, 2), data, augment=augment, num_epochs=2, batch_size=5, verbose=False)
        solver.train()
        losses.append(solver.loss_history)
    assert losses[0] != losses[1]
    assert to_json(random_shifts) == {"callable": "nnlib.homework.augment:random_shifts"}
