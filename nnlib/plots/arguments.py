"""What the drawing functions ask of their arguments: errors that name the argument."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from nnlib import checks


def axes(ax: object) -> Axes:
    """Return `ax` if it is Matplotlib's Axes, else raise a TypeError."""
    return checks.instance("ax", ax, Axes, "Axes to draw into", "Make them: figure, ax = plt.subplots().")


def numbers(name: str, values: object) -> np.ndarray:
    """Return real numbers as a float64 array; a ValueError if they are none."""
    return checks.as_array(name, values, real=True).astype(np.float64)


def texts(name: str, values: object, count: int | None = None) -> Sequence[str]:
    """Return names, as many as `count` if that is given; a TypeError or ValueError if they are none."""
    for index, value in enumerate(checks.listed(name, values, "a list of names")):
        checks.instance(f"{name}[{index}]", value, str, "a text")
    if count is not None:
        checks.require(len(values) == count, name, f"{count} names, one per class", len(values))
    return values


def trained(solver: object, *attributes: str) -> None:
    """Raise a TypeError unless a record of training, such as a Solver, has these attributes."""
    missing = [name for name in attributes if not hasattr(solver, name)]
    if missing:
        got = f"{type(solver).__name__} without {' and '.join(missing)}"
        raise TypeError(f"solver: expected a Solver that has trained, got {got}.")
