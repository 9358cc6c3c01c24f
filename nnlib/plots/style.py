"""Colours and axes that all figures share.

The colours are Okabe and Ito's, which can be told apart with any colour vision; lines differ in style as well.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import PercentFormatter

from nnlib.plots.arguments import axes

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)

# For several lines in one figure, each with its own colour, line style and marker.
LINES = (
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": VERMILION, "linestyle": "--", "marker": "s"},
    {"color": GREEN, "linestyle": "-.", "marker": "^"},
    {"color": ORANGE, "linestyle": ":", "marker": "D"},
    {"color": PURPLE, "linestyle": (0, (5, 1, 1, 1, 1, 1)), "marker": "v"},
    {"color": SKY, "linestyle": (0, (8, 2)), "marker": "P"},
)


def ink(ax: Axes) -> str:
    """Return the colour of the text on these Axes, for lines that are neutral: black, or white in a dark style."""
    return axes(ax).xaxis.label.get_color()


def percent(axis: Axis, decimals: int | None = None) -> None:
    """Write an axis's fractions as percentages."""
    axis.set_major_formatter(PercentFormatter(1.0, decimals=decimals))
