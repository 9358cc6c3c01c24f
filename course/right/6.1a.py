"""6.1a VGG11: right answers, written differently."""

from itertools import pairwise

from torch import nn
from torch.nn import functional

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% lists of modules, the pools and activations in forward


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        channels = [3] + [width * filters for stage in STAGES for filters in stage]
        pairs = list(pairwise(channels))
        self.convs = nn.ModuleList(nn.Conv2d(a, b, kernel_size=3, padding=1) for a, b in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) if batch_norm else nn.Identity() for _, b in pairs)
        self.fc1 = nn.Linear(channels[-1], channels[-1])
        self.fc2 = nn.Linear(channels[-1], NUM_CLASSES)
        self.relu = relu

    def forward(self, x):
        index = 0
        for stage, widths in enumerate(STAGES):
            for place in range(len(widths)):
                x = self.norms[index](self.convs[index](x))
                if self.relu and (stage, place) not in WITHOUT_RELU:
                    x = functional.relu(x)
                index += 1
            x = functional.max_pool2d(x, 2)
        x = self.fc1(x.flatten(start_dim=1))
        return self.fc2(functional.relu(x) if self.relu else x)


# %% one sequence, with the flattening in it


class VGG11(nn.Sequential):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        layers, channels = [], 3
        for i, stage in enumerate(STAGES):
            for j, filters in enumerate(stage):
                layers.append(nn.Conv2d(channels, filters * width, (3, 3), padding="same"))
                channels = filters * width
                if batch_norm:
                    layers.append(nn.BatchNorm2d(channels))
                if relu and (i, j) not in WITHOUT_RELU:
                    layers.append(nn.ReLU(inplace=True))
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
        layers += [nn.Flatten(), nn.Linear(channels, channels)]
        if relu:
            layers.append(nn.ReLU())
        super().__init__(*layers, nn.Linear(channels, NUM_CLASSES))


# %% the fully connected layers are made first


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        last = 64 * width
        between = [nn.ReLU()] if relu else []
        self.classifier = nn.Sequential(nn.Linear(last, last), *between, nn.Linear(last, 10))
        self.stages = nn.ModuleList()
        channels = 3
        for number, widths in enumerate(STAGES):
            stage = nn.Sequential()
            for index, filters in enumerate(widths):
                stage.add_module(f"conv{index}", nn.Conv2d(channels, width * filters, 3, 1, 1))
                channels = width * filters
                if batch_norm:
                    stage.add_module(f"norm{index}", nn.BatchNorm2d(channels))
                if relu and (number, index) not in WITHOUT_RELU:
                    stage.add_module(f"relu{index}", nn.ReLU())
            stage.add_module("pool", nn.MaxPool2d(2))
            self.stages.append(stage)

    def forward(self, images):
        for stage in self.stages:
            images = stage(images)
        return self.classifier(images.reshape(len(images), -1))
