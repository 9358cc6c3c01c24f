"""The networks of Q6, by what they do: the handout's and the report's VGG11 in any form, and the whitened one."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from vgg_small import floats

from nnlib.vgg.analysis import cost, operations
from nnlib.vgg.networks import VGG11, WhitenedVGG

# What is not affine in the listings, with the shape of its output: (C, side) in the convolutional part, (units,) after.
POOL, RELU = "pool", "activation"
HANDOUT = [(POOL, 8, 16), (POOL, 16, 8), (POOL, 32, 4), (POOL, 64, 2), (POOL, 64, 1)]
REPORT = [
    *[(RELU, 32, 32), (POOL, 32, 16)],
    *[(RELU, 64, 16), (POOL, 64, 8)],
    *[(RELU, 128, 8), (RELU, 128, 8), (POOL, 128, 4)],
    *[(RELU, 256, 4), (POOL, 256, 2)],
    *[(RELU, 256, 2), (POOL, 256, 1)],
    (RELU, 256),
]


def nonlinearities(net):
    """Return what `net` does that is not affine: whether it makes the images smaller, and the shape that comes out."""
    found, side = [], 32
    for operation in operations(net, floats(2)):
        if not operation.affine:
            shape = operation.shape[1:3]
            smaller = shape[-1] < side
            found.append((POOL if smaller else RELU, *shape))
            side = shape[-1] if smaller else side
    return found


def assert_is_vgg11(net, *, report=False):
    """Assert that `net` is the handout's VGG11, or the report's, by its behaviour alone."""
    assert net.eval()(floats(3)).shape == (3, 10)
    torch.testing.assert_close(net(floats(3)[1:2]), net(floats(3))[1:2])
    assert (cost(net).parameters, cost(net).flops) == ((2_374_602, 77_403_136) if report else (149_370, 5_170_432))
    assert nonlinearities(net) == (REPORT if report else HANDOUT)


class Functional(nn.Module):
    """VGG11 as somebody else may write it: its layers hold weights, and what has none is a function."""

    def __init__(self, width, activation, pool, head_activation=None):
        super().__init__()
        self.width, self.activation, self.pool = width, activation, pool
        self.head_activation = activation if head_activation is None else head_activation
        sizes = [3, *(width * filters for filters in (8, 16, 32, 32, 64, 64, 64, 64))]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(sizes))
        self.hidden, self.out = nn.Linear(64 * width, 64 * width), nn.Linear(64 * width, 10)

    def forward(self, x):
        for index, conv in enumerate(self.layers):
            x = conv(x)
            if index not in (4, 6):
                x = self.activation(x)
            if index not in (2, 4, 6):
                x = self.pool(x)
        return self.out(self.head_activation(self.hidden(x.view(len(x), -1))))


def identity(x):
    return x


ACTIVATIONS = {
    "F.relu": functional.relu,
    "torch.relu": torch.relu,
    "clamp": lambda x: x.clamp(min=0),
    "maximum": lambda x: torch.maximum(x, torch.zeros_like(x)),
    "in place": nn.ReLU(inplace=True),
    "module": nn.ReLU(),
}
POOLS = {
    "F.max_pool2d": lambda x: functional.max_pool2d(x, 2),
    "module": nn.MaxPool2d(2),
    "windows": lambda x: x.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5)),
}


def test_ours():
    assert_is_vgg11(VGG11())
    assert_is_vgg11(VGG11(width=4, relu=True), report=True)


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_the_handouts_in_another_form(pool):
    assert_is_vgg11(Functional(1, identity, pool))


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_the_reports_in_another_form(activation):
    assert_is_vgg11(Functional(4, activation, POOLS["F.max_pool2d"]), report=True)


@pytest.mark.parametrize(
    ("net", "report"),
    [
        (VGG11(relu=True), False),
        (VGG11(width=4), True),
        (VGG11(width=2, relu=True), True),
        (VGG11(batch_norm=True), False),
        (Functional(1, functional.relu, POOLS["module"]), False),
        (Functional(1, identity, lambda x: functional.avg_pool2d(x, 2)), False),
        (Functional(1, identity, lambda x: x[:, :, ::2, ::2]), False),
        (Functional(4, functional.relu, POOLS["module"], identity), True),
    ],
)
def test_other_networks_are_told_apart(net, report):
    with pytest.raises(AssertionError):
        assert_is_vgg11(net, report=report)


def test_batch_norm_comes_after_every_convolution_and_changes_nothing_else():
    net, plain = VGG11(width=2, relu=True, batch_norm=True), VGG11(width=2, relu=True)
    names = [operation.name for operation in operations(net, floats(2))]
    assert names.count("BatchNorm2d") == names.count("Conv2d") == 8
    assert all(names[index - 1] == "Conv2d" for index, name in enumerate(names) if name == "BatchNorm2d")
    others = [operation for operation in operations(net, floats(2)) if operation.name != "BatchNorm2d"]
    assert others == operations(plain, floats(2))
    assert cost(net).parameters - cost(plain).parameters == 2 * 2 * (8 + 16 + 32 + 32 + 4 * 64)


@pytest.mark.parametrize("side", [17, 20, 24, 28, 32])
def test_the_whitened_network_takes_images_of_several_sides(side):
    net = WhitenedVGG(widths=(8, 16, 16)).eval()
    assert net(floats(2)[:, :, :side, :side]).shape == (2, 10)
    assert net.conv(net.whitening(floats(2))).shape == (2, 16, 3, 3)


def test_its_convolutions_start_as_the_identity_on_as_many_channels_as_they_are_given():
    net = WhitenedVGG()
    convolutions = [layer for layer in net.conv if isinstance(layer, nn.Conv2d)]
    sizes = [(layer.in_channels, layer.out_channels) for layer in convolutions]
    assert sizes == [(24, 64), (64, 64), (64, 256), (256, 256), (256, 256), (256, 256)]
    for layer in convolutions:
        x = torch.randn(2, layer.in_channels, 5, 5, generator=torch.Generator().manual_seed(0))
        out = layer(x)
        torch.testing.assert_close(out[:, : layer.in_channels], x)
        for channel in range(layer.in_channels, layer.out_channels):  # the others copy none
            assert layer.weight[channel].count_nonzero() > 1
    fewer = WhitenedVGG(widths=(8, 8, 8)).conv[1]
    x = torch.randn(2, 24, 5, 5, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(fewer(x), x[:, :8])


def patches_of(x):
    return x.unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12)


def test_whitening_whitens():
    rng = np.random.default_rng(0)
    mixing = np.array([[1.0, 0, 0], [0.6, 0.8, 0], [0.5, 0.3, 0.8]])
    noise = torch.from_numpy(rng.standard_normal((200, 32, 32, 3)) @ mixing.T).float().permute(0, 3, 1, 2)
    smooth = functional.avg_pool2d(noise, 3, stride=1, padding=1)  # neighbours are alike, and so are channels
    correlated = smooth / smooth.std()
    patches = patches_of(correlated)
    assert torch.corrcoef(patches.T).fill_diagonal_(0).abs().max() > 0.5
    assert torch.linalg.eigvalsh(torch.cov(patches.T)).min() > 0.01  # much more than the 5e-4 that is added
    net = WhitenedVGG(widths=(8, 8, 8))
    net.init_whitening(correlated)
    with torch.no_grad():
        out = net.whitening(correlated)
    assert out.shape == (200, 24, 31, 31)
    torch.testing.assert_close(out[:, 12:], -out[:, :12])
    flat = out[:, :12].permute(0, 2, 3, 1).reshape(-1, 12)
    torch.testing.assert_close(flat.T @ flat / len(flat), torch.eye(12), rtol=0, atol=0.06)


@pytest.mark.parametrize(("net", "momentum"), [(VGG11(batch_norm=True), 0.1), (WhitenedVGG(), 0.4)])
def test_the_memory_of_batch_norm(net, momentum):
    norms = [layer for layer in net.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert {(norm.momentum, norm.eps, norm.track_running_stats) for norm in norms} == {(momentum, 1e-5, True)}


def test_whitening_and_the_scales_of_batch_norm_are_not_trained():
    net = WhitenedVGG(widths=(8, 8, 8))
    fixed = {name for name, parameter in net.named_parameters() if not parameter.requires_grad}
    norms = {f"{name}.weight" for name, layer in net.named_modules() if isinstance(layer, nn.BatchNorm2d)}
    assert len(norms) == 6
    assert fixed == norms | {"whitening.weight"}
    net.init_whitening(floats(20))
    assert not net.whitening.weight.requires_grad


def seeded(**options):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return WhitenedVGG(widths=(8, 8, 8), **options)


@pytest.mark.parametrize("part", ["whiten", "identity", "activation"])
def test_one_part_can_be_left_out(part):
    whole, without = seeded(), seeded(**{part: nn.ReLU if part == "activation" else False})
    convolutions = [f"conv.{index}.weight" for index, layer in enumerate(whole.conv) if isinstance(layer, nn.Conv2d)]
    state = without.state_dict()
    differ = {name for name, tensor in whole.state_dict().items() if not torch.equal(tensor, state[name])}
    assert differ == (set(convolutions) if part == "identity" else set())
    expected = [operation.name for operation in operations(whole, floats(2))]
    swap = {"GELU": "ReLU"} if part == "activation" else {}
    assert [operation.name for operation in operations(without, floats(2))] == [swap.get(n, n) for n in expected]
    before = without.whitening.weight.clone()
    without.init_whitening(floats(20))
    assert torch.equal(without.whitening.weight, before) is (part == "whiten")
    assert without.whitening.weight.requires_grad is (part == "whiten")
