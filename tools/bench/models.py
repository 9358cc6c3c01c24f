"""The four networks that are measured, in nnlib and in PyTorch: the same layers, shapes, loss and update rule.

A network is given by the keyword arguments of its model: a ConvNet if it has filters, else a SoftmaxClassifier.
Only names that every revision of nnlib exports are used here, because --baseline times old revisions.
"""

from collections.abc import Callable

import numpy as np

from nnlib import ConvNet, SoftmaxClassifier, Solver

LEARNING_RATE = 1e-3
Network = dict[str, object]

CNN: Network = {"num_filters": 32, "filter_size": 7, "hidden_dim": 100}
NETWORKS: dict[str, Network] = {
    "softmax, linear": {},
    "softmax, 784-1000-10": {"hidden_dim": 1000},
    "CNN, 7x7 / 32 / 100": CNN,
    "CNN with batch norm and dropout": CNN | {"batchnorm": True, "dropout": 0.8},
}


def digits(network: Network, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random pixels and labels: the time of a step does not depend on them."""
    rng = np.random.default_rng(0)
    shape = (1, 28, 28) if "num_filters" in network else (784,)
    return rng.random((batch_size, *shape), dtype=np.float32), rng.integers(0, 10, batch_size)


def numpy_model(network: Network) -> SoftmaxClassifier | ConvNet:
    """Return the network in nnlib."""
    return (ConvNet if "num_filters" in network else SoftmaxClassifier)(weight_scale=None, **network)


def numpy_steps(network: Network, batch_size: int) -> tuple[Callable, Callable]:
    """Return (train step, forward pass) in nnlib."""
    X, y = digits(network, batch_size)
    model = numpy_model(network)
    update = Solver(model, {"X_train": X, "y_train": y, "X_val": X, "y_val": y}, update_rule="sgd").update_rule
    configs = {name: {"learning_rate": LEARNING_RATE} for name in model.params}

    def train() -> None:
        _, grads = model.loss(X, y)
        for name, grad in grads.items():
            model.params[name], configs[name] = update(model.params[name], grad, configs[name])

    return train, lambda: model.loss(X)


def torch_steps(network: Network, batch_size: int) -> tuple[Callable, Callable]:
    """Return (train step, forward pass) in eager PyTorch on the CPU."""
    import torch
    from torch import nn

    X, y = map(torch.from_numpy, digits(network, batch_size))
    layers: list[nn.Module] = []
    if "num_filters" in network:
        layers = [nn.LazyConv2d(network["num_filters"], network["filter_size"], bias=False)]
        layers += [nn.LazyBatchNorm2d()] if network.get("batchnorm") else []
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
        layers += [nn.Dropout(1 - network["dropout"])] if "dropout" in network else []
    layers += [nn.Flatten()]
    layers += [nn.LazyLinear(network["hidden_dim"]), nn.ReLU()] if "hidden_dim" in network else []
    model = nn.Sequential(*layers, nn.LazyLinear(10))
    model(X)  # the layers take their inputs' sizes from it
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)

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


def product_shapes(cnn: Network, batch_size: int) -> list[tuple[int, int, int]]:
    """Return (rows, inner, columns) of each matrix product in a CNN's train step; the input needs no dx."""
    filters, size, hidden = cnn["num_filters"], cnn["filter_size"], cnn["hidden_dim"]
    side, kernel = 28 - size + 1, size**2
    pixels = side**2 * batch_size
    shapes = [(filters, kernel, pixels), (filters, pixels, kernel)]  # Y = W X and dW = dY X^T
    for inputs, outputs in ((filters * (side // 2) ** 2, hidden), (hidden, 10)):
        shapes += [(batch_size, inputs, outputs), (inputs, batch_size, outputs), (batch_size, outputs, inputs)]
    return shapes
