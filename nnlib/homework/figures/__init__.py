"""The figures of the notebooks, one file per question: data in, Figure out."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure


def empty_figure(width: float, height: float) -> Figure:
    """Return an empty figure, with sides in inches, whose Axes make room for their labels."""
    return Figure(figsize=(width, height), layout="constrained")


def new_panels(width: float, height: float, **options: object) -> tuple[Figure, np.ndarray]:
    """Return a figure, with sides in inches, and its Axes; `options` are those of `Figure.subplots`."""
    figure = empty_figure(width, height)
    return figure, figure.subplots(**options)
