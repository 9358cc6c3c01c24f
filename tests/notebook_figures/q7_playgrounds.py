"""What Q7's playgrounds must show at the settings that they open with."""

import math

import numpy as np
from drawn import Panel
from notebook_figures.panels import between, histogram, level, line, upright

from nnlib.homework.digits import first_digits
from nnlib.homework.masks import masked_outputs


def depth(ns):
    """Ten layers: the gradient's norm by layer, and the outputs of the sigmoids."""
    traces = {name: ns.propagate(first_digits(), depth=10, activation=name) for name in ("sigmoid", "tanh", "relu")}
    norms = {name: [np.linalg.norm(grad) for grad in trace.grad_weights] for name, trace in traces.items()}
    low, middle, high = np.percentile(traces["sigmoid"].outputs.reshape(9, -1), (5, 50, 95), axis=1)
    layers = np.arange(1, 10)
    right = [between("90 % of outputs", layers, low, high), line("median", layers, middle), level(0)]
    left = [line(name, range(1, 11), values) for name, values in norms.items()]
    return [
        Panel("Gradients in 10 layers", "layer", "norm of $dL/dW$, log", left, True),
        Panel("Outputs of the sigmoid layers", "hidden layer", "output", right, True),
    ]


def depth_alt(ns):
    trace = ns.propagate(first_digits(), depth=10, activation="sigmoid")
    first, last = (np.linalg.norm(trace.grad_weights[layer]) for layer in (0, -1))
    where = f"is {last:.1e} in the last layer and {first:.1e} in the first"
    return f"10 layers of sigmoid: the gradient's norm {where}, {first / last:.1e} times that."


def dropout_panels(x, w, b, *, keep, masks, errors=False):
    """One unit's outputs over masks, and what scaling by p misses in the mean of every unit's ReLU."""
    y = masked_outputs(x, w, b, keep, masks=masks, rng=0)
    mean, sd = keep * x @ w + b, np.sqrt(keep * (1 - keep) * x**2 @ w**2)
    unit = np.argmax(np.abs(x @ w))
    m, s = mean[unit], sd[unit]
    grid, t = np.linspace(m - 4 * s, m + 4 * s, 200), np.linspace(-4, 4, 161)
    left = [
        histogram("$(x \\odot M)W$", y[:, unit], 40, density=True),
        line("normal, var. $p(1-p)\\sum x^2W^2$", grid, np.exp(-(((grid - m) / s) ** 2) / 2) / s / np.sqrt(2 * np.pi)),
        upright(m, "$(px)W$"),
        upright((x @ w + b)[unit], "$xW$, not scaled"),
    ]
    below = np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in t])
    bell = np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)
    missing = t * below + bell - np.maximum(t, 0)
    right = [
        line("each unit, mean over masks", mean / sd, (np.maximum(y, 0).mean(axis=0) - np.maximum(mean, 0)) / sd),
        line("if $y$ were normal", t, missing),
        level(0, "$p$-scaling, ReLU$((px)W)$"),
    ]
    if errors:
        variance = (t**2 + 1) * below + t * bell - (t * below + bell) ** 2  # of max(Y, 0)
        spread = 2 * np.sqrt(np.maximum(variance, 0) / masks)
        label = f"± 2 standard errors, {masks:,} masks"
        right.append(between(label, t, missing - spread, missing + spread))
    title, x, y = "Error of $p$-scaling after a ReLU", "mean of $y$ / its standard deviation", "standard deviation"
    return [
        Panel(f"One unit, {masks:,} masks, keep {keep:g}", "output $y$", "density", left, True),
        Panel(title, x, f"error / {y}", right, True),
    ]


def _layer():
    """The first digit, and a hundred units with He's weights."""
    x = first_digits()[0][0]
    return x, np.random.default_rng(0).normal(scale=np.sqrt(2 / len(x)), size=(len(x), 100)), np.zeros(100)


def dropout(ns):
    """A thousand masks at keep probability 0.5."""
    return dropout_panels(*_layer(), keep=0.5, masks=1000)


def dropout_alt(ns):
    y = np.maximum(masked_outputs(*_layer(), 0.5, masks=1000, rng=0), 0)
    moments = f"{y.mean():.3f} ± {y.std(axis=0).mean():.3f}"
    return f"Keep probability 0.5: after the ReLU, a unit's mean output over masks is {moments}."


def _descended(ns):
    model = ns.tanh_classifier(width=20, rng=0)
    return ns.gradient_descent(model, first_digits(), learning_rate=1.0, steps=40, every=3)


def descent(ns):
    """Forty steps at learning rate 1: the loss, and under it the sharpness and its bound."""
    losses, callback = _descended(ns)
    sharpness = [line("sharpness", callback.steps, np.maximum(callback.values, 0.1)), level(2, "2 / rate")]
    return [
        Panel("Gradient descent at rate 1", "", "training loss, log", [line("", range(40), losses)]),
        Panel("", "step", "largest eigenvalue, log", sharpness, True),
    ]


def descent_alt(ns):
    losses, _ = _descended(ns)
    return f"Learning rate 1: in 40 steps the loss fell from {losses[0]:.3g} to {losses[-1]:.3g}."
