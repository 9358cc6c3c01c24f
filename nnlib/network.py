"""Sequential: layers one after another. Composition only; the arithmetic is in nnlib.layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from nnlib import backend, checks, tables
from nnlib.layers import arguments
from nnlib.specs import Arrays, Context, Layer, Shape


class _Step(NamedTuple):
    spec: Layer
    param_names: dict[str, str]  # the layer's name for an array -> the network's: {"W": "W2", "b": "b2"}
    state_names: dict[str, str]
    output_shape: Shape


class Sequential:
    """Layers one after another.

    It owns `params`, flat and numbered by kind (W1, b1, gamma1, ...; a fully connected layer's W and b share their
    number); `state`, numbered like them, which no optimiser touches; `rng`, the source of dropout's masks; and the
    caches of its last forward pass. `params` and `state` may be rebound or changed from outside at any time.
    `print(network)` shows the layers, their output shapes and their numbers of parameters.

    Args:
        specs: the layers, first to last.
        input_shape: the shape of one example.
        weight_scale: standard deviation of the normal initial weights; None for He et al. (ICCV 2015),
            sqrt(2 / fan_in).
        rng: seed or Generator, for the weights and then for dropout's masks.
        dtype: of all parameters and state.
        layers: which functions compute, "plain", "fast", "torch", or another name that `nnlib.backend` knows; None for
            `backend.current()`.

    Raises:
        TypeError: something other than a layer among the specs, such as a class without its parentheses; no list of
            specs, no tuple as shape, or a scale that is no number.
        ValueError: a layer that cannot take its predecessor's output, named with its index; a negative scale, or a
            dtype that is not a floating one.
    """

    def __init__(
        self,
        specs: Iterable[Layer],
        input_shape: Shape,
        *,
        weight_scale: float | None = None,
        rng: int | np.random.Generator,
        dtype: np.dtype | type = np.float32,
        layers: str | None = None,
    ):
        if isinstance(specs, Layer) or not isinstance(specs, Iterable):
            raise TypeError(f"specs: expected a list of layers, got {specs!r}. For a single one write [{specs!r}].")
        self.specs = tuple(specs)
        self.input_shape = shape_of_example("input_shape", input_shape, "(20,) or (1, 28, 28)")
        if weight_scale is not None:
            checks.not_negative("weight_scale", weight_scale, "None stands for He initialisation.")
        dtype = checks.floating_dtype("dtype", dtype, ("float16", "float32", "float64"))
        self.rng = checks.generator(rng)
        self.layers = backend.current() if layers is None else backend.check("layers", layers)
        self.params: Arrays = {}
        self.state: Arrays = {}
        self._caches: list[object] | None = None
        self._out_shape: Shape = ()  # of the last forward pass
        counts: Counter[str] = Counter()
        steps: list[_Step] = []
        shape = self.input_shape
        for index, spec in enumerate(self.specs):
            steps.append(self._add(index, spec, shape, counts, weight_scale, dtype))
            shape = steps[-1].output_shape
        self.output_shape = shape
        self._steps = steps
        self._in_order = [steps[index] for index in backend.order(self.specs, self.layers)]  # of computation
        trained = (index for index, step in enumerate(self._in_order) if step.param_names)
        self._first_trained = next(trained, len(steps))

    def _add(
        self, index: int, spec: Layer, shape: Shape, counts: Counter[str], scale: float | None, dtype: np.dtype
    ) -> _Step:
        """Check that a layer takes `shape`, make its arrays under the next free number, and return its step."""
        if not isinstance(spec, Layer):
            written = f"{spec.__name__}(...)" if isinstance(spec, type) else "one of nnlib.specs, such as ReLU()"
            raise TypeError(f"Layer {index}: expected a layer, got {spec!r}. Write {written}.")
        try:
            output_shape = spec.output_shape(shape)
        except ValueError as error:
            raise ValueError(f"Layer {index}, {spec}, cannot follow an output of shape {shape}: {error}") from error
        params, state = spec.init(shape, scale, self.rng, dtype), spec.init_state(shape, dtype)
        kind = next(iter(params), "")
        counts[kind] += 1
        param_names, state_names = ({key: f"{key}{counts[kind]}" for key in arrays} for arrays in (params, state))
        self.params |= {param_names[key]: array for key, array in params.items()}
        self.state |= {state_names[key]: array for key, array in state.items()}
        return _Step(spec, param_names, state_names, output_shape)

    def forward(self, x: np.ndarray, mode: str) -> np.ndarray:
        """Return the last layer's output, (N, *output_shape), of x, (N, *input_shape); `mode` is 'train' or 'test'."""
        checks.choice("mode", mode, ("train", "test"))
        if checks.floating("X", x).ndim == 0 or x.shape[1:] != self.input_shape:
            todo = f"The network takes examples of shape {self.input_shape}."
            checks.shape("X", x, (*x.shape[:1], *self.input_shape), todo)
        context = Context(mode, self.rng, backend.functions(self.layers))
        caches = []
        for step in self._in_order:
            params = {key: self.params[name] for key, name in step.param_names.items()}
            state = {key: self.state[name] for key, name in step.state_names.items()}
            x, cache = step.spec.forward(x, params, state, context)
            if mode == "train":
                caches.append(cache)
                self.state |= {name: state[key] for key, name in step.state_names.items()}
        self._caches, self._out_shape = caches if mode == "train" else None, x.shape
        return x

    def backward(self, dout: np.ndarray) -> Arrays:
        """Return the gradient of every parameter, by name, for the last forward pass; the pass is then used up."""
        if self._caches is None:
            raise RuntimeError("backward: expected a forward pass in train mode just before; call forward(x, 'train').")
        arguments.gradient(dout, self._out_shape)
        caches, self._caches = self._caches, None
        grads: Arrays = {}
        functions = backend.functions(self.layers)
        for i in range(len(caches) - 1, self._first_trained - 1, -1):
            step = self._in_order[i]
            dout, step_grads = step.spec.backward(dout, caches.pop(), functions, need_dx=i > self._first_trained)
            grads |= {step.param_names[key]: grad for key, grad in step_grads.items()}
        return grads

    def __repr__(self):
        rows = [("layer", "output shape", "parameters", "")]
        for step in self._steps:
            arrays = {name: self.params[name] for name in step.param_names.values()}
            count = sum(array.size for array in arrays.values())
            shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
            rows.append((str(step.spec), str(step.output_shape), f"{count:,}" if count else "", shapes))
        total = sum(array.size for array in self.params.values())
        return "\n".join([f"input shape {self.input_shape}, {total:,} parameters", *tables.align(rows)])


def shape_of_example(name: str, shape: object, example: str) -> Shape:
    """Return the shape of an example as a tuple; `name` is the argument's, and `example` a shape that would do.

    Raises:
        TypeError: no tuple or list.
        ValueError: a number in it that is no size.
    """
    if not isinstance(shape, (tuple, list)):
        raise TypeError(f"{name}: expected a tuple of whole numbers such as {example}, got {shape!r}.")
    return tuple(checks.positive_int(f"{name}[{index}]", size) for index, size in enumerate(shape))


def real_examples(X: object) -> np.ndarray:
    """Return examples as an array of real numbers, of whatever dtype; a TypeError or ValueError if they are none."""
    array = checks.as_array("X", X)
    if array.dtype.kind not in "biuf":
        got = f"dtype {array.dtype}" if isinstance(X, np.ndarray) else repr(X)[:60]
        raise TypeError(f"X: expected an array of real numbers, got {got}. Pass the pixels or features as floats.")
    checks.require(array.ndim > 0, "X", "one example per row", "a single number")
    return array
