"""Figures of the notebooks: Axes in, Axes out.

Every function draws into the Axes that it is given and returns it; the caller makes the figure and its titles.
"""

from nnlib.plots.display import show
from nnlib.plots.grids import plot_heat_map
from nnlib.plots.images import confusion_matrix, image_grid, plot_confusion, plot_images, plot_mistakes
from nnlib.plots.ladder import plot_ladder, plot_learning_rate
from nnlib.plots.style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, YELLOW, ink
from nnlib.plots.sweeps import plot_hyperparameter, plot_sweep
from nnlib.plots.training import plot_accuracy, plot_loss

__all__ = [
    "BLUE",
    "GREEN",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILION",
    "YELLOW",
    "confusion_matrix",
    "image_grid",
    "ink",
    "plot_accuracy",
    "plot_confusion",
    "plot_heat_map",
    "plot_hyperparameter",
    "plot_images",
    "plot_ladder",
    "plot_learning_rate",
    "plot_loss",
    "plot_mistakes",
    "plot_sweep",
    "show",
]
