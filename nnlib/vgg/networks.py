"""The networks of Q6: the handout's VGG11, every step from it to the report's and beyond, and a faster one of our own.

All take images (N, 3, 32, 32) and return scores (N, 10). VGG: Simonyan and Zisserman 2015, arXiv:1409.1556.
"""

import torch
from torch import Tensor, nn

NUM_CLASSES = 10

# The handout's output channels by stage. Each stage ends with a 2 x 2 max pool: 32 pixels a side become 1.
STAGES = ((8,), (16,), (32, 32), (64, 64), (64, 64))
WITHOUT_RELU = {(3, 0), (4, 0)}  # in the report's listing; stage and number of a convolution, both from 0


class VGG11(nn.Module):
    """The handout's reduced VGG11: it has no activation, and its max pools are the only non-linearity.

    `VGG11(width=4, relu=True)` is the report's.

    Args:
        width: factor on the handout's channels, in every convolution.
        relu: ReLU where the report has it: after all convolutions but two, and between the fully connected layers.
        batch_norm: batch norm after every convolution.
    """

    def __init__(self, *, width: int = 1, relu: bool = False, batch_norm: bool = False) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for stage, widths in enumerate(STAGES):
            for index, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, width * filters, 3, stride=1, padding=1))
                channels = width * filters
                layers += [nn.BatchNorm2d(channels)] if batch_norm else []
                layers += [nn.ReLU()] if relu and (stage, index) not in WITHOUT_RELU else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        hidden = [nn.ReLU()] if relu else []
        self.fc = nn.Sequential(nn.Linear(channels, channels), *hidden, nn.Linear(channels, NUM_CLASSES))

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (N, 10) of images (N, 3, 32, 32)."""
        features = self.conv(images)  # (N, C, 1, 1)
        return self.fc(features.flatten(1))


def start_from_he(net: nn.Module) -> nn.Module:
    """Draw weights of variance 2 / fan-in (He et al. 2015, arXiv:1502.01852), set all biases to 0; return `net`."""
    for layer in net.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight)  # PyTorch gave it a variance of 1 / (3 fan-in)
            nn.init.zeros_(layer.bias)
    return net


def vgg11_from_he(**options: object) -> nn.Module:
    """Return `VGG11(**options)` with He's weights."""
    return start_from_he(VGG11(**options))


class WhitenedVGG(nn.Module):
    """A fixed 2 x 2 convolution that whitens the images' patches, then three stages of two 3 x 3 convolutions.

    `widths` are the stages' channels. Between a stage's two convolutions stands a pool; each of the two starts as the
    identity on its input channels. Batch norm without a scale and GELU (Hendrycks and Gimpel 2016, arXiv:1606.08415)
    follow it. The design is Jordan's (2024, arXiv:2404.00498, section 3), in PyTorch's standard layers. `whiten=False`,
    `identity=False` and another `activation` each remove one part, for the ablation.
    """

    def __init__(self, widths=(64, 256, 256), *, whiten=True, identity=True, activation=nn.GELU) -> None:
        super().__init__()
        patch = 3 * 2 * 2
        self.whitening = nn.Conv2d(3, 2 * patch, 2)  # each direction and its negative, as GELU hardly lets one through
        self.whitening.weight.requires_grad_(not whiten)
        layers: list[nn.Module] = [activation()]
        channels = 2 * patch
        for filters in widths:
            layers += [_identity_conv(channels, filters), nn.MaxPool2d(2), _shift_only_norm(filters), activation()]
            layers += [_identity_conv(filters, filters), _shift_only_norm(filters), activation()]
            channels = filters
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Linear(channels, NUM_CLASSES, bias=False)
        for layer in () if identity else self.conv:
            if isinstance(layer, nn.Conv2d):
                layer.reset_parameters()

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (N, 10) of images (N, 3, S, S), S from 17 to 32; the last pool covers all pixels."""
        features = self.conv(self.whitening(images))  # (N, C, 3, 3) for S = 32
        return self.fc(features.amax((2, 3))) / 9  # starts near uniform probabilities

    @torch.no_grad()
    def init_whitening(self, images: Tensor) -> None:
        """Set the first convolution from training images (N, 3, 32, 32) in [-1, 1], if it whitens.

        Its filters are the patches' principal directions, each divided by its root mean square: after it the patches
        are uncorrelated and of nearly the same size.
        """
        if self.whitening.weight.requires_grad:
            return
        patches = images.float().unfold(2, 2, 1).unfold(3, 2, 1)  # (N, 3, 31, 31, 2, 2)
        patches = patches.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3 * 2 * 2)
        variances, directions = torch.linalg.eigh(patches.T @ patches / len(patches))
        rows = directions.T / (variances[:, None] + 5e-4).sqrt()  # the smallest variances are noise
        kernels = rows.reshape(-1, 3, 2, 2)
        self.whitening.weight.copy_(torch.cat([kernels, -kernels]))
        self.whitening.bias.zero_()


def _identity_conv(channels: int, filters: int) -> nn.Conv2d:
    conv = nn.Conv2d(channels, filters, 3, padding=1, bias=False)
    nn.init.dirac_(conv.weight[: min(channels, filters)])
    return conv


def _shift_only_norm(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels, momentum=0.4)  # PyTorch's momentum weighs the new batch: a short memory
    norm.weight.requires_grad_(False)
    return norm
