"""What the figures of Q2 must show."""

import numpy as np
from drawn import Panel
from notebook_figures.common import accuracies, explorer, explorer_alt, losses
from notebook_figures.listing import Listing
from notebook_figures.panels import bars, box, contours, errorbar, histogram, level, line, stairs, upright

shown = Listing()
CLASSES = ((0, -0.15), (1, 0.15))
MARGIN = "margin $m$"


def logistic(m):
    """The loss of a margin, in nats."""
    return np.logaddexp(0, -np.asarray(m, dtype=float))


@shown(
    "classes-figure",
    "Left: means of 20 features by class, nearly equal. Right: histograms of the features' sums, two separate hills",
)
def classes(ns):
    X, y = ns.binary["X_train"], ns.binary["y_train"]
    sums, features = X.sum(axis=1), np.arange(1, 21)
    edges = np.linspace(np.floor(sums.min()), np.ceil(sums.max()), 25)
    each = [
        errorbar(f"class {k}", features + shift, X[y == k].mean(axis=0), X[y == k].std(axis=0)) for k, shift in CLASSES
    ]
    hills = [histogram(f"class {k}", sums[y == k], edges) for k, _ in CLASSES]
    return [
        Panel("One feature at a time: mean and standard deviation", "feature", "value", each, True),
        Panel("All features added up", "sum of the 20 features", "training examples", hills, True),
    ]


@shown(
    "losses",
    "Left: logistic and zero-one loss over the margin. Middle: their slopes. Right: errors in float32",
    same=True,
)
def of_losses(ns):
    m, wide = np.linspace(-4, 4, 401), np.linspace(-110, 85, 391, dtype=np.float32)
    with np.errstate(all="ignore"):
        errors = {
            "textbook": [ns.textbook_loss(w[None], np.array([1]))[0] for w in wide],
            "logistic_loss": [ns.logistic_loss(w[None], np.array([1]))[0] for w in wide],
        }
        errors = {name: np.abs(np.array(values) / logistic(wide) - 1) for name, values in errors.items()}
    errors = {name: np.where(np.isfinite(e), np.clip(e, 1e-9, 2), 2) for name, e in errors.items()}
    nats = r"logistic, $\log(1 + e^{-m})$, in nats"
    left = [line(nats, m, logistic(m)), line("logistic, in bits", m, logistic(m) / np.log(2))]
    slopes = [line(r"logistic, $-\sigma(-m)$", m, -1 / (1 + np.exp(m))), line("zero-one", m, 0)]
    return [
        Panel("The loss", MARGIN, "loss of one example", [*left, line("zero-one", m, m < 0)], True),
        Panel("Its derivative", MARGIN, "derivative", slopes, True),
        Panel(
            "Two formulas in float32",
            MARGIN,
            "relative error, log",
            [line(name, wide, values) for name, values in errors.items()],
            True,
        ),
    ]


@shown(
    "rates-figure",
    "Loss over 200 steps. Raw features: rates 2, 20, 60 rise and rattle. Standardised: all fall but 60, which rattles",
)
def rates(ns):
    panels = []
    for name, X in {"raw": ns.binary["X_train"], "standardised": ns.standard["X_train"]}.items():
        one = np.column_stack([X, np.ones(len(X))])
        theta = ns.newton(X, ns.binary["y_train"], 0.0)[0]
        p = 1 / (1 + np.exp(-one @ theta))
        hessians = [(one.T * weight) @ one / len(X) for weight in (0.25, p * (1 - p))]
        start, end = (2 / np.linalg.eigvalsh(hessian)[-1] for hessian in hessians)
        runs = {rate: ns.descend(X, ns.binary["y_train"], rate)[0] for rate in (0.2, 1.0, 2.0, 20.0, 60.0)}
        lines = [line(f"rate {rate:g}", np.arange(200), run) for rate, run in runs.items()]
        title = f"{name}: 2/h is {start:.2f} at the start, {end:.1f} at the minimum"
        panels.append(Panel(title, "step", "training loss, log" if not panels else "log", lines, True))
    panels[0] = panels[0]._replace(legend=None)
    return [panels[0], panels[1]._replace(y=", log")]


@shown(
    "contours",
    "Contours of the loss over weight and bias. Raw: a narrow valley, a path that creeps. Standardised: it gets far",
)
def valleys(ns):
    panels, weights, biases = [], np.linspace(-5, 18, 120), np.linspace(-20, 6, 120)
    for name, X in {"raw": ns.binary["X_train"], "standardised": ns.standard["X_train"]}.items():
        total, t = X.sum(axis=1) / np.sqrt(20), 2 * ns.binary["y_train"] - 1
        scores = weights[:, None] * total + biases[:, None, None]
        levels = np.log(2) * np.geomspace(1 / 8, 32, 13)
        one = np.column_stack([total, np.ones(len(total))])
        rate = 0.9 * 8 / np.linalg.eigvalsh(one.T @ one / len(one))[-1]
        path = ns.descend(total[:, None], ns.binary["y_train"], rate, 200)[1]
        minimum = ns.newton(total[:, None], ns.binary["y_train"])[0]
        inside = -5 < minimum[0] < 18 and -20 < minimum[1] < 6
        where = "minimum" if inside else f"minimum: far outside, at ({minimum[0]:.0f}, {minimum[1]:.0f})"
        lines = [line("200 steps", *path.T), line(where, *minimum[:, None])]
        marks = [contours(weights, biases, logistic(t * scores).mean(axis=2), levels), *lines]
        title = f"{name}, 0.9 of the safe rate"
        panels.append(Panel(title, "weight of all features", "bias", marks, ["200 steps", where]))
    return panels


@shown("training-figure", "Left: minibatch losses fall to Newton's minimum. Right: accuracies of 200 epochs")
def training(ns):
    solver = ns.linear[0][0]
    _, least = ns.newton(ns.standard["X_train"], ns.y_train, ns.linear_reg)
    marks = [*losses(solver, 25), level(least, "Newton's minimum")]
    return [
        Panel("Linear classifier: loss of each minibatch", "step", "loss, log", marks, True),
        accuracies(solver, "Accuracy after each epoch"),
    ]


@shown(
    "classifier-figure",
    "Left: 20 positive weights of similar size. Right: validation scores by class, two hills that overlap at 0",
)
def classifier(ns):
    params = ns.linear[0][0].model.params
    weights = params["W1"][:, 0]
    scores, y = ns.standard["X_val"] @ weights + params["b1"], ns.binary["y_val"]
    edges = np.linspace(-np.abs(scores).max(), np.abs(scores).max(), 31)
    left = [level(weights.mean(), "mean"), bars("", np.arange(1, 21), weights)]
    right = [*(histogram(f"class {k}", scores[y == k], edges) for k in (0, 1)), upright(0)]
    return [
        Panel("Learned weights, standardised features", "feature", "weight", left, True),
        Panel("Scores by class", "score", "validation examples", right, True),
    ]


@shown(
    "widths-figure",
    "Validation accuracy over hidden units. First weights of 0.001: flat. He: lower from ten units on",
)
def widths(ns):
    tried = [1, 3, 10, 100, 1000]
    small, he = {}, {}
    for point in ns.networks.points:
        if (point.settings["reg"], point.settings["learning_rate"]) == (ns.network_reg, ns.small_rate):
            small[point.settings["hidden_dim"]] = point.accuracies
    for row in ns.he_widths:
        he.setdefault(row.settings["hidden_dim"], []).append(row.val_acc)
    dots, means = [], []
    for name, of in (("first weights 0.001", small), ("He", he)):
        values = np.array([of[width] for width in tried])
        dots += [line("", range(5), column) for column in values.T]
        means.append(errorbar(name, range(5), values.mean(axis=1), values.std(axis=1, ddof=1)))
    p = np.mean([solver.val_acc_history[-1] for solver, _ in ns.linear])
    error = np.sqrt(p * (1 - p) / len(ns.y_val))
    marks = [*dots, level(p, "linear classifier"), box("one standard error", 0, p - error, 1, p + error), *means]
    xticks = [str(width) for width in tried]
    return [Panel("Three seeds of each width", "hidden units", "validation accuracy, %", marks, True, xticks)]


@shown(
    "units-figure",
    "Left: with small first weights all cosines are near 1 or -1, with He spread out. Right: training losses",
)
def units(ns):
    direction = ns.linear[0][0].model.params["W1"][:, 0]
    left, right, aligned = [], [], {}
    for name, solver in ns.runs.items():
        W = solver.model.params["W1"]
        cosines = direction @ W / np.linalg.norm(direction) / np.linalg.norm(W, axis=0)
        aligned[name] = np.median(np.abs(cosines))
        left.append(histogram(name, cosines, np.linspace(-1, 1, 41)))
        right.append(line(name, range(1, 61), np.array(solver.loss_history).reshape(60, -1).mean(axis=1)))
    assert aligned["first weights 0.001"] > aligned["He"]  # as the alt text says
    return [
        Panel("Where the hidden units look", "cosine with the linear classifier's weights", "hidden units", left, True),
        Panel("Training", "epoch", "mean loss of the epoch, log", right, True),
    ]


shown("explorer", explorer_alt)(explorer)


@shown(
    "luck-figure", "Left: the best of 25 equal models looks better than one. Right: the optimism over their correlation"
)
def luck(ns):
    right = np.array([solver.model.predict(ns.standard["X_val"]) == ns.y_val for solver in ns.twins])
    truth, shared = right.mean(), np.corrcoef(right)[np.triu_indices(25, 1)].mean()
    best = {
        "one model": ns.best_of_equals(truth, 0)[:, 0],
        "best of 25, same questions": ns.simulated[shared],
        "best of 25, independent": ns.simulated[0.0],
    }
    every = np.concatenate(list(best.values()))
    edges = np.arange(every.min() - 0.002, every.max() + 0.006, 0.004)
    left = [*(stairs(name, values, edges) for name, values in best.items()), upright(truth, "the truth about all")]
    tried = np.array([0, 0.2, 0.4, 0.6, 0.8, 0.9])
    optimism = [100 * (ns.simulated[c].mean() - truth) for c in tried]
    own = 100 * (right.mean(axis=1).max() - truth)
    marks = [line("simulated, equal models", tried, optimism), line("25 seeds of one network", [shared], [own])]
    return [
        Panel("The best looks better than it is", "accuracy on 250 examples, %", "repetitions", left, True),
        Panel("Optimism of the best of 25", "correlation of being right", "points", marks, True),
    ]


@shown(
    "test-figure",
    "Left: test accuracies of both models; their error bars overlap. Right: sorted margins, few of them below 0",
)
def test(ns):
    names, t = ["logistic, linear", "logistic, two-layer"], 2 * ns.y_test - 1
    seeds, first, sorted_margins = [], [], []
    for index, (name, runs) in enumerate(zip(names, (ns.linear, ns.final), strict=True)):
        accs = [np.mean((solver.model.loss(ns.X_test) > 0) == (ns.y_test == 1)) for solver, _ in runs]
        label = "" if index else "seed 0, one standard error"
        first.append(errorbar(label, [index], accs[:1], np.sqrt(accs[0] * (1 - accs[0]) / len(t))))
        label = "" if index else "all five seeds"
        seeds.append(line(label, index + np.linspace(0.12, 0.28, 5), accs))
        margins = np.sort(t * runs[0][0].model.loss(ns.X_test))
        sorted_margins.append(line(name, margins, np.arange(1, len(t) + 1) / len(t)))
    (_, one, half), (_, other, other_half) = (mark.data[0] for mark in first)
    assert abs(one - other) < half + other_half  # as the alt text says
    x, y = "margin $m$ on the test set", "share of examples below, %"
    return [
        Panel("Test accuracy", "", "test accuracy, %", [*seeds, *first], True, names),
        Panel("Left of 0 are the mistakes", x, y, [*sorted_margins, upright(0)], True),
    ]
