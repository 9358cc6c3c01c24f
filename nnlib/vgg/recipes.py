"""The homework's trainings as data: the handout's, the report's, each step of the ladder, and ours.

A recipe holds everything that decides the weights except the data. The profile `full` is the homework; `lesson` trains
its two small networks and no other; `quick` runs all code on few images, in seconds: its accuracies mean nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
from torch import nn
from torch.optim import Optimizer, lr_scheduler

from nnlib import checks
from nnlib.provenance.plain_json import to_json
from nnlib.vgg.analysis import cost
from nnlib.vgg.loader import SIDE, Augment, check_resolutions
from nnlib.vgg.networks import VGG11, WhitenedVGG, vgg11_from_he


@dataclass(frozen=True, kw_only=True)
class OneCycle:
    """The rate rises linearly to the recipe's, then falls linearly (Smith and Topin 2017, arXiv:1708.07120)."""

    start: float = 0.2  # fraction of the top rate at the first step
    peak: float = 0.25  # fraction of all steps after which the top is reached
    end: float = 0.02  # fraction of the top rate that would follow the last step


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training, by everything that decides it."""

    name: str  # for the command line
    title: str  # for tables
    network: Callable[[], nn.Module]
    optimizer: Callable[[nn.Module, float], Optimizer]  # of the network and the learning rate
    learning_rate: float = 1e-3  # with a schedule, the top
    schedule: OneCycle | None = None  # None for a constant rate
    epochs: int = 10
    batch_size: int = 100
    augment: Augment = Augment()  # noqa: RUF009  (frozen)
    resolutions: tuple[int, ...] = (SIDE,)  # sides of the training images, for equal parts of the epochs
    label_smoothing: float = 0.0  # share of the target that is spread over all classes
    tta_flip: bool = False  # test-time augmentation: see `predict`
    tta_shift: int = 0
    precision: str = "bfloat16"  # or "float32"; bfloat16 is used only where it is faster
    seed: int = 598  # of weights, order and augmentation

    def __post_init__(self) -> None:
        checks.positive_int("epochs", self.epochs)
        checks.positive_int("batch_size", self.batch_size)
        checks.choice("precision", self.precision, ("float32", "bfloat16"))
        check_resolutions(self.resolutions)
        checks.require(self.learning_rate > 0, "learning_rate", "a positive number", self.learning_rate)
        checks.require(0 <= self.label_smoothing < 1, "label_smoothing", "a share in [0, 1)", self.label_smoothing)
        checks.require(0 <= self.tta_shift < SIDE, "tta_shift", f"0 to {SIDE - 1} pixels", self.tta_shift)

    def training(self) -> dict[str, object]:
        """Return what decides the weights, in JSON's terms; two recipes that agree in it share one training."""
        others = ("name", "title", "tta_flip", "tta_shift")
        return {name: value for name, value in to_json(self)["vars"].items() if name not in others}

    def make_network(self) -> nn.Module:
        """Return the network with the seed's initial weights; PyTorch's own generators keep their state."""
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)  # torch.manual_seed would seed accelerators too
            return self.network()

    def make_scheduler(self, optimizer: Optimizer, steps_per_epoch: int) -> lr_scheduler.LRScheduler:
        """Return the schedule of `optimizer`'s rates."""
        if (cycle := self.schedule) is None:
            return lr_scheduler.ConstantLR(optimizer, factor=1.0)
        total = self.epochs * steps_per_epoch + 1  # PyTorch also asks for the rate after the last step
        tops = [group["lr"] for group in optimizer.param_groups]
        shape = {
            "pct_start": max(cycle.peak, 2 / total),
            "anneal_strategy": "linear",
        }  # of very few steps, one still rises
        factors = {"div_factor": 1 / cycle.start, "final_div_factor": cycle.start / cycle.end}
        return lr_scheduler.OneCycleLR(optimizer, tops, total, cycle_momentum=False, **shape, **factors)


def changes(before: Recipe, after: Recipe) -> set[str]:
    """Return what differs between two recipes, except name and title, by field.

    A schedule and its top rate are one change; of a network each option is one of its own, such as "network.relu".
    """

    def parts(recipe: Recipe) -> dict[str, object]:
        network = partial(recipe.network)
        options = {f"network.{name}": value for name, value in network.keywords.items()}
        return {**to_json(recipe)["vars"], "name": "", "title": "", "network": to_json(network.func), **options}

    one, other = parts(before), parts(after)
    found = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    return found - {"learning_rate"} if "schedule" in found else found


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How much of the homework to run, at most."""

    name: str
    num_train: int
    num_val: int
    num_test: int
    flops: float | None  # operations of a training, which has at least one epoch; None for no limit
    recipes: tuple[str, ...] | None = None  # those that are trained, by name; None for all

    def trains(self, recipe: Recipe) -> bool:
        """Return whether `recipe` is trained in this profile, if only a few steps of it."""
        return self.recipes is None or recipe.name in self.recipes

    def shorten(self, recipe: Recipe) -> Recipe:
        """Return `recipe` as this profile trains it."""
        if self.flops is None:
            return recipe
        # Batches of at most 100 at a proportionally lower rate, all at full size: otherwise a short training would end
        # after a handful of steps, on images of another size than those it is tested with.
        flops_per_epoch = 3 * cost(recipe.make_network()).flops * self.num_train
        epochs, size = min(recipe.epochs, int(self.flops / flops_per_epoch)), min(recipe.batch_size, 100)
        shorter = {"epochs": max(1, epochs), "batch_size": size, "resolutions": recipe.resolutions[-1:]}
        return replace(recipe, **shorter, learning_rate=recipe.learning_rate * size / recipe.batch_size)


FULL = Profile(name="full", num_train=54_000, num_val=6_000, num_test=10_000, flops=None)
LESSON = replace(FULL, name="lesson", recipes=("handout", "relu"))
QUICK = Profile(name="quick", num_train=2_000, num_val=250, num_test=250, flops=4e11)
PROFILES = {profile.name: profile for profile in (QUICK, LESSON, FULL)}


def adam(net: nn.Module, lr: float) -> Optimizer:
    """Return the handout's optimizer."""
    return torch.optim.Adam(net.parameters(), lr=lr)


def nesterov(net: nn.Module, lr: float, *, momentum=0.85, weight_decay=1.33e-3, bias_factor=64) -> Optimizer:
    """Return SGD with Nesterov momentum, whose rate for biases is `bias_factor` times as high and their decay as low.

    Before a batch norm without a scale the size of the weights does not matter: only the biases set where an activation
    bends. After Jordan 2024, arXiv:2404.00498, section 3.4, who does so for the biases of batch norm only.
    """
    trained = [parameter for parameter in net.parameters() if parameter.requires_grad]
    weights, biases = ({"params": [p for p in trained if (p.ndim == 1) is bias]} for bias in (False, True))
    biases |= {"weight_decay": weight_decay / bias_factor, "lr": bias_factor * lr}
    return torch.optim.SGD([weights, biases], lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=True)


HANDOUT = Recipe(name="handout", title="handout", network=VGG11, optimizer=adam, precision="float32")
_RELU = replace(HANDOUT, name="relu", title="+ ReLU", network=partial(VGG11, relu=True))
_WIDE = partial(VGG11, relu=True, width=4)
REPORT = replace(_RELU, name="report", title="+ width (the report)", network=_WIDE, precision="bfloat16")
_NORM = replace(REPORT, name="norm", title="+ batch norm", network=partial(_WIDE, batch_norm=True))
_AUGMENT = replace(_NORM, name="augment", title="+ augmentation", augment=Augment(translate=2, flip=True, cutout=8))
_CYCLE = replace(_AUGMENT, name="cycle", title="+ one-cycle schedule", schedule=OneCycle(), learning_rate=3e-3)
_SMOOTH = replace(_CYCLE, name="smooth", title="+ label smoothing", label_smoothing=0.1)
_FLIP = replace(_SMOOTH, name="flip", title="+ flip at test", tta_flip=True)  # the weights are those of the one before

# Each differs from the one before in what its title says; from the report's on, bfloat16 is used where it is fast.
LADDER = (HANDOUT, _RELU, REPORT, _NORM, _AUGMENT, _CYCLE, _SMOOTH, _FLIP)

# The handout's and the report's own networks in as many epochs, with augmentation and a schedule.
TUNED = tuple(
    replace(own, name=f"{own.name}-tuned", title=f"{own.name}, tuned", augment=augment, schedule=OneCycle())
    for own, augment in ((HANDOUT, Augment(flip=True)), (REPORT, Augment(translate=2, flip=True)))
)

OURS_SHORT = Recipe(
    name="ours-short",
    title="ours, short",
    network=WhitenedVGG,
    optimizer=nesterov,
    learning_rate=0.75,
    schedule=OneCycle(start=0.2, peak=0.23, end=0.01),
    epochs=12,
    batch_size=500,
    augment=Augment(translate=2, flip=True),
    resolutions=(20, 24, 28, 32),
    label_smoothing=0.2,
    tta_flip=True,
    tta_shift=1,
)
_WIDER, _VARIED = partial(WhitenedVGG, widths=(96, 320, 320)), Augment(translate=3, flip=True, cutout=8)
OURS_LONG = replace(OURS_SHORT, name="ours-long", title="ours, long", network=_WIDER, epochs=24, augment=_VARIED)
OURS = (OURS_SHORT, OURS_LONG)

RECIPES = {recipe.name: recipe for recipe in (*LADDER, *TUNED, *OURS)}

# The ablation of our recipe: a brief training of it, then the same without one part.
BRIEF = replace(OURS_SHORT, name="brief", title="ours, in four epochs", epochs=4)
_WITHOUT = partial(replace, BRIEF)
ABLATION = (
    BRIEF,
    _WITHOUT(name="no-whitening", title="without whitening", network=partial(WhitenedVGG, whiten=False)),
    _WITHOUT(name="no-identity", title="without the identity start", network=partial(WhitenedVGG, identity=False)),
    _WITHOUT(name="no-gelu", title="without GELU", network=partial(WhitenedVGG, activation=nn.ReLU)),
    _WITHOUT(name="no-fast-biases", title="without fast biases", optimizer=partial(nesterov, bias_factor=1)),
    _WITHOUT(name="no-small-first", title="without small images first", resolutions=OURS_SHORT.resolutions[-1:]),
    _WITHOUT(name="no-smoothing", title="without label smoothing", label_smoothing=0.0),
    _WITHOUT(name="no-augmentation", title="without augmentation", augment=Augment()),
    _WITHOUT(name="no-views", title="without six views at test", tta_flip=False, tta_shift=0),  # BRIEF's weights
)

# The two small networks from He's weights: why ReLU costs accuracy on the ladder.
STARTS = (
    replace(HANDOUT, name="handout-he", title="handout, He", network=vgg11_from_he),
    replace(_RELU, name="relu-he", title="+ ReLU, He", network=partial(vgg11_from_he, relu=True)),
)

# Which recipe another one's gain is measured from.
_PAIRS = [*pairwise((*LADDER, *OURS)), *zip((HANDOUT, REPORT, HANDOUT, _RELU), (*TUNED, *STARTS), strict=True)]
BEFORE = {after.name: before.name for before, after in _PAIRS} | {recipe.name: "brief" for recipe in ABLATION[1:]}
