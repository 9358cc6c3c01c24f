"""Look into a network: what in it is not linear, what it costs, and what an affine part of it computes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode


@torch.inference_mode()
def nonlinear_modules(net: nn.Module, images: Tensor) -> list[str]:
    """Return the names of the layers that are no affine map, in the order of their work on `images`.

    A layer f is affine if f(x + v) - f(x) = f(v) - f(0) for all x and v. Each layer is tried with the input x that it
    has in the network, and v = -2 x, on the other side of 0; in evaluation mode and in float64.

    Args:
        net: made of layers that are called once each; it is not changed.
        images: (N, 3, 32, 32).
    """
    found: list[str] = []
    twin = copy.deepcopy(net).double().eval()

    def try_layer(name: str) -> Callable[[nn.Module, tuple[Tensor], Tensor], None]:
        def callback(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
            (x,) = inputs
            v = -2 * x  # not -x, for which an odd function such as tanh would pass
            gap = layer.forward(x + v) - output - layer.forward(v) + layer.forward(torch.zeros_like(x))
            if gap.abs().max() > 1e-9 * output.abs().max():
                found.append(name)

        return callback

    for name, layer in twin.named_modules():
        if not list(layer.children()):
            layer.register_forward_hook(try_layer(name))
    twin(images.double())
    return found


@torch.inference_mode()
def affine_map(function: nn.Module, inputs: int) -> tuple[Tensor, Tensor]:
    """Return (A, c) with `function(x) = x @ A + c` at 0 and at the unit vectors; everywhere, if it is affine.

    Args:
        function: (N, inputs) -> (N, outputs).
        inputs: the number of features.

    Returns:
        A, (inputs, outputs), and c, (outputs,).
    """
    weight = next(function.parameters())
    unit = torch.eye(inputs, dtype=weight.dtype, device=weight.device)
    c = function(torch.zeros_like(unit[:1]))[0]
    return function(unit) - c, c


@dataclass(frozen=True)
class Cost:
    """What a network costs.

    Attributes:
        parameters: numbers that it holds, those that are not trained included.
        flops: floating-point operations of its convolutions and products for one image, forward; a multiplication and
            its addition are two. A training step takes about three times as many.
    """

    parameters: int
    flops: int


def cost(net: nn.Module) -> Cost:
    """Return the cost of a network for images (3, 32, 32)."""
    weight = next(net.parameters())
    image = torch.zeros(1, 3, 32, 32, device=weight.device)
    was_training = net.training
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        net.eval()(image)
    net.train(was_training)
    return Cost(sum(parameter.numel() for parameter in net.parameters()), counter.get_total_flops())
