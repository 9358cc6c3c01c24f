"""What the experiments, figures and listings of a question refuse: never a raw error, and nothing wrong in silence."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from matplotlib.figure import Figure

from nnlib import Classifier, FullyConnected, ReLU, Sequential, relu_forward, softmax_loss
from nnlib.homework import (
    costs,
    cures,
    depth,
    descent,
    gains,
    listing,
    masks,
    means,
    newton,
    playgrounds,
    recorded,
    signs,
    stand_ins,
)
from nnlib.homework.arguments import check
from nnlib.homework.augment import random_shifts
from nnlib.homework.convolution import parse_matrix, terms
from nnlib.homework.explorers import q5_explorer
from nnlib.homework.results import Results
from nnlib.homework.sweeps import SWEEPS, regularised_conv_net

RNG = np.random.default_rng(0)
X, Y, LOSSES = RNG.normal(size=(6, 5)), np.array([0, 1, 1, 0, 1, 0]), np.ones(20)
IMAGES = RNG.random((2, 1, 28, 28), dtype=np.float32)
DIGITS = {"X_train": RNG.random((6, 784)), "y_train": Y, "X_val": RNG.random((6, 784)), "y_val": Y}
PICTURES = {"X_train": IMAGES, "y_train": Y[:2], "X_val": IMAGES, "y_val": Y[:2]}
LINEAR = Classifier(Sequential([FullyConnected(2)], (5,), rng=0), softmax_loss)
SMOOTH, DROPOUT = descent.tanh_classifier(width=2, input_dim=5), means.dropout_classifier(keep=0.5)
TRACE = depth.propagate((X, Y), depth=3, activation="tanh", width=4)
LAYER = {"x": X[0], "w": X.T.copy(), "b": np.zeros(6)}
RECORDED = recorded.recorded()
HANDOUT = RECORDED.trainings["handout"]
GOOD = [  # a function, and arguments that it takes
    (random_shifts, {"X": IMAGES, "rng": RNG}),
    (terms, {"kind": "full", "a_shape": (3, 3), "b_shape": (2, 2), "i": 0, "j": 0}),
    (parse_matrix, {"text": "1 2", "name": "a", "max_side": 3}),
    (costs.seconds_by_layer, {"model": LINEAR, "X": X, "repeats": 1}),
    (cures.train_case, {"case": cures.CASES["A"], "data": DIGITS, "num_epochs": 1, "clip": 1.0, "warm_up": 1}),
    (cures.train_case, {"case": cures.CASES["A"], "data": DIGITS, "num_epochs": 1, "rate_factor": 0.1, "seed": 0}),
    (cures.smoothed, {"losses": LOSSES}),
    (cures.verdict, {"runs": [LOSSES]}),
    (depth.deep_classifier, {"hidden": [[ReLU()]], "gain": 1.0, "input_dim": 5, "width": 3}),
    (depth.propagate, {"examples": (X, Y), "depth": 3, "activation": "tanh", "gain": 1.0, "width": 4}),
    (depth.propagate, {"examples": (X, Y), "depth": 3, "activation": "tanh", "batch_norm": True}),
    (depth.same_sign_fraction, {"dw": X}),
    (depth.draw_depth, {"figure": Figure(), "depth": 3, "activation": "tanh", "examples": (X, Y)}),
    (descent.hessian_product, {"model": SMOOTH, "X": X, "y": Y}),
    (descent.largest_eigenvalue, {"product": lambda v: 2 * v, "start": np.ones(2), "max_iterations": 3}),
    (descent.largest_eigenvalue, {"product": lambda v: 2 * v, "start": np.ones(2), "tolerance": 0.1}),
    (descent.sharpness, {"model": SMOOTH, "examples": (X, Y), "max_iterations": 1}),
    (descent.Sharpness, {"model": SMOOTH, "examples": (X, Y), "every": 1}),
    (descent.tanh_classifier, {"width": 2, "weight_scale": 0.1, "input_dim": 5}),
    (
        descent.gradient_descent,
        {"model": SMOOTH, "examples": (X, Y), "learning_rate": 0.1, "steps": 1, "momentum": 0.0, "every": 1},
    ),
    (descent.draw_descent, {"figure": Figure(), "learning_rate": 0.1, "examples": (X, Y), "steps": 1}),
    (gains.factors_per_layer, {"examples": (X, Y), "weight_gains": [1.0], "depth": 3}),
    (gains.factor_per_layer, {"trace": TRACE}),
    (gains.train_deep, {"data": DIGITS, "following": [ReLU()], "gain": 1.0, "num_epochs": 1, "depth": 2}),
    (masks.moments, {**LAYER, "keep": 0.5}),
    (masks.masked_outputs, {**LAYER, "keep": 0.5, "masks": 2, "rng": 0}),
    (masks.rectified_mean, {"mean": X[0], "variance": X[0] ** 2}),
    (masks.draw_dropout, {"figure": Figure(), "keep": 0.5, "layer": tuple(LAYER.values()), "masks": 3}),
    (means.every_mask, {"size": 2}),
    (means.chances, {"masks": np.ones((2, 2)), "keep": 0.5}),
    (means.softmax, {"scores": X}),
    (means.accuracy_and_loss, {"P": np.full((6, 2), 0.5), "y": Y}),
    (means.dropout_classifier, {"keep": 0.5, "batch_norm": False}),
    (means.train_with_dropout, {"data": PICTURES, "keep": 0.5, "num_epochs": 1}),
    (means.at_test_time, {"model": DROPOUT, "X": IMAGES, "keep": 0.5}),
    (means.pooled, {"model": DROPOUT, "X": IMAGES}),
    (means.masked_probabilities, {"model": DROPOUT, "X": IMAGES, "keep": 0.5, "masks": 1, "rng": 0}),
    (newton.with_ones, {"X": X}),
    (newton.curvature, {"theta": np.ones(6), "X": X}),
    (newton.newton, {"X": X, "y": Y, "reg": 0.1}),
    (playgrounds.draw_dropout_layer, {"figure": Figure(), "keep": 0.5, "mode": "train", "seed": 0}),
    (playgrounds.draw_gradient_norms, {"figure": Figure(), "depth": 2, "activation": "tanh"}),
    (playgrounds.draw_train_test, {"figure": Figure(), "keep": 0.5}),
    (playgrounds.draw_learning_rate, {"figure": Figure(), "learning_rate": 0.1}),
    (
        playgrounds.draw_batch_norm,
        {"figure": Figure(), "mean": 1, "scale": 1, "batch_size": 2, "batches": 2, "momentum": 0.9, "mode": "test"},
    ),
    (signs.inputs_of, {"activation": ReLU(), "examples": 10, "seed": 0}),
    (signs.path, {"inputs": np.ones((5, 2)), "steps": 3}),
    (regularised_conv_net, {"filter_size": 5, "hidden_dim": 4, "keep": 0.5, "rng": 0}),
    (q5_explorer, {"data": PICTURES}),
    (Results, {"rows": []}),
    (RECORDED.table, {"titles": ["handout"], "test": True}),
    (RECORDED.beside_table, {"name": next(iter(RECORDED.beside))}),
    (recorded.table, {"heading": "", "trainings": [HANDOUT], "test": True}),
    (recorded.results, {"measured": {}, "data": {}, "chosen": ""}),
    (recorded.from_notebooks, {"paths": []}),
    (stand_ins.choose_layers, {"judge_item": list}),
    (SWEEPS["q5-regularise"].sweep, {"fixed": {}}),
]
CLUMSY = (-1, 1.5, "x", None, [], {"x": 3}, np.nan, np.ones((1, 1, 1)), np.array([None]), int)
TAKEN = {  # of these, by the argument's name, as text: what stands for a default, or is checked where it is used
    **dict.fromkeys(("clip", "tolerance", "mean"), ("-1", "1.5")),
    **dict.fromkeys(("scale", "learning_rate", "rate_factor", "reg"), ("1.5",)),
    **dict.fromkeys(("name", "kind", "heading", "chosen", "text"), ("'x'",)),
    **dict.fromkeys(("measured", "fixed"), ("{'x': 3}",)),
    **{"gain": ("-1", "1.5", "None"), "weight_scale": ("1.5", "None"), "data": ("{'x': 3}", "None")},
    **{"examples": ("None",), "layer": ("None",), **dict.fromkeys(("rows", "titles", "trainings"), ("[]",))},
}
ANY_SHAPE = ("masks", "scores", "dw", "X", "y")  # arrays of three axes, too
NAMED = {"rate_factor": "learning_rate", "runs": "losses"}  # what a check inside says


@pytest.mark.parametrize(("call", "good"), GOOD, ids=lambda value: getattr(value, "__qualname__", ""))
def test_each_argument_that_is_of_another_kind_is_named(call, good):
    for name in good:
        for value in CLUMSY:
            any_shape = name in ANY_SHAPE and isinstance(value, np.ndarray) and value.dtype == float
            if not any_shape and repr(value) not in TAKEN.get(name, ()):
                with pytest.raises((TypeError, ValueError), match=rf"^({name}|{NAMED.get(name)})(\[.*\])?: expected "):
                    call(**good | {name: value})


@pytest.mark.parametrize("item", [3, "x", None, int, []])
def test_only_code_of_nnlib_is_listed(item):
    with pytest.raises(ValueError, match=r"^objects: expected functions or classes of nnlib, got "):
        listing.show_source(relu_forward, item)


def test_what_an_annotation_says_is_taken_and_a_generator_is_not_used_up():
    lines = iter(["a", 3])
    for value, kind in ((3, float | None), (None, float | None), (np.int64(3), int), (lines, Sequence[str])):
        check("value", value, kind)
    assert list(lines) == ["a", 3]
    wrong = [(True, int), (True, float), (["a", 3], Sequence[str]), ((X,), tuple[np.ndarray, np.ndarray])]
    wrong += [(np.array(3.0), Sequence[float]), (np.array(3.0), Iterable[float]), (range(0), Sequence[int])]
    for value, kind in wrong:
        with pytest.raises(ValueError, match=r"^value(\[1\])?: expected |^value: expected a whole"):
            check("value", value, kind)
