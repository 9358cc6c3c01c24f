"""Sequential: layers one after another. Composition only; the arithmetic is in nnlib.layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from nnlib import checks
from nnlib.specs import Arrays, Context, Layer, MaxPool, ReLU, Shape


class _Step(NamedTuple):
    spec: Layer
    param_names: dict[str, str]  # the layer's name for an array -> the network's: {"W": "W2", "b": "b2"}
    state_names: dict[str, str]


class Sequential:
    """Layers one after another.

    It owns `params`, flat and numbered by kind (W1, b1, gamma1, ...; a fully connected layer's W and b share their
    number); `state`, numbered like them, which no optimiser touches; `rng`, the source of dropout's masks; and the
    caches of its last forward pass. `params` and `state` may be rebound or changed from outside at any time.

    Args:
        specs: the layers, first to last.
        input_shape: the shape of one example.
        weight_scale: standard deviation of the normal initial weights; None for He et al. (ICCV 2015),
            sqrt(2 / fan_in).
        rng: seed or Generator, for the weights and then for dropout's masks.
        dtype: of all parameters and state.

    Raises:
        ValueError: a layer that cannot take its predecessor's output, named with its place.
    """

    def __init__(
        self,
        specs: Iterable[Layer],
        input_shape: Shape,
        *,
        weight_scale: float | None = None,
        rng: int | np.random.Generator,
        dtype: np.dtype | type = np.float32,
    ):
        self.specs = tuple(specs)
        self.input_shape = tuple(input_shape)
        self.rng = checks.generator(rng)
        self.params: Arrays = {}
        self.state: Arrays = {}
        self._caches: list[object] | None = None
        steps: list[_Step] = []
        counts: Counter[str] = Counter()
        shape = self.input_shape
        for place, spec in enumerate(self.specs):
            try:
                output_shape = spec.output_shape(shape)
            except ValueError as error:
                raise ValueError(f"Layer {place}, {spec}, cannot follow an output of shape {shape}: {error}") from error
            params = spec.init(shape, weight_scale, self.rng, np.dtype(dtype))
            state = spec.init_state(shape, np.dtype(dtype))
            kind = next(iter(params), "")
            counts[kind] += 1
            param_names, state_names = ({key: f"{key}{counts[kind]}" for key in arrays} for arrays in (params, state))
            self.params |= {param_names[key]: array for key, array in params.items()}
            self.state |= {state_names[key]: array for key, array in state.items()}
            steps.append(_Step(spec, param_names, state_names))
            shape = output_shape
        self.output_shape = shape
        self._steps = _pool_before_relu(steps)

    def forward(self, x: np.ndarray, mode: str) -> np.ndarray:
        """Return the last layer's output, (N, *output_shape); `mode` is 'train' or 'test'."""
        checks.choice("mode", mode, ("train", "test"))
        checks.shape("X", x, (len(x), *self.input_shape), f"The network takes examples of shape {self.input_shape}.")
        context = Context(mode, self.rng)
        caches = []
        for step in self._steps:
            params = {key: self.params[name] for key, name in step.param_names.items()}
            state = {key: self.state[name] for key, name in step.state_names.items()}
            x, cache = step.spec.forward(x, params, state, context)
            if mode == "train":
                caches.append(cache)
                self.state |= {name: state[key] for key, name in step.state_names.items()}
        self._caches = caches if mode == "train" else None
        return x

    def backward(self, dout: np.ndarray) -> Arrays:
        """Return the gradient of every parameter, by name, for the last forward pass; the pass is then used up."""
        if self._caches is None:
            raise RuntimeError("backward: expected a forward pass in train mode just before; call forward(x, 'train').")
        caches, self._caches = self._caches, None
        grads: Arrays = {}
        first_trained = next((i for i, step in enumerate(self._steps) if step.param_names), len(self._steps))
        for i in range(len(self._steps) - 1, first_trained - 1, -1):
            step = self._steps[i]
            dout, step_grads = step.spec.backward(dout, caches.pop(), need_dx=i > first_trained)
            grads |= {step.param_names[key]: grad for key, grad in step_grads.items()}
        return grads


def _pool_before_relu(steps: list[_Step]) -> list[_Step]:
    """Swap each ReLU with a max pool right behind it.

    max(max(a, b), 0) = max(max(a, 0), max(b, 0)), and where it is positive the same element wins, where it is 0 no
    gradient passes: outputs and gradients are the same to the bit, and ReLU has a quarter of the elements to look at.
    """
    steps = list(steps)
    for i in range(1, len(steps)):
        if isinstance(steps[i].spec, MaxPool) and isinstance(steps[i - 1].spec, ReLU):
            steps[i - 1], steps[i] = steps[i], steps[i - 1]
    return steps
