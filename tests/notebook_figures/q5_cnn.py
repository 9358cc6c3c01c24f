"""What the figures of Q5 must show."""

import numpy as np
from drawn import Panel
from notebook_figures.common import accuracies, confusion, explorer, explorer_alt, heat_map, losses, mistakes, tiles
from notebook_figures.listing import Listing
from notebook_figures.panels import bars, box, errorbar, image, level, line, points, upright, word

shown = Listing()


@shown(
    "pooling-by-hand",
    "Four 2 by 2 windows in four colours: each leaves its maximum, and the first maximum gets its gradient",
)
def pooling(ns):
    matrices = {  # worked out by hand
        "$X$": [[1, 3, 2, 2], [0, 2, 2, 1], [5, 4, 0, 0], [4, 5, 0, 0]],
        r"$Y$, the maxima": [[3, 2], [5, 0]],
        r"$G = \partial L/\partial Y$": [[1, 2], [3, 4]],
        r"$\partial L/\partial X$": [[0, 1, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]],
    }
    panels = []
    for title, matrix in matrices.items():
        side = len(matrix) // 2
        windows = [box("", side * q, side * p, side * (q + 1), side * (p + 1)) for p, q in np.ndindex(2, 2)]
        words = [word(f"{v:g}", j + 0.5, i + 0.5) for (i, j), v in np.ndenumerate(np.array(matrix))]
        panels.append(Panel(title, "", ", reversed", [*windows, *words]))
    return panels


@shown(
    "costs-figure",
    "Shares of the layers: fc 1 has the parameters, conv most multiplications and time, pooling some time",
)
def costs(ns):
    conv, relu, pool, _, first, _, last = (seconds for _, seconds in ns.times)
    totals = {  # 32 filters of 7 x 7, 22 x 22 outputs, pooled to 11 x 11; 100 hidden units, 10 classes
        "parameters": [32 * 49, (32 * 121 + 1) * 100, 101 * 10, 0],
        "multiplications": [32 * 49 * 22**2, 32 * 121 * 100, 100 * 10, 0],
        "time of a step": [conv, first, last, relu + pool],
    }
    names, words, parts = ["conv", "fc 1", "fc 2", "ReLU, pooling"], [], []
    for row, values in enumerate(totals.values()):
        shares = np.array(values) / sum(values)
        starts = np.cumsum(shares) - shares
        words += [word(f"{s:.0%}", b + s / 2, row) for s, b in zip(shares, starts, strict=True) if s > 0.05]
        labels = names if row == 0 else [""] * 4
        parts += [bars(n, [row], s, b, False) for n, s, b in zip(labels, shares, starts, strict=True)]
    return [Panel("", "share of the total, %", ", reversed", [*words, *parts], True, None, list(totals))]


@shown(
    "claims-figure",
    "Permuted pixels cost the CNN several points and the other network nothing; shifts cost all, the CNN less",
)
def claims(ns):
    digit, order = ns.small["X_val"][0, 0], np.random.default_rng(ns.SEED).permutation(784)
    picture = tiles(np.array([digit, digit.ravel()[order].reshape(28, 28)]), columns=1, pad=2)
    left, shifts = [], range(-6, 7)
    for name in ("fully connected", "CNN"):
        pair = [nets[name].best_val_acc for nets in (ns.in_order, ns.out_of_order)]
        left += [line(name, [0, 1], pair), *(word(f"{100 * value:.1f}", x, value) for x, value in enumerate(pair))]
    names = ["fully connected", "CNN", "CNN, trained with shifts"]
    right = [line(name, shifts, ns.shifted[name]) for name in names]
    moved = np.zeros_like(ns.small["X_val"])
    moved[..., 3:] = ns.small["X_val"][..., :-3]  # to the right
    assert ns.shifted["CNN"][shifts.index(3)] == ns.in_order["CNN"].model.accuracy(moved, ns.small["y_val"])
    return [
        Panel("a digit, and permuted", "", ", reversed", [image(picture, "gray_r")]),
        Panel("The order of the pixels", "", "validation accuracy, %", left, True, ["in order", "permuted"]),
        Panel("Images shifted in testing", "shift to the right in pixels", ", %", [*right, level(0.1, "chance")], True),
    ]


@shown(
    "sizes-figure",
    "Accuracy over filter size and hidden units, best framed, chosen dashed, and over the number of parameters",
)
def sizes(ns):
    settings, choice = ns.size_choice.settings, ns.size_choice
    left, bar = heat_map("The grid", ns.sizes, "hidden_dim", "filter_size", settings, ("hidden units", "filter size"))
    means, right = [], []
    for size in sorted({row.settings["filter_size"] for row in ns.sizes}):
        rows = [row for row in ns.sizes if row.settings["filter_size"] == size]
        each = {row.settings["hidden_dim"]: [r.val_acc for r in rows if r.settings == row.settings] for row in rows}
        # 32 filters; an image of 28 x 28 is pooled to half of what the filters leave
        pooled = 32 * ((29 - size) // 2) ** 2
        params = [32 * size**2 + (pooled + 1) * units + (units + 1) * 10 for units in each]
        right.append(line(f"{size} × {size}", params, [1 - np.mean(accs) for accs in each.values()]))
        means += [np.mean(accs) for accs in each.values()]
    least = 1 - max(means)
    right.append(box("one standard error", 0, least, 1, least + choice.standard_error))
    right.append(points("chosen", [choice.num_params], [1 - choice.val_acc]))
    return [left, Panel("Error and size", "parameters, log", "validation error, log, %", right, True), bar]


@shown("training-figure", "The loss falls over four epochs while training and validation accuracy rise together")
def training(ns):
    assert ns.plain.model.params["W1"].shape[2] == ns.size_choice.settings["filter_size"]
    assert "gamma1" not in ns.plain.model.params  # no batch norm
    left = Panel("Loss, its L2 term included", "step", "loss, log", losses(ns.plain, 50), True)
    return [left, accuracies(ns.plain, "Accuracy after each epoch", "training (first 1,000)")]


@shown(
    "way",
    "A digit and eight of its feature maps after convolution, ReLU and pooling: each shows strokes of one direction",
)
def way(ns):
    digit = ns.mnist["X_val"][:1]
    maps = ns.conv_forward(digit, ns.plain.model.params["W1"])[0][0]
    rectified = np.maximum(maps, 0)
    half = maps.shape[1] // 2
    pooled = rectified[:, : 2 * half, : 2 * half].reshape(len(maps), half, 2, half, 2).max(axis=(2, 4))
    chosen = np.sort(np.argsort(-rectified.sum(axis=(1, 2)), kind="stable")[:8])
    panels = [Panel("the digit", "", ", reversed", [image(digit[0, 0], "gray_r")])]
    for name, each in {"convolution": maps, "ReLU": rectified, "max pool": pooled}.items():
        title = f"{name}, {each.shape[1]} × {each.shape[2]}"
        panels.append(Panel(title, "", ", reversed", [image(tiles(each[chosen], 4), "viridis")]))
    return panels


@shown(
    "initialisation-figure",
    "From deviation 0.01 accuracy rises with the filter size; from He initialisation it is higher and hardly does",
)
def initialisation(ns):
    panels = []
    for units in dict.fromkeys(row.settings["hidden_dim"] for row in ns.small_weights):
        marks = []
        for name, rows in (("He", ns.sizes), ("deviation 0.01", ns.small_weights)):
            accs = {row.settings["filter_size"]: row.val_acc for row in rows if row.settings["hidden_dim"] == units}
            marks.append(line(name, list(accs), list(accs.values())))
        y = ", %" if panels else "validation accuracy, %"
        panels.append(Panel(f"{units} hidden units", "filter size", y, marks))
    panels[-1] = panels[-1]._replace(legend=True)
    return panels


@shown("places-figure", "Accuracy over architecture and keep probability: the rows differ more than the columns")
def places(ns):
    labels = ("keep probability", "")
    return list(heat_map("After 8,000 images", ns.places, "keep", "architecture", ns.place_choice.settings, labels))


@shown(
    "comparison-figure",
    "Validation accuracy by epoch of three networks, and the paired differences with bars of two standard errors",
)
def comparison(ns):
    left = [line(name, range(1, 5), ns.full[name].val_acc_history) for name in ("plain", "report's", "chosen")]
    differences = {}
    for first, second in (("report's", "plain"), ("chosen", "plain"), ("chosen", "report's")):
        each = ns.right[first].astype(int) - ns.right[second]
        differences[f"{first} − {second}"] = 100 * each.mean(), 200 * each.std(ddof=1) / np.sqrt(len(each))
    means, errors = zip(*differences.values(), strict=True)
    x, names = "points of validation accuracy, ± 2 standard errors", list(differences)
    marks = [upright(0), errorbar("", means, range(3), errors)]
    return [
        Panel("All digits, the same recipe", "epoch", "validation accuracy, %", left, True),
        Panel("Paired differences", x, ", reversed", marks, None, None, names),
    ]


@shown(
    "four-figure",
    "Training loss of four networks over a hundred steps, and their validation accuracies: read them for 5.4c",
)
def four(ns):
    left, right, names = [], [], ["neither", "batch norm", "dropout", "both"]
    for index, name in enumerate(names):
        row = ns.rows[name]
        has = (bool(row.settings["batchnorm"]), row.settings["dropout"] is not None)
        assert has == (name in ("batch norm", "both"), name in ("dropout", "both")), (name, row.settings)
        means = [
            np.lib.stride_tricks.sliding_window_view(v, 10).mean(axis=1) for v in (row.curve.steps, row.curve.losses)
        ]
        left.append(line(name, *means))
        right.append(line("", [index], [row.val_acc]))
    return [
        Panel("Loss in train mode, mean of 10 steps", "step", "training loss, log", left, True),
        Panel("At the end, test mode", "", "validation accuracy, %", right, None, names),
    ]


shown("explorer", explorer_alt)(explorer)


@shown(
    "mistakes",
    "The confusion matrix of 5.4's network on the test set, and the twelve mistakes that it was surest of",
)
def misread(ns):
    scores, y = ns.full[ns.final].model.loss(ns.X_test), ns.y_test
    matrix = confusion(y, scores, "{wrong} of {of:,} wrong")
    return [matrix, *mistakes(ns.X_test[:, 0], y, scores, 12)], ["The mistakes made with the highest probability"]
