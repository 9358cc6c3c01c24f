"""What the figures of Q3 must show."""

import numpy as np
from drawn import Mark, Panel
from notebook_figures.common import by_settings, explorer, explorer_alt
from notebook_figures.listing import Listing
from notebook_figures.panels import bars, box, histogram, level, line, upright

shown = Listing()
CLASSES = ((-1, "class 0"), (1, "class 1"))
MARGIN = "margin $m$"


def street(title, points, signs, w, b, reach, payments):
    """The marks of a street s = w x + b between -1 and +1, its examples, and what each of them lacks."""
    margins, norm = signs * (points @ w + b), np.linalg.norm(w)
    side = np.array([-w[1], w[0]]) / norm * reach
    ends = {s: np.array([(s - b) * w / norm**2 + sign * side for sign in (-1, 1)]) for s in (-1, 0, 1)}
    filled = np.vstack([ends[-1], ends[1][::-1], ends[-1][:1]])
    marks = [
        Mark("outline", "", filled),
        line("boundary, $s = 0$", *ends[0].T),
        line("", *ends[-1].T),
        line(r"borders, $s = \pm 1$", *ends[1].T),
    ]
    for sign, name in CLASSES:
        own = signs == sign
        marks += [line(name, *points[own & (margins < 1.02)].T), line("", *points[own & (margins >= 1.02)].T)]
    lacking = margins < 0.98
    if payments and lacking.any():
        border = points + ((1 - margins) * signs)[:, None] * w / norm**2
        path = [row for n in np.flatnonzero(lacking) for row in (points[n], border[n], (np.nan, np.nan))]
        marks.append(line("what an example lacks", *np.array(path).T))
    return Panel(f"{title}\nthe street is {2 / norm:.2f} wide", "", "", marks)


def streets(each, labels, payments):
    """One panel each, all with the same axes, and the legend under them."""
    points = np.vstack([points for _, points, *_ in each])
    reach = np.linalg.norm(np.ptp(points, axis=0))
    panels = [street(*one, reach, payments)._replace(x=labels[0]) for one in each]
    panels[0] = panels[0]._replace(y=labels[1])
    named = [mark.label for panel in panels for mark in panel.marks if mark.label]
    return panels, list(dict.fromkeys(named))


@shown(
    "streets",
    "Three streets between two classes: a narrow one, the widest, and one that two examples stand in",
    same=True,
)
def three_streets(ns):
    above = [(2, 0), (0, 2), (1.2, 2.4), (2.6, 1.2), (3.2, 2.4), (2.2, 3.2)]
    below = [(-1, -1), (-2.4, -0.2), (-1.2, -2.6), (-2.2, -1.8), (-3, 0.4), (-1.4, -3)]
    six, signs, widest = np.array(above + below, dtype=float), np.repeat([1, -1], 6), np.array([0.5, 0.5])
    more = np.vstack([six, [(0.2, -0.9), (0.9, 0.7)]]), np.append(signs, [1, -1])
    each = [
        ("A street", six, signs, np.array([1.25, 0.25]), 0.5),
        ("The widest street", six, signs, widest, 0.0),
        ("Overlapping classes", *more, widest, 0.0),
    ]
    return streets(each, ("$x_1$", "$x_2$"), payments=True)


@shown(
    "kink", "Hinge and logistic loss over the margin, their derivatives, and lines through the hinge's kink", same=True
)
def kink(ns):
    m = np.linspace(-2.5, 3.5, 601)
    hinge, bits = np.maximum(0, 1 - m), np.logaddexp(0, -m) / np.log(2)
    left = [line("hinge", m, hinge), line("logistic, in bits", m, bits), line("zero-one", m, m < 0)]
    below, above, near = m[m < 1], m[m > 1], (m >= -0.5) & (m <= 2.5)
    middle = [
        line("hinge", below, -1),
        line("", above, 0),
        line("subgradients at the kink", [1, 1], [-1, 0]),
        line("logistic, in nats", m, -1 / (1 + np.exp(m))),
    ]
    through = {
        "0": "never above it",
        "-0.3": "never above it",
        "-0.7": "never above it",
        "-1.6": "above it on the left",
    }
    right = [line("hinge", m[near], hinge[near])]
    right += [line(f"slope {s}: {name}", m[near], float(s) * (m[near] - 1)) for s, name in through.items()]
    return [
        Panel("The loss", MARGIN, "loss of one example", left, True),
        Panel("Its derivative", MARGIN, "derivative", middle, True),
        Panel("Lines through the kink", MARGIN, "", right, True),
    ]


@shown(
    "descent", "The logistic gradient fades over the steps, the hinge's stays; the middle one of three rates is best"
)
def descent(ns):
    models = {"logistic": ns.LogisticClassifier, "hinge": ns.SVM}
    norms = {
        name: ns.descend(model(20, reg=1e-2, rng=0, dtype=np.float64), ns.X_train, ns.y_train, 2.0, 300)
        for name, model in models.items()
    }
    left = [line(name, range(300), values) for name, values in norms.items()]
    epochs = {rate: np.reshape(ns.by_rate[rate].loss_history, (200, -1)).mean(axis=1) for rate in (0.05, 0.5, 5.0)}
    right = [line(f"learning rate {rate:g}", range(1, 201), means) for rate, means in epochs.items()]
    fallen = [solver.learning_rate / rate for rate, solver in ns.by_rate.items()]
    assert np.allclose(fallen, fallen[0])  # each was trained at the rate that it is called by
    return [
        Panel("Gradient descent at a constant rate", "step", "norm of the gradient, log", left, True),
        Panel("Momentum, with a rate that falls", "epoch", "mean loss of the epoch, log", right, True),
    ]


@shown(
    "real-streets",
    "Training examples beside a narrow and a wide street; support vectors stand on it or on the wrong side",
)
def real_streets(ns):
    each = []
    for reg in (ns.linear_reg, 0.1):
        params = ns.by_strength[reg].params
        w, b, X = params["W1"][:, 0], params["b1"][0], ns.standard["X_train"]
        norm = np.linalg.norm(w)
        across = X @ w / norm
        rest = X - across[:, None] * w / norm
        along = X @ np.linalg.svd(rest - rest.mean(axis=0), full_matrices=False)[2][0]
        supports = np.sum(ns.t_train * (X @ w + b) < 1.02)
        title = f"L2 {reg:g}: {supports} support vectors"
        each.append((title, np.column_stack([across + b / norm, along]), ns.t_train, np.array([norm, 0.0]), 0.0))
    return streets(each, ("distance from the boundary", "along the boundary"), payments=False)


@shown(
    "retraining",
    "Scores after retraining on a part: on the diagonal for the SVM with scaled λ, off it for the other two",
)
def retraining(ns):
    panels = []
    for model, how in ((ns.SVM, "scaled"), (ns.SVM, "same"), (ns.LogisticClassifier, "scaled")):
        whole, part = ns.retrained[model, how]
        scores = [ns.standard["X_val"] @ each.params["W1"][:, 0] + each.params["b1"] for each in (whole, part)]
        limit = 1.05 * np.abs(scores[0]).max()
        marks = [line("equal", [-limit, limit], [-limit, limit]), line("validation examples", *scores)]
        title = f"{model.__name__}, {how} λ"
        panels.append(Panel(title, "score, trained on all", "score, trained on the part", marks, True))
    return panels


@shown(
    "shares",
    "Share over margin: 1 below the border, 0 above it, and all values between 0 and 1 on the border itself",
)
def shares(ns):
    margins, border, alphas, _ = ns.border_shares(ns.retrained[ns.SVM, "scaled"][0], 0.01)
    groups = {"below 1": (margins < 1) & ~border, "on the border": border, "above 1": (margins > 1) & ~border}
    marks = [line(name, margins[part], alphas[part]) for name, part in groups.items()]
    return [Panel("Shares in the weights", "margin $m$ of a training example", r"share $\alpha$", marks, True)]


@shown(
    "side-by-side",
    "SVM and logistic regression: nearly equal weights, forces of 0 or 1 against fading ones",
)
def rivals(ns):
    models = {"hinge": ns.by_strength[ns.linear_reg], "logistic": ns.rival.model}
    assert [type(model) for model in models.values()] == [ns.SVM, ns.LogisticClassifier]
    t, X, pull, weights, scores = ns.t_train, ns.standard["X_train"], [], [], {}
    for (name, model), shift in zip(models.items(), (-0.2, 0.2), strict=True):
        w, b = model.params["W1"][:, 0], model.params["b1"]
        m = t * (X @ w + b)
        force = (m < 1).astype(float) if name == "hinge" else 1 / (1 + np.exp(m))
        weights.append(bars(name, np.arange(1, 21) + shift, w / np.linalg.norm(w)))
        pull.append(line(name, m, force))
        scores[name] = ns.standard["X_val"] @ w + b
    own = {name: np.flatnonzero(ns.t_val == sign) for sign, name in CLASSES}
    right = [line(name, scores["logistic"][part], scores["hinge"][part]) for name, part in own.items()]
    force = r"force, $N\,|\partial L / \partial s_n|$"
    return [
        Panel("Weights", "feature", "weight, norm 1", weights, True),
        Panel("Which examples pull", "margin $m$ of a training example", force, pull, True),
        Panel(
            "Validation examples",
            "logistic score (log-odds)",
            "hinge score",
            [*right, level(0), upright(0)],
            True,
        ),
    ]


@shown(
    "networks",
    "Left: over the hidden units validation is flat at rate 0.1; at 0.3 and 1 it falls beyond one unit, and 3 fails. "
    "Right: after 60 epochs few training examples have a margin below 1",
)
def networks(ns):
    widths, linear = sorted({row.settings["hidden_dim"] for row in ns.networks}), ns.linear_choice.val_acc
    lines, dots = by_settings(ns.networks, "hidden_dim", widths, "learning_rate", {"reg": ns.network_reg})
    error = np.sqrt(linear * (1 - linear) / len(ns.y_val))
    band = [level(linear, "linear classifier"), box("one standard error", 0, linear - error, 1, linear + error)]
    title = f"Three seeds, L2 {ns.network_reg:g}; bars: one standard deviation"
    counts = {"two-layer": ns.final[0][0], "linear": ns.linear[0][0]}
    pulls = {name: solver.callbacks[0].active[:60] for name, solver in counts.items()}
    right = [line(name, range(1, 61), active) for name, active in pulls.items()]
    if len(lines) == 4 and ns.binary.name == "generated binary set":  # not a test's sweep: the alt text is of these
        best, middle, high, failing = (mark.data[:, 1] for mark in lines)
        assert np.ptp(best) < error / 2
        assert min(middle[0] - middle[1:].max(), high[0] - high[1:].max()) > 0
        assert failing.max() < best.min()
        assert max(active[-1] for active in pulls.values()) < 50
    return [
        Panel(title, "hidden units", "validation accuracy, %", [*dots, *band, *lines], True, [f"{w}" for w in widths]),
        Panel("How many still pull", "epoch", "training examples with $m < 1$", right, True),
    ]


shown("explorer", explorer_alt)(explorer)


@shown(
    "test-scores",
    "Test scores by class. Linear: two hills that overlap around the street. Two-layer: class 1 is in a bar next to 0",
)
def test_scores(ns):
    panels = []
    for title, runs in (("SVM, linear", ns.linear), ("SVM, two-layer", ns.final)):
        scores = runs[0][0].model.loss(ns.X_test)
        edges = np.linspace(-np.abs(scores).max(), np.abs(scores).max(), 41)
        heaps = [histogram(name, scores[2 * ns.y_test - 1 == sign], edges) for sign, name in CLASSES]
        marks = [box("the street", -1, 0, 1, 1), *heaps, upright(0)]
        panels.append(Panel(title, "score", "test examples", marks, True))
    return panels
