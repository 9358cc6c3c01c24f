"""What the drawing functions refuse: never a raw error from inside, and nothing wrong in silence."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from search_toy import trial_row

from nnlib import plots

Y, IMAGES = np.array([0, 1, 1]), np.random.default_rng(0).random((3, 4, 4))
ROWS = [trial_row({"reg": reg, "rate": rate}) for reg in (0.0, 0.1) for rate in (1, 2)]
TRAINED = SimpleNamespace(
    loss_history=[1.0, 0.5], train_acc_history=[0.5], val_acc_history=[0.5], best_val_acc=0.5, epoch=1
)
GOOD = {  # arguments that are taken, by the function
    "confusion_matrix": {"y_true": Y, "y_pred": Y, "num_classes": 2},
    "image_grid": {"images": IMAGES, "columns": 2, "pad": 1, "scale_each": True},
    "ink": {},
    "plot_accuracy": {"solver": TRAINED, "training": "of some"},
    "plot_confusion": {"counts": np.ones((2, 2)), "classes": ["a", "b"], "large": False},
    "plot_heat_map": {"rows": ROWS, "x": "reg", "y": "rate", "fixed": {}},
    "plot_hyperparameter": {"rows": ROWS, "name": "reg", "by": "rate", "fixed": {}},
    "plot_images": {"images": IMAGES, "columns": 2, "pad": 1, "scale_each": True, "cmap": "gray"},
    "plot_ladder": {"names": ["a", "b"], "validation": [0.1, 0.2], "test": [0.1, 0.2]},
    "plot_learning_rate": {"rates": [0.1, 0.2], "label": "rate"},
    "plot_loss": {"solver": TRAINED, "window": 2, "label": "loss", "color": "C0"},
    "plot_mistakes": {"images": IMAGES, "y_true": Y, "scores": np.eye(3)[:, :2], "classes": ["a", "b"]},
    "plot_sweep": {"values": [1, 2], "accuracies": [0.1, 0.2], "xlabel": "x", "label": "line"},
    "show": {"alt": "A figure.", "values": False},
}
PLACES = {"confusion_matrix": (), "image_grid": (), "plot_mistakes": ("axes",), "show": ("figure",)}
RAGGED = [[1], [1, 2]]
CLUMSY = (3, "", [], [None], {"x": 3}, np.nan, -1, 1.5, np.ones((1, 1, 1, 1, 1)), RAGGED, lambda: 1, int)
TAKEN = {  # clumsy values that mean something, as text
    *[(call, "columns", "3") for call in ("image_grid", "plot_images")],
    *[(call, "pad", "3") for call in ("image_grid", "plot_images")],
    *[(call, "label", "''") for call in ("plot_learning_rate", "plot_loss", "plot_sweep")],
    *[("confusion_matrix", "num_classes", "3"), ("plot_loss", "window", "3"), ("plot_sweep", "xlabel", "''")],
    *[("plot_sweep", "values", repr(RAGGED)), ("plot_accuracy", "training", "''")],
}


@pytest.fixture(scope="module")
def places():
    figure = Figure()
    axes = figure.subplots(1, 2)
    return {"ax": axes[0], "axes": axes, "figure": figure}


@pytest.mark.parametrize("call", sorted(GOOD))
def test_each_takes_what_it_asks_for_and_names_what_is_of_another_kind(call, places):
    arguments = {name: places[name] for name in PLACES.get(call, ("ax",))} | GOOD[call]
    getattr(plots, call)(**arguments)
    for name in arguments:
        # where two lengths differ, the second is named
        named = {("plot_sweep", "values"): "accuracies", ("plot_ladder", "names"): "validation"}.get((call, name), name)
        for value in CLUMSY:
            if (call, name, repr(value)) not in TAKEN:
                with pytest.raises((TypeError, ValueError), match=rf"^({name}|{named})(\[\d\])?: expected "):
                    getattr(plots, call)(**arguments | {name: value})
