"""The layer functions and losses computed by PyTorch, in place of those that are not written yet or are too slow.

Names, arguments, results and errors are those of nnlib.layers and nnlib.losses (the 2-D convolutions, which no network
calls, are left out). Forward passes are PyTorch's functions, every gradient is its autograd's. PyTorch is imported when
it is first needed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from nnlib import blas, checks
from nnlib.layers import arguments


@cache
def pytorch():
    """Return the module torch.

    Raises:
        ModuleNotFoundError: it is not installed; says how to install it.
    """
    try:
        import torch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("layers: expected PyTorch, which is not installed. Run make setup-q6.") from error
    return torch


@contextlib.contextmanager
def thread_limit() -> Iterator[None]:
    """Have PyTorch work on as many threads as `nnlib.blas.threads()` says: one in each of several workers."""
    torch, number = pytorch(), blas.threads()
    before = torch.get_num_threads()
    if before == number:
        yield
        return
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fc_forward(x, w, b):
    """Compute as `nnlib.layers.fc_forward` does."""
    arguments.fully_connected(x, w, b)
    return _forward(lambda x, w, b: pytorch().addmm(b, x, w), x, w, b)


def relu_forward(x):
    """Compute as `nnlib.layers.relu_forward` does."""
    checks.floating("x", x)
    return _forward(pytorch().relu, x)


def dropout_forward(x, dropout_param):
    """Compute as `nnlib.layers.dropout_forward` does, with the same masks: PyTorch's own dropout scales by 1/p."""
    p, training = arguments.dropout(x, dropout_param)
    factor = pytorch().from_numpy(arguments.uniform(x.shape, dropout_param) < p) if training else p
    return _forward(lambda x: x * factor, x)


def batchnorm_forward(x, gamma, beta, bn_param):
    """Compute as `nnlib.layers.batchnorm_forward` does."""
    return _normalise(x, gamma, beta, bn_param, ndim=2)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Compute as `nnlib.layers.spatial_batchnorm_forward` does."""
    return _normalise(x, gamma, beta, bn_param, ndim=4)


def conv_forward(x, w):
    """Compute as `nnlib.layers.conv_forward` does."""
    arguments.convolution(x, w)
    return _forward(pytorch().conv2d, x, w)


def max_pool_forward(x, pool_param):
    """Compute as `nnlib.layers.max_pool_forward` does; PyTorch keeps to the first of equals too."""
    *window, stride = arguments.max_pool(x, pool_param)
    return _forward(lambda x: pytorch().max_pool2d(x, window, stride), x)


def backward(dout: np.ndarray, cache: tuple, need_dx: bool = True) -> np.ndarray | tuple[np.ndarray, ...]:
    """Compute the gradients of what went into a forward pass, as every backward pass of nnlib.layers does.

    Args:
        dout: the gradient of the output, of its shape.
        cache: from any forward pass of this module.
        need_dx: whether the first gradient is computed; otherwise it is None.

    Returns:
        The gradient of the forward pass's array; where it takes several, a tuple in the order of its arguments.

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    inputs, out, dtype = cache
    arguments.gradient(dout, tuple(out.shape))
    wanted = inputs if need_dx else inputs[1:]
    tensors = pytorch().autograd.grad(out, wanted, _tensor(dout, dtype), retain_graph=True)
    gradients = [None] * (not need_dx) + [tensor.numpy() for tensor in tensors]
    return tuple(gradients) if len(gradients) > 1 else gradients[0]


fc_backward = relu_backward = dropout_backward = conv_backward = max_pool_backward = backward
batchnorm_backward = spatial_batchnorm_backward = backward


def logistic_loss(x, y):
    """Compute as `nnlib.losses.logistic_loss` does."""
    labels = pytorch().from_numpy(checks.binary_batch(x, y)).clamp(min=0)  # 0 and 1
    return _loss(lambda x: pytorch().nn.functional.binary_cross_entropy_with_logits(x, labels), x)


def svm_loss(x, y):
    """Compute as `nnlib.losses.svm_loss` does: relu has the gradient 0 at the kink, PyTorch's hinge losses have 1."""
    signs = pytorch().from_numpy(checks.binary_batch(x, y))
    return _loss(lambda x: pytorch().relu(1 - signs * x).mean(), x)


def softmax_loss(x, y):
    """Compute as `nnlib.losses.softmax_loss` does."""
    labels = pytorch().from_numpy(checks.class_batch(x, y).astype(np.int64))
    return _loss(lambda x: pytorch().nn.functional.cross_entropy(x, labels), x)


def _normalise(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict, ndim: int) -> tuple:
    """Normalise over the batch and keep its statistics, or in test mode by the running ones."""
    torch = pytorch()
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param, ndim)
    dtype = np.result_type(x, gamma, beta)
    keys = arguments.RUNNING
    if training:
        statistics = [_tensor(np.zeros(len(gamma)), dtype) for _ in keys]
    else:
        statistics = [_tensor(bn_param[key], dtype) for key in keys]

    def normalise(x, gamma, beta):  # not by nn.functional, which refuses a batch of one
        return torch.batch_norm(x, gamma, beta, *statistics, training, 1.0, eps, False)

    out, cache = _forward(normalise, x, gamma, beta)
    if training:
        count = x.size // x.shape[1]
        mean, var = (statistic.numpy() for statistic in statistics)
        var = var * ((count - 1) / count) if count > 1 else np.zeros_like(var)  # PyTorch's is the unbiased one
        for key, batch in zip(keys, (mean, var), strict=True):
            old = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = old + (1 - momentum) * (batch - old)
    return out, cache


def _forward(function: Callable, *arrays: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Return a function's output for `arrays`, and as cache the tensors that autograd goes back between."""
    dtype = np.result_type(*arrays)
    inputs = [_tensor(array, dtype).requires_grad_() for array in arrays]
    out = function(*inputs)
    return out.detach().numpy(), (inputs, out, dtype)


def _loss(function: Callable, x: np.ndarray) -> tuple[float, np.ndarray]:
    """Return a loss of the scores x and its gradient."""
    loss, cache = _forward(function, x)
    return float(loss), backward(np.ones_like(loss), cache)


def _tensor(array: np.ndarray, dtype: np.dtype):
    """Return a tensor that shares the array's memory where it can; nothing here writes to it.

    Images are laid out with their channels innermost: a train step of Q5's networks takes 0.6 of the time.
    """
    array = np.require(array, dtype, ["W"])
    tensor = pytorch().from_numpy(array.copy() if min(array.strides, default=0) < 0 else array)
    torch = pytorch()
    return tensor.contiguous(memory_format=torch.channels_last if tensor.ndim == 4 else torch.contiguous_format)
