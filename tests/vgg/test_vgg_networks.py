"""The networks of Q6: the handout's and the report's listings, and the whitened one."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from vgg_small import images

from nnlib.vgg.networks import VGG11, WhitenedVGG

HANDOUT = nn.Sequential(
    nn.Conv2d(3, 8, 3, stride=1, padding=1),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, stride=1, padding=1),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, stride=1, padding=1),
    nn.Conv2d(32, 32, 3, stride=1, padding=1),
    nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, stride=1, padding=1),
    nn.Conv2d(64, 64, 3, stride=1, padding=1),
    nn.MaxPool2d(2),
    nn.Conv2d(64, 64, 3, stride=1, padding=1),
    nn.Conv2d(64, 64, 3, stride=1, padding=1),
    nn.MaxPool2d(2),
)
REPORT = nn.Sequential(
    nn.Conv2d(3, 32, 3, stride=1, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, stride=1, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(64, 128, 3, stride=1, padding=1),
    nn.ReLU(),
    nn.Conv2d(128, 128, 3, stride=1, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(128, 256, 3, stride=1, padding=1),
    nn.Conv2d(256, 256, 3, stride=1, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(256, 256, 3, stride=1, padding=1),
    nn.Conv2d(256, 256, 3, stride=1, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
)


def floats(count, seed=0):
    return torch.from_numpy(images(count, seed)).float() / 127.5 - 1


@pytest.mark.parametrize(
    ("net", "conv", "fc"),
    [
        (VGG11(), HANDOUT, nn.Sequential(nn.Linear(64, 64), nn.Linear(64, 10))),
        (VGG11(width=4, relu=True), REPORT, nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))),
    ],
    ids=["handout", "report"],
)
def test_the_listings(net, conv, fc):
    assert repr(net.conv) == repr(conv)
    assert repr(net.fc) == repr(fc)


def test_batch_norm_stands_behind_every_convolution_and_changes_nothing_else():
    net, plain = VGG11(width=2, relu=True, batch_norm=True), VGG11(width=2, relu=True)
    layers = list(net.conv)
    for layer, following in pairwise(layers):
        if isinstance(layer, nn.Conv2d):
            assert isinstance(following, nn.BatchNorm2d)
            assert following.num_features == layer.out_channels
    others = [layer for layer in layers if not isinstance(layer, nn.BatchNorm2d)]
    assert len(layers) - len(others) == 8
    assert repr(nn.Sequential(*others)) == repr(plain.conv)
    assert repr(net.fc) == repr(plain.fc)


@pytest.mark.parametrize("options", [{}, {"width": 2}, {"relu": True}, {"relu": True, "batch_norm": True}])
def test_vgg11_scores_ten_classes_of_each_image(options):
    net = VGG11(**options).eval()
    scores = net(floats(3))
    assert scores.shape == (3, 10)
    torch.testing.assert_close(net(floats(3)[1:2]), scores[1:2])


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
        for channel in range(layer.in_channels, layer.out_channels):  # the others are none's copy
            assert layer.weight[channel].count_nonzero() > 1
    fewer = WhitenedVGG(widths=(8, 8, 8)).conv[1]
    x = torch.randn(2, 24, 5, 5, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(fewer(x), x[:, :8])


def test_whitening_whitens():
    rng = np.random.default_rng(0)
    mixing = np.array([[1.0, 0, 0], [0.6, 0.8, 0], [0.5, 0.3, 0.8]])
    noise = torch.from_numpy(rng.standard_normal((200, 32, 32, 3)) @ mixing.T).float().permute(0, 3, 1, 2)
    smooth = nn.functional.avg_pool2d(noise, 3, stride=1, padding=1)  # neighbours are alike, and so are channels
    correlated = smooth / smooth.std()
    patches = correlated.unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12)
    before = torch.corrcoef(patches.T)
    assert before.fill_diagonal_(0).abs().max() > 0.5
    assert torch.linalg.eigvalsh(torch.cov(patches.T)).min() > 0.01  # much more than the 5e-4 that is added
    net = WhitenedVGG()
    net.init_whitening(correlated)
    with torch.no_grad():
        out = net.whitening(correlated)
    assert out.shape == (200, 24, 31, 31)
    torch.testing.assert_close(out[:, 12:], -out[:, :12])
    flat = out[:, :12].permute(0, 2, 3, 1).reshape(-1, 12)
    covariance = flat.T @ flat / len(flat)
    torch.testing.assert_close(covariance, torch.eye(12), rtol=0, atol=0.06)


def test_whitening_and_the_scales_of_batch_norm_are_not_trained():
    net = WhitenedVGG(widths=(8, 8, 8))
    fixed = {name for name, parameter in net.named_parameters() if not parameter.requires_grad}
    norms = {f"{name}.weight" for name, layer in net.named_modules() if isinstance(layer, nn.BatchNorm2d)}
    assert len(norms) == 6
    assert fixed == norms | {"whitening.weight"}
    net.init_whitening(floats(20))
    assert not net.whitening.weight.requires_grad
