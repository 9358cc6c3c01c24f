"""6.1a VGG11: wrong answers."""

from torch import nn

from nnlib.vgg.networks import NUM_CLASSES


# %% the paper's channels -> channels
class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, c = [], 3
        for stage, k in zip((64, 128, 256, 512, 512), (1, 1, 2, 2, 2), strict=True):
            for _ in range(k):
                layers += [nn.Conv2d(c, stage, 3, padding=1)]
                layers += [nn.BatchNorm2d(stage)] if batch_norm else []
                c = stage
            layers += [nn.MaxPool2d(2)]
        self.conv, self.fc = nn.Sequential(*layers), nn.Sequential(nn.Linear(c, c), nn.Linear(c, NUM_CLASSES))

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))
