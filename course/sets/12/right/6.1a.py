"""6.1a VGG11: right answers of set 12."""

import torch
from torch import nn

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% blocks in a ModuleList, functional pools


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        sizes = [width * f for stage in STAGES for f in stage]
        self.convs = nn.ModuleList(nn.Conv2d(i, o, 3, padding="same") for i, o in zip([3, *sizes], sizes, strict=False))
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) if batch_norm else nn.Identity() for o in sizes)
        self.hidden = nn.Linear(sizes[-1], sizes[-1])
        self.scores = nn.Linear(sizes[-1], NUM_CLASSES)
        self.relu = relu

    def forward(self, images):
        x, k = images, 0
        for stage, widths in enumerate(STAGES):
            for index in range(len(widths)):
                x = self.norms[k](self.convs[k](x))
                if self.relu and (stage, index) not in WITHOUT_RELU:
                    x = torch.relu(x)
                k += 1
            x = torch.max_pool2d(x, 2)
        x = self.hidden(x.view(x.shape[0], -1))
        return self.scores(x.relu() if self.relu else x)
