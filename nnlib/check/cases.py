"""The functions of the homework as subjects: their inputs, at unequal sizes, and their definitions."""

from __future__ import annotations

import numpy as np

from nnlib.check import definitions
from nnlib.check.model_cases import MODELS
from nnlib.check.networks import NETWORKS
from nnlib.check.subjects import Adjoint, DropoutSubject, LayerSubject, Subject
from nnlib.check.testing import TESTING


def normal(rng, *shapes):
    """Return normal arrays of these shapes."""
    return [rng.standard_normal(shape) for shape in shapes]


def fully_connected(rng, n, inputs, outputs):
    """Return x, w, b and dout."""
    x, w, b, dout = normal(rng, (n, inputs), (inputs, outputs), outputs, (n, outputs))
    return {"x": x, "w": w, "b": b, "dout": dout}


def elementwise(rng, /, *shape, zeros=True, **param):
    """Return x, some of it zeros unless `zeros` is false, dropout_param if there is any, and dout."""
    x, dout = normal(rng, shape, shape)
    x += np.sign(x) * 0.1
    x.flat[::2] *= 8  # beyond the 6 of ReLU6
    x.flat[1::5] *= not zeros
    x.flat[3 : 4 * zeros] = 3e-4  # small, but not 0
    return {"x": x, **({"dropout_param": param} if param else {}), "dout": dout}


def batch_norm(rng, *shape, mode="train", offset=0.0, fresh=False, **options):
    """Return x, gamma, beta, bn_param with running statistics unless it is fresh, and dout."""
    features = shape[1]
    by_feature = (1, features, *(1,) * (len(shape) - 2))
    x, dout = normal(rng, shape, shape)
    x = offset + rng.uniform(-3, 3, by_feature) + rng.uniform(0.5, 2, by_feature) * x
    gamma, beta, mean = normal(rng, features, features, features)
    gamma = np.append(gamma[1:] + np.sign(gamma[1:]), 1.0)  # as layers start
    running = {} if fresh else {"running_mean": mean + 5, "running_var": rng.uniform(1, 3, features)}
    return {"x": x, "gamma": gamma, "beta": beta, "bn_param": {"mode": mode, **running, **options}, "dout": dout}


def planes(rng, h, w, kh, kw):
    """Return a and b."""
    return dict(zip("ab", normal(rng, (h, w), (kh, kw)), strict=True))


def images(rng, n, c, h, w, kh, kw):
    """Return x and the kernel's size."""
    return {"x": rng.standard_normal((n, c, h, w)), "kernel": (kh, kw)}


def weighted_columns(rng, n, c, h, w, kh, kw):
    """Return columns, the images' shape and the kernel's size."""
    size = c * kh * kw, n * (h - kh + 1) * (w - kw + 1)
    return {"columns": rng.standard_normal(size), "x_shape": (n, c, h, w), "kernel": (kh, kw)}


def convolution(rng, n, c, h, w, f, kh, kw):
    """Return x, w and dout."""
    x, kernels, dout = normal(rng, (n, c, h, w), (f, c, kh, kw), (n, f, h - kh + 1, w - kw + 1))
    return {"x": x, "w": kernels, "dout": dout}


def max_pool(rng, n, c, h, w, height, width, stride, ties=False):
    """Return x, of few whole numbers for ties, pool_param and dout."""
    x = rng.integers(-2, 2, (n, c, h, w)).astype(float) if ties else rng.standard_normal((n, c, h, w)) - 1
    dout = rng.standard_normal((n, c, (h - height) // stride + 1, (w - width) // stride + 1))
    return {"x": x, "pool_param": {"pool_height": height, "pool_width": width, "stride": stride}, "dout": dout}


def binary(rng, n, low=0, scale=2.0, dtype=int):
    """Return scores, one with a margin of 1, and labels in {low, 1}, of both classes unless there is one alone."""
    y = np.where(rng.permutation(n) <= n // 2, low, 1).astype(dtype)
    x = scale * rng.standard_normal(n)
    x[0] = 1.0 if y[0] > 0 else -1.0
    return {"x": x, "y": y}


def off_the_kink(case, name):
    """Return the scores with a margin of 1 raised beyond it."""
    return np.where(np.abs(case["x"]) == 1, 1.05 * case["x"], case["x"])


def classes(rng, n, k, scale=2.0, offset=0.0, spread=0.0):
    """Return scores around `offset`, those of later examples raised by `spread` each, and labels."""
    x = offset + scale * rng.standard_normal((n, k)) + spread * np.arange(n)[:, None]
    return {"x": x, "y": rng.integers(0, k, n)}


def masked(rng, inputs, outputs, keep):
    """Return x, w, b and keep."""
    x, w, b = normal(rng, inputs, (inputs, outputs), outputs)
    return {"x": x, "w": w, "b": b, "keep": keep}


def _cases(*sizes, **options):
    return [(each, options) for each in sizes]


_LAYERS, _BN = "nnlib.layers.", "nnlib.layers.batch_norm:"
_WITH_EPS = {"eps": 0.4, "momentum": 0.7}
_DROP = {"mode": "train", "p": 0.6, "zeros": False}
_TRAIN = _cases((6, 5), seed=1, **_DROP) + _cases((3, 4, 2), **_DROP)
_FLAT, _SPACE = ((7, 3), (5, 4), (4, 6)), ((3, 2, 2, 4), (2, 3, 3, 2), (5, 4, 1, 2))
_IMAGES = ((3, 2, 6, 4, 3, 2), (2, 3, 4, 6, 2, 3), (1, 2, 3, 5, 1, 2))
_PATCHES = {"cases": {"": _cases(*_IMAGES)}, "squares": ((3, 3, 4, 4, 2, 2), (3, 3, 5, 5, 2, 2))}
_CONV = ((3, 2, 6, 4, 4, 3, 2), (2, 3, 4, 6, 2, 2, 3), (4, 1, 3, 5, 3, 2, 3), (1, 3, 4, 5, 2, 1, 1))
_POOL = ((3, 2, 4, 6, 2, 2, 2), (2, 3, 7, 5, 3, 2, 2), (1, 2, 5, 4, 2, 3, 1), (2, 1, 7, 8, 2, 3, 4))

SUBJECTS = [
    LayerSubject(
        (_LAYERS + "fully_connected:fc_forward", _LAYERS + "fully_connected:fc_backward"),
        definitions.fully_connected,
        fully_connected,
        {"": _cases((5, 4, 3), (3, 2, 6), (4, 7, 2), (1, 3, 5)), "shape": _cases((1, 4, 3), (3, 2, 6))},
        wrt=("x", "w", "b"),
        squares=((4, 4, 4), (3, 3, 3)),
        large=(64, 256, 128),
    ),
    LayerSubject(
        (_LAYERS + "relu:relu_forward", _LAYERS + "relu:relu_backward"),
        definitions.relu,
        elementwise,
        {"": _cases((5, 4), (3, 7), (2, 3, 4), (9,))},
        wrt=("x",),
        squares=((3, 3, 3),),
        large=(200, 200),
    ),
    DropoutSubject(
        (_LAYERS + "dropout:dropout_forward", _LAYERS + "dropout:dropout_backward"),
        definitions.kept,
        elementwise,
        {
            "": _TRAIN + _cases((5, 8), mode="train", p=0.8, seed=2),
            "value": _TRAIN + _cases((60, 50), mode="train", p=0.8, rng=3, zeros=False),
            "mutation": _TRAIN + _cases((5, 8), mode="train", p=0.5, rng=3),
            "mode": _cases((6, 5), (3, 4, 2), mode="test", p=0.6, zeros=False) + _cases((5, 8), mode="test", p=0.8),
            "dtype": _TRAIN + _cases((5, 8), mode="test", p=0.8),
        },
        wrt=("x",),
        squares=((3, 3, 3),),
        large=(200, 200),
    ),
    *(
        LayerSubject(
            (f"{_BN}{kind}batchnorm_forward", f"{_BN}{kind}batchnorm_backward"),
            definitions.batch_norm,
            batch_norm,
            {
                "": _cases(*sizes[:2]) + _cases(sizes[2], **_WITH_EPS),
                "running": _cases(*sizes[:2], momentum=0.7) + _cases(sizes[2], (1, *sizes[0][1:]), fresh=True),
                "mode": _cases(*sizes[:2], mode="test") + _cases(sizes[2], mode="test", **_WITH_EPS),
                "stability": _cases(*sizes[:2], offset=1e6),
                "dtype": _cases(*sizes[:2]) + _cases(sizes[2], mode="test"),
            },
            wrt=("x", "gamma", "beta"),
            squares=(square,),
            large=large,
        )
        for kind, sizes, square, large in (
            ("", _FLAT, (4, 4), (500, 100)),
            ("spatial_", _SPACE, (3, 3, 3, 3), (20, 5, 20, 20)),
        )
    ),
    *(
        Subject(
            (f"{_LAYERS}conv:conv_{kind}",),
            define,
            planes,
            {"": _cases((6, 4, 3, 2), (4, 6, 2, 3), (7, 4, 3, 1))},
            squares=((4, 4, 3, 3),),
        )
        for kind, define in (("filt", definitions.filt), ("valid", definitions.valid), ("full", definitions.full))
    ),
    Subject((_LAYERS + "conv:im2col",), definitions.columns, images, **_PATCHES),
    Adjoint((_LAYERS + "conv:col2im",), definitions.columns, weighted_columns, outputs=("images",), **_PATCHES),
    LayerSubject(
        (_LAYERS + "conv:conv_forward", _LAYERS + "conv:conv_backward"),
        definitions.convolution,
        convolution,
        {"": _cases(*_CONV)},
        wrt=("x", "w"),
        squares=((2, 2, 4, 4, 2, 2, 2), (2, 2, 5, 5, 2, 2, 2)),
        large=(4, 3, 20, 20, 8, 5, 5),
    ),
    LayerSubject(
        (_LAYERS + "max_pool:max_pool_forward", _LAYERS + "max_pool:max_pool_backward"),
        definitions.max_pool,
        max_pool,
        {"": _cases(*_POOL), "ties": _cases(*_POOL, ties=True)},
        wrt=("x",),
        squares=((2, 2, 7, 7, 3, 3, 2), (2, 2, 6, 6, 3, 3, 2)),
        large=(8, 4, 24, 24, 2, 2, 2),
    ),
    *(
        Subject(
            (f"nnlib.losses:{kind}_loss",),
            define,
            binary,
            {
                "": _cases((5,), (7,), (4,)),
                "labels": _cases((5,), (7,), low=-1) + _cases((6,), (1,), dtype=np.uint8),
                "mutation": _cases((5,)) + _cases((7,), low=-1),
                "stability": _cases((5,), (7,), scale=1e4),
            },
            outputs=("loss",),
            wrt=("x",),
            **options,
        )
        for kind, define, options in (
            ("logistic", definitions.logistic, {}),
            ("svm", definitions.hinge, {"point": off_the_kink}),
        )
    ),
    Subject(
        ("nnlib.losses:softmax_loss",),
        definitions.cross_entropy,
        classes,
        {
            "": _cases((5, 3), (3, 6), (7, 4), (1, 5)),
            "stability": _cases((5, 3), offset=1e4) + _cases((4, 3), spread=1e4) + _cases((3, 6), scale=1e4),
        },
        outputs=("loss",),
        wrt=("x",),
        squares=((4, 4), (3, 3)),
    ),
    *MODELS,
    *NETWORKS,
    *TESTING,
    Subject(
        ("nnlib.homework.masks:moments",),
        definitions.moments,
        masked,
        {"": _cases((4, 3, 0.6), (3, 5, 0.8), (6, 2, 0.3))},
        outputs=("mean", "variance"),
        squares=((4, 4, 0.6),),
    ),
]
OF = {target: subject for subject in SUBJECTS for target in subject.targets}
