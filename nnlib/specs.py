"""Layer specs: frozen dataclasses of hyper-parameters that call the layer functions that a network takes.

A spec holds no arrays: `init` makes a layer's parameters, `init_state` its state. Shapes are those of one example.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from functools import cache
from types import ModuleType, SimpleNamespace

import numpy as np

from nnlib import checks
from nnlib.layers import arguments

Arrays = dict[str, np.ndarray]
Shape = tuple[int, ...]
Functions = ModuleType | SimpleNamespace  # of the layers that a network calls, by name


@dataclass(frozen=True)
class Context:
    """The mode, 'train' or 'test'; the source of dropout's masks; the functions, see `nnlib.backend.functions`."""

    mode: str
    rng: np.random.Generator
    layers: Functions


class Layer:
    """The base of all specs: a layer without parameters that keeps its input's shape."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one output; raise a ValueError where the layer cannot take `input_shape`."""
        return input_shape

    def init(self, input_shape: Shape, scale: float | None, rng: np.random.Generator, dtype: np.dtype) -> Arrays:
        """Return fresh parameters by their names within the layer, such as {"W": ..., "b": ...}."""
        return {}

    def init_state(self, input_shape: Shape, dtype: np.dtype) -> Arrays:
        """Return what is updated but not trained."""
        return {}

    def forward(self, x: np.ndarray, params: Arrays, state: Arrays, context: Context) -> tuple[np.ndarray, object]:
        """Return (out, cache); a layer with state rebinds its entries in `state` in train mode."""
        raise NotImplementedError

    def backward(
        self, dout: np.ndarray, cache: object, layers: Functions, need_dx: bool
    ) -> tuple[np.ndarray | None, Arrays]:
        """Return (dx, gradients) by the functions of `layers`; dx may be None where `need_dx` is false.

        `need_dx` is false only for the first layer with parameters; plain functions compute dx even there.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class FullyConnected(Layer):
    """`units` affine functions of a vector."""

    units: int

    def __post_init__(self):
        checks.positive_int("units", self.units)

    def output_shape(self, input_shape: Shape) -> Shape:
        """(Din,) -> (units,)."""
        todo = "Put Flatten() before."
        checks.require(len(input_shape) == 1, "input", "a vector (Din,)", f"shape {input_shape}", todo)
        return (self.units,)

    def init(self, input_shape, scale, rng, dtype):
        """W (Din, units) normal, b (units,) zero."""
        weights = _normal((*input_shape, self.units), input_shape[0], scale, rng, dtype)
        return {"W": weights, "b": np.zeros(self.units, dtype)}

    def forward(self, x, params, state, context):
        return context.layers.fc_forward(x, params["W"], params["b"])

    def backward(self, dout, cache, layers, need_dx):
        dx, dw, db = layers.fc_backward(dout, cache, **_skip(layers.fc_backward, need_dx))
        return dx, {"W": dw, "b": db}


@dataclass(frozen=True)
class Conv(Layer):
    """`filters` kernels of `size` x `size` pixels; stride 1, no padding, no bias."""

    filters: int
    size: int

    def __post_init__(self):
        checks.positive_int("filters", self.filters)
        checks.positive_int("size", self.size)

    def output_shape(self, input_shape: Shape) -> Shape:
        """(C, H, W) -> (filters, H - size + 1, W - size + 1)."""
        _check_window(self.size, input_shape)
        return (self.filters, *(side - self.size + 1 for side in input_shape[1:]))

    def init(self, input_shape, scale, rng, dtype):
        """W (filters, C, size, size) normal."""
        shape = (self.filters, input_shape[0], self.size, self.size)
        return {"W": _normal(shape, math.prod(shape[1:]), scale, rng, dtype)}

    def forward(self, x, params, state, context):
        return context.layers.conv_forward(x, params["W"])

    def backward(self, dout, cache, layers, need_dx):
        dx, dw = layers.conv_backward(dout, cache, **_skip(layers.conv_backward, need_dx))
        return dx, {"W": dw}


@dataclass(frozen=True)
class ReLU(Layer):
    """max(x, 0), any shape."""

    def forward(self, x, params, state, context):
        return context.layers.relu_forward(x)

    def backward(self, dout, cache, layers, need_dx):
        return layers.relu_backward(dout, cache), {}


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Batch normalisation of a vector's features, or of an image's channels."""

    momentum: float = 0.9
    eps: float = 1e-5

    def __post_init__(self):
        checks.fraction("momentum", self.momentum)
        checks.positive("eps", self.eps)

    def output_shape(self, input_shape: Shape) -> Shape:
        """(D,) or (C, H, W), unchanged."""
        checks.require(len(input_shape) in (1, 3), "input", "(D,) or (C, H, W)", f"shape {input_shape}")
        return input_shape

    def init(self, input_shape, scale, rng, dtype):
        """Gamma one, beta zero: the layer starts as plain normalisation."""
        return {"gamma": np.ones(input_shape[0], dtype), "beta": np.zeros(input_shape[0], dtype)}

    def init_state(self, input_shape, dtype):
        """Return running statistics that leave a test input alone until the first train step."""
        return {"running_mean": np.zeros(input_shape[0], dtype), "running_var": np.ones(input_shape[0], dtype)}

    def forward(self, x, params, state, context):
        forward = context.layers.batchnorm_forward if x.ndim == 2 else context.layers.spatial_batchnorm_forward
        bn_param = {"mode": context.mode, "momentum": self.momentum, "eps": self.eps, **state}
        out, cache = forward(x, params["gamma"], params["beta"], bn_param)
        state.update({key: bn_param[key] for key in state})  # train mode has rebound them
        return out, cache

    def backward(self, dout, cache, layers, need_dx):
        backward = layers.batchnorm_backward if dout.ndim == 2 else layers.spatial_batchnorm_backward
        dx, dgamma, dbeta = backward(dout, cache)
        return dx, {"gamma": dgamma, "beta": dbeta}


@dataclass(frozen=True)
class Dropout(Layer):
    """Vanilla dropout: an element is KEPT with probability `keep`."""

    keep: float

    def __post_init__(self):
        arguments.keep_probability("keep", self.keep)

    def forward(self, x, params, state, context):
        return context.layers.dropout_forward(x, {"p": self.keep, "mode": context.mode, "rng": context.rng})

    def backward(self, dout, cache, layers, need_dx):
        return layers.dropout_backward(dout, cache), {}


@dataclass(frozen=True)
class MaxPool(Layer):
    """The maximum of each `size` x `size` window; windows are `stride` apart (None: `size`)."""

    size: int
    stride: int | None = None

    def __post_init__(self):
        checks.positive_int("size", self.size)
        checks.positive_int("stride", self._pool_param["stride"])

    @property
    def _pool_param(self) -> dict:
        stride = self.size if self.stride is None else self.stride
        return {"pool_height": self.size, "pool_width": self.size, "stride": stride}

    def output_shape(self, input_shape: Shape) -> Shape:
        """(C, H, W) -> (C, P, Q), whole windows only."""
        _check_window(self.size, input_shape)
        return (input_shape[0], *((side - self.size) // self._pool_param["stride"] + 1 for side in input_shape[1:]))

    def forward(self, x, params, state, context):
        return context.layers.max_pool_forward(x, self._pool_param)

    def backward(self, dout, cache, layers, need_dx):
        return layers.max_pool_backward(dout, cache), {}


class _Reshape(Layer):
    def forward(self, x, params, state, context):
        return x.reshape(len(x), *self.output_shape(x.shape[1:])), x.shape

    def backward(self, dout, cache, layers, need_dx):
        return dout.reshape(cache), {}


@dataclass(frozen=True)
class Flatten(_Reshape):
    """An example of any shape as a vector, in row-major order."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """(A, B, ...) -> (A * B * ...,)."""
        return (math.prod(input_shape),)


@dataclass(frozen=True)
class Squeeze(_Reshape):
    """A vector of one score as that score: what the binary losses take."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """(1,) -> ()."""
        checks.require(input_shape == (1,), "input", "one score, shape (1,)", f"shape {input_shape}")
        return ()


@cache
def _skip(backward: object, need_dx: bool) -> dict[str, bool]:
    return {} if need_dx or "need_dx" not in inspect.signature(backward).parameters else {"need_dx": False}


def _normal(shape: Shape, fan_in: int, scale: float | None, rng: np.random.Generator, dtype: np.dtype) -> np.ndarray:
    return ((np.sqrt(2 / fan_in) if scale is None else scale) * rng.standard_normal(shape)).astype(dtype)


def _check_window(size: int, input_shape: Shape) -> None:
    checks.require(len(input_shape) == 3, "input", "an image (C, H, W)", f"shape {input_shape}")
    smaller = min(input_shape[1:])
    checks.require(size <= smaller, "size", f"at most {smaller}, the input's smaller side", size)
