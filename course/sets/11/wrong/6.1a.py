"""6.1a VGG11: wrong answers of set 11."""

from torch import nn

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% no batch norm where no ReLU follows, ReLU everywhere -> layer-missing


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for s, widths in enumerate(STAGES):
            for i, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, filters * width, 3, padding=1))
                channels = filters * width
                if batch_norm and (s, i) not in WITHOUT_RELU:
                    layers.append(nn.BatchNorm2d(channels))
                layers += [nn.ReLU()] if relu else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels), *([nn.ReLU()] if relu else []), nn.Linear(channels, NUM_CLASSES)
        )

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))


# %% dropout between the fully connected layers, as in torchvision's VGG -> none


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for s, widths in enumerate(STAGES):
            for i, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, filters * width, 3, padding=1))
                channels = filters * width
                layers += [nn.BatchNorm2d(channels)] if batch_norm else []
                layers += [nn.ReLU()] if relu and (s, i) not in WITHOUT_RELU else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels),
            *([nn.ReLU()] if relu else []),
            nn.Dropout(0.5),
            nn.Linear(channels, NUM_CLASSES),
        )

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))
