"""What the figures of Q1 must show; most are the same on every machine and shown with their description."""

import numpy as np
from drawn import Panel
from notebook_figures.listing import Listing
from notebook_figures.panels import box, histogram, level, line, upright, word

from nnlib import dropout_forward

shown = Listing()


@shown(
    "sweep",
    "Error of three difference quotients over the step: it falls with truncation, then rises with rounding",
    same=True,
)
def sweep(ns):
    steps, x = np.logspace(-12, -1, 45), np.linspace(0.2, 1.2, 101)
    lines = []
    for name, one_sided, dtype in (
        ("float64, centred", False, np.float64),
        ("float64, one-sided", True, np.float64),
        ("float32, centred", False, np.float32),
    ):
        errors, at = [], x.astype(dtype)
        exact = np.cos(at.astype(float)) * np.exp(np.sin(at.astype(float)))
        for h in steps.astype(dtype):
            above, below = (np.exp(np.sin(each)) for each in (at + h, at if one_sided else at - h))
            quotient = (above - below) / (h if one_sided else 2 * h)
            errors.append(np.median(np.abs(quotient / exact - 1)))
        lines.append(line(name, steps, errors))
    third = np.median(np.abs(np.cos(x) ** 2 - 3 * np.sin(x) - 1))
    lines.append(line("truncation, predicted", steps, third * steps**2 / 6))
    lines.append(line("rounding, at most", steps, 2**-52 * np.median(1 / np.cos(x)) / steps))
    lines.append(upright(1e-5, "the step of nnlib.gradcheck"))
    title = "The best step balances truncation and rounding"
    return [Panel(title, "step $h$, log", "median relative error, log", lines, True)]


for cell, alt in {
    "kink": "ReLU with its kink, and its measured slope, which rises in a line from 0 to 1 within h of the kink",
    "masks": "A letter F under two masks; its mean over 400 masks looks like test mode",
    "moments": "The mean output over masks settles at p X; the variance follows p(1-p) X squared, largest at one half",
}.items():
    shown.described(cell, alt)


def counts(title, x, values, edges):
    """A histogram without a label, and its mean."""
    mean = upright(values.mean(), f"mean {values.mean():.2f}")
    return Panel(title, x, "count", [mean, histogram("", values, edges)], [mean.label])


def _dropout():
    x = np.maximum(np.random.default_rng(0).normal(1, 1, 2000), 0)
    rng = np.random.default_rng(0)
    outputs = [dropout_forward(x, {"p": 0.8, "mode": "train", "rng": rng})[0] for _ in range(101)]
    return x, outputs[0], outputs[1:]


def dropout_alt(ns):
    x, out, _ = _dropout()
    return (
        f"Of the units that were not 0 before, {np.mean(out[x > 0] == 0):.0%} are 0 in train mode. The mean of the "
        f"output is {out.mean():.2f}, the mean of the input {x.mean():.2f}; times the keep probability that is "
        f"{0.8 * x.mean():.2f}."
    )


@shown("dropout-playground", dropout_alt, same=True)
def dropout(ns):
    x, out, masked = _dropout()
    edges = np.linspace(0, x.max(), 40)
    equal = line("equal", [0, 0.8 * x.max()], [0, 0.8 * x.max()])
    marks = [line("each unit", 0.8 * x, np.mean(masked, axis=0)), equal]
    return [
        counts("2,000 outputs of a ReLU", "input", x, edges),
        counts("After dropout, train mode", "output", out, edges),
        Panel("Test mode is the mean", "test mode: input times $p$", "mean of 100 masks", marks, True),
    ]


@shown(
    "distributions",
    "Four features before and after batch norm: moved and scaled to one width, the skewed one still skewed",
    same=True,
)
def distributions(ns):
    rng = np.random.default_rng(0)
    features = {
        "normal, wide": rng.normal(4, 3, 4000),
        "normal, narrow": rng.normal(-6, 0.5, 4000),
        "skewed": rng.exponential(2, 4000) - 2,
        "two humps": rng.normal(0, 0.6, 4000) + rng.choice([8.0, 12.0], 4000),
    }
    after = {name: (x - x.mean()) / np.sqrt(x.var() + 1e-5) for name, x in features.items()}
    panels = []
    for title, each in (("Before", features), ("After", after)):
        every = np.concatenate(list(each.values()))
        edges, marks = np.linspace(every.min(), every.max(), 90), []
        for name, values in each.items():
            density, _ = np.histogram(values, edges, density=True)
            marks.append(line(name, (edges[1:] + edges[:-1]) / 2, density))
        panels.append(Panel(f"{title} batch norm", "value of the feature", "density", marks))
    panels[1] = panels[1]._replace(legend=True)
    return panels


shown.described("running", "Running mean and variance over the true ones rise from a tenth to about 1, then fluctuate")


def _batches():
    """Twenty batches of a hundred and one more: the last one, and the running mean and deviation after each."""
    rng, running = np.random.default_rng(0), [(0.0, 0.0)]
    for _ in range(20):
        x = rng.normal(3, 2, 100)
        running.append((0.9 * running[-1][0] + 0.1 * x.mean(), 0.9 * running[-1][1] + 0.1 * x.var()))
    means, variances = np.array(running[1:]).T
    return rng.normal(3, 2, 100), means, np.sqrt(variances)


def batch_norm_alt(ns):
    x, means, deviations = _batches()
    return (
        f"The batch has mean {x.mean():.2f} and standard deviation {x.std():.2f}. In train mode the output has mean "
        f"0.00 and standard deviation 1.00. After 20 batches the running mean is {means[-1]:.2f} and the root of the "
        f"running variance {deviations[-1]:.2f}; over all data they are 3 and 2."
    )


@shown("batch-norm-playground", batch_norm_alt, same=True)
def batch_norm(ns):
    x, means, deviations = _batches()
    out, batches = (x - x.mean()) / np.sqrt(x.var() + 1e-5), range(1, 21)
    right = [line("mean", batches, means), level(3), line("deviation", batches, deviations), level(2)]
    right.append(line("over all data", [], []))
    return [
        counts("The batch", "input", x, 30),
        counts("Normalised, train mode", "output", out, 30)._replace(legend=["mean 0.00"]),
        Panel("Running statistics", "batch", "", right, True),
    ]


for cell, alt in {
    "graph": "Graph of batch norm: X reaches X-hat directly, through mu and through sigma",
    "backward-graph": "The graph with the gradient at each node; mu, sigma, gamma and beta collect sums over the batch",
    "three": "An image, a kernel and its flip; filt and valid differ even in sign, and valid is the middle of full",
}.items():
    shown.described(cell, alt)


def cells(title, matrix, marked, corner=(0, 0)):
    """A matrix in words; marked are the True cells of another one that lies at the corner, and its frame."""
    marks = []
    for (row, column), value in np.ndenumerate(np.asarray(matrix, dtype=float)):
        marks.append(box("", column, row, column + 1, row + 1))
        marks += [word(f"{value:.3g}", column + 0.5, row + 0.5)] if np.isfinite(value) else []
    top, left = corner
    for row, column in np.argwhere(marked):
        marks.append(box("", left + column, top + row, left + column + 1, top + row + 1))
    height, width = marked.shape
    marks.append(box("", left, top, left + width, top + height))
    return Panel(title, "", ", reversed", marks)


@shown("stepper", "Step 21 of 25, out[i, j] = Σ a[k, l] · b[i−k+1, j−l+1]: out[5, 1] = 13·2 = 26", same=True)
def stepper(ns):
    a, b, output = np.arange(1.0, 17).reshape(4, 4), np.array([[1.0, 0.0], [2.0, -1.0]]), np.zeros((5, 5))
    for u, v in np.ndindex(2, 2):
        output[u : u + 4, v : v + 4] += b[u, v] * a
    output[np.arange(25).reshape(5, 5) > 20] = np.nan  # not reached yet
    overlap = np.array([[False, True], [False, False]])  # the kernel hangs over the lower left corner
    return [
        cells("a", a, overlap, (3, -1)),
        cells("b, flipped", [[-1, 2], [0, 1]], overlap),
        cells("products, sum 26", np.where(overlap, 13.0 * 2.0, np.nan), overlap),
        cells("output", output, np.array([[True]]), (4, 0)),
    ]


shown.described(
    "im2col-figure",
    "A 3 x 4 image and its six 2 x 2 windows as columns; two are framed, pixel 6 occurs in four columns",
)
shown.described(
    "stamps", "Each gradient stamps a scaled copy of the kernel, not flipped, onto its window; stamps that overlap add"
)
