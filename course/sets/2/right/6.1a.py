"""6.1a VGG11: right answers, written differently."""

import torch
from torch import nn

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU


# %% stages as blocks, weights in a hidden module
class _Stage(nn.Module):
    def __init__(self, number, channels, widths, relu, norm):
        super().__init__()
        parts = []
        for i, f in enumerate(widths):
            parts += [nn.Conv2d(channels, f, 3, 1, 1)]
            if norm:
                parts += [nn.BatchNorm2d(f)]
            if relu and (number, i) not in WITHOUT_RELU:
                parts += [nn.ReLU()]
            channels = f
        self.body = nn.Sequential(*parts)

    def forward(self, x):
        return torch.max_pool2d(self.body(x), 2)


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        ends = [3, *(width * stage[-1] for stage in STAGES)]
        self.stages = nn.ModuleList(
            _Stage(k, ends[k], [width * f for f in stage], relu, batch_norm) for k, stage in enumerate(STAGES)
        )
        self.first, self.second = nn.Linear(ends[-1], ends[-1]), nn.Linear(ends[-1], NUM_CLASSES)
        self.act = torch.relu if relu else (lambda h: h)

    def forward(self, x):
        for stage in self.stages:
            x = stage(x)
        return self.second(self.act(self.first(x.view(x.size(0), -1))))
