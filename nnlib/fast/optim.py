"""The update rules with fewer temporary arrays: a fresh array costs more than a pass over it.

What it saves: `sgd` and `adam` in docs/bench.md. Momentum is as fast in `nnlib.optim`.
"""

from __future__ import annotations

import numpy as np

from nnlib import optim


def sgd(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step as `nnlib.optim.sgd` does."""
    config = optim.configure("sgd", w, dw, config)
    step = config["learning_rate"] * dw
    return np.subtract(w, step, out=step), config


def adam(w: np.ndarray, dw: np.ndarray, config: dict | None = None) -> tuple[np.ndarray, dict]:
    """Step as `nnlib.optim.adam` does, with one array for all intermediates."""
    config = optim.configure("adam", w, dw, config)
    beta1, beta2, t = config["beta1"], config["beta2"], config.get("t", 0) + 1
    m = beta1 * optim.average(config, "m", w)
    step = (1 - beta1) * dw
    m += step
    v = beta2 * optim.average(config, "v", w)
    np.multiply(dw, dw, out=step)
    step *= 1 - beta2
    v += step
    # m_hat / (sqrt(v_hat) + epsilon), with both bias corrections factored out as scalars
    np.sqrt(v, out=step)
    step *= 1 / (1 - beta2**t) ** 0.5
    step += config["epsilon"]
    np.divide(m, step, out=step)
    step *= config["learning_rate"] / (1 - beta1**t)
    return np.subtract(w, step, out=step), config | {"m": m, "v": v, "t": t}


RULES: dict[str, optim.UpdateRule] = optim.RULES | {"sgd": sgd, "adam": adam}
