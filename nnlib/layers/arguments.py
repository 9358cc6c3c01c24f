"""What the layer functions accept: the checks of their arguments, the same for the plain and for the fast functions."""

from __future__ import annotations

import numpy as np

from nnlib import checks

RUNNING = ("running_mean", "running_var")  # of bn_param


def gradient(dout: object, shape: tuple[int, ...]) -> None:
    """Raise unless `dout`, the argument of a backward pass, is a floating-point array of the output's shape."""
    checks.shape("dout", checks.floating("dout", dout), shape, "It has the shape of the layer's output.")


def fully_connected(x: object, w: object, b: object) -> None:
    """Raise unless x is (N, Din), w (Din, Dout) and b (Dout,)."""
    checks.floating("x", x, ndim=2)
    checks.floating("w", w, ndim=2)
    checks.floating("b", b, ndim=1)
    checks.shape("w", w, (x.shape[1], w.shape[1]), "Its rows are the columns of x.")
    checks.shape("b", b, (w.shape[1],), "One bias for each column of w.")


def keep_probability(name: str, value: object) -> float:
    """Return `value` if it is a probability of keeping an element."""
    return checks.number(name, value, "a probability of KEEPING in (0, 1]", lambda number: 0 < number <= 1)


def dropout(x: object, dropout_param: dict) -> tuple[float, bool]:
    """Return the keep probability and whether the mode is 'train'."""
    checks.floating("x", x)
    checks.mapping("dropout_param", dropout_param, "{'p': 0.5, 'mode': 'train'}")
    for key in ("p", "mode"):
        checks.require(key in dropout_param, f"dropout_param[{key!r}]", "a value", "none")
    checks.choice("dropout_param['mode']", dropout_param["mode"], ("train", "test"))
    p = keep_probability("dropout_param['p']", dropout_param["p"])
    sources = [key for key in ("rng", "seed") if dropout_param.get(key) is not None]
    checks.require(len(sources) < 2, "dropout_param", "either 'rng' or 'seed'", "both", "Give one source of the mask.")
    if "seed" in sources:
        expected = "a whole number from 0 to 2**32 - 1"
        checks.whole("dropout_param['seed']", dropout_param["seed"], expected, lambda seed: 0 <= seed < 2**32)
    return float(p), dropout_param["mode"] == "train"


def uniform(shape: tuple[int, ...], dropout_param: dict) -> np.ndarray:
    """Draw uniform numbers in [0, 1) from the source that `dropout_param` names: `rng`, `seed` or NumPy's own."""
    rng, seed = dropout_param.get("rng"), dropout_param.get("seed")
    if rng is not None:
        return checks.generator(rng).random(shape, dtype=np.float32)
    source = np.random if seed is None else np.random.RandomState(seed)
    return source.rand(*shape)


def batch_norm(x: object, gamma: object, beta: object, bn_param: dict, ndim: int = 2) -> tuple[bool, float, float]:
    """Return whether the mode is 'train', eps and momentum; x has `ndim` axes, its features on axis 1."""
    checks.floating("x", x, ndim=ndim)
    features = (x.shape[1],)
    because = f"One value for each {'column' if ndim == 2 else 'channel'} of x."
    for name, vector in (("gamma", gamma), ("beta", beta)):
        checks.shape(name, checks.floating(name, vector), features, because)
    checks.mapping("bn_param", bn_param, "{'mode': 'train'}")
    checks.choice("bn_param['mode']", bn_param.get("mode"), ("train", "test"))
    training, eps, momentum = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    checks.positive("bn_param['eps']", eps, todo="A constant feature has no variance to divide by.")
    checks.fraction("bn_param['momentum']", momentum)
    if training:
        checks.require(x.shape[0] > 0, "x", "at least one example in train mode", f"shape {x.shape}")
    for key in RUNNING:
        running, name = bn_param.get(key), f"bn_param[{key!r}]"
        if running is not None:
            checks.shape(name, checks.floating(name, running), features, because)
        else:
            checks.require(training, name, f"an array {features} in test mode", "none", "Run train mode first.")
    return training, float(eps), float(momentum)  # a np.float64 would widen float32 statistics


def convolution(x: object, w: object) -> None:
    """Raise unless x is (N, C, H, W) and w (F, C, H', W') with a kernel that fits into the image."""
    checks.floating("x", x, ndim=4)
    checks.floating("w", w, ndim=4)
    checks.require(w.shape[1] == x.shape[1], "w", f"{x.shape[1]} channels, as in x", f"shape {w.shape}")
    kernel_fits("w", w.shape[2:], "x", x.shape[2:])


def kernel_fits(name: str, kernel: tuple[int, ...], other: str, image: tuple[int, ...]) -> None:
    """Raise unless every side of `kernel` is at least 1 and at most the image's."""
    fits = all(0 < k <= size for k, size in zip(kernel, image, strict=True))
    checks.require(fits, name, f"a kernel no larger than {other}'s {image}", f"{kernel}")


def max_pool(x: np.ndarray, pool_param: dict) -> tuple[int, int, int]:
    """Return (pool_height, pool_width, stride); x is (N, C, H, W) and the window fits into it."""
    checks.floating("x", x, ndim=4)
    checks.mapping("pool_param", pool_param, "{'pool_height': 2, 'pool_width': 2, 'stride': 2}")
    keys = ("pool_height", "pool_width", "stride")
    height, width, stride = (checks.positive_int(f"pool_param[{key!r}]", pool_param.get(key)) for key in keys)
    fits = height <= x.shape[2] and width <= x.shape[3]
    checks.require(fits, "pool_param", f"a window no larger than x's {x.shape[2:]}", f"({height}, {width})")
    return height, width, stride
