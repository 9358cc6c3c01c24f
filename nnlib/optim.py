"""Update rules: (w, dw, config) -> (next_w, config).

Each takes the weights, their gradient and a dictionary of hyper-parameters and running averages, and returns new
weights and a new dictionary; the arguments are left as they were. A missing hyper-parameter takes its value from
`DEFAULTS`, a missing running average starts at zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnlib import checks

# The hyper-parameters of each rule, and the only ones that Solver's optim_config may name.
DEFAULTS: dict[str, dict[str, float]] = {
    "sgd": {"learning_rate": 1e-2},
    "sgd_momentum": {"learning_rate": 1e-2, "momentum": 0.9},
    "rmsprop": {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
    "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
}

# Which numbers they may be: a check of each, which takes its name and its value.
RANGES: dict[str, Callable[[str, object], float]] = {
    "learning_rate": checks.positive,
    "epsilon": checks.not_negative,
    **dict.fromkeys(("momentum", "decay_rate", "beta1", "beta2"), checks.fraction),
}

UpdateRule = Callable[[np.ndarray, np.ndarray, dict | None], tuple[np.ndarray, dict]]


def sgd(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step against the gradient.

        w = w - learning_rate dw

    Config: learning_rate.
    """
    config = configure("sgd", w, dw, config)
    return w - config["learning_rate"] * dw, config


def sgd_momentum(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step along a decaying sum of past gradients (Polyak, 1964).

        v = momentum v - learning_rate dw
        w = w + v

    Config: learning_rate, momentum, velocity (v, of w's shape).
    """
    config = configure("sgd_momentum", w, dw, config)
    velocity = config["momentum"] * average(config, "velocity", w) - config["learning_rate"] * dw
    return w + velocity, config | {"velocity": velocity}


def rmsprop(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Divide the step by the root of a running mean of squared gradients (Tieleman and Hinton, 2012).

        cache = decay_rate cache + (1 - decay_rate) dw^2
        w = w - learning_rate dw / (sqrt(cache) + epsilon)

    Config: learning_rate, decay_rate, epsilon, cache (of w's shape).
    """
    config = configure("rmsprop", w, dw, config)
    decay = config["decay_rate"]
    cache = decay * average(config, "cache", w) + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    return next_w, config | {"cache": cache}


def adam(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step by bias-corrected running means of the gradient and of its square (Kingma and Ba, ICLR 2015, algorithm 1).

        m = beta1 m + (1 - beta1) dw                 m_hat = m / (1 - beta1^t)
        v = beta2 v + (1 - beta2) dw^2               v_hat = v / (1 - beta2^t)
        w = w - learning_rate m_hat / (sqrt(v_hat) + epsilon)

    Config: learning_rate, beta1, beta2, epsilon, m and v (of w's shape), t (steps taken).
    """
    config = configure("adam", w, dw, config)
    beta1, beta2, t = config["beta1"], config["beta2"], config.get("t", 0) + 1
    m = beta1 * average(config, "m", w) + (1 - beta1) * dw
    v = beta2 * average(config, "v", w) + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    return next_w, config | {"m": m, "v": v, "t": t}


RULES: dict[str, UpdateRule] = {"sgd": sgd, "sgd_momentum": sgd_momentum, "rmsprop": rmsprop, "adam": adam}


def configure(rule: str, w: np.ndarray, dw: np.ndarray, config: dict | None) -> dict:
    """Return `config` with the rule's defaults filled in.

    Raises:
        TypeError: w or dw is no floating-point array, config no dict, or a hyper-parameter no number.
        ValueError: dw has not the shape of w, or a hyper-parameter is NaN or infinite.
    """
    checks.shape("dw", checks.floating("dw", dw), checks.floating("w", w).shape, "It has the shape of w.")
    if config is not None:
        checks.mapping("config", config, "{'learning_rate': 1e-2}")
    config = {**DEFAULTS[rule], **(config or {})}
    for key, value in config.items():
        if isinstance(value, np.generic):
            # A learning rate drawn by NumPy is a np.float64, which would widen float32 weights; a float does not.
            config[key] = value = value.item()
        if key in DEFAULTS[rule] and not (type(value) is float and math.isfinite(value)):
            checks.number(f"config[{key!r}]", value, "a finite number", lambda number: True)
    return config


def average(config: dict, name: str, w: np.ndarray) -> np.ndarray:
    """Return the running average `name` of `config`, zero at the first step."""
    running = config.get(name)
    if running is None:
        return np.zeros_like(w)
    if not isinstance(running, np.ndarray) or running.shape != w.shape or running.dtype.kind != "f":
        argument = f"config[{name!r}]"
        checks.shape(argument, checks.floating(argument, running), w.shape, "It has the shape of w.")
    return running
