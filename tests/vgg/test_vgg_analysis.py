"""nnlib.vgg.analysis: what is not linear, what an affine part computes, what a network costs."""

import copy

import pytest
import torch
from torch import nn
from vgg_small import assert_same_state, images

from nnlib.vgg.analysis import Cost, affine_map, cost, nonlinear_modules
from nnlib.vgg.networks import VGG11, WhitenedVGG


def made(network, seed=0, **options):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return network(**options)


def floats(count, seed=0):
    return torch.from_numpy(images(count, seed)).float() / 127.5 - 1


def named(net, *kinds):
    return [name for name, layer in net.named_modules() if isinstance(layer, kinds)]


def test_the_handouts_only_nonlinear_layers_are_its_max_pools():
    found = nonlinear_modules(made(VGG11), floats(8))
    assert found == ["conv.1", "conv.3", "conv.6", "conv.9", "conv.12"]


def test_the_reports_are_its_max_pools_and_relus():
    net = made(VGG11, relu=True, width=2)
    expected = named(net, nn.MaxPool2d, nn.ReLU)
    assert len(expected) == 5 + 7
    assert nonlinear_modules(net, floats(8)) == expected


def test_batch_norm_is_affine_once_it_is_trained():
    net = made(VGG11, batch_norm=True)
    assert nonlinear_modules(net, floats(8)) == named(net, nn.MaxPool2d)
    net = made(WhitenedVGG, widths=(8, 8, 8))
    assert nonlinear_modules(net, floats(8)) == named(net, nn.MaxPool2d, nn.GELU)


@pytest.mark.parametrize("training", [True, False])
def test_looking_changes_nothing(training):
    net = made(VGG11, relu=True, batch_norm=True).train(training)
    before = copy.deepcopy(net.state_dict())
    nonlinear_modules(net, floats(4))
    cost(net)
    assert_same_state(net.state_dict(), before)
    assert {parameter.dtype for parameter in net.parameters()} == {torch.float32}
    assert all(layer.training is training for layer in net.modules())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in net.parameters())
    assert not any(layer._forward_hooks for layer in net.modules())


@pytest.mark.parametrize("kind", [nn.ReLU, nn.Tanh, nn.GELU, nn.Sigmoid])
def test_an_activation_is_found_by_one_image(kind):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), kind(), nn.BatchNorm2d(4))
    assert nonlinear_modules(net, floats(1)) == ["1"]


@torch.no_grad()
def test_the_handouts_two_fully_connected_layers_are_one():
    fc = made(VGG11).fc
    A, c = affine_map(fc, 64)
    first, second = fc
    torch.testing.assert_close(A, first.weight.T @ second.weight.T, rtol=0, atol=1e-6)
    torch.testing.assert_close(c, second.weight @ first.bias + second.bias, rtol=0, atol=1e-6)
    x = torch.randn(50, 64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(x @ A + c, fc(x), rtol=0, atol=1e-5)


@torch.no_grad()
def test_with_a_relu_between_they_are_not():
    fc = made(VGG11, relu=True).fc
    A, c = affine_map(fc, 64)
    x = torch.randn(50, 64, generator=torch.Generator().manual_seed(0))
    assert (x @ A + c - fc(x)).abs().max() > 0.05


def test_the_cost_of_the_handouts_by_hand():
    parameters = (3 * 9 + 1) * 8 + (8 * 9 + 1) * 16 + (16 * 9 + 1) * 32 + (32 * 9 + 1) * 32 + (32 * 9 + 1) * 64
    parameters += 3 * (64 * 9 + 1) * 64 + 65 * 64 + 65 * 10
    assert parameters == 149_370
    # The output's pixels times those under the kernel, stage by stage; the borders' zeros are multiplied too.
    multiplications = 32**2 * 9 * 3 * 8 + 16**2 * 9 * 8 * 16 + 8**2 * 9 * (16 * 32 + 32 * 32)
    multiplications += 4**2 * 9 * (32 * 64 + 64 * 64) + 2**2 * 9 * 2 * 64 * 64 + 64 * 64 + 64 * 10
    assert multiplications == 2_585_216
    assert cost(VGG11()) == Cost(149_370, 2 * 2_585_216)


def test_parameters_that_are_not_trained_count():
    net = WhitenedVGG(widths=(8, 8, 8))
    trained = sum(parameter.numel() for parameter in net.parameters() if parameter.requires_grad)
    assert cost(net).parameters == trained + 24 * 12 + 6 * 8
