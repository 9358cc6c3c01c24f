"""Q5: data augmentation, the training images shifted at random."""

from __future__ import annotations

import numpy as np

from nnlib import checks
from nnlib.homework.arguments import checked

PIXELS = 1


@checked
def random_shifts(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shift each image by -1, 0 or 1 pixel vertically and horizontally, at random; zeros move in at the border.

    A shifted 3 is still a 3, and with 9 shifts per image the network hardly sees the same minibatch twice.

    Args:
        X: images, (N, C, H, W); not changed.
        rng: source of the shifts, all 9 equally likely, independent for each image.

    Returns:
        The shifted images, (N, C, H, W), of the same dtype.

    Raises:
        ValueError: not four axes.
    """
    checks.require(np.ndim(X) == 4, "X", "images of shape (N, C, H, W)", f"shape {np.shape(X)}")
    padded = np.pad(X, ((0, 0), (0, 0), (PIXELS, PIXELS), (PIXELS, PIXELS)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, X.shape[2:], axis=(2, 3))  # (N, C, 3, 3, H, W), a view
    down, right = rng.integers(0, 2 * PIXELS + 1, size=(2, len(X)))  # (N,) each
    return windows[np.arange(len(X)), :, down, right]  # (N, C, H, W)
