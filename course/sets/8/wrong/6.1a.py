"""6.1a VGG11: wrong answers of set 8."""

from torch import Tensor, nn

from nnlib.vgg.networks import STAGES, WITHOUT_RELU

# %% a ReLU after every convolution -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, inputs = [], 3
        for stage in STAGES:
            for outputs in stage:
                layers.append(nn.Conv2d(inputs, outputs * width, 3, padding=1))
                layers += [nn.BatchNorm2d(outputs * width)] if batch_norm else []
                layers += [nn.ReLU()] if relu else []
                inputs = outputs * width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Linear(inputs, inputs), nn.ReLU() if relu else nn.Identity(), nn.Linear(inputs, 10)
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images).flatten(1))


# %% batch norm after the ReLU (set 8) -> order-of-layers


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, inputs = [], 3
        for s, stage in enumerate(STAGES):
            for i, outputs in enumerate(stage):
                layers.append(nn.Conv2d(inputs, outputs * width, 3, padding=1))
                layers += [nn.ReLU()] if relu and (s, i) not in WITHOUT_RELU else []
                layers += [nn.BatchNorm2d(outputs * width)] if batch_norm else []
                inputs = outputs * width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Linear(inputs, inputs), nn.ReLU() if relu else nn.Identity(), nn.Linear(inputs, 10)
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images).flatten(1))


# %% a softmax on the scores -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, inputs = [], 3
        for s, stage in enumerate(STAGES):
            for i, outputs in enumerate(stage):
                layers.append(nn.Conv2d(inputs, outputs * width, 3, padding=1))
                layers += [nn.BatchNorm2d(outputs * width)] if batch_norm else []
                layers += [nn.ReLU()] if relu and (s, i) not in WITHOUT_RELU else []
                inputs = outputs * width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Linear(inputs, inputs), nn.ReLU() if relu else nn.Identity(), nn.Linear(inputs, 10)
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images).flatten(1)).softmax(dim=1)
