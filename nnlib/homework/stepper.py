"""The convolution stepper of Q1: move the kernel step by step; see the products and the output element they sum to."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib import checks
from nnlib.homework.convolution import FORMULAS, FUNCTIONS, parse_matrix, terms
from nnlib.plots import BLUE, ORANGE, VERMILION
from nnlib.widgets.panel import Panel
from nnlib.widgets.picture import Picture, new_figure, png

TYPED = "typed matrix"
MAX_SIDE, MAX_KERNEL_SIDE = 16, 5

_SIZE = (8.6, 2.9)  # inches
_SHOWN_PRODUCTS = 6  # in the description


class ConvolutionStepper(Panel):
    """Walks through `conv_valid`, `conv_full` or `conv_filt` one output element at a time.

    Args:
        a: the first matrix, (H, W).
        b: the first kernel, (H', W').
        images: further matrices to choose from, by name, at most 16 x 16.
        name: see `Panel`.

    Attributes:
        kind, source, a_box, b_box, slider: the widgets; assigning to their `value` redraws.
        output: the nnlib function's result, (P, Q).
        terms: the indices of the elements that the current step multiplies.
        products: their products, (H', W'), laid out as the kernel; NaN where it extends beyond a's edge.
        alt_text: a description of the current step.
    """

    def __init__(
        self,
        a: np.ndarray | None = None,
        b: np.ndarray | None = None,
        *,
        images: Mapping[str, np.ndarray] | None = None,
        name: str = "q1_convolution",
    ):
        a = np.arange(1.0, 17.0).reshape(4, 4) if a is None else a
        b = np.array([[1.0, 0.0], [2.0, -1.0]]) if b is None else b
        self._images = {"letter F": letter()} if images is None else dict(images)
        for title, image in self._images.items():
            checks.require(max(image.shape) <= MAX_SIDE, title, f"at most {MAX_SIDE} rows and columns", image.shape)
        self._png, self.alt_text = b"", ""
        self._make_widgets(a, b)
        self.picture = Picture()
        super().__init__(name, [*self._layout(), self.picture])
        for widget in (self.kind, self.source, self.a_box, self.b_box):
            widget.observe(lambda _: self._restart(), "value")
        self.slider.observe(lambda _: self._redraw(), "value")
        self._restart()

    @property
    def step(self) -> tuple[int, int]:
        """The index of the current step's output element, (row, column) from 0."""
        return divmod(self.slider.value, self.output.shape[1])

    def next(self) -> None:
        """Go to the next step; after the last one, to the first."""
        self.slider.value = (self.slider.value + 1) % self.output.size

    def previous(self) -> None:
        """Go to the previous step; before the first one, to the last."""
        self.slider.value = (self.slider.value - 1) % self.output.size

    def static_fallback(self) -> tuple[bytes, str]:
        """Return the current step's picture and description."""
        return self._png, self.alt_text

    def _make_widgets(self, a: np.ndarray, b: np.ndarray) -> None:
        labels = {"description_width": "70px"}
        self.kind = ipywidgets.ToggleButtons(
            options=list(FUNCTIONS), style={"button_width": "64px"}, layout={"width": "230px"}
        )
        self.source = ipywidgets.Dropdown(
            options=[TYPED, *self._images], description="a", style=labels, layout={"width": "230px"}
        )
        areas = [
            ipywidgets.Textarea(
                value=_matrix_text(matrix),
                description=title,
                style=labels,
                continuous_update=False,
                layout={"width": "250px", "height": "100px"},
            )
            for title, matrix in (("a, typed", a), ("b, typed", b))
        ]
        self.a_box, self.b_box = areas
        self.slider = ipywidgets.IntSlider(min=0, max=1, description="step", readout=False, layout={"width": "300px"})
        self.play = ipywidgets.Play(min=0, max=1, interval=700, tooltip="play the steps")
        ipywidgets.jslink((self.play, "value"), (self.slider, "value"))
        self.previous_button = ipywidgets.Button(
            description="Previous", icon="step-backward", layout={"width": "110px"}
        )
        self.next_button = ipywidgets.Button(description="Next", icon="step-forward", layout={"width": "110px"})
        self.previous_button.on_click(lambda _: self.previous())
        self.next_button.on_click(lambda _: self.next())

    def _layout(self) -> list[ipywidgets.Widget]:
        choices = ipywidgets.VBox([self.kind, self.source])
        wrap = {"flex_flow": "row wrap", "align_items": "flex-start"}
        steps = ipywidgets.HBox([self.previous_button, self.next_button, self.play, self.slider])
        steps.layout = {"flex_flow": "row wrap", "align_items": "center"}
        return [ipywidgets.HBox([choices, self.a_box, self.b_box], layout=wrap), steps]

    def _restart(self) -> None:
        """Compute the output of the current choice and go to its first element; show what is wrong with the input."""
        self._error = ""
        try:
            typed = self.source.value == TYPED
            a = parse_matrix("a", self.a_box.value, MAX_SIDE) if typed else self._images[self.source.value]
            b = parse_matrix("b", self.b_box.value, MAX_KERNEL_SIDE)
            output = FUNCTIONS[self.kind.value](a, b)
        except ValueError as error:
            self._error = self.alt_text = str(error)
            self.picture.announce(self._error, alert=True)
            return
        self._a, self._b, self.output = a, b, output
        for widget in (self.play, self.slider):
            widget.max = output.size - 1
        if self.slider.value == 0:
            self._redraw()
        else:
            self.slider.value = 0  # which redraws

    def _redraw(self) -> None:
        if self._error:  # it stays until the input is corrected, even if the steps are playing
            return
        i, j = self.step
        self.terms = terms(self.kind.value, self._a.shape, self._b.shape, i, j)
        figure = new_figure(*_SIZE)
        self.products = draw_step(figure, self.kind.value, self._a, self._b, self.output, (i, j))
        self._png, self.alt_text = png(figure), self._describe()
        self.picture.image.value = self._png
        self.picture.announce(self.alt_text)
        self.refresh_static_fallback()

    def _describe(self) -> str:
        i, j = self.step
        products = [f"{self._a[t.in_a]:g}·{_signed(self._b[t.in_b])}" for t in self.terms]
        if len(products) > _SHOWN_PRODUCTS:
            products = [*products[:_SHOWN_PRODUCTS], f"… ({len(products)} products)"]
        step = f"Step {self.slider.value + 1} of {self.output.size}, {FORMULAS[self.kind.value]}: "
        return step + f"out[{i + 1}, {j + 1}] = {' + '.join(products)} = {self.output[i, j]:g}"


def letter() -> np.ndarray:
    """Return an image of the letter F, ones on zeros, (9, 7): none of its mirror images looks the same."""
    image = np.zeros((9, 7))
    image[1:8, 1] = image[1, 1:6] = image[4, 1:5] = 1
    return image


def draw_step(
    figure: Figure, kind: str, a: np.ndarray, b: np.ndarray, output: np.ndarray, at: tuple[int, int]
) -> np.ndarray:
    """Draw a with the kernel's frame on it, b as it is laid on a, their products, and the output so far.

    Args:
        figure: empty; gets four Axes.
        kind: 'valid', 'full' or 'filt'.
        a: (H, W).
        b: (H', W').
        output: (P, Q).
        at: the index of the output element that the step computes, (row, column) from 0.

    Returns:
        The products as they are drawn, (H', W'); NaN where the kernel extends beyond a's edge.
    """
    flipped = kind != "filt"
    laid = b[::-1, ::-1] if flipped else b
    last = np.array(b.shape) - 1
    products = np.full(b.shape, np.nan)
    for term in terms(kind, a.shape, b.shape, *at):
        index = tuple(last - term.in_b) if flipped else term.in_b
        products[index] = a[term.in_a] * b[term.in_b]
        origin = np.subtract(term.in_a, index)  # of the kernel on a: the same for every term
    so_far = np.where(np.arange(output.size).reshape(output.shape) <= at[0] * output.shape[1] + at[1], output, np.nan)
    over = last if kind == "full" else np.zeros(2, dtype=int)  # how far the kernel may extend beyond a
    widths = [a.shape[1] + 2 * over[1], laid.shape[1], laid.shape[1], output.shape[1]]
    axes = figure.subplots(1, 4, width_ratios=np.maximum(widths, max(widths) / 2.4))
    titles = ("a", "b, flipped" if flipped else "b", f"products, sum {output[at]:g}", "output")
    for ax, matrix, title in zip(axes, (a, laid, products, so_far), titles, strict=True):
        _draw_matrix(ax, matrix, title)
    axes[0].set(xlim=(-0.1 - over[1], a.shape[1] + 0.1 + over[1]), ylim=(a.shape[0] + 0.1 + over[0], -0.1 - over[0]))
    overlap = np.isfinite(products)
    _mark(axes[0], origin, overlap, BLUE)
    for ax, colour in ((axes[1], BLUE), (axes[2], ORANGE)):
        _mark(ax, (0, 0), overlap, colour)
    _mark(axes[3], at, np.ones((1, 1), dtype=bool), VERMILION)
    return products


def _draw_matrix(ax: Axes, matrix: np.ndarray, title: str) -> None:
    height, width = matrix.shape
    size = min(11.0, 100 / max(height, width))
    for (row, column), value in np.ndenumerate(matrix):  # black on white under any style: marks are laid over it
        ax.add_patch(Rectangle((column, row), 1, 1, facecolor="white", edgecolor="0.75", linewidth=0.8))
        if np.isfinite(value):
            ax.text(column + 0.5, row + 0.5, f"{value:.3g}", ha="center", va="center", fontsize=size, color="black")
    ax.set(xlim=(-0.1, width + 0.1), ylim=(height + 0.1, -0.1), aspect="equal")
    ax.set_title(title, fontsize=11, y=1.0)  # without y, matplotlib measures the ticks that are switched off
    ax.set_axis_off()


def _mark(ax: Axes, origin: tuple[int, int], cells: np.ndarray, colour: str) -> None:
    """Colour the cells where `cells`, a matrix placed at `origin`, is True, and draw a frame around all of it."""
    top, left = origin
    for row, column in np.argwhere(cells):
        ax.add_patch(Rectangle((left + column, top + row), 1, 1, facecolor=colour, alpha=0.25, edgecolor="none"))
    height, width = cells.shape
    ax.add_patch(Rectangle((left, top), width, height, facecolor="none", edgecolor=colour, linewidth=2.5, zorder=3))


def _signed(value: float) -> str:
    return f"{value:g}" if value >= 0 else f"({value:g})"


def _matrix_text(matrix: np.ndarray) -> str:
    return "\n".join(" ".join(f"{value:g}" for value in row) for row in matrix)
