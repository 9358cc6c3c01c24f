"""Inputs of the classifiers of Q2 to Q5: networks of a few units with random parameters."""

from __future__ import annotations

import numpy as np

from nnlib.check import definitions
from nnlib.check.models import SCALE, ModelSubject, parameters
from nnlib.check.subjects import Case


def make(rng, shape, layers, sizes, n, classes=1, reg=0.0, direction=False, keep=1.0, taught=False):
    """Return a case of n examples of a shape, and of `layers`, such as "fc relu fc".

    `sizes` are those of each "conv" (filters, side) and "fc" (units) among them; `classes` is 1 for binary labels. With
    a `direction` the gradient is judged along that alone; labels that are `taught` can be learned.
    """
    case: Case = {"X": rng.standard_normal((n, *shape))}
    learned = case["X"].reshape(n, -1)[:, : max(classes, 2)].argmax(1)
    case["y"] = learned if taught else rng.integers(0, max(classes, 2), n)
    params, running = draw(rng, shape, layers.split(), list(sizes))
    case |= params
    if direction:
        case["direction"] = {name: rng.standard_normal(case[name].shape) for name in parameters(case)}
    return {**case, "layers": layers, "bn_param": running, "keep": keep, "reg": reg}


def draw(rng, shape, layers, sizes):
    """Return random parameters and running statistics of the layers, by name."""
    params, running, weights, norms = {}, {}, 0, 0
    for layer in layers:
        weights, norms = weights + (layer in ("conv", "fc")), norms + (layer == "bn")
        if layer == "conv":
            filters, side = sizes.pop(0)
            params[f"W{weights}"] = rng.standard_normal((filters, shape[0], side, side)) / 3
            shape = filters, shape[1] - side + 1, shape[2] - side + 1
        elif layer == "fc":
            units = sizes.pop(0)
            params[f"W{weights}"] = rng.standard_normal((*shape, units)) / 3
            params[f"b{weights}"] = rng.standard_normal(units)
            shape = (units,)
        elif layer == "bn":
            features = shape[0]
            params |= {f"gamma{norms}": rng.uniform(0.5, 2, features), f"beta{norms}": rng.standard_normal(features)}
            running[f"running_mean{norms}"] = rng.standard_normal(features)
            running[f"running_var{norms}"] = rng.uniform(0.5, 2, features)
        elif layer == "pool":
            shape = shape[0], shape[1] // 2, shape[2] // 2
        elif layer == "flatten":
            shape = (int(np.prod(shape)),)
    return params, running


def fully_connected(rng, inputs, hidden, classes, n, **options):
    """Return a case of a linear or two-layer classifier; `classes` is 1 for a binary one."""
    own = {"input_dim": inputs, "hidden_dim": hidden, "weight_scale": SCALE, "rng": 0, "dtype": "float64"}
    own |= {"num_classes": classes} if classes > 1 else {}
    layers, sizes = ("fc", [classes]) if hidden is None else ("fc relu fc", [hidden, classes])
    case = make(rng, (inputs,), layers, sizes, n, classes, **options)
    return {**case, "options": {**own, "reg": case["reg"]}}


def conv_net(rng, shape, filters, side, hidden, classes, n, dropout=None, batchnorm=False, **options):
    """Return a case of `ConvNet`."""
    own = {"input_dim": shape, "num_filters": filters, "filter_size": side, "hidden_dim": hidden}
    own |= {"num_classes": classes, "dropout": dropout, "batchnorm": batchnorm}
    own |= {"weight_scale": SCALE, "rng": 0, "dtype": "float64"}
    layers = f"conv {'bn ' * batchnorm}relu pool {'drop ' * (dropout is not None)}flatten fc relu fc"
    keep = 1.0 if dropout is None else dropout
    case = make(rng, shape, layers, [(filters, side), hidden, classes], n, classes, keep=keep, **options)
    return {**case, "options": {**own, "reg": case["reg"]}}


def regularised(rng, norm, drop, architecture, keep=1.0):
    """Return a case of `regularised_conv_net`; large kernels leave few pixels to go through."""
    own = {"filter_size": 23, "hidden_dim": 4, "keep": keep, "architecture": architecture, "reg": 1e-2, "rng": 0}
    layers = f"conv {'bn ' * ('conv' in norm)}relu pool {'drop ' * ('conv' in drop)}flatten "
    layers += f"fc {'bn ' * ('fc' in norm)}relu {'drop ' * ('fc' in drop)}fc"
    case = make(rng, (1, 28, 28), layers, [(32, 23), 4, 10], 3, 10, reg=1e-2, direction=True, keep=keep)
    return {**case, "options": own}


def _classifier(name, define, classes):
    return ModelSubject(
        (f"nnlib.models:{name}",),
        define,
        fully_connected,
        {
            "": [((4, None, classes, 5), {"reg": 0.3}), ((3, 5, classes, 4), {"reg": 0.2}), ((6, 2, classes, 1), {})],
            "shape": [((60, None, classes, 2), {}), ((20, 15, classes, 2), {})],
            "trains": [((4, 8, classes, 12), {"taught": True})],
        },
        outputs=("loss",),
    )


_ARCHITECTURES = (
    (("conv",), ("conv",), "BN conv, dropout pool"),
    (("conv",), ("fc",), "BN conv, dropout fc"),
    (("fc",), ("fc",), "BN fc, dropout fc"),
    (("conv", "fc"), ("conv", "fc"), "BN both, dropout both"),
)
_SMALL = (((2, 6, 4), 3, 3, 4, 3, 3), ((1, 5, 7), 2, 2, 3, 5, 3))
_WITHOUT_DROPOUT = [(_SMALL[0], {"reg": 0.2}), (_SMALL[1], {"batchnorm": True})]
MODELS = [
    _classifier("LogisticClassifier", definitions.logistic, 1),
    _classifier("SVM", definitions.hinge, 1),
    _classifier("SoftmaxClassifier", definitions.cross_entropy, 3),
    ModelSubject(
        ("nnlib.models:ConvNet",),
        definitions.cross_entropy,
        conv_net,
        {
            "": _WITHOUT_DROPOUT,
            "value": [
                *_WITHOUT_DROPOUT,
                (_SMALL[0], {"dropout": 0.6}),
                (_SMALL[1], {"dropout": 0.7, "batchnorm": True}),
            ],
            "shape": [(((2, 9, 9), 6, 4, 20, 10, 2), {}), (((1, 8, 7), 5, 3, 12, 6, 2), {"batchnorm": True})],
            "trains": [(((1, 6, 6), 4, 3, 8, 3, 9), {"taught": True})],
        },
        outputs=("loss",),
    ),
    ModelSubject(
        ("nnlib.homework.sweeps:regularised_conv_net",),
        definitions.cross_entropy,
        regularised,
        {
            "": [(architecture, {}) for architecture in _ARCHITECTURES[::3]],
            "shape": [(architecture, {"keep": 0.6}) for architecture in _ARCHITECTURES],
            "mode": [(architecture, {"keep": 0.6}) for architecture in _ARCHITECTURES],
        },
        outputs=("loss",),
    ),
]
