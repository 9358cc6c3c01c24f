"""Q5, item 5.2b: how long each layer of a network takes in a training step."""

from __future__ import annotations

import time

import numpy as np

from nnlib import backend, checks
from nnlib.homework.arguments import checked
from nnlib.models import Classifier
from nnlib.specs import Context


@checked
def seconds_by_layer(model: Classifier, X: np.ndarray, repeats: int = 5) -> list[tuple[str, float]]:
    """Time each layer's forward and backward pass, with the layer functions and in the order that training uses.

    Args:
        model: its network's parameters are not changed; batch norm's running statistics are not either.
        X: one minibatch, (N, ...).
        repeats: the shortest of so many times counts.

    Returns:
        (name, seconds) by layer, the name that of the spec's class, in the order of the specs.
    """
    checks.positive_int("repeats", repeats)
    network = model.network
    layers = backend.functions(network.layers)
    context = Context("train", np.random.default_rng(0), layers)
    seconds = [0.0] * len(network.specs)
    x, first = X.astype(np.float32, copy=False), True
    with backend.blas_threads(network.layers):
        for index in backend.order(network.specs, network.layers):
            spec = network.specs[index]
            params = spec.init(x.shape[1:], None, np.random.default_rng(0), np.dtype(np.float32))
            state = spec.init_state(x.shape[1:], np.dtype(np.float32))
            times = []
            for _ in range(repeats):
                start = time.perf_counter()
                out, cache = spec.forward(x, params, state, context)
                spec.backward(out, cache, layers, need_dx=not first)
                times.append(time.perf_counter() - start)
            seconds[index] = min(times)
            x, first = out, first and not params
    return [(type(spec).__name__, value) for spec, value in zip(network.specs, seconds, strict=True)]
