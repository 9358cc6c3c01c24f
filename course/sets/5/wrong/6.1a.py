"""6.1a VGG11: wrong answers."""

from torch import nn


# %% ReLU after every convolution -> extra-activation
# WITHOUT_RELU is ignored so the first convolutions of stages 4 and 5 have a ReLU too
class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for stage in STAGES:
            for filters in stage:
                layers.append(nn.Conv2d(channels, width * filters, kernel_size=3, padding=1))
                channels = width * filters
                if batch_norm:
                    layers.append(nn.BatchNorm2d(channels))
                if relu:
                    layers.append(nn.ReLU())
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
        self.conv = nn.Sequential(*layers)
        fc = [nn.Linear(channels, channels)]
        if relu:
            fc.append(nn.ReLU())
        fc.append(nn.Linear(channels, NUM_CLASSES))
        self.fc = nn.Sequential(*fc)

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% the hidden layer not widened -> channels
# the first fully connected layer has 64 outputs at every width where it should have width * 64
class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers = []
        in_channels = 3
        for s, stage in enumerate(STAGES):
            for i, out_channels in enumerate(stage):
                out_channels = out_channels * width
                layers += [nn.Conv2d(in_channels, out_channels, 3, padding=1)]
                if batch_norm:
                    layers += [nn.BatchNorm2d(out_channels)]
                if relu and (s, i) not in WITHOUT_RELU:
                    layers += [nn.ReLU()]
                in_channels = out_channels
            layers += [nn.MaxPool2d(2, 2)]
        self.conv = nn.Sequential(*layers)
        if relu:
            self.fc = nn.Sequential(nn.Linear(64 * width, 64), nn.ReLU(), nn.Linear(64, 10))
        else:
            self.fc = nn.Sequential(nn.Linear(64 * width, 64), nn.Linear(64, 10))

    def forward(self, images):
        x = self.conv(images)
        x = x.view(x.size(0), -1)
        return self.fc(x)
