"""What the figures of Q4 must show."""

import numpy as np
from drawn import Panel
from notebook_figures.common import (
    accuracies,
    confusion,
    explorer,
    explorer_alt,
    ladder,
    losses,
    mistakes,
    tiles,
    weights,
)
from notebook_figures.listing import Listing
from notebook_figures.panels import box, errorbar, image, level, line, word

shown = Listing()


@shown(
    "load",
    "Four rows of the ten digits in handwriting: strokes differ in slant, width and form within each digit",
    same=True,
)
def digits(ns):
    X, y = ns.mnist["X_train"], ns.mnist["y_train"]
    rows = [X[np.flatnonzero(y == digit)[row]] for row in range(4) for digit in range(10)]
    picture = tiles(np.array(rows).reshape(-1, 28, 28), columns=10, pad=3)
    return [Panel("The first 4 training images of each digit", "", ", reversed", [image(picture, "gray_r")])]


@shown(
    "dlogits",
    "Probabilities of eight examples, and the gradient: the same numbers, with 1 subtracted at each label",
    same=True,
)
def dlogits(ns):
    rng = np.random.default_rng(ns.SEED)
    x, y = rng.normal(scale=1.5, size=(8, 10)), rng.integers(0, 10, size=8)
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    panels = []
    for values, colours, title in (
        (p, "Blues", "probabilities $P$, the label framed"),
        (p - np.eye(10)[y], "RdBu_r", r"$N\,\partial L/\partial s$: each row sums to 0"),
    ):
        texts = np.where(np.abs(values) < 0.005, "0", [[f"{v:.2f}".replace("-", "−") for v in row] for row in values])
        words = [word(str(text), column, row) for (row, column), text in np.ndenumerate(texts)]
        frames = [box("", label - 0.5, row - 0.5, label + 0.5, row + 0.5) for row, label in enumerate(y)]
        panels.append(Panel(title, "class", "example, reversed", [image(values, colours), *words, *frames]))
    return panels


@shown(
    "splits", "Validation accuracy of four held-out parts: the last 6,000 images stand apart, above the three others"
)
def splits(ns):
    names = ["the last 6,000 (ours)", "the first 6,000", *(f"6,000 at random, draw {draw}" for draw in (1, 2))]
    a = np.array([ns.held_out[name] for name in names])
    assert abs(a[0] - ns.linear_row.val_acc) < 0.002  # the same training
    words = [word(f"{value:.2%}", value, row) for row, value in enumerate(a)]
    marks = [*words, errorbar("± one standard error", a, range(4), np.sqrt(a * (1 - a) / 6000))]
    title = "The same classifier, 6,000 other images held out"
    return [Panel(title, "validation accuracy, %", ", reversed", marks, ["± one standard error"], None, names)]


def curves(solver, name, training="training"):
    left = Panel(f"{name}: loss of each minibatch", "step", "loss, log", losses(solver, 100), True)
    return [left, accuracies(solver, f"{name}: accuracy after each epoch", training)]


@shown("curves", "The loss falls fast, then slowly; validation accuracy lies above training accuracy in every epoch")
def linear_curves(ns):
    assert set(ns.linear.model.params) == {"W1", "b1"}
    return curves(ns.linear, "Linear")


@shown("templates", "Ten templates, noisy without L2; with L2 the strokes of each digit show in red, its holes in blue")
def templates(ns):
    columns = [*ns.linear.model.params["W1"].T, *ns.smooth.model.params["W1"].T]
    assert np.linalg.norm(columns[10:]) < np.linalg.norm(columns[:10])  # L2 makes them small
    return weights(np.transpose(columns), [*"0123456789", *(f"{digit}, L2" for digit in range(10))])


@shown("rungs", "Validation accuracy of the rungs A to D: A is lowest, B higher, C the highest, D a little below C")
def rungs(ns):
    names = {
        "A  plain SGD, small weights": (1e-3, "sgd"),
        "B  + He initialisation": (None, "sgd"),
        "C  + momentum, a higher rate that falls": (None, "sgd_momentum"),
        "D  C with small weights": (1e-3, "sgd_momentum"),
    }
    reached = {(row.settings["weight_scale"], row.settings["update_rule"]): row.val_acc for row in ns.ladder}
    return [ladder("", list(names), [reached[key] for key in names.values()])]


@shown("sizes", "Both accuracies rise with the number of hidden units, steeply at first; the last step gains little")
def sizes(ns):
    tried = [10, 30, 100, 300, 1000]
    rows = [[row for row in ns.hidden if row.settings["hidden_dim"] == units] for units in tried]
    train, val = (
        np.array([[pick(row) for row in seeds] for seeds in rows])
        for pick in (lambda row: row.curve.train_acc[-1], lambda row: row.val_acc)
    )
    left = []
    for name, values in (("training (first 6,000)", train), ("validation", val)):
        left += [line(name, range(5), values.mean(axis=1)), *(line("", range(5), column) for column in values.T)]
    means, ticks = val.mean(axis=1), [str(units) for units in tried]
    wrong = np.zeros((5, 2, rows[0][0].data.val))
    for index, row in np.ndenumerate(np.array(rows, dtype=object)):
        wrong[index][list(row.wrong)] = 1
    ahead = wrong - wrong[means.argmax()]  # 1 where the best alone is right, -1 where the other is
    over_examples = ahead.mean(axis=1).var(axis=1, ddof=1) / ahead.shape[2]
    errors = np.sqrt(over_examples + ahead.mean(axis=2).var(axis=1, ddof=1) / 2)
    label = "mean ± one standard error\nof its difference from the best"
    right = [level(means.max(), "the best"), errorbar(label, range(5), means, errors)]
    left.append(level(ns.linear.val_acc, "linear, validation"))
    return [
        Panel("Every seed is a dot", "hidden units", "accuracy, %", left, True, ticks),
        Panel("The best, close up", "hidden units", "accuracy, %", right, True, ticks),
    ]


@shown(
    "two-layer-curves",
    "Training accuracy rises almost to 100 %, validation accuracy levels off below it as the rate falls",
)
def two_layer_curves(ns):
    units = ns.hidden_choice.settings["hidden_dim"]
    assert ns.two_layer.model.params["W1"].shape == (784, units)
    return curves(ns.two_layer, f"{units} hidden units", "training (first 6,000)")


@shown(
    "units",
    "Weights of thirty hidden units: pieces of strokes and gaps in red and blue, none of them a whole digit",
)
def units(ns):
    W1, W2 = ns.two_layer.model.params["W1"], ns.two_layer.model.params["W2"]
    loudest = np.argsort(-np.sqrt((W2**2).sum(axis=1)), kind="stable")[:30]
    return weights(W1[:, loudest], [f"for {digit}" for digit in W2[loudest].argmax(axis=1)])


shown("explorer", explorer_alt)(explorer)


@shown(
    "summary",
    "Confusion matrices of both models on the test set: with a hidden layer mistakes are several times rarer",
)
def confusions(ns):
    names = {"Linear": ns.linear, f"{ns.hidden_choice.settings['hidden_dim']} hidden units": ns.two_layer}
    return [
        confusion(ns.y_test, solver.model.loss(ns.X_test), name + ": {wrong:,} of {of:,} wrong")
        for name, solver in names.items()
    ]


@shown(
    "mistakes",
    "Sixteen test digits that the two-layer network misreads with high confidence, several hardly legible",
)
def misread(ns):
    return mistakes(ns.X_test.reshape(-1, 28, 28), ns.y_test, ns.two_layer.model.loss(ns.X_test), 16)
