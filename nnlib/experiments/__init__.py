"""The experiments behind Q7's answers: what a notebook measures and what a slider moves is one function.

    depth.py    7.1: a gradient on its way down through a deep network, and the signs that it takes on
    masks.py    7.2: the mean and the spread of a layer under dropout's masks
    descent.py  7.3: the learning rate against the curvature

Each `draw_*` fills an empty figure for one value of its parameter, fast enough for a slider, and returns what it drew.
Without examples of the caller's own they use MNIST's first training digits.
"""

from nnlib.experiments.depth import (
    ACTIVATIONS,
    Probe,
    Sigmoid,
    Signals,
    Tanh,
    deep_classifier,
    draw_depth,
    one_sided,
    send,
)
from nnlib.experiments.descent import (
    Sharpness,
    descend,
    draw_descent,
    hessian_product,
    largest_eigenvalue,
    sharpness,
    squared_loss,
    tanh_classifier,
)
from nnlib.experiments.masks import draw_dropout, masked_outputs, moments, rectified_mean

__all__ = [
    "ACTIVATIONS",
    "Probe",
    "Sharpness",
    "Sigmoid",
    "Signals",
    "Tanh",
    "deep_classifier",
    "descend",
    "draw_depth",
    "draw_descent",
    "draw_dropout",
    "hessian_product",
    "largest_eigenvalue",
    "masked_outputs",
    "moments",
    "one_sided",
    "rectified_mean",
    "send",
    "sharpness",
    "squared_loss",
    "tanh_classifier",
]
