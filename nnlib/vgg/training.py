"""`train` and `test`, under the names and with the arguments that the course gave them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from nnlib.progress import progress_bar
from nnlib.solver import DivergenceError
from nnlib.vgg.loader import DataLoader


@dataclass
class History:
    """What a training recorded; nnlib's plots take it in place of a Solver.

    Attributes:
        loss_history: the loss of every step, over the whole batch.
        learning_rates: the rate of every step, of the first group of weights.
        train_acc_history: accuracy on each epoch's own minibatches, augmented, while the weights moved.
        val_acc_history: accuracy on the validation set after each epoch.
        seconds: of training so far, after each epoch; without the time of validating and of writing checkpoints.
    """

    loss_history: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    train_acc_history: list[float] = field(default_factory=list)
    val_acc_history: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def epoch(self) -> int:
        """The number of finished epochs."""
        return len(self.seconds)

    @property
    def best_val_acc(self) -> float:
        """The highest validation accuracy after any epoch."""
        return max(self.val_acc_history)

    def to_dict(self) -> dict[str, list[float]]:
        """Return the lists by name."""
        return asdict(self)


def train(
    trainloader: DataLoader,
    net: nn.Module,
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
    device: torch.device,
    *,
    epochs: int = 10,
    scheduler: LRScheduler | None = None,
    dtype: torch.dtype = torch.float32,
    validate: Callable[[], float] | None = None,
    history: History | None = None,
    after_epoch: Callable[[History], None] | None = None,
    name: str = "training",
) -> History:
    """Train `net` until it has seen `epochs` epochs, those that `history` holds already included.

    Args:
        trainloader: the minibatches.
        net: on `device`; changed in place. Wrapped in DistributedDataParallel, it trains with the other processes.
        criterion: (scores, labels) -> mean loss.
        optimizer: holds the net's parameters.
        device: where the net and the minibatches are.
        epochs: of the whole training.
        scheduler: of the learning rate, stepped after every minibatch.
        dtype: of convolutions and products; the weights stay float32.
        validate: returns the net's accuracy on the validation set; called after every epoch.
        history: of the epochs that were trained before; it is continued.
        after_epoch: called with the history after every epoch, to write a checkpoint for example.
        name: beside the progress bar.

    Raises:
        DivergenceError: the loss became infinite or NaN; the message names the step and the learning rate.
    """
    history = History() if history is None else history
    total, done = epochs * len(trainloader), history.epoch * len(trainloader)
    with progress_bar(total=total, initial=done, unit="step", desc=name, hidden=trainloader.rank > 0) as bar:
        for epoch in range(history.epoch, epochs):
            trainloader.epoch = epoch
            started = time.perf_counter()
            losses, rates, correct = train_epoch(trainloader, net, criterion, optimizer, device, scheduler, dtype, bar)
            seconds = (history.seconds[-1] if history.seconds else 0.0) + time.perf_counter() - started
            _require_finite(losses, rates, len(history.loss_history))
            history.loss_history += losses
            history.learning_rates += rates
            history.train_acc_history.append(correct)
            if validate is not None:
                history.val_acc_history.append(validate())
                bar.set_postfix(loss=f"{losses[-1]:.3f}", val=f"{history.val_acc_history[-1]:.2%}")
            history.seconds.append(seconds)  # last: an epoch counts when all of it is recorded
            if after_epoch is not None:
                after_epoch(history)
    return history


def train_epoch(trainloader, net, criterion, optimizer, device, scheduler, dtype, bar):
    """Return the loss and the rate of every step, and the accuracy on the way; arguments as for `train`."""
    net.train()
    losses, rates = [], []
    correct, seen = torch.zeros((), device=device), 0
    for images, labels in trainloader:
        rates.append(optimizer.param_groups[0]["lr"])
        loss, scores = loss_of(net, criterion, images, labels, dtype)
        loss = trainloader.weight * loss  # 1, unless several processes have parts of different sizes
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        losses.append(loss.detach())  # on the device: asking for the number would wait for it
        correct += (scores.detach().argmax(1) == labels).sum()
        seen += len(labels)
        bar.update()
    sums = torch.stack([*losses, trainloader.weight * correct / seen])
    if isinstance(net, DistributedDataParallel):
        torch.distributed.all_reduce(sums)
        sums /= torch.distributed.get_world_size()
    *losses, accuracy = sums.tolist()  # waits here for an accelerator
    return losses, rates, accuracy


def loss_of(
    net: nn.Module,
    criterion: Callable[[Tensor, Tensor], Tensor],
    images: Tensor,
    labels: Tensor,
    dtype: torch.dtype = torch.float32,
) -> tuple[Tensor, Tensor]:
    """Return the loss of a minibatch and its scores (B, 10), both float32, `dtype` used in between."""
    with torch.autocast(images.device.type, dtype, enabled=dtype != torch.float32):
        scores = net(images)
    scores = scores.float()
    return criterion(scores, labels), scores


def _require_finite(losses: list[float], rates: list[float], before: int) -> None:
    for place, loss in enumerate(losses):
        if not math.isfinite(loss):
            raise DivergenceError(
                f"the loss is {loss} in step {before + place + 1}, at learning rate {rates[place]:g}. "
                "Lower the learning rate."
            )


def test(testloader: DataLoader, net: nn.Module, device: torch.device, **options: object) -> float:
    """Return the accuracy of `net` on all examples of `testloader`, a fraction; `options` are those of `predict`."""
    scores = predict(testloader, net, device, **options)
    return (scores.argmax(1) == testloader.labels.cpu()).double().mean().item()


@torch.inference_mode()
def predict(
    testloader: DataLoader,
    net: nn.Module,
    device: torch.device,
    *,
    flip: bool = False,
    shift: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Return the scores (N, 10) of all images, in their order, on the CPU; batch norm uses its running averages.

    Args:
        testloader: minibatches in order: made without a seed.
        net: on `device`; left in evaluation mode.
        device: where the net and the minibatches are.
        flip: average the scores of each image and of its mirror image.
        shift: if not 0, half of the score is the mean over the image shifted by so many pixels down and right, and up
            and left, each taken as `flip` says (Jordan 2024, section 3.5).
        dtype: of convolutions and products.
    """

    def score(images: Tensor) -> Tensor:
        scores = net(images).float()
        return (scores + net(images.flip(3)).float()) / 2 if flip else scores

    net.eval()
    scores = []
    with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
        for images, _ in testloader:
            batch = score(images)
            if shift:
                there, back = (score(_shifted(images, pixels)) for pixels in (shift, -shift))
                batch = batch / 2 + (there + back) / 4
            scores.append(batch)
    return torch.cat(scores).cpu()


def _shifted(images: Tensor, pixels: int) -> Tensor:
    """Return the images moved down and right, or up and left; what becomes free shows their mirror image."""
    side, reach = images.shape[-1], abs(pixels)
    padded = functional.pad(images, (reach,) * 4, mode="reflect")
    start = reach - pixels
    return padded[:, :, start : start + side, start : start + side]


test.__test__ = False  # a function of the course, not one for pytest to collect
