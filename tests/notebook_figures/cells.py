"""Figure cells of the notebooks, run in this process on what the cells before them, or small stand-ins, have made."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
from notebook_figures.records import Swept, history

from nnlib import SoftmaxClassifier

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


class Cells:
    """The code cells of a notebook by id, and the variables that running them has left."""

    def __init__(self, notebook: str):
        self.notebook = notebook
        cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", 4).cells
        self.source = {cell.id: cell.source for cell in cells if cell.cell_type == "code"}
        self.variables = {}

    def run(self, *ids: str, **variables):
        """Run cells on the variables so far and on these."""
        self.variables |= variables
        for cell in ids:
            execute(self.source[cell], self.variables)
        return self


def execute(source: str, variables: dict) -> None:
    """Run a cell's source without its magics."""
    lines = [line for line in source.splitlines() if not line.startswith("%")]
    exec(compile("\n".join(lines), "<cell>", "exec"), variables)


@cache
def q2():
    cells = Cells("q2_logistic").run("setup", "imports", "load", "code-2-1", "methods", "code-2-3", "rates")
    fit = cells.variables["fit"]
    linear = [fit(seed, 2.0, reg=1e-3, lr_decay=0.98, num_epochs=200) for seed in range(2)]
    starts = {"first weights 0.001": 1e-3, "He": None}
    rivals = {name: fit(0, 0.3, 100, weight_scale=scale, num_epochs=60)[0] for name, scale in starts.items()}
    weights = linear[0][0].model.params["W1"][:, 0]
    alignment = {}
    for name, solver in rivals.items():
        W = solver.model.params["W1"]
        alignment[name] = weights @ W / np.linalg.norm(weights) / np.linalg.norm(W, axis=0)
    return cells.run(linear=linear, linear_reg=1e-3, chosen_linear=linear[0][0], runs=rivals, alignment=alignment)


@cache
def q3():
    cells = Cells("q3_svm").run("setup", "tools", "load", "fit", "code-3-3")
    fit, X, t = (cells.variables[name] for name in ("fit", "X_train", "t_train"))
    options = {"num_epochs": 50}
    by_strength = {reg: fit(0, {"reg": reg}, options)[0].model for reg in (1e-3, 0.1)}
    supports = {reg: int(np.sum(t * model.loss(X) < 1.02)) for reg, model in by_strength.items()}
    linear, final = ([fit(0, {"hidden_dim": units}, {"num_epochs": 60})] for units in (None, 3))
    models = {"3.3": ("SVM, linear", linear, 0.9), "3.4": ("SVM, two-layer", final, 0.9)}
    grid = {"hidden_dim": (1, 10, 100), "learning_rate": (0.1, 1.0), "reg": (0.01, 0.001)}
    networks = Swept(4, grid, seeds=2, failed=(-2, -1))
    chosen = {"networks": networks, "network_reg": 0.001, "linear_choice": SimpleNamespace(val_acc=0.95)}
    rival = fit(0, {"learning_rate": 2.0}, options, cells.variables["LogisticClassifier"])[0]
    test = {"X_test": cells.variables["X_val"], "y_test": cells.variables["y_val"]}
    return cells.run(
        linear_reg=1e-3,
        by_strength=by_strength,
        supports=supports,
        linear=linear,
        final=final,
        models=models,
        rival=rival,
        **chosen,
        **test,
    )


@cache
def q4():
    cells = Cells("q4_softmax").run("setup", "tools")
    mnist = cells.variables["load_mnist"]()
    linear = history(1, model=SoftmaxClassifier(rng=0))
    two_layer = history(2, model=SoftmaxClassifier(hidden_dim=50, weight_scale=None, rng=1))
    test = {"X_test": mnist["X_val"][:500], "y_test": mnist["y_val"][:500]}
    rows = [SimpleNamespace(val_acc=0.9, test_acc=0.9, test_error=0.01)] * 2
    chosen = SimpleNamespace(settings={"hidden_dim": 50}, standard_error=0.002)
    models = {"Linear": linear, "50 hidden units": two_layer}
    scores = {name: record.model.loss(test["X_test"]) for name, record in models.items()}
    return cells.run(
        mnist=mnist,
        linear=linear,
        two_layer=two_layer,
        scores=scores,
        **test,
        results=rows,
        hidden_choice=chosen,
        hidden_dim=50,
        training=0.99,
    )


@cache
def q5():
    cells = Cells("q5_cnn").run("setup", "functions", "cases-code", "code-5-2b")
    rng = np.random.default_rng(0)
    filters = rng.normal(size=(32, 1, 5, 5)).astype(np.float32)
    full = {name: history(seed) for seed, name in enumerate(("plain", "report's", "chosen"))}
    full["plain"].model = SimpleNamespace(params={"W1": filters})
    y = rng.integers(0, 10, 400)
    scores = rng.normal(size=(400, 10)) + 3 * np.eye(10)[y]
    full["chosen"].model = SimpleNamespace(loss=lambda X: scores)
    right = {name: rng.random(500) < 0.95 for name in full}
    pairs = (("report's", "plain"), ("chosen", "plain"), ("chosen", "report's"))
    gaps = {f"{a} − {b}": right[a].astype(int) - right[b] for a, b in pairs}
    differences = {name: (gap.mean(), gap.std(ddof=1) / np.sqrt(500)) for name, gap in gaps.items()}
    test = {"X_test": rng.random((400, 1, 28, 28)), "y_test": y}
    names = ("conv", "ReLU", "max pool", "flatten", "fc 1", "ReLU 2", "fc 2")
    times = list(zip(names, rng.uniform(1e-3, 5e-3, 7), strict=True))
    sizes = Swept(0, {"filter_size": (3, 5, 7, 9), "hidden_dim": (25, 50, 100, 200)})
    small = Swept(1, {"filter_size": (5, 9), "hidden_dim": (50, 200)})
    places = Swept(2, {"architecture": ("no BN", "BN conv", "BN both"), "keep": (0.5, 0.8, 1.0)})
    switched = Swept(3, {"batchnorm": (False, True), "dropout": (None, 0.8)})
    four = dict(zip(("neither", "dropout", "batch norm", "both"), switched, strict=True))
    four = {name: four[name] for name in ("neither", "batch norm", "dropout", "both")}
    sweeps = {"sizes": sizes, "small_weights": small, "places": places, "four": four, "rows": four}
    choices = {"size_choice": sizes.choice(6), "place_choice": places.choice(5), "times": times}
    return cells.run(
        full=full,
        plain=full["plain"],
        right=right,
        differences=differences,
        final="chosen",
        **sweeps,
        **choices,
        **test,
        scores={"5.3": scores[::-1], "5.4": scores},
    )


@cache
def q6():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (200, 3, 32, 32), dtype=np.uint8)
    names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

    class Data(dict):
        name = "CIFAR-10"

    def result(seed, name):
        return SimpleNamespace(recipe=SimpleNamespace(name=name, title=f"+ {name}"), history=history(seed))

    from nnlib.homework.figures import q6 as figures
    from nnlib.homework.recorded import recorded

    cells = Cells("q6_vgg_cifar10")
    ladder = [result(seed, name) for seed, name in enumerate(("relu", "report", "norm", "augment", "cycle"), start=1)]
    handout, improvements = result(0, "handout"), [result(6, "smooth"), None]
    return cells.run(
        data=Data(X_train=images, y_train=np.arange(200) % 10),
        class_names=lambda data: names,
        figures=figures,
        recorded=recorded,
        PROFILE=SimpleNamespace(flops=1),
        NOTE="a smoke test: these accuracies mean nothing",
        handout=handout,
        ladder=ladder,
        improvements=improvements,
        LADDER=("handout", "+ ReLU", "+ width (the report)", "+ batch norm", "+ augmentation", "+ one-cycle schedule"),
    )


@cache
def q7():
    from nnlib.homework.figures import q7, q7_rates

    rng = np.random.default_rng(0)
    names = ["sigmoid", "sigmoid, rate 1", "sigmoid, Adam", "sigmoid, Adam, 15 epochs", "batch norm, sigmoid"]
    deep = {name: history(seed, steps=200) for seed, name in enumerate([*names, "tanh", "ReLU"])}
    ways = ["scaled by p", "not scaled", "one mask", "geometric mean", "arithmetic mean"]
    judged = {(f"keep {keep}", way): tuple(rng.random(2)) for keep in (0.5, 0.2) for way in ways}
    judged |= {("keep 0.5, then batch norm", way): tuple(rng.random(2)) for way in ways[:2]}
    distances = {(keep, kind): rng.random(4) for keep in (0.5, 0.2) for kind in ("geometric", "arithmetic")}
    runs = {}
    for rate, beta in ((2.0, 0.0), (2.0, 0.5), (2.0, 0.9), (1.0, 0.5), (0.2, 0.9)):
        bound = 2 * (1 + beta) / rate
        runs[f"rate {rate}, momentum {beta}"] = q7_rates.Descent(
            rng.uniform(1, 1.9, 80), rng.uniform(0.5, 2, 20) * bound, bound, 4
        )
    cells = Cells("q7_short_answers")
    return cells.run(
        np=np,
        figures=q7,
        rate_figures=q7_rates,
        deep=deep,
        judged=judged,
        distances=distances,
        counts=(1, 3, 10, 30),
        by_momentum=runs,
        quadratic_by_momentum={},
        outcome=lambda run: "",
    )


STAGES = {  # by notebook: what makes its variables, and the cells that run on them
    "q2_logistic": (
        q2,
        ("classes-figure", "losses", "rates-figure", "training-figure", "classifier-figure", "units-figure"),
    ),
    "q3_svm": (q3, ("streets", "kink", "descent", "real-streets", "side-by-side", "networks", "test-scores")),
    "q4_softmax": (
        q4,
        ("load", "dlogits", "curves", "two-layer-curves", "units", "summary", "mistakes"),
    ),
    "q5_cnn": (
        q5,
        (
            "pooling-by-hand",
            "costs-figure",
            "sizes-figure",
            "training-figure",
            "way",
            "initialisation-figure",
            "places-figure",
            "comparison-figure",
            "four-figure",
            "mistakes",
        ),
    ),
    "q6_vgg_cifar10": (q6, ("q6-examples", "q6-62c-figure", "q6-63b-curves", "q6-63b-ladder")),
    "q7_short_answers": (q7, ("q7-71-figure", "q7-72c-figures", "q7-73-momentum-figure")),
}
