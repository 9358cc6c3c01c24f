"""`train` and `test`, with the names and arguments that the course gave them."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from nnlib import checks, held_out
from nnlib.progress import progress_bar
from nnlib.solver import DivergenceError
from nnlib.vgg.loader import DataLoader


@dataclass
class History:
    """What a training recorded; nnlib's plots take it in place of a Solver."""

    loss_history: list[float] = field(default_factory=list)  # of each step, over the whole batch
    learning_rates: list[float] = field(default_factory=list)  # of each step, of the first parameter group
    train_acc_history: list[float] = field(default_factory=list)  # running, on each epoch's augmented batches
    val_acc_history: list[float] = field(default_factory=list)  # after each epoch
    seconds: list[float] = field(default_factory=list)  # of training up to each epoch's end, without validation

    @property
    def epoch(self) -> int:
        """The number of finished epochs."""
        return len(self.seconds)

    @property
    def best_val_acc(self) -> float:
        """The highest validation accuracy after any epoch."""
        return max(self.val_acc_history)


def train_epoch(trainloader, net, criterion, optimizer, device):
    """Take a step per minibatch; return the loss of each, and the accuracy on all images, each before its step."""
    net.train()
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())  # still on the device: .item() would wait for it in each step
        correct += (scores.argmax(1) == labels).sum()
        seen += len(labels)
    return torch.stack(losses).tolist(), (correct / seen).item()


def train(
    trainloader: DataLoader,
    net: nn.Module,
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    device: torch.device,
    *,
    epochs: int = 10,
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
    validate: Callable[[], float] | None = None,
    history: History | None = None,
    after_epoch: Callable[[History], None] | None = None,
    name: str = "training",
) -> History:
    """Train `net`, on `device`, until `history` holds `epochs` epochs; return it.

    `criterion` takes scores and labels and returns their mean loss. The scheduler is stepped after each minibatch;
    `validate`, which returns the validation accuracy, and `after_epoch` are called after each epoch; `name` labels the
    progress bar. A net under DistributedDataParallel trains together with the other processes.

    Raises:
        DivergenceError: the loss became infinite or NaN; the message names the step and the learning rate.
    """
    held_out.trained(trainloader.images.permute(0, 3, 1, 2).cpu().numpy())  # (N, 3, 32, 32), as the set has them
    history, rates, steps = history or History(), [], len(trainloader)

    def after_step(*_: object) -> None:
        rates.append(optimizer.param_groups[0]["lr"])
        if scheduler is not None:
            scheduler.step()
        bar.update()

    options = {"total": epochs * steps, "initial": history.epoch * steps, "unit": "step", "desc": name}
    with progress_bar(**options, hidden=trainloader.rank > 0) as bar, optimizer.register_step_post_hook(after_step):
        for trainloader.epoch in range(history.epoch, epochs):
            rates.clear()
            started = time.perf_counter()
            losses, accuracy = _share_epoch(trainloader, net, criterion, optimizer, device)
            seconds, got = time.perf_counter() - started, f"{len(losses)} losses and {len(rates)} steps"
            checks.require(len(losses) == len(rates), "train_epoch", "one optimizer.step() per loss", got)
            for step, (loss, rate) in enumerate(zip(losses, rates, strict=True), len(history.loss_history) + 1):
                if not math.isfinite(loss):
                    where = f"in step {step}, at learning rate {rate:g}"
                    raise DivergenceError(f"the loss is {loss} {where}. Lower the rate.")
            history.loss_history += losses
            history.learning_rates += rates
            history.train_acc_history.append(accuracy)
            if validate is not None:
                history.val_acc_history.append(validate())
                bar.set_postfix(loss=f"{losses[-1]:.3f}", val=f"{history.val_acc_history[-1]:.2%}")
            history.seconds.append(sum(history.seconds[-1:]) + seconds)  # last: an epoch counts once it is all recorded
            if after_epoch is not None:
                after_epoch(history)
    return history


def _share_epoch(trainloader, net, criterion, optimizer, device):
    """Return what `train_epoch` returns, averaged over all processes, each on its part of the minibatches."""
    weight = trainloader.weight  # 1 unless the parts differ in size
    losses, accuracy = train_epoch(trainloader, net, lambda *batch: weight * criterion(*batch), optimizer, device)
    numbers = [*map(float, losses), weight * accuracy]
    if isinstance(net, nn.parallel.DistributedDataParallel):
        sums = torch.tensor(numbers, device=device)
        torch.distributed.all_reduce(sums)
        numbers = (sums / torch.distributed.get_world_size()).tolist()
    return numbers[:-1], numbers[-1]


class Autocast(nn.Module):
    """A network with convolutions and matrix products in `dtype`; its weights and scores stay float32."""

    def __init__(self, net: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.net, self.dtype = net, dtype

    def forward(self, images: Tensor) -> Tensor:
        """Return the network's scores, float32."""
        with torch.autocast(images.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return self.net(images).float()


def test(testloader: DataLoader, net: nn.Module, device: torch.device, **options: object) -> float:
    """Return the accuracy of `net` on all examples of `testloader`, a fraction; `options` are those of `predict`."""
    scores = predict(testloader, net, device, **options)
    return (scores.argmax(1) == testloader.labels.cpu()).double().mean().item()


@torch.inference_mode()
def predict(
    testloader: DataLoader, net: nn.Module, device: torch.device, *, flip: bool = False, shift: int = 0
) -> Tensor:
    """Return the scores (N, 10) of all images, on the CPU, in the order of `testloader`, made without a seed.

    Test-time augmentation (Jordan 2024, arXiv:2404.00498, section 3.5): with `flip`, a score is the mean over the image
    and its mirror image; with `shift`, half of it is the mean over the image shifted by so many pixels down and right,
    and up and left. `net` is left in evaluation mode.
    """

    def score(images: Tensor) -> Tensor:
        return (net(images) + net(images.flip(3))) / 2 if flip else net(images)

    net.eval()
    scores = []
    for images, _ in testloader:
        images = images.to(device)
        batch = score(images)
        if shift:
            batch = batch / 2 + (score(_shifted(images, shift)) + score(_shifted(images, -shift))) / 4
        scores.append(batch)
    return torch.cat(scores).cpu()


def _shifted(images: Tensor, pixels: int) -> Tensor:
    """Return the images moved down and right, or up and left; their mirror image fills the gap."""
    padded = nn.functional.pad(images, (abs(pixels),) * 4, mode="reflect")
    window = slice(abs(pixels) - pixels, abs(pixels) - pixels + images.shape[-1])
    return padded[:, :, window, window]


test.__test__ = False  # a function of the course, not one for pytest to collect
