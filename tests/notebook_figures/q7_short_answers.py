"""What the figures of Q7 must show."""

import numpy as np
from drawn import Panel
from notebook_figures.listing import Listing
from notebook_figures.panels import contours, level, line, upright, word
from notebook_figures.q7_playgrounds import depth, depth_alt, descent, descent_alt, dropout, dropout_alt, dropout_panels

shown = Listing()


def smoothed(losses):
    """Means of ten consecutive losses, each at the middle of its steps, which count from 1."""
    means = np.lib.stride_tricks.sliding_window_view(np.asarray(losses, dtype=float), 10).mean(axis=1)
    return np.arange(len(means)) + 5.5, means


@shown(
    "q7-71b-figure",
    "Left, gradient norm by layer: level for tanh, ReLU and sigmoid with batch norm, falling steadily towards "
    "layer 1 for the sigmoid. Right, what arrives by depth: only the sigmoid falls, along the line of 1/4 per layer.",
    same=True,
)
def arrival(ns):
    left, right, depths = [], [], np.arange(3, 21)
    for name in ("sigmoid", "tanh", "relu", "batch norm, sigmoid"):
        traces = ns.traces[name]
        assert [len(trace.grad_weights) for trace in traces] == list(depths)
        left.append(line(name, range(1, 21), [np.linalg.norm(grad) for grad in traces[-1].grad_weights]))
        arrived = [np.linalg.norm(t.grad_inputs[0]) / np.linalg.norm(t.grad_inputs[-1]) for t in traces]
        right.append(line(name, depths, arrived))
    right.append(line("1/4 per layer", depths, 0.25 ** (depths - 2.0)))
    y = r"norm of $\partial L/\partial W_l$, log"
    return [
        Panel("Gradients in 20 layers", "layer", y, left),
        Panel("Share of the gradient that arrives at layer 1", "layers of the network", ", log", right, True),
    ]


@shown(
    "q7-71c-figure",
    "Left, slope, gain and their product over g: the product crosses 1 near g = 9. Right, accuracy over the product: "
    "below 20 % at both ends, a peak of about 70 % where the product is 1.",
)
def gain_window(ns):
    g, slope, gain = np.array([1, 4, 6, 8, 10, 13, 20, 30]), ns.factors.slope, ns.factors.gain
    product = slope * gain
    crossing = np.interp(1, product, g)
    best = np.maximum(ns.accuracy[0.1], ns.accuracy[0.3])
    assert 8.5 < crossing < 9.5
    assert max(best[0], best[-1]) < 0.2 < 0.6 < best.max() < 0.8  # what the alt text says
    parts = {"slope of the sigmoids": slope, "gain of the weights": gain, "their product": product}
    left = [line(name, g, values) for name, values in parts.items()]
    left += [level(1), upright(crossing, f"product 1 at $g$ = {crossing:.1f}")]
    right = [line(f"rate {rate:g}", product, ns.accuracy[rate]) for rate in (0.1, 0.3)]
    right += [word(f"{each}", x, top) for each, x, top in zip(g, product, best, strict=True)]
    x, y = r"$g$, weights of deviation $g/\sqrt{\mathrm{fan\ in}}$, log", "validation accuracy, %"
    ticks = ["0.25", "0.5", "1", "2"]
    return [
        Panel("Before training", x, "factor per layer, log", left, True),
        Panel(
            "After training (number: $g$)", "slope × gain before training, log", y, [*right, upright(1)], True, ticks
        ),
    ]


@shown(
    "q7-71-figure",
    "Training loss of six networks: plain sigmoids stay at log 10, Adam leaves it late, batch norm, tanh and ReLU "
    "fall at once.",
)
def deep(ns):
    names = ["sigmoid", "sigmoid, rate 1", "sigmoid, Adam", "batch norm, sigmoid", "tanh", "ReLU"]
    lines = [line(name, *smoothed(ns.deep[name].loss_history[:150])) for name in names]
    lines.append(level(np.log(10), r"guessing, $\log 10$"))
    return [Panel("Eight layers", "step", "training loss, mean of 10 steps", lines, True)]


@shown(
    "q7-71d-figure",
    "Two paths on the contours of the loss: with sigmoid inputs every step goes up right or down left across a long "
    "valley, with tanh inputs the contours are nearly circles and the path goes to the target.",
    same=True,
)
def paths(ns):
    panels = []
    for name in ("sigmoid", "tanh"):
        f, _ = ns.ACTIVATIONS[name]
        across, up = np.meshgrid(np.linspace(-0.5, 1.6, 80), np.linspace(-1.5, 0.7, 80))
        inputs = ns.inputs_of(f)
        off = np.stack([across, up], axis=-1) - ns.TARGET
        loss = np.mean((off @ inputs.T) ** 2, axis=-1) / 2 * len(inputs) / 1000
        path = ns.path(ns.inputs_of(f, seed=0))
        lines = [
            line("one example per step", *path.T),
            line("start", *path[:1].T),
            line("target", *np.reshape(ns.TARGET, (2, 1))),
        ]
        marks = [contours(across, up, loss, np.geomspace(0.003, 1.5, 9)), *lines]
        panels.append(Panel(f"{name} inputs", "first weight", "", marks))
    panels[0] = panels[0]._replace(y="second weight", legend=True)
    return panels


shown("q7-71-playground", depth_alt, same=True)(depth)


@shown(
    "q7-72b-figure",
    "Left, one unit over 2,000 masks: a bell around the scaled output, far from the unscaled one. Right, what scaling "
    "misses after the ReLU: a peak of 0.4 deviations for units of mean 0, nothing far from it.",
)
def units(ns):
    params = ns.trained["keep 0.5"].params
    x = ns.pooled(ns.trained["keep 0.5"], ns.part["X_val"][:30]).reshape(30, -1)[0]
    layer = (np.asarray(each, dtype=float) for each in (x, params["W2"], params["b2"]))
    return dropout_panels(*layer, keep=0.5, masks=2000, errors=True)


shown("q7-72-playground", dropout_alt, same=True)(dropout)


@shown(
    "q7-72c-figures",
    "Distance to the scaled network by number of masks: that of the geometric mean keeps falling, that of the "
    "arithmetic mean levels off, for both keep probabilities.",
)
def distances(ns):
    counts, kinds = [1, 3, 10, 30], ("geometric", "arithmetic")
    keys = [(keep, kind) for keep in (0.5, 0.2) for kind in kinds]
    lines = [line(f"keep {keep:g}, {kind}", counts, ns.distances[keep, kind]) for keep, kind in keys]
    x, y = "masks in the mean, log", "distance to the scaled network, log"
    yticks = ["0.005", "0.01", "0.02", "0.05"]
    return [Panel("Which mean is it?", x, y, lines, True, [str(count) for count in counts], yticks)]


@shown(
    "q7-72c-figures",
    "Accuracy and loss by way of use: without batch norm the accuracy hardly depends on scaling while the loss does; "
    "with batch norm after it, both get much worse.",
)
def ways(ns):
    names = ["keep 0.5", "keep 0.2", "keep 0.5, then batch norm"]
    ways = ["scaled by p", "not scaled", "one mask", "geometric mean", "arithmetic mean"]
    assert set(ns.judged) == {(n, way) for n in names for way in (ways[:2] if "batch norm" in n else ways)}
    panels = []
    for which, y in enumerate(("validation accuracy, %", "validation loss")):
        lines = []
        for name in names:
            places = [place for place, way in enumerate(ways) if (name, way) in ns.judged]
            lines.append(line(name, places, [ns.judged[name, ways[place]][which] for place in places]))
        panels.append(Panel("", "", y, lines, None, [way.replace(" ", "\n", 1) for way in ways]))
    panels[0] = panels[0]._replace(legend=True)
    return panels


def until_doubled(run, every):
    """The steps at which the sharpness is measured before the loss has doubled, and the sharpness."""
    beyond = np.flatnonzero(run.losses > 2 * run.losses[0])
    steps = np.arange(0, beyond[0] if len(beyond) else len(run.losses), every)
    return steps, run.sharpness[: len(steps)]


@shown(
    "q7-73-figure",
    "Left, least squares falls below the bound and explodes above it. Middle and right, a network at three rates: its "
    "sharpness rises as the loss falls; at 0.8 it passes the bound and comes back, at 3.2 the loss explodes.",
)
def bounds(ns):
    left = [
        line(f"rate {factor} × bound", range(150), ns.least_squares(factor * 2 / ns.steepest))
        for factor in (0.9, 0.98, 1.02, 1.1)
    ]
    middle, right = [], []
    for rate in (0.2, 0.8, 3.2):
        run = ns.by_rate[f"rate {rate}"]
        middle.append(line(f"rate {rate}", range(len(run.losses)), run.losses))
        right += [line("", *until_doubled(run, 2)), level(2 / rate)]
        right.append(word(f"bound, rate {rate}", len(run.losses), 1.05 * 2 / rate))
    return [
        Panel("Least squares: the bound is sharp", "step", "training loss, log", left, True),
        Panel("A network, all digits in each step", "step", "training loss, log", middle, True),
        Panel("Its sharpness and the bounds", "step", "sharpness, log", right),
    ]


@shown(
    "q7-73-momentum-figure",
    "Left, losses of the network: at rate 2 momentum 0 recovers, 0.5 and 0.9 explode; momentum 0.5 at rate 1 and 0.9 "
    "at rate 0.2 train. Right, sharpness over bound: all pass 1 but the last one, which stays far below.",
)
def momentum(ns):
    left, right = [], []
    for rate, beta in ((2.0, 0.0), (2.0, 0.5), (2.0, 0.9), (1.0, 0.5), (0.2, 0.9)):
        name = f"rate {rate}, momentum {beta}"
        run = ns.by_momentum[name]
        steps, sharpness = until_doubled(run, 4)
        left.append(line(name, range(len(run.losses)), run.losses))
        right.append(line(name, steps, sharpness * rate / (2 * (1 + beta))))
    return [
        Panel("The network, all digits in each step", "step", "training loss, log", left),
        Panel("Above 1, overshoots grow", "step", "sharpness / bound, log", [*right, level(1)], True),
    ]


@shown(
    "q7-73c-figure",
    "Left, case A step by step: the loss falls for nine steps, then explodes; with a warm-up it does not. Middle, A's "
    "cures: warm-up, clipping and a lower rate work, larger batches do not. Right, B's: larger batches and nearly "
    "everything else work, a warm-up does not.",
)
def cures(ns):
    names = ["as it is", "batch 200", "all 1,000 at once", "decay", "warm-up", "clipping", "a quarter of the rate"]
    of = {"A": names, "B": [*names, "momentum 0.5"]}
    first = {name: ns.curves["A", name][0][:40] for name in ("as it is", "warm-up")}
    left = [line(name, range(1, 41), losses) for name, losses in first.items()]
    both = {case: [line(name, *smoothed(ns.curves[case, name][0])) for name in own] for case, own in of.items()}
    y, ticks = "training loss, mean of 10 steps, log", ["1", "2", "5", "10", "20", "50"]
    return [
        Panel("A: the first 40 steps, not averaged", "step", "training loss, log", left, None, None, ticks),
        Panel("A: plain, rate 1.6", "step", y, both["A"]),
        Panel("B: momentum 0.9, rate 0.4", "step", ", log", both["B"]),
    ], of["B"]


shown("q7-73-playground", descent_alt, same=True)(descent)
