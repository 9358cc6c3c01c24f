"""The homework's sweeps, Q2 to Q5, as data: what the notebooks run and what `python -m nnlib.homework` runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlib import checks
from nnlib.data import Dataset, load_binary, load_mnist, standardise, subset
from nnlib.losses import softmax_loss
from nnlib.models import SVM, Classifier, ConvNet, LogisticClassifier, SoftmaxClassifier
from nnlib.network import Sequential
from nnlib.search.rows import TrialRow, row_from_line
from nnlib.search.sweeps import Settings, Sweep, expand_grid, sweep
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, Layer, MaxPool, ReLU

SEED = 598  # of Q4 and Q5
KEPT = (0.5, 0.8, 0.9, 1.0)

# Where batch norm and dropout are: after the convolution and its pooling, or after the hidden layer.
ARCHITECTURES = {
    "BN conv, dropout pool": ("conv", "pool"),  # the report's
    "BN conv, dropout fc": ("conv", "fc"),
    "BN fc, dropout fc": ("fc", "fc"),
    "BN both, dropout both": ("both", "both"),
}
# Those of the sweep. The one that is left out is the report's again where dropout keeps all.
TOGETHER = tuple(name for name in ARCHITECTURES if name != "BN conv, dropout fc")


def regularised_conv_net(
    filter_size: int,
    hidden_dim: int,
    keep: float,
    architecture: str = "BN conv, dropout pool",
    *,
    weight_scale: float | None = None,
    reg: float = 3e-5,
    rng: object,
) -> Classifier:
    """Return Q5's network with batch norm and dropout where `architecture` says.

    conv - [BN] - ReLU - 2x2 max pool - [dropout] - fc - [BN] - ReLU - [dropout] - fc - softmax

    Args:
        filter_size: side of the 32 kernels, in pixels.
        hidden_dim: units of the first fully connected layer.
        keep: dropout's probability of KEEPING an element, in (0, 1].
        architecture: a key of `ARCHITECTURES`.
        weight_scale: standard deviation of the initial weights, or None for He initialisation.
        reg: strength of the L2 term.
        rng: seed or Generator.
    """
    checks.positive_int("filter_size", filter_size)
    checks.positive_int("hidden_dim", hidden_dim)
    checks.choice("architecture", architecture, tuple(ARCHITECTURES))
    norm, drop = ARCHITECTURES[architecture]
    specs: list[Layer] = [Conv(32, filter_size)]
    specs += [BatchNorm()] if norm in ("conv", "both") else []
    specs += [ReLU(), MaxPool(2)]
    specs += [Dropout(keep)] if drop in ("pool", "both") else []
    specs += [Flatten(), FullyConnected(hidden_dim)]
    specs += [BatchNorm()] if norm in ("fc", "both") else []
    specs += [ReLU()]
    specs += [Dropout(keep)] if drop in ("fc", "both") else []
    specs += [FullyConnected(10)]
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)


def hidden_dim_cost(settings: Settings) -> float:
    """Estimate the cost of a trial whose hidden layer is most of the work."""
    return float(settings["hidden_dim"])


def equal_cost(settings: Settings) -> float:
    """Estimate the cost of a trial where no setting changes it."""
    return 1.0


def conv_net_cost(settings: Settings) -> float:
    """Return the multiplications in one image's forward pass through Q5's network."""
    side = 29 - settings["filter_size"]
    return 32 * (settings["filter_size"] ** 2 * side**2 + (side // 2) ** 2 * settings["hidden_dim"])


@dataclass(frozen=True)
class NamedSweep:
    """A sweep of the homework.

    Attributes:
        title: what is chosen.
        make_model, grid, seeds, solver, cost: as for `sweep`.
        load: returns the data, a Dataset.
        after: an earlier sweep, whose selection is fixed in this one.
    """

    name: str
    title: str
    make_model: Callable[..., Classifier]
    load: Callable[[], Dataset]
    grid: Mapping[str, Sequence[object]]
    solver: Mapping[str, object]
    seeds: Sequence[int] = (SEED,)
    cost: Callable[[Settings], float] = hidden_dim_cost
    after: str | None = None

    def sweep(self, data: Dataset | None = None, *, fixed: Settings | None = None, **options: object) -> Sweep:
        """Run it.

        Args:
            data: `self.load()` if it is loaded already.
            fixed: the settings that the earlier sweep selected.
            options: of `sweep`: `n_jobs`, `trial_log`, `verbose`.
        """
        checks.require(
            (fixed is None) == (self.after is None),
            "fixed",
            "nothing" if self.after is None else f"the selection of {self.after}",
            fixed,
            "See NamedSweep.after.",
        )
        fixed = checks.mapping("fixed", {} if fixed is None else fixed, "{'filter_size': 5}")
        points = [{**fixed, **point} for point in expand_grid(self.grid)]
        own = {"seeds": self.seeds, "solver": self.solver, "name": self.name, "cost": self.cost}
        return sweep(self.make_model, self.load() if data is None else data, points, **own, **options)


def standard_binary() -> Dataset:
    """Return the binary set of Q2 and Q3 with standardised features."""
    return standardise(load_binary())


def digits(num_train: int) -> Dataset:
    """Return MNIST as images of one channel, with the first `num_train` training examples only."""
    return subset(load_mnist(flat=False), num_train)


def _binary_sweep(name: str, title: str, model: type[Classifier]) -> NamedSweep:
    """Return the sweep of Q2 or Q3: small initial weights, 60 epochs, the last one kept, as Q2 explains.

    The hidden units begin with one, so that none can be fewer. The strongest L2 comes first: of points that are equal
    in all else, `select` takes the first. Training accuracies, which no choice reads, are of 100 examples: on all 500
    they take a quarter of the time of 1000 units.
    """
    return NamedSweep(
        name,
        title,
        functools.partial(model, input_dim=20, weight_scale=1e-3, dtype="float64"),
        standard_binary,
        {"hidden_dim": (1, 3, 10, 100, 1000), "learning_rate": (0.1, 0.3, 1.0, 3.0), "reg": (1e-2, 1e-3, 0.0)},
        {
            "update_rule": "sgd_momentum",
            "lr_decay": 0.95,
            "num_epochs": 60,
            "restore": "last",
            "num_train_samples": 100,
        },
        seeds=range(3),
    )


_ADAM = {"update_rule": "adam", "learning_rate": 3e-3, "num_epochs": 1, "schedule": "linear"}

_Q4_SOLVER = {"schedule": "linear", "restore": "last", "batch_size": 200}

SWEEPS = {
    named.name: named
    for named in (
        _binary_sweep("q2", "logistic: hidden units, learning rate, L2", LogisticClassifier),
        _binary_sweep("q3", "SVM: hidden units, learning rate, L2", SVM),
        NamedSweep(
            "q4-rate",
            "softmax, linear: learning rate, eight epochs of MNIST",
            functools.partial(SoftmaxClassifier, weight_scale=None),
            load_mnist,
            {"learning_rate": (1e-3, 3e-3, 1e-2, 3e-2)},
            {"update_rule": "adam", "num_epochs": 8, "num_train_samples": None, **_Q4_SOLVER},
            cost=equal_cost,
        ),
        NamedSweep(
            "q4",
            "softmax: hidden units, four epochs of MNIST",
            functools.partial(SoftmaxClassifier, weight_scale=None, reg=3e-4),
            load_mnist,
            {"hidden_dim": (10, 30, 100, 300, 1000)},
            {
                "update_rule": "sgd_momentum",
                "learning_rate": 0.3,
                "num_epochs": 4,
                "num_train_samples": 6000,
                **_Q4_SOLVER,
            },
            seeds=(SEED, SEED + 1),
        ),
        NamedSweep(
            "q5-size",
            "CNN: filter size and hidden units, an epoch of 20,000 digits",
            functools.partial(ConvNet, weight_scale=None, reg=3e-5),
            functools.partial(digits, 20_000),
            {"filter_size": (3, 5, 7, 9), "hidden_dim": (25, 50, 100, 200)},
            _ADAM,
            cost=conv_net_cost,
        ),
        NamedSweep(
            "q5-small-weights",
            "CNN: four of these sizes from weights of deviation 0.01",
            functools.partial(ConvNet, weight_scale=0.01, reg=3e-5),
            functools.partial(digits, 20_000),
            {"filter_size": (5, 9), "hidden_dim": (50, 200)},
            _ADAM,
            cost=conv_net_cost,
        ),
        NamedSweep(
            "q5-regularise",
            "CNN: places of batch norm and dropout, share kept, an epoch of 8,000 digits",
            regularised_conv_net,
            functools.partial(digits, 8_000),
            {"architecture": TOGETHER, "keep": KEPT},
            _ADAM,
            cost=conv_net_cost,
            after="q5-size",
        ),
    )
}


def of_question(name: str) -> list[NamedSweep]:
    """Return the sweep called `name`, or all of a question's ("q5") in their order; an empty list for neither."""
    return [named for named in SWEEPS.values() if name in (named.name, named.name.partition("-")[0])]


def recorded_2000_units() -> list[TrialRow]:
    """Return two trainings beyond the grid of "q4", which take twice as long as its largest and were recorded once.

    The file is what `replace(SWEEPS["q4"], grid={"hidden_dim": (2000,)}).sweep(trial_log=...)` writes.
    """
    lines = Path(__file__).with_name("q4_recorded.jsonl").read_bytes().splitlines()
    return [row_from_line(line) for line in lines]
