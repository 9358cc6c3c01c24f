"""Update rules: (w, dw, config) -> (next_w, config).

Each takes the weights, their gradient and a dictionary of hyper-parameters and running averages, and returns new
weights and a new dictionary; the arguments are left as they were. A missing hyper-parameter takes its value from
`DEFAULTS`, a missing running average starts at zero.
"""

from __future__ import annotations

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

UpdateRule = Callable[[np.ndarray, np.ndarray, dict | None], tuple[np.ndarray, dict]]


def sgd(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step against the gradient: w - learning_rate * dw.

    Config: learning_rate.
    """
    config = _configure("sgd", w, dw, config)
    step = config["learning_rate"] * dw
    return np.subtract(w, step, out=step), config


def sgd_momentum(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step along a decaying sum of past gradients (Polyak, 1964): v = momentum * v - learning_rate * dw; w + v.

    Config: learning_rate, momentum, velocity (of w's shape).
    """
    config = _configure("sgd_momentum", w, dw, config)
    velocity = config["momentum"] * _average(config, "velocity", w)
    step = config["learning_rate"] * dw
    velocity -= step
    return np.add(w, velocity, out=step), config | {"velocity": velocity}


def rmsprop(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Divide the step by the root of a running mean of squared gradients (Tieleman and Hinton, 2012).

    Config: learning_rate, decay_rate, epsilon, cache (of w's shape).
    """
    config = _configure("rmsprop", w, dw, config)
    decay = config["decay_rate"]
    cache = decay * _average(config, "cache", w)
    cache += (1 - decay) * dw * dw
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    return next_w, config | {"cache": cache}


def adam(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step by bias-corrected running means of the gradient and of its square (Kingma and Ba, ICLR 2015, algorithm 1).

    Config: learning_rate, beta1, beta2, epsilon, m and v (of w's shape), t (steps taken).
    """
    config = _configure("adam", w, dw, config)
    beta1, beta2, t = config["beta1"], config["beta2"], config.get("t", 0) + 1
    m = beta1 * _average(config, "m", w)
    step = (1 - beta1) * dw  # the one array for all that comes between: a fresh one costs more than a pass over it
    m += step
    v = beta2 * _average(config, "v", w)
    np.multiply(dw, dw, out=step)
    step *= 1 - beta2
    v += step
    # m_hat / (sqrt(v_hat) + epsilon), the two corrections of the mean and of the root taken out as scalars
    np.sqrt(v, out=step)
    step *= 1 / (1 - beta2**t) ** 0.5
    step += config["epsilon"]
    np.divide(m, step, out=step)
    step *= config["learning_rate"] / (1 - beta1**t)
    return np.subtract(w, step, out=step), config | {"m": m, "v": v, "t": t}


RULES: dict[str, UpdateRule] = {"sgd": sgd, "sgd_momentum": sgd_momentum, "rmsprop": rmsprop, "adam": adam}


def _configure(rule: str, w: np.ndarray, dw: np.ndarray, config: dict | None) -> dict:
    checks.shape("dw", checks.floating("dw", dw), checks.floating("w", w).shape, "It has the shape of w.")
    config = DEFAULTS[rule] | (config or {})
    # A learning rate drawn by NumPy is a np.float64, which would widen float32 weights; a Python float does not.
    return {key: value.item() if isinstance(value, np.generic) else value for key, value in config.items()}


def _average(config: dict, name: str, w: np.ndarray) -> np.ndarray:
    average = config.get(name)
    if average is None:
        return np.zeros_like(w)
    checks.shape(f"config[{name!r}]", average, w.shape, "It has the shape of w.")
    return average
