"""The description of a figure tells every fault that can be drawn into it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from nnlib.plots.description import describe
from nnlib.plots.display import show

EPOCHS = np.arange(1, 6)
TRAIN, VAL = np.array([0.5, 0.7, 0.8, 0.9, 0.95]), np.array([0.4, 0.6, 0.7, 0.72, 0.71])
IMAGE = np.arange(12.0).reshape(3, 4)[:, :3] + np.eye(3)


def draw(
    *, train=TRAIN, val=VAL, labels=("train", "validation"), legend=True, ylabel="accuracy", image=IMAGE, **options
):
    figure = Figure()
    left, middle, right = figure.subplots(1, 3)
    left.plot(EPOCHS, train, label=labels[0])
    left.plot(EPOCHS, val, label=labels[1])
    left.set(title="training", xlabel="epoch", ylabel=ylabel)
    if legend:
        left.legend()
    middle.imshow(image, origin=options.get("origin", "upper"))
    middle.text(0, 0, options.get("word", "cat"))
    right.bar(["a", "b"], options.get("heights", [1.0, 3.0]))
    right.scatter(*options.get("points", (EPOCHS, TRAIN)))
    right.set_yscale(options.get("scale", "linear"))
    if options.get("reverse"):
        left.invert_xaxis()
    return figure


def test_the_text():
    assert describe(draw()).splitlines() == [
        "figure with 3 axes",
        "training: x epoch, y accuracy",
        "  line train: x 5 from 1 to 5, mean 3; y 5 from 0.5 to 0.95, mean 0.77",
        "  line validation: x 5 from 1 to 5, mean 3; y 5 from 0.4 to 0.71, mean 0.626",
        "  legend: train; validation",
        "untitled: x unlabelled, y unlabelled, reversed",
        "  image: 3 x 3, origin upper; first row 3 from 1 to 2, mean 1.33; all 9 from 1 to 11, mean 5.33",
        "  words: cat",
        "untitled: x unlabelled, y unlabelled",
        "  bars: 2 from 1 to 3, mean 2",
        "  points: x 5 from 1 to 5, mean 3; y 5 from 0.5 to 0.95, mean 0.77",
    ]


FAULTS_OF_FORM = {
    "zeros": {"train": 0 * TRAIN},
    "NaN": {"val": [0.4, np.nan, 0.7, 0.72, 0.71]},
    "a point is missing": {"train": [0.5, 0.7, 0.8, 0.9, np.nan]},
    "swapped labels": {"labels": ("validation", "train")},
    "no legend": {"legend": False},
    "no label of an axis": {"ylabel": ""},
    "another label of an axis": {"ylabel": "loss"},
    "upside down": {"origin": "lower"},
    "another word": {"word": "dog"},
    "logarithmic": {"scale": "log"},
    "reversed axis": {"reverse": True},
    "a smaller image": {"image": IMAGE[:2]},
}
FAULTS_OF_VALUES = {
    "another series": {"val": TRAIN},
    "swapped series": {"train": VAL, "val": TRAIN},
    "mirrored series": {"train": TRAIN[::-1]},
    "transposed image": {"image": IMAGE.T},
    "image upside down in the data": {"image": IMAGE[::-1]},
    "other bars": {"heights": [3.0, 1.0]},
    "mirrored points": {"points": (TRAIN, EPOCHS)},
}


@pytest.mark.parametrize("fault", [*FAULTS_OF_FORM, *FAULTS_OF_VALUES])
def test_a_fault_changes_the_description(fault):
    assert describe(draw(**(FAULTS_OF_FORM | FAULTS_OF_VALUES)[fault])) != describe(draw())


def test_rounding_of_zero_is_zero():
    ax = plt.figure().add_subplot()
    ax.plot([1.0, -1.0 + 1e-13])
    assert "y 2 from 1 to -1, mean 0" in describe(ax.figure)
    plt.close(ax.figure)


def test_show_puts_the_description_beside_the_picture(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    show(draw(), "Accuracy rises.", values=True)
    show(draw(), "Accuracy rises.")
    [(data, options), (other, _)] = shown
    assert other["text/plain"] == "figure"
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == describe(draw())
    assert options == {"metadata": {"image/png": {"alt": "Accuracy rises."}}, "raw": True}
    figure = plt.figure()
    show(figure, "Nothing yet.")
    assert not plt.fignum_exists(figure.number)  # else the notebook shows it a second time, and it stays in memory
