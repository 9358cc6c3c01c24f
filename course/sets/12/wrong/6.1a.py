"""6.1a VGG11: wrong answers of set 12."""

from torch import nn

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% squeezed before the fully connected layers: an image alone loses its axis -> extra-axis


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
        return self.fc(self.conv(images).squeeze())
