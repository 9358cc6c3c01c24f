"""What each part of our recipe is worth: a brief training of it, and the same with one part taken out at a time.

`python -m nnlib.vgg ablation --seeds 598 1` trains them all and prints the table, in which a gain below
zero is what the part is worth. The quick profile trains each for one epoch at full size, which tells nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from torch import Tensor, nn

from nnlib.vgg.loader import Augment
from nnlib.vgg.networks import WhitenedVGG
from nnlib.vgg.recipes import OURS_SHORT, Recipe, nesterov


class LearnedFirstLayer(WhitenedVGG):
    """The network whose first layer starts at random and is trained, like every other."""

    def __init__(self) -> None:
        super().__init__()
        self.whitening.weight.requires_grad_(True)

    def init_whitening(self, images: Tensor) -> None:
        """Leave the first layer as it was drawn."""


def random_start() -> nn.Module:
    """Return the network whose convolutions start at random, as PyTorch draws them, and not at the identity."""
    net = WhitenedVGG()
    for module in net.conv:
        if isinstance(module, nn.Conv2d):
            module.reset_parameters()
    return net


def with_relu() -> nn.Module:
    """Return the network with ReLU in place of GELU."""
    net = WhitenedVGG()
    net.conv = nn.Sequential(*(nn.ReLU() if isinstance(module, nn.GELU) else module for module in net.conv))
    return net


BRIEF = replace(OURS_SHORT, name="brief", title="ours, in four epochs", epochs=4)


def _without(name: str, part: str, **change: object) -> Recipe:
    return replace(BRIEF, name=f"no-{name}", title=f"without {part}", **change)


ABLATION = (
    BRIEF,
    _without("whitening", "whitening", network=LearnedFirstLayer),
    _without("identity", "the identity start", network=random_start),
    _without("gelu", "GELU", network=with_relu),
    _without("fast-biases", "fast biases", optimizer=partial(nesterov, bias_factor=1)),
    _without("small-first", "small images first", resolutions=OURS_SHORT.resolutions[-1:]),
    _without("smoothing", "label smoothing", label_smoothing=0.0),
    _without("augmentation", "augmentation", augment=Augment()),
    _without("views", "six views at test", tta_flip=False, tta_shift=0),
)
"""The first has all parts; each other lacks the one of its name. The last one has the first one's weights."""
