"""nnlib.vgg.analysis: what is not linear, what an affine part computes, what a network costs."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional
from vgg_small import assert_same_state, floats

from nnlib.vgg.analysis import Cost, Operation, cost, operations, receptive_fields, spreads
from nnlib.vgg.networks import STAGES, VGG11, WhitenedVGG, start_from_he


def made(network, seed=0, **options):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return network(**options)


def nonlinear(net, x):
    return [operation.name for operation in operations(net, x) if not operation.affine]


def kinds(net, *classes):
    return [type(layer).__name__ for layer in net.modules() if isinstance(layer, classes)]


def test_the_handouts_only_nonlinear_layers_are_its_max_pools():
    assert nonlinear(made(VGG11), floats(8)) == ["MaxPool2d"] * 5


def test_the_reports_are_its_max_pools_and_relus():
    net = made(VGG11, relu=True, width=2)
    expected = kinds(net, nn.MaxPool2d, nn.ReLU)
    assert len(expected) == 5 + 7
    assert nonlinear(net, floats(8)) == expected


def test_batch_norm_is_affine_once_it_is_trained():
    assert nonlinear(made(VGG11, batch_norm=True), floats(8)) == ["MaxPool2d"] * 5
    net = made(WhitenedVGG, widths=(8, 8, 8))
    assert nonlinear(net, floats(8)) == [*kinds(net, nn.MaxPool2d, nn.GELU), "amax"]


@pytest.mark.parametrize("training", [True, False])
def test_looking_changes_nothing(training):
    net = made(VGG11, relu=True, batch_norm=True).train(training)
    before, x = copy.deepcopy(net.state_dict()), floats(4)
    operations(net, x)
    cost(net)
    assert_same_state(net.state_dict(), before)
    assert {parameter.dtype for parameter in net.parameters()} == {torch.float32}
    assert all(layer.training is training for layer in net.modules())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in net.parameters())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in net.modules())
    assert torch.equal(x, floats(4))
    assert not x.requires_grad


@pytest.mark.parametrize("kind", [nn.ReLU, nn.Tanh, nn.GELU, nn.Sigmoid])
def test_an_activation_is_found_by_one_image(kind):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), kind(), nn.BatchNorm2d(4))
    shape = (1, 4, 30, 30)
    expected = [("Conv2d", True, shape), (kind.__name__, False, shape), ("BatchNorm2d", True, shape)]
    assert operations(net, floats(1)) == [Operation(*parts) for parts in expected]


class Function(nn.Module):
    """A network of one function, after a convolution whose weights the function may use too."""

    def __init__(self, function):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.function = function

    def forward(self, x):
        return self.function(self.conv(x))


def softplus_halves(x):
    """Return a concatenation of an affine half and one that is not, and write into the first."""
    out = torch.zeros_like(x)
    out[:, :2] = x[:, :2]
    out[:, 2:] = functional.softplus(x[:, 2:])
    return out


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (functional.relu, ["relu"]),
        (torch.relu, ["relu"]),
        (lambda x: functional.relu(x, inplace=True), ["relu"]),
        (lambda x: x.relu_(), ["relu"]),
        (lambda x: x.clamp(min=0), ["clamp"]),
        (lambda x: torch.maximum(x, torch.zeros(())), ["maximum"]),
        (lambda x: torch.where(x > 0, x, 0), ["gt"]),
        (lambda x: x * (x > 0), ["gt"]),
        (lambda x: (x + x.abs()) / 2, ["abs"]),
        (lambda x: functional.max_pool2d(x, 2), ["max_pool2d"]),
        (lambda x: functional.max_pool2d(x, 2, return_indices=True)[0], ["max_pool2d_with_indices"]),
        (lambda x: x.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5)), ["amax"]),
        (lambda x: x.flatten(2).max(2).values, ["max"]),
        (lambda x: x / x.mean((1, 2, 3), keepdim=True), ["truediv"]),
        (lambda x: x * x, ["mul"]),
        (torch.tanh, ["tanh"]),
        (softplus_halves, ["softplus"]),
        (lambda x: functional.avg_pool2d(x, 2) - 3 * x.mean() + 1, []),
        (lambda x: torch.cat([x, x.flip(3)], 1).add_(1).sum(1), []),
        (lambda x: torch.zeros_like(x).add_(x).transpose(1, 2), []),
    ],
)
def test_functions_are_seen_as_layers_are(function, names):
    found = nonlinear(made(Function, function=function), floats(2))
    assert [{"div": "truediv"}.get(name, name) for name in found] == names


def test_what_a_function_works_in_place_on_is_computed_once():
    net = made(Function, function=lambda x: torch.ones_like(x).add_(x).mul_(2))
    outputs = []
    net.register_forward_hook(lambda layer, inputs, output: outputs.append(output.detach()))
    operations(net, floats(2))
    torch.testing.assert_close(outputs[0].float(), net(floats(2)), rtol=1e-4, atol=1e-5)


def test_the_cost_of_the_handouts_by_hand():
    parameters = (3 * 9 + 1) * 8 + (8 * 9 + 1) * 16 + (16 * 9 + 1) * 32 + (32 * 9 + 1) * 32 + (32 * 9 + 1) * 64
    parameters += 3 * (64 * 9 + 1) * 64 + 65 * 64 + 65 * 10
    assert parameters == 149_370
    # The output's pixels times those under the kernel, stage by stage; the zeros of the padding are multiplied too.
    multiplications = 32**2 * 9 * 3 * 8 + 16**2 * 9 * 8 * 16 + 8**2 * 9 * (16 * 32 + 32 * 32)
    multiplications += 4**2 * 9 * (32 * 64 + 64 * 64) + 2**2 * 9 * 2 * 64 * 64 + 64 * 64 + 64 * 10
    assert multiplications == 2_585_216
    assert cost(VGG11()) == Cost(149_370, 2 * 2_585_216)


def test_parameters_that_are_not_trained_count():
    net = WhitenedVGG(widths=(8, 8, 8))
    trained = sum(parameter.numel() for parameter in net.parameters() if parameter.requires_grad)
    assert cost(net).parameters == trained + 24 * 12 + 6 * 8


def test_receptive_fields_are_those_of_the_recursion():
    assert receptive_fields(((8,), (16,))) == [3, 4, 8, 10]
    found = receptive_fields(STAGES)
    assert found == [3, 4, 8, 10, 18, 26, 30, 46, 62, 70, 102, 134, 150]


def test_spreads_are_the_deviations_of_each_layers_output():
    net = nn.Sequential(nn.Conv2d(3, 2, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 32 * 32, 5))
    images = floats(6)
    first, second = spreads(net, images)
    assert first == pytest.approx(net[0](images).var(0).mean().sqrt().item())
    assert second == pytest.approx(net(images).var(0).mean().sqrt().item())
    assert spreads(net, images[:1].repeat(4, 1, 1, 1)) == pytest.approx([0, 0], abs=1e-6)
    assert not net[0]._forward_hooks


def test_with_a_relu_pytorchs_weights_hardly_tell_images_apart():
    ends = {}
    for relu, he in ((False, False), (True, False), (True, True)):
        torch.manual_seed(0)
        net = VGG11(relu=relu)
        ends[relu, he] = spreads(start_from_he(net) if he else net, floats(32))[-1]
    assert ends[True, False] < 0.3 * ends[False, False] < 1e-2
    assert ends[True, True] > 1000 * ends[True, False]
