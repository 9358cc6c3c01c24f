"""Run a recipe, from its beginning or from its last checkpoint, to its end."""

import platform
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from nnlib import checks
from nnlib.data import DataError
from nnlib.provenance.code import code_checksum
from nnlib.provenance.machine import processor
from nnlib.provenance.plain_json import array_checksum, checksum
from nnlib.vgg import checkpoint
from nnlib.vgg.loader import DataLoader
from nnlib.vgg.recipes import Recipe
from nnlib.vgg.training import Autocast, History, predict, test, train, train_epoch

Data = Mapping[str, np.ndarray]
EVALUATION_BATCH = 500
WHITENING_IMAGES = 5_000  # training images that a network's `init_whitening` sees


def pick_device() -> torch.device:
    """Return the accelerator that PyTorch finds (CUDA, MPS, ...), else the CPU."""
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")


def fast_bfloat16(device: torch.device) -> bool:
    """Return whether `device` multiplies in bfloat16 faster than in float32; elsewhere it is emulated, and slower."""
    if device.type == "cpu":
        has = torch.cpu.get_capabilities()
        return any(has.get(name, False) for name in ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16"))
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def machine(device: torch.device) -> str:
    """Return what trains: the accelerator, or the processor and its threads; PyTorch's version. No host name."""
    if device.type == "cpu":
        where = f"{processor()}, {torch.get_num_threads()} threads"
    else:
        where = (
            torch.cuda.get_device_name(device) if device.type == "cuda" else f"{device.type} of {platform.machine()}"
        )
    return f"{where}, PyTorch {torch.__version__}"


def processes() -> tuple[int, int]:
    """Return the current process's rank and how many train together: torch.distributed's group, else 0 and 1."""
    together = torch.distributed.is_initialized()
    return (torch.distributed.get_rank(), torch.distributed.get_world_size()) if together else (0, 1)


@dataclass(frozen=True)
class TrainResult:
    """A finished training."""

    recipe: Recipe
    net: nn.Module  # after the last epoch, in evaluation mode
    history: History
    machine: str  # what it was trained on
    device: torch.device  # where the network is
    dtype: torch.dtype  # of convolutions and matrix products
    val_acc: float = float("nan")  # validation accuracy after the last epoch, with the recipe's test-time augmentation

    @property
    def seconds(self) -> float:
        """Seconds of training."""
        return self.history.seconds[-1]

    def scores(self, X: np.ndarray) -> Tensor:
        """Return the scores (N, 10) of uint8 images (N, 3, 32, 32), with the recipe's test-time augmentation."""
        loader = DataLoader(X, np.zeros(len(X), int), EVALUATION_BATCH, device=self.device)
        net, recipe = Autocast(self.net, self.dtype), self.recipe
        return predict(loader, net, self.device, flip=recipe.tta_flip, shift=recipe.tta_shift)

    def accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the accuracy on uint8 images (N, 3, 32, 32) with labels (N,), a fraction."""
        return float((self.scores(X).argmax(1).numpy() == y).mean())


def run(
    recipe: Recipe, data: Data, *, device: torch.device | str | None = None, folder: Path | None = None
) -> TrainResult:
    """Train as `recipe` says, and validate after each epoch; the processes of a torch.distributed group train together.

    `data` holds X_train, y_train, X_val, y_val; images uint8 (N, 3, 32, 32). With a folder, a checkpoint is written
    after each epoch, and a training that finds its own goes on from there: on the CPU to the same weights, bit for bit,
    as without the interruption. A complete one is only read. Another recipe, precision here, number of processes, other
    data, or other code of the network and of a step start from scratch.

    Raises:
        DivergenceError: the loss became infinite or NaN.
        DataError: a checkpoint that cannot be used or written, or that another training is writing.
        CodeError: code that decides the training was edited after it was loaded.
        ValueError: the processes differ in recipe, images, code or precision.
    """
    trainer = Trainer(recipe, data, pick_device() if device is None else torch.device(device))
    found = [checksum(trainer.identity)] * trainer.world
    if trainer.world > 1:
        torch.distributed.all_gather_object(found, found[0])
    todo = "Give every machine the same data, code and kind of processor."
    checks.require(len(set(found)) == 1, "identity", "the same training in every process", found, todo)
    return trainer.finish(None if folder is None else Path(folder) / f"{found[0]}.pt")


class Trainer:
    """A recipe in training: its network, optimizer, schedule, minibatches and history; arguments as for `run`."""

    def __init__(self, recipe: Recipe, data: Data, device: torch.device) -> None:
        self.recipe, self.device = recipe, device
        self.rank, self.world = processes()
        self.dtype = torch.bfloat16 if recipe.precision == "bfloat16" and fast_bfloat16(device) else torch.float32
        self.machine, self.history = machine(device), History()
        X, y, self.X_val, self.y_val = (data[key] for key in ("X_train", "y_train", "X_val", "y_val"))
        code = code_checksum(recipe.network, recipe.optimizer, Recipe, DataLoader, Autocast, train, train_epoch)
        self.identity = {"recipe": recipe.training(), "code": code, "data": array_checksum(data)}
        self.identity |= {"dtype": str(self.dtype), "processes": self.world}
        sides = [recipe.resolutions[epoch * len(recipe.resolutions) // recipe.epochs] for epoch in range(recipe.epochs)]
        share = {"device": device, "rank": self.rank, "world": self.world, "resolutions": sides}
        self.batches = DataLoader(X, y, recipe.batch_size, seed=recipe.seed, augment=recipe.augment, **share)
        net = recipe.make_network()
        if hasattr(net, "init_whitening"):
            sample, _ = next(iter(DataLoader(X[:WHITENING_IMAGES], y[:WHITENING_IMAGES], WHITENING_IMAGES)))
            net.init_whitening(sample)  # on the CPU: not every accelerator has eigh
        self.net = net.to(device=device, memory_format=torch.channels_last)
        self.optimizer = recipe.optimizer(self.net, recipe.learning_rate)
        self.scheduler = recipe.make_scheduler(self.optimizer, len(self.batches))
        self._parts = {"net": self.net, "optimizer": self.optimizer, "scheduler": self.scheduler}

    def resume(self, path: Path) -> None:
        """Load the checkpoint at `path`, if there is one; of several processes the first reads it for all."""
        if (state := self.broadcast_from_rank0(lambda: checkpoint.load(path, self.identity))) is None:
            return
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        self.history = History(**state["history"])
        before = state["machine"].split("; then ") if self.history.epoch > 0 else []
        now = [machine(self.device)] if self.history.epoch < self.recipe.epochs else []
        self.machine = "; then ".join(dict.fromkeys(before + now))

    def save(self, path: Path) -> None:
        """Write a checkpoint; of several processes the first writes it for all."""
        state = {"training": self.identity, "history": vars(self.history), "machine": self.machine}
        state |= {name: part.state_dict() for name, part in self._parts.items()}
        self.broadcast_from_rank0(lambda: checkpoint.save(path, state))

    def finish(self, path: Path | None = None) -> TrainResult:
        """Train the epochs that are left, and return the result; of a checkpoint at `path` holds what `run` says."""
        options = {"epochs": self.recipe.epochs, "scheduler": self.scheduler, "name": self.recipe.name}
        with ExitStack() as held:
            if path is not None:
                self.resume(path)
                options["after_epoch"] = lambda _: self.save(path)
                if self.history.epoch < self.recipe.epochs:
                    self.broadcast_from_rank0(lambda: held.enter_context(checkpoint.checkpoint_lock(path)))
                    self.resume(path)  # again: another training may have ended meanwhile
                    self.save(path)  # a disk that takes no checkpoint stops it now, not after an epoch
            net = Autocast(self.net, self.dtype)
            shared = net if self.world == 1 else nn.parallel.DistributedDataParallel(net)
            criterion = nn.CrossEntropyLoss(label_smoothing=self.recipe.label_smoothing)
            validation = DataLoader(self.X_val, self.y_val, EVALUATION_BATCH, device=self.device)
            options["validate"] = lambda: test(validation, net, self.device)
            train(self.batches, shared, criterion, self.optimizer, self.device, history=self.history, **options)
        result = TrainResult(self.recipe, self.net, self.history, self.machine, self.device, self.dtype)
        return replace(result, val_acc=result.accuracy(self.X_val, self.y_val))

    def broadcast_from_rank0(self, action: Callable[[], object]) -> object:
        """Return in all processes what `action` returns in the first; if it raises a DataError there, all do."""
        try:
            found = [action() if self.rank == 0 else None]
        except DataError as error:
            found = [error]
        if self.world > 1:
            torch.distributed.broadcast_object_list(found)
        if isinstance(found[0], DataError):
            raise found[0]
        return found[0]
