"""Analysis of a network: its non-linear operations, the spread of its outputs, its receptive fields and its cost."""

import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map_only
from torch.utils.flop_counter import FlopCounterMode


class Operation(NamedTuple):
    """One operation of a network on what depends on its images."""

    name: str  # the class of the PyTorch layer that it is, such as "ReLU", or the function, such as "relu"
    affine: bool
    shape: tuple[int, ...]  # of its output, (N, ...)


def operations(net: nn.Module, images: Tensor) -> list[Operation]:
    """Return what `net` does on images (N, 3, 32, 32), in order, in layers and functions alike; `net` is not changed.

    An operation f is affine if f(x + v) - f(x) = f(v) - f(0) for all x and v. Each is tried with the input x that it
    has in the network, and v = -2 x, on the other side of 0; in evaluation mode and in float64.
    """
    twin, recorder = copy.deepcopy(net).double().eval().requires_grad_(False), _Recorder()
    for layer in twin.modules():
        if type(layer).__module__.startswith("torch.nn") and not list(layer.children()):
            layer.register_forward_pre_hook(lambda layer, _: recorder.at_work.append(type(layer).__name__))
            layer.register_forward_hook(lambda *_: recorder.at_work.clear())
    with torch.enable_grad():
        data = images.double().requires_grad_().clone()  # `requires_grad` tells what depends on the images
        with recorder:
            twin(data)
    return recorder.found


class _Recorder(TorchFunctionMode):
    """Sees every call of a PyTorch function, and tries those with data among their arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Operation] = []
        self.at_work: list[str] = []  # the PyTorch layer that calls the function, if one does

    def __torch_function__(self, func, types, args=(), kwargs=None):
        inputs = args, kwargs or {}

        def at(factor: float) -> list[Tensor]:
            """Return the outputs for the data times `factor`; all copied, because the function may work in place."""
            args, kwargs = tree_map_only(Tensor, lambda x: factor * x if x.requires_grad else x.clone(), inputs)
            return [leaf.double() for leaf in tree_leaves(func(*args, **kwargs)) if isinstance(leaf, Tensor)]

        if any(isinstance(leaf, Tensor) and leaf.requires_grad for leaf in tree_leaves(inputs)):
            with torch.no_grad():
                outputs = [at(factor) for factor in (-1, 1, -2, 0)]  # not v = -x, for which odd functions would pass
            if outputs[0]:
                gaps = [(both - x - v + zero, x) for both, x, v, zero in zip(*outputs, strict=True)]
                affine = all(bool(gap.norm() <= 1e-9 * x.norm()) for gap, x in gaps)  # not where one is NaN
                name = self.at_work[0] if self.at_work else func.__name__.strip("_")
                self.found.append(Operation(name, affine, tuple(outputs[0][0].shape)))
        return func(*args, **(kwargs or {}))


@torch.no_grad()
def spreads(net: nn.Module, images: Tensor) -> list[float]:
    """Return the spread over images (N, 3, 32, 32) of the output of each convolution and each fully connected layer.

    That is the standard deviation, root mean square over all units, in the order of the layers; `net` is not changed.
    """
    twin, found = copy.deepcopy(net).eval(), []
    for layer in twin.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(lambda layer, _, out: found.append(out.var(0).mean().sqrt().item()))
    twin(images)
    return found


def receptive_fields(stages: tuple[tuple[int, ...], ...]) -> list[int]:
    """Return how many pixels a side each 3 x 3 convolution in the stages, and the 2 x 2 pool after a stage, sees."""
    image = torch.zeros(1, 1, 512, 512, requires_grad=True)  # so large that no border is in sight
    found, x, kernel = [], image, torch.ones(1, 1, 3, 3)
    for layer in (layer for stage in stages for layer in (*stage, "pool")):
        x = nn.functional.avg_pool2d(x, 2) if layer == "pool" else nn.functional.conv2d(x, kernel, padding=1)
        (gradient,) = torch.autograd.grad(x[0, 0, x.shape[2] // 2, x.shape[3] // 2], image, retain_graph=True)
        found.append(int((gradient[0, 0] != 0).any(0).sum()))
    return found


class Cost(NamedTuple):
    """What a network costs."""

    parameters: int  # those that are not trained included
    flops: int  # forward, of convolutions and matrix products for one image; a multiply-add counts as two


def cost(net: nn.Module) -> Cost:
    """Return the cost of a network for images (3, 32, 32). A training step takes about three times the operations."""
    parameters, twin = list(net.parameters()), copy.deepcopy(net).eval()
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        twin(torch.zeros(1, 3, 32, 32, device=parameters[0].device))
    return Cost(sum(map(torch.numel, parameters)), counter.get_total_flops())
