"""6.1a VGG11: right answers of set 11."""

import torch
from torch import nn
from torch.nn import functional as F

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% a block class, pools by stride-2 adaptive sizes


class _Block(nn.Module):
    def __init__(self, before, after, activate, normalise):
        super().__init__()
        self.conv = nn.Conv2d(before, after, kernel_size=3, stride=1, padding=1)
        self.norm = nn.BatchNorm2d(after) if normalise else None
        self.activate = activate

    def forward(self, x):
        x = self.conv(x)
        x = x if self.norm is None else self.norm(x)
        return torch.relu(x) if self.activate else x


class VGG11(nn.Module):
    def __init__(self, *, width: int = 1, relu: bool = False, batch_norm: bool = False):
        super().__init__()
        modules, channels = [], 3
        for s, stage in enumerate(STAGES):
            for i, filters in enumerate(stage):
                active = relu and (s, i) not in WITHOUT_RELU
                modules.append(_Block(channels, filters * width, active, batch_norm))
                channels = filters * width
            modules.append(nn.MaxPool2d((2, 2), (2, 2)))
        self.features = nn.Sequential(*modules)
        self.hidden = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, NUM_CLASSES)
        self.relu = relu

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.features(x)
        x = self.hidden(torch.flatten(x, 1))
        x = F.relu(x) if self.relu else x
        return self.out(x)


# %% modules by name, fetched in forward


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.names = []
        channels = 3
        for stage, widths in enumerate(STAGES):
            for index, filters in enumerate(widths):
                name = f"conv{stage}_{index}"
                self.add_module(name, nn.Conv2d(channels, width * filters, 3, padding=1))
                if batch_norm:
                    self.add_module(f"norm{stage}_{index}", nn.BatchNorm2d(width * filters))
                self.names.append((name, relu and (stage, index) not in WITHOUT_RELU, index == len(widths) - 1))
                channels = width * filters
        self.relu = relu
        self.fc1, self.fc2 = nn.Linear(channels, channels), nn.Linear(channels, NUM_CLASSES)

    def forward(self, images):
        x = images
        for name, active, last in self.names:
            x = getattr(self, name)(x)
            norm = getattr(self, name.replace("conv", "norm"), None)
            x = norm(x) if norm is not None else x
            x = x.clamp(min=0) if active else x
            x = F.max_pool2d(x, 2) if last else x
        x = self.fc1(x.squeeze(-1).squeeze(-1))
        return self.fc2(x.relu() if self.relu else x)
