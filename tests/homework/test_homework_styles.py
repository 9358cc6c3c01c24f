"""Figures of nnlib under matplotlib's light and dark styles: all of each can be read, also what stands on an image."""

import threading

import matplotlib.style
import numpy as np
import pytest
from contrast import STYLES, low_contrast
from search_toy import trial_row

from nnlib.homework.convolution import FUNCTIONS
from nnlib.homework.depth import draw_depth
from nnlib.homework.descent import draw_descent
from nnlib.homework.figures.q1_convolution import draw_stamps
from nnlib.homework.figures.q4 import draw_dlogits
from nnlib.homework.figures.q5 import draw_costs
from nnlib.homework.masks import draw_dropout
from nnlib.homework.playgrounds import draw_batch_norm, draw_dropout_layer
from nnlib.homework.stepper import draw_step
from nnlib.plots import plot_confusion, plot_heat_map
from nnlib.widgets.curves import live_figure
from nnlib.widgets.picture import new_figure
from nnlib.widgets.run import CurvePoint, Run

RNG = np.random.default_rng(0)
EXAMPLES = RNG.uniform(size=(6, 5)), RNG.integers(0, 10, size=6)
LAYER = RNG.normal(size=6), RNG.normal(size=(6, 4)), np.zeros(4)


def curves(*numbers):
    runs = []
    for number in numbers:
        run = Run(number, {}, threading.Event())
        run.losses, run.points = [2.0, 1.0, 0.5, 0.25], [CurvePoint(2, 0.6, 0.5, False), CurvePoint(4, 0.9, 0.8, True)]
        run.steps_per_epoch, run.total_steps = 2, 4
        runs.append(run)
    return lambda: live_figure((8.6, 2.9), runs)


def drawn(draw, *args, **options):
    """Return a function that draws into a new figure: its colours are taken from the style when it is made."""

    def make():
        figure = new_figure(8.6, 3.0)
        draw(figure, *args, **options)
        return figure

    return make


def convolution(kind):
    a, b = np.arange(1.0, 17.0).reshape(4, 4), np.array([[1.0, 0.0], [2.0, -1.0]])
    return drawn(draw_step, kind, a, b, FUNCTIONS[kind](a, b), (0, 1))


FIGURES = {
    "explorer before its first run": curves(),
    "explorer with two runs": curves(1, 2),
    "stepper, valid": convolution("valid"),
    "stepper, full": convolution("full"),
    "depth": drawn(draw_depth, depth=3, activation="relu", examples=EXAMPLES),
    "descent": drawn(draw_descent, learning_rate=0.4, examples=EXAMPLES, steps=3),
    "masks": drawn(draw_dropout, keep=0.5, layer=LAYER, masks=20),
    "batch norm": drawn(draw_batch_norm, mean=3.0, scale=2.0, batch_size=10, batches=3, momentum=0.9, mode="train"),
    "dropout": drawn(draw_dropout_layer, keep=0.5, mode="train", seed=0),
}

ROWS = [trial_row({"width": width, "rate": rate}, 0.9 + 0.02 * width * rate) for width in (1, 2) for rate in (1, 2)]
SPREAD = np.array([[4.0, -4.0, 0.0], [0.3, -2.9, 1.9], [-1.0, 3.0, 2.4]])  # from one end of the colours to the other


def plotted(plot, *args, **options):
    return drawn(lambda figure: plot(figure.subplots(), *args, **options))


ON_COLOURS = {
    "heat map": plotted(plot_heat_map, ROWS, "width", "rate"),
    "confusion": plotted(plot_confusion, np.array([[90, 2, 0], [50, 80, 30], [1, 25, 70]])),
    "confusion, large": plotted(plot_confusion, np.array([[90, 2], [50, 80]]), large=True),
    "gradient of scores": lambda: draw_dlogits(np.abs(SPREAD) / 4, np.array([0, 1, 2]), SPREAD / 4),
    "stamps": lambda: draw_stamps(SPREAD, SPREAD, SPREAD),
    "costs": lambda: draw_costs({"weights": dict.fromkeys(("conv", "fc", "norm", "out"), 1.0)}),
}


@pytest.mark.parametrize("name", ON_COLOURS)
def test_numbers_can_be_read_on_every_colour_that_lies_under_them(name):
    lines = "'_"  # without a label; white ones part the cells
    assert [each for each in low_contrast(ON_COLOURS[name]()) if not each.startswith(lines)] == []


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_line_and_text_can_be_told_from_its_background(name, style):
    with matplotlib.style.context(style):
        figure = FIGURES[name]()
        assert figure.axes
        assert low_contrast(figure) == []


def test_black_on_black_is_noticed():
    with matplotlib.style.context("dark_background"):
        ax = new_figure(4, 3).subplots()
        ax.plot([0, 1], color="black", label="key")
        ax.text(0.5, 0.5, "digit", color="0.1")
        ax.legend()
        assert [fault.split(":")[0] for fault in low_contrast(ax.figure)] == ["'key'", "'digit'", "'key'"]
