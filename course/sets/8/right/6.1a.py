"""6.1a VGG11: right answers of set 8."""

from collections import OrderedDict

from torch import Tensor, nn
from torch.nn import functional

from nnlib.vgg.networks import NUM_CLASSES, STAGES, WITHOUT_RELU

# %% a module list by stage, functional pools


class VGG11(nn.Module):
    def __init__(self, *, width=1, relu=False, batch_norm=False):
        super().__init__()
        self.relu, channels = relu, 3
        self.stages, self.norms = nn.ModuleList(), nn.ModuleList()
        for stage in STAGES:
            convolutions, norms = nn.ModuleList(), nn.ModuleList()
            for out in (width * c for c in stage):
                convolutions.append(nn.Conv2d(channels, out, kernel_size=(3, 3), padding="same"))
                norms.append(nn.BatchNorm2d(out) if batch_norm else nn.Identity())
                channels = out
            self.stages.append(convolutions)
            self.norms.append(norms)
        self.hidden = nn.Linear(channels, channels)
        self.scores = nn.Linear(channels, NUM_CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        for s, (convolutions, norms) in enumerate(zip(self.stages, self.norms)):
            for i, (convolution, norm) in enumerate(zip(convolutions, norms)):
                images = norm(convolution(images))
                if self.relu and (s, i) not in WITHOUT_RELU:
                    images = functional.relu(images)
            images = functional.max_pool2d(images, 2)
        hidden = self.hidden(images.flatten(1))
        return self.scores(hidden.clamp(min=0) if self.relu else hidden)


# %% one ordered dictionary of named modules


class VGG11(nn.Module):
    def __init__(self, *, width: int = 1, relu: bool = False, batch_norm: bool = False) -> None:
        super().__init__()
        parts, inputs = OrderedDict(), 3
        for s, stage in enumerate(STAGES):
            for i, outputs in enumerate(stage):
                parts[f"conv{s}{i}"] = nn.Conv2d(inputs, outputs * width, 3, 1, 1)
                if batch_norm:
                    parts[f"norm{s}{i}"] = nn.BatchNorm2d(outputs * width)
                if relu and (s, i) not in WITHOUT_RELU:
                    parts[f"relu{s}{i}"] = nn.ReLU(inplace=True)
                inputs = outputs * width
            parts[f"pool{s}"] = nn.MaxPool2d(kernel_size=2, stride=2)
        parts["flat"] = nn.Flatten()
        parts["fc0"] = nn.Linear(inputs, inputs)
        parts.update({"relu": nn.ReLU()} if relu else {})
        parts["fc1"] = nn.Linear(inputs, NUM_CLASSES)
        self.body = nn.Sequential(parts)

    def forward(self, images: Tensor) -> Tensor:
        return self.body(images)
