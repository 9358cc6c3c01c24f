"""What the figures of Q6's extra notebook must show."""

import numpy as np
from drawn import Panel
from notebook_figures.common import accuracies, colour_tiles, confusion, losses, mistakes
from notebook_figures.listing import Listing
from notebook_figures.panels import image, line

shown = Listing()


@shown(
    "x-augmented",
    "The same eight images in six epochs, a row each: shifted, mirrored in every other one, with a grey square.",
)
def augmented(ns):
    images = np.concatenate(ns.rows).transpose(0, 2, 3, 1).astype(float)
    title = "shift by up to 4 pixels, flip, cutout of 8 × 8; a row an epoch"
    return [Panel(title, "", ", reversed", [image(colour_tiles(images, columns=8))])]


@shown(
    "x-ours-figure",
    "Ours, long: the loss falls to about 1; validation accuracy jumps about below the training's, then settles as "
    "the rate falls. Right, both learning rates rise for a quarter of the steps and fall to nearly zero.",
)
def ours(ns):
    history, rates = ns.trained["ours-long"].history, []
    for name in ("ours-short", "ours-long"):
        each = ns.trained[name].history.learning_rates
        rates.append(line(ns.trained[name].recipe.title, np.arange(1, len(each) + 1), each))
    return [
        Panel("ours, long: loss", "step", "loss", losses(history, 100), True),
        accuracies(history, "ours, long: accuracy"),
        Panel("learning rates", "step", "learning rate", rates, True),
    ]


@shown(
    "x-whitening",
    "Twelve patches of 2 by 2 pixels. The first is plain brightness, then come an orange against blue, brightness "
    "from top to bottom and from left to right, green against purple, and finer patterns with tiny shares.",
)
def whitening(ns):
    directions, panels = ns.directions.numpy(), []
    shares = ns.energies.numpy() / ns.energies.numpy().sum()
    largest = np.abs(directions).max()
    for index in range(11, -1, -1):  # eigh gives the weakest first
        patch = directions[:, index].reshape(3, 2, 2).transpose(1, 2, 0)
        patch = patch if patch.sum() >= 0 else -patch
        title = f"{shares[index]:.2%}" if shares[index] >= 5e-5 else f"{shares[index]:.3%}"
        panels.append(Panel(title, "", ", reversed", [image(0.5 + patch / largest / 2)]))
    return panels


@shown(
    "x-mistakes",
    "Ten by ten counts, truth by answer: cats and dogs are mixed up most often, then automobiles and trucks.",
)
def counts(ns):
    scores, names = ns.scores[ns.chosen.recipe.name], list(ns.class_names(ns.data))
    return [confusion(ns.y_test, scores, "{wrong:,} of {of:,} wrong", names)]


@shown("x-mistakes", "The sixteen surest mistakes, each with truth, answer and probability.")
def surest(ns):
    scores, names = ns.scores[ns.chosen.recipe.name], ns.class_names(ns.data)
    return mistakes(ns.X_test.transpose(0, 2, 3, 1) / 255, ns.y_test, scores, 16, names)
