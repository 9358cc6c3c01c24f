"""6.1a VGG11: right answers of set 9."""

from torch import nn

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% no bias before batch norm


def _block(i, o, act, norm):
    layers = [nn.Conv2d(i, o, 3, padding=1, bias=not norm)]
    if norm:
        layers.append(nn.BatchNorm2d(o))
    if act:
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        layers, c = [], 3
        for s, st in enumerate(STAGES):
            for i, o in enumerate(st):
                layers.append(_block(c, o * width, relu and (s, i) not in WITHOUT_RELU, batch_norm))
                c = o * width
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Linear(c, c), *([nn.ReLU()] if relu else []), nn.Linear(c, NUM_CLASSES))

    def forward(self, images):
        x = self.features(images)
        return self.classifier(x.view(x.size(0), -1))
