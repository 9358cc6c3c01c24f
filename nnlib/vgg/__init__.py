"""Q6: VGG11 on CIFAR-10 in PyTorch. The only part of nnlib that imports torch; `import nnlib` does not import it.

    data = load_for(PROFILES["full"])
    result = run(RECIPES["handout"], data)          # trains, validates, returns network and history
    result.accuracy(*open_test(data))               # at the very end

`python -m nnlib.vgg` trains from a shell, `torchrun --nproc-per-node 2 -m nnlib.vgg` on several processes.
"""

# ruff: noqa: F401  (the names are imported to be found here)
from nnlib.vgg.analysis import cost, operations, receptive_fields, spreads
from nnlib.vgg.checkpoint import default_folder
from nnlib.vgg.cifar10 import class_names, load_cifar10, load_for
from nnlib.vgg.loader import Augment, DataLoader
from nnlib.vgg.networks import VGG11, WhitenedVGG, start_from_he
from nnlib.vgg.recipes import LADDER, OURS, PROFILES, RECIPES, REPORT, STARTS, TUNED, OneCycle, Recipe, changes
from nnlib.vgg.trainer import Trainer, TrainResult, fast_bfloat16, machine, pick_device, run
from nnlib.vgg.training import Autocast, DivergenceError, History, predict, test, train, train_epoch
