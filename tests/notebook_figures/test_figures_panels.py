"""The reader of figures: what a figure shows is what is read, and each thing that may be wrong with one is found."""

import matplotlib
import numpy as np
import pytest
from drawn import COLORBAR, Panel
from matplotlib.figure import Figure
from notebook_figures.panels import (
    bars,
    between,
    box,
    contours,
    differences,
    errorbar,
    histogram,
    image,
    level,
    line,
    points,
    stairs,
    upright,
    word,
)

from nnlib.plots.style import percent

X = np.arange(5.0)
PICTURE = np.arange(12.0).reshape(3, 4)
DRAWS = np.array([0.1, 0.2, 0.2, 0.7, 0.9])
EDGES = np.linspace(0, 1, 5)


def draw():
    figure = Figure(figsize=(12, 3))
    left, middle, right = figure.subplots(1, 3)
    left.plot(X, X**2 / 16, label="training")
    left.plot(X, 1 - X / 8, "--", label="validation")
    left.errorbar([1, 2], [0.3, 0.4], [0.1, 0.2], fmt="o", label="seeds")
    left.axhline(0.5, label="chance")
    left.fill_between(X, 0 * X, X / 8, alpha=0.2, label="range")
    left.set(title="curves", xlabel="epoch", ylabel="accuracy")
    percent(left.yaxis)
    left.legend()
    middle.imshow(PICTURE, cmap="gray")
    middle.text(1, 2, "cat")
    middle.set(title="picture")
    figure.colorbar(middle.images[0], label="grey")
    right.hist(DRAWS, EDGES, label="counted")
    right.hist(DRAWS, EDGES, histtype="step", label="outline")
    right.bar([0, 1], [2, 1], label="heights")
    right.scatter([0.2, 0.5], [1, 2], label="points")
    right.axvspan(0.2, 0.4, label="span")
    right.axvline(0.3)
    right.contour(X, X, np.add.outer(X, X), [2, 4])
    right.set(title="rest", xticks=[0, 1], xticklabels=["none", "all"], yscale="symlog")
    figure.suptitle("above")
    return figure


def expected():
    left = [
        line("training", X, X**2 / 16),
        line("validation", X, 1 - X / 8),
        level(0.5, "chance"),
        between("range", X, 0, X / 8),
        errorbar("seeds", [1, 2], [0.3, 0.4], [0.1, 0.2]),
    ]
    right = [
        histogram("counted", DRAWS, EDGES),
        stairs("outline", DRAWS, EDGES),
        points("points", [0.2, 0.5], [1, 2]),
        box("span", 0.2, 0, 0.4, 1),
        upright(0.3),
        contours(X, X, np.add.outer(X, X), [2, 4]),
        bars("heights", [0, 1], [2, 1]),
    ]
    return [
        Panel("curves", "epoch", "accuracy, %", left, True),
        Panel("picture", "", ", reversed", [image(PICTURE, "gray"), word("cat", 1, 2)]),
        Panel("rest", "", ", symlog", right, None, ["none", "all"]),
        Panel(COLORBAR, "", "grey", []),
    ]


def test_a_figure_is_read_as_it_was_drawn():
    assert differences(draw(), expected(), ["above"]) == []


def edit(number, change):
    """A fault in one of the three panels."""
    return lambda figure: change(figure.axes[number])


def shifted(ax):
    ax.lines[0].set_ydata(ax.lines[0].get_ydata() + 0.01)


FAULTS = {
    "zeros": (edit(0, lambda ax: ax.lines[0].set_ydata(0 * X)), "line 'training'"),
    "NaN": (edit(0, lambda ax: ax.lines[0].set_ydata(np.nan * X)), "line 'training'"),
    "a hundredth more": (edit(0, shifted), "line 'training'"),
    "mirrored": (edit(0, lambda ax: ax.lines[0].set_xdata(X[::-1])), "line 'training'"),
    "truncated": (edit(0, lambda ax: ax.lines[0].set_data(X[:3], X[:3])), "expected (5, 2)"),
    "invisible": (edit(0, lambda ax: ax.lines[0].set_visible(False)), "drawn: expected"),
    "transparent": (edit(0, lambda ax: ax.lines[0].set_alpha(0)), "drawn: expected"),
    "another label": (edit(0, lambda ax: ax.lines[0].set_label("test")), "line 'test'"),
    "a line too many": (edit(0, lambda ax: ax.plot(X, X)), "drawn: expected"),
    "a line less": (edit(0, lambda ax: ax.lines[1].remove()), "drawn: expected"),
    "no legend": (edit(0, lambda ax: ax.legend_.remove()), "legend: expected"),
    "legend in another order": (edit(0, lambda ax: ax.legend(handles=ax.lines[1::-1])), "legend: expected"),
    "legend's names swapped": (
        edit(0, lambda ax: ax.legend(labels=["validation", "training", "chance", "range", "seeds"])),
        "legend: expected",
    ),
    "legend's lines swapped": (
        edit(0, lambda ax: ax.legend([*ax.lines[1::-1], *ax.get_legend_handles_labels()[0][2:]],
                                     ax.get_legend_handles_labels()[1])),
        "has the colour",
    ),
    "no title": (edit(0, lambda ax: ax.set_title("")), "title: expected"),
    "no unit": (edit(0, lambda ax: ax.yaxis.set_major_formatter(matplotlib.ticker.ScalarFormatter())), "y: expected"),
    "no axis label": (edit(0, lambda ax: ax.set_xlabel("")), "x: expected"),
    "logarithmic": (edit(0, lambda ax: ax.set_xscale("log")), "x: expected"),
    "axis reversed": (edit(0, lambda ax: ax.invert_xaxis()), "x: expected"),
    "out of view": (edit(0, lambda ax: ax.set_xlim(10, 20)), "0% of the points"),
    "picture upside down": (edit(1, lambda ax: ax.invert_yaxis()), "y: expected"),
    "origin below": (edit(1, lambda ax: ax.imshow(PICTURE, cmap="gray", origin="lower")), "origin lower"),
    "pixels upside down": (edit(1, lambda ax: ax.images[0].set_data(PICTURE[::-1])), "image 'gray'"),
    "pixels mirrored": (edit(1, lambda ax: ax.images[0].set_data(PICTURE[:, ::-1])), "image 'gray'"),
    "black for white": (edit(1, lambda ax: ax.images[0].set_cmap("gray_r")), "image 'gray_r'"),
    "another word": (edit(1, lambda ax: ax.texts[0].set_text("dog")), "word 'dog'"),
    "a word elsewhere": (edit(1, lambda ax: ax.texts[0].set_position((2, 1))), "word 'cat'"),
    "ticks swapped": (edit(2, lambda ax: ax.set_xticks([0, 1], ["all", "none"])), "xticks: expected"),
    "a bar of another height": (edit(2, lambda ax: ax.containers[0][0].set_height(9)), "bars 'counted'"),
    "points elsewhere": (edit(2, lambda ax: ax.collections[0].set_offsets([[0, 0], [1, 1]])), "points 'points'"),
    "a span elsewhere": (edit(2, lambda ax: ax.patches[-3].set_x(0.5)), "expected"),
    "a panel hidden": (edit(1, lambda ax: ax.set_visible(False)), "panels: expected 4, got 3"),
    "another heading": (lambda figure: figure.suptitle("below"), "headings: expected"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(name):
    plant, said = FAULTS[name]
    figure = draw()
    plant(figure)
    found = differences(figure, expected(), ["above"])
    assert any(said in each for each in found), found


def test_small_numbers_count_on_a_logarithmic_axis():
    ax = Figure().subplots()
    ax.semilogy(X, 10.0 ** (-3 * X))
    panel = Panel("", "", ", log", [line("", X, 10.0 ** (-3 * X) * (1 + (X == 4)))])
    assert len(differences(ax.figure, [panel])) == 1
