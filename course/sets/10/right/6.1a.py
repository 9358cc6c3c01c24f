"""6.1a VGG11: right answers of set 10."""

from torch import nn
from torch.nn import functional as F

# %% a module list per stage, functional pools


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.stages = nn.ModuleList()
        channels = 3
        for number, stage in enumerate(STAGES):
            layers = []
            for index, out in enumerate(stage):
                layers.append(nn.Conv2d(channels, width * out, kernel_size=(3, 3), padding="same"))
                if batch_norm:
                    layers.append(nn.BatchNorm2d(width * out))
                if relu and (number, index) not in WITHOUT_RELU:
                    layers.append(nn.ReLU(inplace=True))
                channels = width * out
            self.stages.append(nn.Sequential(*layers))
        self.fc1 = nn.Linear(channels, 64 * width)
        self.fc2 = nn.Linear(64 * width, NUM_CLASSES)
        self.relu = relu

    def forward(self, images):
        for stage in self.stages:
            images = F.max_pool2d(stage(images), 2)
        hidden = self.fc1(images.flatten(start_dim=1))
        return self.fc2(F.relu(hidden) if self.relu else hidden)


# %% written out, with names, and a view


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()

        def block(i, o, active=True):
            yield nn.Conv2d(i * width if i > 3 else 3, o * width, 3, 1, 1)
            if batch_norm:
                yield nn.BatchNorm2d(o * width)
            if relu and active:
                yield nn.ReLU()

        pool = nn.MaxPool2d(2, 2)
        self.conv1 = nn.Sequential(*block(3, 8), pool)
        self.conv2 = nn.Sequential(*block(8, 16), pool)
        self.conv3 = nn.Sequential(*block(16, 32), *block(32, 32), pool)
        self.conv4 = nn.Sequential(
            *block(32, 64, (3, 0) not in WITHOUT_RELU), *block(64, 64, (3, 1) not in WITHOUT_RELU), pool
        )
        self.conv5 = nn.Sequential(
            *block(64, 64, (4, 0) not in WITHOUT_RELU), *block(64, 64, (4, 1) not in WITHOUT_RELU), pool
        )
        self.classifier = nn.Sequential(
            nn.Linear(64 * width, 64 * width), nn.ReLU() if relu else nn.Identity(), nn.Linear(64 * width, 10)
        )

    def forward(self, images):
        x = self.conv5(self.conv4(self.conv3(self.conv2(self.conv1(images)))))
        x = x.view(x.size(0), -1)
        return self.classifier(x)
