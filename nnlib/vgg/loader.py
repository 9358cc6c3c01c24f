"""Minibatches of images that are kept on the device as one uint8 tensor and augmented there, a batch at a time.

It takes the place of PyTorch's DataLoader, whose workers decode and augment image by image in Python.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nnlib import checks

SIDE = 32


@dataclass(frozen=True)
class Augment:
    """How training images are varied, differently in each epoch.

    With `flip`, half of the images are mirrored left to right in the first epoch; from then on each one is mirrored in
    every other epoch, so that two epochs show it both ways (Jordan 2024, arXiv:2404.00498, section 3.6).
    """

    translate: int = 0  # shift by at most this many pixels along each axis; the image's mirror image fills the gap
    flip: bool = False
    cutout: int = 0  # side of a square painted grey around a random pixel (DeVries and Taylor 2017, arXiv:1708.04552)

    def __post_init__(self) -> None:
        for name, most in (("translate", SIDE - 1), ("cutout", SIDE)):
            value = getattr(self, name)
            fits = type(value) is int and 0 <= value <= most  # a bool is not a number here
            checks.require(fits, name, f"a number of pixels from 0 to {most}", repr(value))


class DataLoader:
    """Iterate over minibatches (images, labels) on the device; images (B, 3, S, S) float32 in [-1, 1], labels (B,).

    Set the attribute `epoch` before each pass: the order and all random numbers of an epoch follow from it and `seed`
    alone, so that a resumed training, and one on several processes, sees the same images. The attribute `weight` is the
    factor that makes the average over processes the batch mean.

    Args:
        X: images (N, 3, 32, 32), uint8.
        y: labels (N,), whole numbers from 0 to 9.
        batch_size: B. In order, the last batch may be smaller; shuffled, it is left out unless it is the only one.
        device: where the images are kept.
        seed: for shuffling and augmentation; None keeps the order.
        augment: how to vary the images.
        resolutions: S of each epoch's images; the last entry also holds for all later epochs.
        rank, world: the current process's index among those that share each batch, as evenly as its size allows.
    """

    def __init__(
        self, X, y, batch_size, *, device="cpu", seed=None, augment=Augment(), resolutions=(SIDE,), rank=0, world=1
    ) -> None:
        fits = isinstance(X, np.ndarray) and X.dtype == np.uint8 and X.shape[1:] == (3, SIDE, SIDE) and len(X) > 0
        came = f"{getattr(X, 'dtype', type(X).__name__)} of shape {np.shape(X)}"
        checks.require(fits, "X", f"uint8 images (N, 3, {SIDE}, {SIDE})", came, "load_cifar10 returns such images.")
        self.labels = torch.from_numpy(checks.class_labels(y, len(X), 10).astype(np.int64)).to(device)
        self.batch_size = checks.positive_int("batch_size", batch_size)
        expected = f"at most batch_size, {batch_size}: one image per process"
        checks.require(checks.positive_int("world", world) <= batch_size, "world", expected, world, "Start fewer.")
        shared = world == 1 or (seed is not None and len(X) >= batch_size)
        checks.require(shared, "world", "1 where a batch may be smaller than batch_size", world)
        self.device, self.seed, self.augment, self.rank = torch.device(device), seed, augment, rank
        self.resolutions = check_resolutions(resolutions)
        self._part = slice(batch_size * rank // world, batch_size * (rank + 1) // world)
        self.weight = world * (self._part.stop - self._part.start) / batch_size
        # Channels innermost: PyTorch's convolutions are fastest on such batches. A copy in any case: X is the caller's.
        self.images = torch.from_numpy(X.transpose(0, 2, 3, 1).copy()).to(self.device)  # (N, 32, 32, 3)
        self.epoch = 0

    def __len__(self) -> int:
        whole, rest = divmod(len(self.images), self.batch_size)
        return whole if self.seed is not None and whole else whole + (rest > 0)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order, shifts, mirrored, squares = (part.to(self.device) for part in self._draw())
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            mine = slice(start + self._part.start, start + self._part.stop)
            chosen = order[mine]
            yield self._batch(chosen, shifts[mine], mirrored[mine], squares[mine]), self.labels[chosen]

    def _draw(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return an epoch's random numbers: order (N,), shifts (N, 2), whether mirrored (N,), centres (N, 2).

        They are drawn at once, on the CPU, whose generator gives the same numbers on every machine.
        """
        n = len(self.images)
        if self.seed is None:
            return torch.arange(n), torch.zeros(n, 2).long(), torch.zeros(n).bool(), torch.zeros(n, 2).long()
        # A seed of its own for each epoch; SeedSequence mixes the two, so that seeds and epochs do not overlap.
        entropy = int(np.random.SeedSequence([self.seed, self.epoch]).generate_state(1, np.uint64)[0] >> 1)
        generator = torch.Generator().manual_seed(entropy)
        order = torch.randperm(n, generator=generator)
        translate = self.augment.translate
        shifts = torch.randint(-translate, translate + 1, (n, 2), generator=generator)
        squares = torch.randint(0, SIDE, (n, 2), generator=generator)
        first = torch.rand(n, generator=torch.Generator().manual_seed(self.seed)) < 0.5  # by image, not by order
        mirrored = (first ^ (self.epoch % 2 == 1))[order] if self.augment.flip else torch.zeros(n).bool()
        return order, shifts, mirrored, squares

    def _batch(self, chosen: Tensor, shifts: Tensor, mirrored: Tensor, squares: Tensor) -> Tensor:
        """Return the chosen images, varied, as (B, 3, S, S) float32 in [-1, 1], channels innermost in memory."""
        if self.augment.translate or self.augment.flip:
            shifted = torch.arange(SIDE, device=self.device) + shifts[:, :, None]  # (B, 2, 32)
            # Those outside are mirrored at the edge: -1 becomes 1, and 32 becomes 30.
            rows, columns = ((SIDE - 1) - ((SIDE - 1) - shifted.abs()).abs()).unbind(1)
            columns = torch.where(mirrored[:, None], columns.flip(1), columns)
            images = self.images[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]  # (B, 32, 32, 3)
        else:
            images = self.images[chosen]
        images = images.float().mul_(2 / 255).sub_(1)
        if self.augment.cutout:
            from_start = torch.arange(SIDE, device=self.device) - squares[:, :, None] + self.augment.cutout // 2
            rows, columns = ((from_start >= 0) & (from_start < self.augment.cutout)).unbind(1)  # each (B, 32)
            images.masked_fill_((rows[:, :, None] & columns[:, None, :])[..., None], 0.0)
        images = images.permute(0, 3, 1, 2)
        side = self.resolutions[min(self.epoch, len(self.resolutions) - 1)]
        if side == SIDE:
            return images
        return functional.interpolate(images, size=(side, side), mode="bilinear", antialias=True)


def check_resolutions(resolutions: Sequence[int]) -> tuple[int, ...]:
    """Return the resolutions as a tuple, if there is one at least and each is a side from 1 to 32."""
    fits = len(resolutions) > 0 and all(1 <= side <= SIDE for side in resolutions)
    checks.require(fits, "resolutions", f"at least one number of pixels from 1 to {SIDE}", tuple(resolutions))
    return tuple(resolutions)
