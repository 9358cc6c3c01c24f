"""The four networks that are measured, once for each library: the same layers, shapes, loss and update rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib import ConvNet, SoftmaxClassifier, optim

LEARNING_RATE = 1e-3
Step = Callable[[], object]


@dataclass(frozen=True)
class Architecture:
    """A network on digits: a linear classifier, one with a hidden layer, or a convolutional one."""

    name: str
    hidden_dim: int | None = None
    num_filters: int | None = None
    filter_size: int = 7
    batchnorm: bool = False
    dropout: float | None = None

    @property
    def flops(self) -> int:
        """Multiplications and additions in the matrix products of one example's train step.

        Each product of the forward pass comes back twice in the backward pass (dw and dx), but for dx of the input.
        """
        features, total = 784, 0
        if self.num_filters is not None:
            side = 28 - self.filter_size + 1
            total += 2 * 2 * self.num_filters * self.filter_size**2 * side**2
            features = self.num_filters * (side // 2) ** 2
        widths = [features, *([] if self.hidden_dim is None else [self.hidden_dim]), 10]
        for i in range(len(widths) - 1):
            products = 2 if i == 0 and self.num_filters is None else 3
            total += products * 2 * widths[i] * widths[i + 1]
        return total


ARCHITECTURES = (
    Architecture("softmax, linear"),
    Architecture("softmax, 784-1000-10", hidden_dim=1000),
    Architecture("CNN, 7x7 / 32 / 100", hidden_dim=100, num_filters=32),
    Architecture("CNN with batch norm and dropout", hidden_dim=100, num_filters=32, batchnorm=True, dropout=0.8),
)


def digits(architecture: Architecture, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random pixels and labels: what a step costs does not depend on what it sees."""
    rng = np.random.default_rng(0)
    shape = (784,) if architecture.num_filters is None else (1, 28, 28)
    return rng.random((batch_size, *shape), dtype=np.float32), rng.integers(0, 10, batch_size)


def numpy_model(architecture: Architecture) -> SoftmaxClassifier | ConvNet:
    """Return the network in nnlib."""
    if architecture.num_filters is None:
        return SoftmaxClassifier(hidden_dim=architecture.hidden_dim, weight_scale=None)
    return ConvNet(
        num_filters=architecture.num_filters,
        filter_size=architecture.filter_size,
        hidden_dim=architecture.hidden_dim,
        weight_scale=None,
        batchnorm=architecture.batchnorm,
        dropout=architecture.dropout,
    )


def numpy_steps(architecture: Architecture, batch_size: int) -> tuple[Step, Step]:
    """Return (train step, forward pass) in nnlib."""
    X, y = digits(architecture, batch_size)
    model = numpy_model(architecture)
    configs = {name: {"learning_rate": LEARNING_RATE} for name in model.params}

    def train() -> None:
        _, grads = model.loss(X, y)
        for name, grad in grads.items():
            model.params[name], configs[name] = optim.sgd(model.params[name], grad, configs[name])

    return train, lambda: model.loss(X)


def torch_steps(architecture: Architecture, batch_size: int) -> tuple[Step, Step]:
    """Return (train step, forward pass) in eager PyTorch on the CPU."""
    import torch
    from torch import nn

    layers: list[nn.Module] = []
    features = 784
    if architecture.num_filters is not None:
        side = 28 - architecture.filter_size + 1
        layers += [nn.Conv2d(1, architecture.num_filters, architecture.filter_size, bias=False)]
        layers += [nn.BatchNorm2d(architecture.num_filters)] if architecture.batchnorm else []
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
        layers += [nn.Dropout(1 - architecture.dropout)] if architecture.dropout else []
        layers += [nn.Flatten()]
        features = architecture.num_filters * (side // 2) ** 2
    if architecture.hidden_dim is not None:
        layers += [nn.Linear(features, architecture.hidden_dim), nn.ReLU()]
        features = architecture.hidden_dim
    model = nn.Sequential(*layers, nn.Linear(features, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    X, y = map(torch.from_numpy, digits(architecture, batch_size))

    def train() -> None:
        model.train()
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(model(X), y).backward()
        optimizer.step()

    def forward() -> None:
        model.eval()
        with torch.inference_mode():
            model(X)

    return train, forward


def product_step(architecture: Architecture, batch_size: int) -> Step:
    """Return the bare matrix products of a CNN's train step, on arrays that are ready: the floor for any layout."""
    rng = np.random.default_rng(0)
    side = 28 - architecture.filter_size + 1
    kernel, pixels = architecture.filter_size**2, side**2 * batch_size
    filters, hidden = architecture.num_filters, architecture.hidden_dim
    features = filters * (side // 2) ** 2
    shapes = [(filters, kernel, pixels), (filters, pixels, kernel)]  # Y = W X and dW = G X^T; no dX of the input
    for inputs, outputs in ((features, hidden), (hidden, 10)):
        shapes += [(batch_size, inputs, outputs), (inputs, batch_size, outputs), (batch_size, outputs, inputs)]
    pairs = [
        (rng.random((rows, inner), dtype=np.float32), rng.random((inner, columns), dtype=np.float32))
        for rows, inner, columns in shapes
    ]
    outs = [np.empty((len(a), b.shape[1]), dtype=np.float32) for a, b in pairs]

    def products() -> None:
        for (a, b), out in zip(pairs, outs, strict=True):
            np.matmul(a, b, out=out)

    return products
