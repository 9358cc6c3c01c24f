"""Records of trainings and sweeps that took no time, each of other numbers."""

import itertools
from types import SimpleNamespace

import numpy as np

from nnlib.search.sweeps import group_by_settings


def history(seed: int, epochs: int = 4, steps: int = 120, **more) -> SimpleNamespace:
    """A record of training that no other seed has."""
    rng = np.random.default_rng(seed)
    val = list(rng.uniform(0.9, 1, epochs))
    return SimpleNamespace(
        loss_history=list(2 * np.exp(-np.arange(steps) / 30) + rng.uniform(0.01, 0.05, steps)),
        learning_rates=list(rng.uniform(0.1, 0.2, steps)),
        train_acc_history=list(rng.uniform(0.9, 1, epochs)),
        val_acc_history=val,
        best_val_acc=max(val),
        val_acc=val[-1],
        epoch=epochs,
        **more,
    )


class Swept(list):
    """The rows of a sweep over a grid, with numbers that no other sweep has; `failed` are indices of rows."""

    def __init__(self, seed: int, grid: dict, *, seeds: int = 1, failed: tuple[int, ...] = ()):
        rng = np.random.default_rng(seed)
        for *values, number in itertools.product(*grid.values(), range(seeds)):
            settings = dict(zip(grid, values, strict=True))
            curve = SimpleNamespace(steps=list(range(1, 101)), losses=list(rng.uniform(0.1, 2, 100)))
            size, units = settings.get("filter_size", 5), settings.get("hidden_dim", 50)
            params = 32 * size**2 + (32 * ((29 - size) // 2) ** 2 + 1) * units + (units + 1) * 10
            accuracy = float(rng.uniform(0.9, 1))
            wrong = sorted(rng.choice(1000, round(1000 * (1 - accuracy)), replace=False).tolist())
            more = {"seed": number, "status": "done", "curve": curve, "data": SimpleNamespace(val=1000), "wrong": wrong}
            self.append(SimpleNamespace(settings=settings, val_acc=accuracy, num_params=params, **more))
        for index in failed:
            self[index].status, self[index].val_acc = "diverged", None
        self.points = group_by_settings(self)

    def choice(self, index: int) -> SimpleNamespace:
        row = self[index]
        own = {"settings": row.settings, "val_acc": row.val_acc, "num_params": row.num_params}
        return SimpleNamespace(standard_error=0.01, **own)
