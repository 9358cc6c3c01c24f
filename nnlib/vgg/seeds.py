"""Several seeds: how much accuracy on the validation set varies by luck, and what each step brings seed by seed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import mean, stdev

from nnlib.vgg.ablation import ABLATION, BRIEF
from nnlib.vgg.recipes import HANDOUT, LADDER, OURS_LONG, OURS_SHORT, REPORT, TUNED

BEFORE = {
    **{later.name: earlier.name for earlier, later in pairwise(LADDER)},
    **{tuned.name: own.name for tuned, own in zip(TUNED, (HANDOUT, REPORT), strict=True)},
    OURS_SHORT.name: LADDER[-1].name,
    OURS_LONG.name: OURS_SHORT.name,
    **{recipe.name: BRIEF.name for recipe in ABLATION[1:]},
}
"""Which recipe another one's gain is measured from."""


def compare(accuracies: Mapping[str, Mapping[int, float]]) -> str:
    """Return a table of validation accuracies over several seeds, and of each recipe's gain over the one in `BEFORE`.

    All in percent. The standard deviation is that of the sample, with n - 1. A gain is the difference seed by seed; a
    recipe has none where the one before it is not among those compared.

    Args:
        accuracies: recipe's name -> seed -> accuracy, a fraction; the same seeds for all, at least two.
    """
    lines = [f"{'':15}  mean   sd lowest highest   gain:  mean  least   most  over"]
    for name, by_seed in accuracies.items():
        values = [100 * value for value in by_seed.values()]
        line = f"{name:15} {mean(values):5.1f} {stdev(values):4.1f} {min(values):6.1f} {max(values):7.1f}"
        before = BEFORE.get(name)
        if before in accuracies:
            gains = [100 * (value - accuracies[before][seed]) for seed, value in by_seed.items()]
            line += f"         {mean(gains):+5.1f} {min(gains):+6.1f} {max(gains):+6.1f}  {before}"
        lines.append(line)
    return "\n".join(lines)
