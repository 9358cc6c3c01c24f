"""The picture that a notebook's file holds, beside the one that was drawn now."""

import io

import matplotlib.pyplot as plt
import numpy as np

# Of the notebooks' figures, drawn again, on the same data: at least 0.93; of other figures, and mirrored: at most 0.76.
LEAST = 0.85
SIZES = 1.1  # a number of more digits widens a picture


def pixels(png: bytes) -> np.ndarray:
    """Return a picture in grey, from 0 for black to 1, (height, width)."""
    return plt.imread(io.BytesIO(png), format="png")[..., :3].mean(axis=2)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of two pictures, each as `parts` returns it."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def parts(picture: np.ndarray) -> np.ndarray:
    """Return the means of 48 x 48 parts of a picture in grey, (48, 48)."""
    for axis, length in enumerate(picture.shape):
        starts = [part[0] for part in np.array_split(np.arange(length), 48)]
        sizes = np.diff([*starts, length])
        picture = np.add.reduceat(picture, starts, axis) / np.expand_dims(sizes, 1 - axis)
    return picture


def unlike(drawn: bytes, stored: bytes, same: bool) -> list[str]:
    """Return in words how the stored picture differs; `same` if it has to be the same on every machine."""
    one, other = pixels(drawn), pixels(stored)
    found, ratio = [], np.array(one.shape) / other.shape
    if ratio.max() > SIZES or ratio.min() < 1 / SIZES:
        found.append(f"the stored picture has {other.shape} pixels, the drawn one {one.shape}")
    if same and (alike := likeness(parts(one), parts(other))) < LEAST:
        found.append(f"the stored picture shows something else: correlation {alike:.2f}, expected {LEAST} or more")
    return found and [*found, 'execute the notebook again: make run ARGS="NAME --in-place"']
