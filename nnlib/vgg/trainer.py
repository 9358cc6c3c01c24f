"""Run a recipe from its beginning, or from its last checkpoint, to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from nnlib import checks
from nnlib.data import DataError
from nnlib.provenance.code import code_checksum
from nnlib.provenance.plain_json import array_checksum, checksum
from nnlib.vgg import checkpoint
from nnlib.vgg.device import dtype_of, machine, pick_device
from nnlib.vgg.loader import DataLoader
from nnlib.vgg.recipes import Recipe
from nnlib.vgg.training import History, predict, test, train, train_epoch

EVALUATION_BATCH = 500
PREPARATION = 5_000  # training images that a network's `prepare` sees


@dataclass(frozen=True)
class TrainResult:
    """A finished training.

    Attributes:
        recipe: what was trained.
        net: the network after the last epoch, in evaluation mode.
        history: what was recorded on the way.
        val_acc: accuracy on the validation set after the last epoch, tested as the recipe says.
        machine: what it was trained on.
        device: where the network is.
        dtype: of convolutions and products.
    """

    recipe: Recipe
    net: nn.Module
    history: History
    val_acc: float
    machine: str
    device: torch.device
    dtype: torch.dtype

    @property
    def seconds(self) -> float:
        """Seconds of training."""
        return self.history.seconds[-1]

    def scores(self, X: np.ndarray) -> Tensor:
        """Return the scores (N, 10) of uint8 images (N, 3, 32, 32), tested as the recipe says."""
        loader = DataLoader(X, np.zeros(len(X), dtype=np.int64), EVALUATION_BATCH, device=self.device)
        return predict(loader, self.net, self.device, dtype=self.dtype, **views(self.recipe))

    def accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the accuracy on uint8 images (N, 3, 32, 32) with labels (N,), a fraction."""
        return float((self.scores(X).argmax(1).numpy() == y).mean())


def views(recipe: Recipe) -> dict[str, object]:
    """Return the options with which `predict` tests a recipe's network."""
    return {"flip": recipe.tta_flip, "shift": recipe.tta_shift}


def run(
    recipe: Recipe,
    data: Mapping[str, np.ndarray],
    *,
    device: torch.device | str | None = None,
    folder: Path | None = None,
    rank: int = 0,
    world: int = 1,
) -> TrainResult:
    """Train as `recipe` says on the training images of `data`, and validate after every epoch.

    With a folder, a checkpoint is written after every epoch, and a training that finds its own goes on from there: on
    the CPU to the same weights, bit for bit, as without the interruption. One that is complete is read and not trained.
    A checkpoint is found by the recipe, its precision here, the number of processes, the training and validation
    images, and the code of the network and of a step: change one of them and the training begins anew.

    Args:
        recipe: what to train.
        data: X_train, y_train, X_val, y_val; images uint8 (N, 3, 32, 32).
        device: where; the best there is by default.
        folder: for checkpoints; None for none.
        rank: this process's number of `world` under torch.distributed, which shares every minibatch.
        world: the number of processes; where there are several, a process group has been made.

    Raises:
        DivergenceError: the loss became infinite or NaN.
        DataError: a checkpoint that cannot be used, or that another training is writing.
    """
    training = Trainer(recipe, data, pick_device() if device is None else torch.device(device), rank, world)
    if world > 1:
        training.check_same_config()
    return training.finish(None if folder is None else Path(folder) / f"{checksum(training.identity)}.pt")


class Trainer:
    """A recipe at work: its network, optimizer, schedule, minibatches and history; arguments as for `run`."""

    def __init__(
        self, recipe: Recipe, data: Mapping[str, np.ndarray], device: torch.device, rank: int = 0, world: int = 1
    ) -> None:
        self.recipe, self.device, self.rank, self.world = recipe, device, rank, world
        self.dtype = dtype_of(recipe.precision, device)
        self.machine, self.history = machine(device), History()
        arrays = {key: data[key] for key in ("X_train", "y_train", "X_val", "y_val")}
        self.identity = {
            "recipe": recipe.training(),
            "code": code_checksum(recipe.network, recipe.optimizer, Recipe, DataLoader, train_epoch),
            "data": array_checksum(arrays),
            "dtype": str(self.dtype),
            "processes": world,
        }
        self.batches = DataLoader(
            data["X_train"],
            data["y_train"],
            recipe.batch_size,
            device=device,
            seed=recipe.seed,
            augment=recipe.augment,
            resolutions=recipe.resolution_by_epoch(),
            rank=rank,
            world=world,
        )
        self.validation = DataLoader(data["X_val"], data["y_val"], EVALUATION_BATCH, device=device)
        net = recipe.make_network()
        if hasattr(net, "init_whitening"):
            first, _ = next(iter(DataLoader(data["X_train"][:PREPARATION], data["y_train"][:PREPARATION], PREPARATION)))
            net.init_whitening(first)  # on the CPU: an accelerator may have no eigendecomposition
        self.net = net.to(device=device, memory_format=torch.channels_last)
        self.optimizer = recipe.optimizer(self.net, recipe.learning_rate)
        self.scheduler = recipe.make_scheduler(self.optimizer, len(self.batches))

    def check_same_config(self) -> None:
        """Raise a ValueError unless all processes train the same on the same images, in the same precision."""
        found: list = [None] * self.world
        torch.distributed.all_gather_object(found, checksum(self.identity))
        todo = "Give every machine the same data, code and kind of processor."
        checks.require(len(set(found)) == 1, "identity", "the same training in every process", found, todo)

    def resume(self, path: Path) -> None:
        """Take up the checkpoint at `path`, if there is one; of several processes the first reads it for all."""
        state = self.broadcast_from_rank0(lambda: checkpoint.load(path, self.identity))
        if state is None:
            return
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.history, before, here = History(**state["history"]), state["machine"], machine(self.device)
        goes_on_elsewhere = self.history.epoch < self.recipe.epochs and here not in before.split("; then ")
        self.machine = f"{before}; then {here}" if goes_on_elsewhere else before

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        state = {
            "training": self.identity,
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "history": self.history.to_dict(),
            "machine": self.machine,
        }
        checkpoint.save(path, state)

    def finish(self, path: Path | None = None) -> TrainResult:
        """Train the epochs that are left, and return the result.

        With a path, it goes on from the checkpoint there, and writes one after each epoch, alone: while one training
        does so, every other one that has epochs left is refused. What is complete is read, whoever else does so.
        """
        if path is not None:
            self.resume(path)
        if path is None or self.history.epoch == self.recipe.epochs:
            self._train()
        else:
            with ExitStack() as stack:
                self.broadcast_from_rank0(lambda: stack.enter_context(checkpoint.checkpoint_lock(path)))
                self.resume(path)  # once more: another one may have ended since
                self._train((lambda history: self.save(path)) if self.rank == 0 else None)
        accuracy = test(self.validation, self.net, self.device, dtype=self.dtype, **views(self.recipe))
        return TrainResult(self.recipe, self.net, self.history, accuracy, self.machine, self.device, self.dtype)

    def _train(self, after_epoch: Callable[[History], None] | None = None) -> None:
        def validate() -> float:
            return test(self.validation, self.net, self.device, dtype=self.dtype)

        train(
            self.batches,
            self.net if self.world == 1 else DistributedDataParallel(self.net),
            self.recipe.criterion(),
            self.optimizer,
            self.device,
            epochs=self.recipe.epochs,
            scheduler=self.scheduler,
            dtype=self.dtype,
            validate=validate,
            history=self.history,
            after_epoch=after_epoch,
            name=self.recipe.name,
        )

    def broadcast_from_rank0(self, action: Callable[[], object]) -> object:
        """Return in all processes what `action` returns in the first; if it raises a DataError there, all do."""
        found: list = [None]
        if self.rank == 0:
            try:
                found = [action()]
            except DataError as error:
                found = [error]
        if self.world > 1:
            torch.distributed.broadcast_object_list(found)
        if isinstance(found[0], DataError):
            raise found[0]
        return found[0]
