"""6.1a VGG11: right answers."""

from torch import nn
from torch.nn import functional


# %% module lists and functional pools, the layers walked in forward
class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        sizes = [width * filters for stage in STAGES for filters in stage]
        self.convs = nn.ModuleList(
            nn.Conv2d(before, after, kernel_size=(3, 3), padding="same")
            for before, after in zip([3, *sizes[:-1]], sizes)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(size) if batch_norm else nn.Identity() for size in sizes)
        self.hidden = nn.Linear(sizes[-1], sizes[-1])
        self.scores = nn.Linear(sizes[-1], NUM_CLASSES)
        self.relu = relu

    def forward(self, images):
        x, number = images, 0
        for stage, widths in enumerate(STAGES):
            for index in range(len(widths)):
                x = self.norms[number](self.convs[number](x))
                if self.relu and (stage, index) not in WITHOUT_RELU:
                    x = functional.relu(x)
                number += 1
            x = functional.max_pool2d(x, kernel_size=2)
        x = self.hidden(x.mean(dim=(2, 3)))  # one pixel is left
        return self.scores(x.clamp(min=0) if self.relu else x)
