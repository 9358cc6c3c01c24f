"""What several notebooks draw alike: the course of a training, explorers, confusions, mistakes, weights."""

import numpy as np
from drawn import COLORBAR, Panel
from notebook_figures.panels import box, errorbar, image, line, word


def losses(solver, window, label="training loss"):
    """The loss of every step, and its mean over `window` steps at the middle of these."""
    every = np.asarray(solver.loss_history, dtype=float)
    steps, window = np.arange(1, len(every) + 1), min(window, len(every))
    sums = np.concatenate([[0], np.cumsum(every)])
    mean = (sums[window:] - sums[:-window]) / window
    middles = (steps[: len(mean)] + steps[window - 1 :]) / 2
    return [line("", steps, every), line(f"{label}, mean of {window} steps", middles, mean)]


def accuracies(solver, title, training="training", **options):
    """Training and validation accuracy after each epoch, the best validation accuracy starred."""
    train, val = np.array(solver.train_acc_history), np.array(solver.val_acc_history)
    epochs = np.arange(1, len(val) + 1)
    best = val.argmax()
    marks = [
        line(training, epochs, train),
        line("validation", epochs, val),
        line(f"best validation, {val[best]:.2%}", [best + 1], [val[best]]),
    ]
    return Panel(title, "epoch", "accuracy, %", marks, True, **options)


def by_settings(sweep, name, values, by, fixed):
    """A sweep over one setting, a line for each value of another: the means as errorbars; seeds, and what failed."""
    each, means, dots = sorted({row.settings[by] for row in sweep}), [], []
    for index, value in enumerate(each):
        shift, seeds, failed = 0.12 * (index - (len(each) - 1) / 2) * min(1, 4 / len(each)), {}, []
        for place, x in enumerate(values):
            rows = [row for row in sweep if dict(row.settings) == {**fixed, by: value, name: x}]
            done = [row.val_acc for row in rows if row.status == "done"]
            seeds |= {place + shift: done} if done else {}
            failed += [] if done else [place + shift]
        dots += [line("", [place] * len(accs), accs) for place, accs in seeds.items() if len(accs) > 1]
        dots += [line("failed", failed, 0.03)] if failed else []
        spreads = [np.std(accs, ddof=1) if len(accs) > 1 else 0.0 for accs in seeds.values()]
        means.append(errorbar(f"{by} {value:g}", list(seeds), [np.mean(accs) for accs in seeds.values()], spreads))
    return means, dots


def _bins(values):
    """Means of a loss history over at most 150 bins of equal width, at the middle of each bin; and the width."""
    width = -(-len(values) // 150)
    parts = [values[start : start + width] for start in range(0, len(values), width)]
    middles = [start + (len(part) + 1) / 2 for start, part in zip(range(0, len(values), width), parts, strict=True)]
    return np.array(middles), np.array([np.mean(part) for part in parts]), width


def explorer(ns):
    """The one run of an explorer: its losses, and its accuracies in epochs."""
    run = ns.explorer.runs[-1]
    steps, means, width = _bins(run.losses)
    label = "training loss" + (f", means of {width} steps" if width > 1 else "")
    epochs = np.array([point.step for point in run.points]) / run.steps_per_epoch
    both = [("training", [point.train for point in run.points]), ("validation", [point.val for point in run.points])]
    right = [line(name, epochs, values) for name, values in both]
    if run.total_steps <= 20 * run.steps_per_epoch:  # with a dot at the end of each epoch
        ends = np.array([point.epoch_end for point in run.points])
        right += [line("", epochs[ends], np.array(values)[ends]) for _, values in both]
    return [
        Panel("Loss of the minibatches", "epoch", ", log", [line(label, steps / run.steps_per_epoch, means)], True),
        Panel("Accuracy", "epoch (between epochs: on 500 examples)", ", %", right, True),
    ]


def explorer_alt(ns):
    """What is said of its one run."""
    (run,) = ns.explorer.runs
    means, last, epochs = _bins(run.losses)[1], run.points[-1], run.total_steps // run.steps_per_epoch
    train, val = run.row.curve.train_acc[-1], run.row.val_acc
    assert (run.row.status, last.val) == ("done", val)
    behind = f", {100 * (train - val):.1f} points below" if train - val >= 0.02 else ""
    return (
        f"Run 1 took {epochs:.1f} of {epochs} epochs: the training loss fell from {means[0]:.3g} to {means[-1]:.3g}; "
        f"training accuracy {train:.1%}, validation {val:.1%}{behind}. It is the best so far."
    )


def tiles(images, columns, pad=1):
    """Images on one scale from 0 to 1, row by row, with NaN between them."""
    scaled = (images - images.min()) / (images.max() - images.min())
    height, width = images.shape[1] + pad, images.shape[2] + pad
    picture = np.full((-(-len(images) // columns) * height - pad, columns * width - pad, *images.shape[3:]), np.nan)
    for index, each in enumerate(scaled):
        top, left = height * (index // columns), width * (index % columns)
        picture[top : top + height - pad, left : left + width - pad] = each
    return picture


def weights(columns, titles):
    """Images of 28 x 28 weights, red for positive ones and blue for negative ones."""
    return [
        Panel(title, "", ", reversed", [image(column.reshape(28, 28), "RdBu_r")])
        for column, title in zip(np.transpose(columns), titles, strict=True)
    ]


def confusion(y, scores, title, names=None):
    """Counts by true class (rows) and predicted class (columns); on the diagonal no colour."""
    predicted, classes = scores.argmax(axis=1), scores.shape[1]
    counts = np.array([[np.sum((y == true) & (predicted == j)) for j in range(classes)] for true in range(classes)])
    colours = np.where(np.eye(classes), np.nan, counts)
    words = [word(str(count), column, row) for (row, column), count in np.ndenumerate(counts)]
    title = title.format(wrong=np.sum(predicted != y), of=len(y))
    marks = [image(colours, "Blues"), *words]
    return Panel(title, "predicted class", "true class, reversed", marks, None, names, names)


def mistakes(images, y, scores, count, names=None):
    """The mistakes of the highest probability, each with its label, the answer and its probability."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    predicted, sure = scores.argmax(axis=1), e.max(axis=1) / e.sum(axis=1)
    wrong = np.flatnonzero(predicted != y)
    panels = []
    for n in wrong[np.argsort(-sure[wrong], kind="stable")][:count]:
        true, answer = (y[n], predicted[n]) if names is None else (names[y[n]], names[predicted[n]])
        title = f"{true},{' ' if names is None else chr(10)}read as {answer}\n({sure[n]:.1%})"
        shown = images[n] if images[n].ndim == 2 else (images[n] - images[n].min()) / np.ptp(images[n])
        kind = "gray_r" if images[n].ndim == 2 else "colours"
        panels.append(Panel(title, "", ", reversed", [image(shown, kind)]))
    return panels


def ladder(title, names, validation, test=None):
    """Accuracies by rung, the first at the top; to the right the last accuracy of each, and what it gains in points."""
    rungs = range(len(names))
    marks = [line("validation", validation, rungs)] + ([] if test is None else [line("test", test, rungs)])
    shown = validation if test is None else test
    words = [word("validation" if test is None else "test", 1, -0.5), word("gain", 1, -0.5)]
    for rung, accuracy in enumerate(shown):
        gains = [word(f"{100 * (accuracy - shown[rung - 1]):+.2f}", 1, rung)] if rung else []
        words += [word(f"{accuracy:.2%}", 1, rung), *gains]
    x = "validation accuracy, %" if test is None else "accuracy, %"
    return Panel(title, x, ", reversed", marks + words, True if test is not None else None, None, list(names))


def heat_map(title, sweep, x, y, choice, labels):
    """Mean validation accuracies by two settings, the best framed, the chosen one framed inside; and the colour bar."""
    columns, rows = (list(dict.fromkeys(row.settings[name] for row in sweep)) for name in (x, y))
    reached = {}
    for row in sweep:
        reached.setdefault((row.settings[y], row.settings[x]), []).append(row.val_acc)
    means = np.array([[np.mean(reached[row, column]) for column in columns] for row in rows])
    words = [word(f"{100 * mean:.2f}", column, row) for (row, column), mean in np.ndenumerate(means)]
    best = np.unravel_index(means.argmax(), means.shape)
    frames = []
    for (row, column), half in ((best, 0.48), ((rows.index(choice[y]), columns.index(choice[x])), 0.42)):
        frames.append(box("", column - half, row - half, column + half, row + half))
    ticks = [[v if isinstance(v, str) else f"{v:g}" for v in values] for values in (columns, rows)]
    marks = [image(means, "cividis, origin lower"), *words, *frames]
    return Panel(title, *labels, marks, None, *ticks), Panel(COLORBAR, "", "validation accuracy, %", [])


def colour_tiles(images, columns):
    """Colour images (N, H, W, 3) as `tiles`, with a fourth channel that is 0 between them."""
    picture = tiles(images, columns)
    opaque = np.isfinite(picture).all(axis=2, keepdims=True)
    return np.concatenate([np.where(opaque, picture, 1.0), opaque], axis=2)
