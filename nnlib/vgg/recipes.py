"""The homework's trainings as data: the handout's, the report's, each step of the ladder, and ours.

A recipe holds everything that decides the weights but the data. Two profiles: `full` is the homework; `quick` runs the
same code on few images, so that a test of everything takes seconds and its accuracies mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from nnlib import checks
from nnlib.provenance.plain_json import to_json
from nnlib.vgg.analysis import cost
from nnlib.vgg.device import PRECISIONS
from nnlib.vgg.loader import SIDE, Augment
from nnlib.vgg.networks import VGG11, WhitenedVGG

SEED = 598
_NOT_OF_THE_WEIGHTS = ("name", "title", "tta_flip", "tta_shift")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How many training, validation and test images there are at most, and operations of a training.

    A training has an epoch at least; `flops` None is no limit.
    """

    name: str
    num_train: int
    num_val: int
    num_test: int
    flops: float | None

    def shorten(self, recipe: Recipe) -> Recipe:
        """Return `recipe` as this profile trains it.

        A short training takes steps of at most 100 images, at a rate that is less in proportion, all at full size: it
        would end after a handful of steps otherwise, on images of another size than those it is tested with.
        """
        if self.flops is None:
            return recipe
        an_epoch = 3 * cost(recipe.make_network()).flops * self.num_train
        size = min(recipe.batch_size, 100)
        return replace(
            recipe,
            epochs=max(1, min(recipe.epochs, int(self.flops / an_epoch))),
            batch_size=size,
            learning_rate=recipe.learning_rate * size / recipe.batch_size,
            resolutions=recipe.resolutions[-1:],
        )


PROFILES = {
    "quick": Profile(name="quick", num_train=2_000, num_val=250, num_test=250, flops=4e11),
    "full": Profile(name="full", num_train=54_000, num_val=6_000, num_test=10_000, flops=None),
}


@dataclass(frozen=True, kw_only=True)
class OneCycle:
    """The rate climbs in a straight line to the recipe's, then falls in one.

    This is the variant in two phases of Smith and Topin 2017, arXiv:1708.07120, that PyTorch's OneCycleLR has.

    Args:
        start: fraction of the top rate at the first step.
        peak: fraction of all steps after which the top is reached.
        end: fraction of the top rate that would follow the last step.
    """

    start: float = 0.2
    peak: float = 0.25
    end: float = 0.02


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training, by everything that decides it.

    Args:
        name: short, for the command line.
        title: of the rung, for tables.
        network: makes the network.
        optimizer: makes the optimizer from the network and the learning rate.
        learning_rate: the rate; of a one-cycle schedule, the top.
        schedule: None for a constant rate.
        epochs: passes over the training set.
        batch_size: images in a step.
        augment: how training images are varied.
        sides: pixels a side that training images are resized to, for equal parts of the epochs: small and cheap first.
        label_smoothing: share of the target that is spread over all classes.
        flip_at_test: whether scores are the mean over an image and its mirror image.
        shift_at_test: pixels; if not 0, half of the score is that of the image shifted so far along its diagonal, to
            either side.
        precision: 'float32', or 'bfloat16', which is used where it is faster.
        seed: of the weights, the order and the augmentation.
    """

    name: str
    title: str
    network: Callable[[], nn.Module]
    optimizer: Callable[[nn.Module, float], Optimizer]
    learning_rate: float = 1e-3
    schedule: OneCycle | None = None
    epochs: int = 10
    batch_size: int = 100
    augment: Augment = Augment()  # noqa: RUF009  (frozen)
    resolutions: tuple[int, ...] = (SIDE,)
    label_smoothing: float = 0.0
    tta_flip: bool = False
    tta_shift: int = 0
    precision: str = "bfloat16"
    seed: int = SEED

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size"):
            checks.positive_int(name, getattr(self, name))
        checks.choice("precision", self.precision, tuple(PRECISIONS))
        fits = len(self.resolutions) > 0 and all(1 <= side <= SIDE for side in self.resolutions)
        checks.require(fits, "resolutions", f"at least one number of pixels from 1 to {SIDE}", self.resolutions)
        checks.require(self.learning_rate > 0, "learning_rate", "a positive number", self.learning_rate)
        checks.require(0 <= self.label_smoothing < 1, "label_smoothing", "a share in [0, 1)", self.label_smoothing)
        checks.require(0 <= self.tta_shift < SIDE, "tta_shift", f"0 to {SIDE - 1} pixels", self.tta_shift)

    def training(self) -> dict[str, object]:
        """Return what decides the weights, in JSON's terms; two recipes that agree in it share one training."""
        described = to_json(self)["vars"]
        return {name: value for name, value in described.items() if name not in _NOT_OF_THE_WEIGHTS}

    def make_network(self) -> nn.Module:
        """Return the network with its initial weights, which the seed alone decides; PyTorch's own generator stays."""
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)  # torch.manual_seed would set an accelerator's too
            return self.network()

    def make_scheduler(self, optimizer: Optimizer, steps_an_epoch: int) -> LRScheduler | None:
        """Return the schedule of `optimizer`'s rates, or None for constant ones."""
        if self.schedule is None:
            return None
        total = self.epochs * steps_an_epoch + 1  # PyTorch asks for the rate after the last step too
        return OneCycleLR(
            optimizer,
            max_lr=[group["lr"] for group in optimizer.param_groups],
            total_steps=total,
            pct_start=max(self.schedule.peak, 2 / total),  # so few steps still rise in one of them
            anneal_strategy="linear",
            cycle_momentum=False,
            div_factor=1 / self.schedule.start,
            final_div_factor=self.schedule.start / self.schedule.end,
        )

    def resolution_by_epoch(self) -> list[int]:
        """Return the side of each epoch's training images."""
        return [self.resolutions[epoch * len(self.resolutions) // self.epochs] for epoch in range(self.epochs)]

    def criterion(self) -> nn.Module:
        """Return the loss: (scores, labels) -> mean cross-entropy."""
        return nn.CrossEntropyLoss(label_smoothing=self.label_smoothing)


def adam(net: nn.Module, learning_rate: float) -> Optimizer:
    """Return the handout's optimizer."""
    return torch.optim.Adam(net.parameters(), lr=learning_rate)


def nesterov(
    net: nn.Module,
    learning_rate: float,
    *,
    momentum: float = 0.85,
    weight_decay: float = 1.33e-3,
    bias_factor: int = 64,
) -> Optimizer:
    """Return SGD with Nesterov's momentum, which moves biases `bias_factor` times as fast.

    Behind a batch norm without a scale the size of the weights does not matter, and the biases alone set where an
    activation bends. Their decay is divided by the factor: per step it is the weights'. After Jordan 2024,
    arXiv:2404.00498, section 3.4, where it is the biases of batch norm alone.
    """
    trained = [parameter for parameter in net.parameters() if parameter.requires_grad]
    groups = [
        {"params": [parameter for parameter in trained if parameter.ndim > 1], "weight_decay": weight_decay},
        {
            "params": [parameter for parameter in trained if parameter.ndim == 1],
            "lr": bias_factor * learning_rate,
            "weight_decay": weight_decay / bias_factor,
        },
    ]
    return torch.optim.SGD(groups, lr=learning_rate, momentum=momentum, nesterov=True)


HANDOUT = Recipe(name="handout", title="handout", network=VGG11, optimizer=adam, precision="float32")
_RELU = replace(HANDOUT, name="relu", title="+ ReLU", network=partial(VGG11, relu=True))
REPORT = replace(
    _RELU, name="report", title="+ width (the report)", network=partial(VGG11, relu=True, width=4), precision="bfloat16"
)
_NORM = replace(REPORT, name="norm", title="+ batch norm", network=partial(VGG11, relu=True, width=4, batch_norm=True))
_AUGMENT = replace(_NORM, name="augment", title="+ augmentation", augment=Augment(translate=2, flip=True, cutout=8))
_CYCLE = replace(_AUGMENT, name="cycle", title="+ one-cycle schedule", schedule=OneCycle(), learning_rate=3e-3)
_SMOOTH = replace(_CYCLE, name="smooth", title="+ label smoothing", label_smoothing=0.1)
_FLIP = replace(_SMOOTH, name="flip", title="+ flip at test", tta_flip=True)

LADDER = (HANDOUT, _RELU, REPORT, _NORM, _AUGMENT, _CYCLE, _SMOOTH, _FLIP)
"""Each differs from the one before in what its title says; from the report's on, bfloat16 is used where it is fast.

The last one has the weights of the one before.
"""

TUNED = (
    replace(HANDOUT, name="handout-tuned", title="handout, tuned", augment=Augment(flip=True), schedule=OneCycle()),
    replace(
        REPORT, name="report-tuned", title="report, tuned", augment=Augment(translate=2, flip=True), schedule=OneCycle()
    ),
)
"""The handout's and the report's own networks in as many epochs; the images are varied, the rate rises and falls."""

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
OURS_LONG = replace(
    OURS_SHORT,
    name="ours-long",
    title="ours, long",
    network=partial(WhitenedVGG, widths=(96, 320, 320)),
    epochs=24,
    augment=Augment(translate=3, flip=True, cutout=8),
)
OURS = (OURS_SHORT, OURS_LONG)

RECIPES = {recipe.name: recipe for recipe in (*LADDER, *TUNED, *OURS)}
