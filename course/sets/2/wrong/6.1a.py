"""6.1a VGG11: wrong answers."""

from torch import nn

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU


class _Base(nn.Module):
    pool, kernel, pad, wide = nn.MaxPool2d, 3, 1, None

    def build(self, width, relu, batch_norm, skip=WITHOUT_RELU, norm_last=False, bias=True):
        layers, c = [], 3
        for s, widths in enumerate(STAGES):
            for i, f in enumerate(widths):
                layers.append(nn.Conv2d(c, f * width, self.kernel, padding=self.pad, bias=bias))
                c = f * width
                norm = [nn.BatchNorm2d(c)] if batch_norm else []
                act = [nn.ReLU()] if relu and (s, i) not in skip else []
                layers += act + norm if norm_last else norm + act
            layers.append(self.pool(2))
        h = self.wide or c
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Sequential(nn.Linear(c, h), *([nn.ReLU()] if relu else []), nn.Linear(h, NUM_CLASSES))

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))


# %% batch norm after the ReLU -> order-of-layers
class VGG11(_Base):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.build(width, relu, batch_norm, norm_last=True)


# %% mean pools -> missing-pool
class VGG11(_Base):
    pool = nn.AvgPool2d

    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.build(width, relu, batch_norm)


# %% 4096 hidden units, as in the paper -> channels
class VGG11(_Base):
    wide = 4096

    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.build(width, relu, batch_norm)


# %% a ReLU after the two convolutions that have none -> extra-activation
class VGG11(_Base):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.build(width, relu, batch_norm, skip=())


# %% no ReLU though the caller asks for it -> missing-activation
class VGG11(_Base):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.build(width, False, batch_norm)


# %% kernels of 5 x 5 -> channels, none
class VGG11(_Base):
    kernel, pad = 5, 2

    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.build(width, relu, batch_norm)


# %% convolutions without a bias -> none, missing-bias
class VGG11(_Base):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.build(width, relu, batch_norm, bias=False)
