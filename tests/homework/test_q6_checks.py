"""Q6's check cells find the mistakes that are usual in training and testing, each planted in a right answer."""

import functools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from forked_workers import Forked
from torch import nn

from nnlib import vgg
from nnlib.check import start
from nnlib.check.engine import judge
from nnlib.check.exercises import items
from nnlib.homework.recorded import recorded
from nnlib.vgg.networks import STAGES

pytestmark = pytest.mark.xdist_group("forked")  # one process runs them all: what workers are forked from starts once

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "q6_vgg_cifar10.ipynb"
CELLS = {cell["id"]: "".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]}
RNG = np.random.default_rng(0)
DATA = {
    "X_val": RNG.integers(0, 256, (250, 3, 32, 32), dtype=np.uint8),
    "y_val": RNG.integers(0, 10, 250),
}


@functools.cache
def judged(item):
    """Return what a cell's `check.code()` finds in the repository's files, whatever names a test changes."""
    return judge(item, rows=tuple(row for row in items()[item].rows if row.public), start=Forked)


@pytest.fixture(autouse=True)
def the_files_are_judged_once(monkeypatch):
    """The mistakes here are in the notebook's names."""
    monkeypatch.setattr("nnlib.check.record.judge_public", lambda item: judged(item.id))


def failures(item, capsys, **changed):
    """Run an item's solution and its check cell with names changed after the solution; return the checks that fail."""
    key = f"q6-{item.replace('.', '')}"
    names = {name: getattr(vgg, name) for name in dir(vgg) if not name.startswith("_")}
    names |= {"np": np, "torch": torch, "data": DATA, "STAGES": STAGES, "checks": start("q6"), "recorded": recorded}
    names["show_source"] = lambda *items: None
    exec(CELLS[f"{key}-code"], names)
    exec(CELLS[f"{key}-check"].replace("from nnlib.vgg import", "#"), names | changed)
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines() if line.startswith(item)]
    assert lines
    return [rest for _, result, rest in lines if result != "passed"]


@pytest.mark.parametrize("item", ["6.1a", "6.1b", "6.1c", "6.2a", "6.2b", "6.3c"])
def test_the_solution_passes(item, capsys):
    assert failures(item, capsys) == []


def epoch_with(mistake):
    def train_epoch(trainloader, net, criterion, optimizer, device):
        if mistake != "mode":
            net.train()
        losses, shares, correct, seen = [], [], 0, 0
        for images, labels in trainloader:
            if mistake != "zero_grad":
                optimizer.zero_grad()
            scores = net(images)
            loss = criterion(scores.softmax(1) if mistake == "softmax" else scores, labels)
            loss.backward()
            if mistake == "late zero_grad":
                optimizer.zero_grad()
            optimizer.step()
            scores = net(images) if mistake == "after" else scores
            losses.append(loss.item())
            correct += (scores.argmax(1) == labels).sum().item()
            seen += len(labels)
            shares.append((scores.argmax(1) == labels).double().mean().item())
        return losses[-1:] if mistake == "last" else losses, np.mean(shares) if mistake == "mean" else correct / seen

    return train_epoch


@pytest.mark.parametrize("mistake", [None, "mode", "zero_grad", "softmax", "late zero_grad", "last", "mean"])
def test_mistakes_of_an_epoch_are_found(mistake, capsys):
    assert bool(failures("6.2a", capsys, train_epoch=epoch_with(mistake))) == (mistake is not None)


def accuracy_with(mistake):
    def test(testloader, net, device):
        net.train(mistake == "mode")
        shares, counts = [], []
        with torch.set_grad_enabled(mistake == "graph"):
            for images, labels in testloader:
                shares.append((net(images).argmax(1) == labels).double().mean().item())
                counts.append(len(labels))
        return np.mean(shares) if mistake == "mean" else np.average(shares, weights=counts)

    return test


@pytest.mark.parametrize("mistake", [None, "mode", "graph", "mean"])
def test_mistakes_of_a_test_are_found(mistake, capsys):
    assert bool(failures("6.2b", capsys, test=accuracy_with(mistake))) == (mistake is not None)


class WithRelu(vgg.VGG11):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__(width=width, relu=True, batch_norm=batch_norm)


class WithoutPadding(vgg.VGG11):
    def __init__(self, **options):
        super().__init__(**options)
        self.conv[0] = nn.Conv2d(3, self.conv[0].out_channels, 3)


class InTrainingMode(vgg.VGG11):
    def forward(self, images):
        return super().forward(images - images.mean(0))


@pytest.mark.parametrize("network", [WithRelu, WithoutPadding, InTrainingMode])
def test_mistakes_of_a_network_are_found(network, capsys):
    assert failures("6.1a", capsys, VGG11=network)


@pytest.mark.parametrize(
    ("item", "name", "value"),
    [
        ("6.1c", "one_layer", lambda fc: (fc[0].weight @ fc[-1].weight.T, fc[-1].bias)),
        ("6.1c", "kinds", {"Conv2d": True, "MaxPool2d": True, "ReLU": False, "Linear": True}),
        ("6.3c", "ratio", 6.0),
        ("6.3c", "predicted", 6.0**10),
        ("6.3c", "seeds_needed", lambda sd, gain: int(np.ceil(4 * sd**2 / gain**2))),
    ],
)
def test_wrong_answers_are_found(item, name, value, capsys):
    assert failures(item, capsys, **{name: value})
