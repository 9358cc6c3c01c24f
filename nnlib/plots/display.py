"""Show a figure in a notebook, with the text that replaces it where it cannot be seen."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from nnlib import checks
from nnlib.plots.description import describe


def show(figure: Figure, alt: str, *, values: bool = False) -> None:
    """Display a figure as a PNG with an alt text, and close it.

    Args:
        figure: what to show.
        alt: one sentence that says what the figure shows; nbconvert and GitHub hand it to screen readers.
        values: whether the text output is the picture's description, for a figure whose numbers are the same on every
            machine and for all data.

    Raises:
        ValueError: no alt text.
    """
    from IPython.display import display  # here: only notebooks have it loaded already

    checks.instance("figure", figure, Figure, "a Matplotlib figure", "Axes have theirs in ax.figure.")
    checks.boolean("values", values)
    checks.instance("alt", alt, str, "a sentence that says what the figure shows")
    checks.require(bool(alt.strip()), "alt", "a sentence that says what the figure shows", repr(alt))
    described = describe(figure) if values else "figure"
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=plt.rcParams["figure.dpi"], facecolor="white", bbox_inches="tight")
    plt.close(figure)
    data = {"image/png": png.getvalue(), "text/plain": described}
    display(data, metadata={"image/png": {"alt": alt}}, raw=True)
