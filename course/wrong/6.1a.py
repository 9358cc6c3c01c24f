"""6.1a VGG11: wrong answers."""

from torch import nn

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% a ReLU after every convolution whatever the caller says -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for widths in STAGES:
            for filters in widths:
                layers.append(nn.Conv2d(channels, width * filters, 3, padding=1))
                channels = width * filters
                layers += [nn.BatchNorm2d(channels)] if batch_norm else []
                layers.append(nn.ReLU())
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% the width is not used -> channels


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for stage, widths in enumerate(STAGES):
            for index, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, filters, 3, padding=1))
                channels = filters
                layers += [nn.BatchNorm2d(channels)] if batch_norm else []
                layers += [nn.ReLU()] if relu and (stage, index) not in WITHOUT_RELU else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        hidden = [nn.ReLU()] if relu else []
        self.fc = nn.Sequential(nn.Linear(64, 64), *hidden, nn.Linear(64, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% a pool after every convolution -> exception


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for widths in STAGES:
            for filters in widths:
                layers += [nn.Conv2d(channels, width * filters, 3, padding=1), nn.MaxPool2d(2)]
                channels = width * filters
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Sequential(nn.Linear(channels, channels), nn.Linear(channels, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% no padding -> exception


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for widths in STAGES:
            for filters in widths:
                layers.append(nn.Conv2d(channels, width * filters, 3))
                channels = width * filters
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Sequential(nn.Linear(channels, channels), nn.Linear(channels, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% the last pool is left out, a mean takes its place -> missing-pool


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for stage, widths in enumerate(STAGES):
            for index, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, width * filters, 3, padding=1))
                channels = width * filters
                layers += [nn.BatchNorm2d(channels)] if batch_norm else []
                layers += [nn.ReLU()] if relu and (stage, index) not in WITHOUT_RELU else []
            layers += [nn.MaxPool2d(2)] if stage < 4 else [nn.AdaptiveAvgPool2d(1)]
        self.conv = nn.Sequential(*layers)
        hidden = [nn.ReLU()] if relu else []
        self.fc = nn.Sequential(nn.Linear(channels, channels), *hidden, nn.Linear(channels, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% one fully connected layer -> layer-missing


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for stage, widths in enumerate(STAGES):
            for index, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, width * filters, 3, padding=1))
                channels = width * filters
                layers += [nn.BatchNorm2d(channels)] if batch_norm else []
                layers += [nn.ReLU()] if relu and (stage, index) not in WITHOUT_RELU else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        self.fc = nn.Linear(channels, NUM_CLASSES)

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% one convolution a stage -> layer-missing


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for widths in STAGES:
            layers.append(nn.Conv2d(channels, width * widths[0], 3, padding=1))
            channels = width * widths[0]
            layers += [nn.BatchNorm2d(channels)] if batch_norm else []
            layers += [nn.ReLU()] if relu else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        hidden = [nn.ReLU()] if relu else []
        self.fc = nn.Sequential(nn.Linear(channels, channels), *hidden, nn.Linear(channels, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% batch norm is left out -> layer-missing


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for stage, widths in enumerate(STAGES):
            for index, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, width * filters, 3, padding=1))
                channels = width * filters
                layers += [nn.ReLU()] if relu and (stage, index) not in WITHOUT_RELU else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        hidden = [nn.ReLU()] if relu else []
        self.fc = nn.Sequential(nn.Linear(channels, channels), *hidden, nn.Linear(channels, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1))


# %% probabilities in place of scores -> extra-activation


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, channels = [], 3
        for stage, widths in enumerate(STAGES):
            for index, filters in enumerate(widths):
                layers.append(nn.Conv2d(channels, width * filters, 3, padding=1))
                channels = width * filters
                layers += [nn.BatchNorm2d(channels)] if batch_norm else []
                layers += [nn.ReLU()] if relu and (stage, index) not in WITHOUT_RELU else []
            layers.append(nn.MaxPool2d(2))
        self.conv = nn.Sequential(*layers)
        hidden = [nn.ReLU()] if relu else []
        self.fc = nn.Sequential(nn.Linear(channels, channels), *hidden, nn.Linear(channels, NUM_CLASSES))

    def forward(self, images):
        return self.fc(self.conv(images).flatten(1)).softmax(1)
