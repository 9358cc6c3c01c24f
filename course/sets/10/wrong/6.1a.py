"""6.1a VGG11: wrong answers of set 10."""

import torch
from torch import nn


def _stages(width, relu, batch_norm, without=(), order="conv norm relu"):
    channels, layers = 3, []
    for number, stage in enumerate(STAGES):
        for index, out in enumerate(stage):
            pieces = {
                "conv": [nn.Conv2d(channels, width * out, 3, padding=1)],
                "norm": [nn.BatchNorm2d(width * out)] if batch_norm else [],
                "relu": [nn.ReLU()] if relu and (number, index) not in without else [],
            }
            layers += [piece for name in order.split() for piece in pieces[name]]
            channels = width * out
        layers.append(nn.MaxPool2d(2))
    return layers, channels


# %% a ReLU after every convolution, otherwise -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = _stages(width, relu, batch_norm)
        self.features = nn.Sequential(*layers)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU() if relu else nn.Identity(), nn.Linear(channels, 10)
        )

    def forward(self, images):
        return self.fc(self.features(images).flatten(1))


# %% no ReLU between the fully connected layers -> missing-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = _stages(width, relu, batch_norm, WITHOUT_RELU)
        self.features = nn.Sequential(*layers)
        self.fc1, self.fc2 = nn.Linear(channels, channels), nn.Linear(channels, 10)

    def forward(self, images):
        return self.fc2(self.fc1(self.features(images).flatten(1)))


# %% ReLU before batch norm -> order-of-layers


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = _stages(width, relu, batch_norm, WITHOUT_RELU, "conv relu norm")
        self.features = nn.Sequential(*layers)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU() if relu else nn.Identity(), nn.Linear(channels, 10)
        )

    def forward(self, images):
        return self.fc(self.features(images).flatten(1))


# %% ReLU in the handout's network, too -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = _stages(width, True, batch_norm, WITHOUT_RELU)
        self.features = nn.Sequential(*layers)
        self.fc = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, 10))

    def forward(self, images):
        return self.fc(self.features(images).flatten(1))


# %% the hidden layer keeps its 64 units -> channels


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = _stages(width, relu, batch_norm, WITHOUT_RELU)
        self.features = nn.Sequential(*layers)
        self.fc = nn.Sequential(nn.Linear(channels, 64), nn.ReLU() if relu else nn.Identity(), nn.Linear(64, 10))

    def forward(self, images):
        return self.fc(self.features(images).flatten(1))


# %% softmax at the end -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = _stages(width, relu, batch_norm, WITHOUT_RELU)
        self.features = nn.Sequential(*layers)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU() if relu else nn.Identity(), nn.Linear(channels, 10)
        )

    def forward(self, images):
        return torch.softmax(self.fc(self.features(images).flatten(1)), dim=1)


# %% layers in a plain list -> layer-missing


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.features, channels = _stages(width, relu, batch_norm, WITHOUT_RELU)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU() if relu else nn.Identity(), nn.Linear(channels, 10)
        )

    def forward(self, images):
        for layer in self.features:
            images = layer(images)
        return self.fc(images.flatten(1))


# %% a ReLU on the scores -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = _stages(width, relu, batch_norm, WITHOUT_RELU)
        self.features = nn.Sequential(*layers)
        self.fc1, self.fc2 = nn.Linear(channels, channels), nn.Linear(channels, 10)
        self.act = nn.ReLU() if relu else nn.Identity()

    def forward(self, images):
        hidden = self.act(self.fc1(self.features(images).flatten(1)))
        return self.act(self.fc2(hidden))
