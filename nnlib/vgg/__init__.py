"""Q6: VGG11 on CIFAR-10 in PyTorch. The only part of nnlib that imports torch; `import nnlib` does not import it.

    data = load_for(PROFILES["full"])
    result = run(RECIPES["handout"], data)          # trains, validates, returns network and history
    result.accuracy(*open_test(data))               # at the very end

`python -m nnlib.vgg` trains from a shell, `torchrun --nproc-per-node 2 -m nnlib.vgg` on several processes.
"""

from nnlib.vgg.analysis import Cost, affine_map, cost, nonlinear_modules
from nnlib.vgg.checkpoint import default_folder
from nnlib.vgg.cifar10 import class_names, load_cifar10, load_for
from nnlib.vgg.device import fast_bfloat16, machine, pick_device
from nnlib.vgg.loader import Augment, DataLoader
from nnlib.vgg.networks import VGG11, WhitenedVGG
from nnlib.vgg.recipes import HANDOUT, LADDER, OURS, PROFILES, RECIPES, REPORT, TUNED, OneCycle, Profile, Recipe
from nnlib.vgg.trainer import Trainer, TrainResult, run
from nnlib.vgg.training import DivergenceError, History, loss_of, predict, test, train, train_epoch

__all__ = [
    "HANDOUT",
    "LADDER",
    "OURS",
    "PROFILES",
    "RECIPES",
    "REPORT",
    "TUNED",
    "VGG11",
    "Augment",
    "Cost",
    "DataLoader",
    "DivergenceError",
    "History",
    "OneCycle",
    "Profile",
    "Recipe",
    "TrainResult",
    "Trainer",
    "WhitenedVGG",
    "affine_map",
    "class_names",
    "cost",
    "default_folder",
    "fast_bfloat16",
    "load_cifar10",
    "load_for",
    "loss_of",
    "machine",
    "nonlinear_modules",
    "pick_device",
    "predict",
    "run",
    "test",
    "train",
    "train_epoch",
]
