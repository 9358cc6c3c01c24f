"""Images, labels and trainings small enough for the tests of nnlib.vgg."""

from functools import partial

import numpy as np
import torch

from nnlib.vgg.loader import Augment
from nnlib.vgg.networks import WhitenedVGG
from nnlib.vgg.recipes import OneCycle, Recipe, nesterov

CPU = torch.device("cpu")


def images(count, seed=0):
    """Return noise (N, 3, 32, 32), uint8."""
    return np.random.default_rng(seed).integers(0, 256, (count, 3, 32, 32), dtype=np.uint8)


def floats(count, seed=0):
    """Return noise (N, 3, 32, 32) as a network gets it: float32 in [-1, 1]."""
    return torch.from_numpy(images(count, seed)).float() / 127.5 - 1


def coloured(count, seed=0):
    """Return noisy images of three classes, and as labels the channel that is bright."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    X = rng.integers(0, 120, (count, 3, 32, 32), dtype=np.uint8)
    X[np.arange(count), y] += 130
    return X, y


def dataset(count=60, num_val=30, seed=0):
    X, y = coloured(count + num_val, seed)
    return {"X_train": X[:count], "y_train": y[:count], "X_val": X[count:], "y_val": y[count:]}


def small_recipe(**changed):
    """Return a training with whitening, batch norm, momentum, a one-cycle schedule, augmentation and growing images."""
    settings = {
        "name": "small",
        "title": "small",
        "network": partial(WhitenedVGG, widths=(4, 8, 8)),
        "optimizer": nesterov,
        "learning_rate": 0.05,
        "schedule": OneCycle(),
        "epochs": 4,
        "batch_size": 20,
        "augment": Augment(translate=2, flip=True, cutout=8),
        "resolutions": (20, 32),
        "label_smoothing": 0.1,
        "precision": "float32",
    }
    return Recipe(**settings | changed)


def checkpoints(folder):
    """Return the checkpoint files in a folder, in order."""
    return sorted(folder.glob("*.pt"))


def assert_same_state(state, expected):
    """Assert that two state dicts agree bit for bit."""
    assert state.keys() == expected.keys()
    for name, tensor in expected.items():
        assert torch.equal(state[name], tensor), name
