"""Minibatches of images that live on the device as one uint8 tensor; they are augmented there, a batch at a time.

Takes the place of PyTorch's DataLoader, whose workers decode and augment image by image in Python.
"""

from __future__ import annotations

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
    """How training images are varied, anew in every epoch.

    Args:
        crop: an image is shifted by up to so many pixels each way; its mirror image fills what becomes free.
        flip: half of the images are mirrored left to right in the first epoch; from then on each image is mirrored in
            every other epoch, so that two epochs show it both ways (Jordan 2024, arXiv:2404.00498, section 3.6).
        cutout: side of a square that is painted grey at a random place; 0 for none (DeVries and Taylor 2017,
            arXiv:1708.04552). Part of it may lie outside.
    """

    translate: int = 0
    flip: bool = False
    cutout: int = 0

    def __post_init__(self) -> None:
        for name, most in (("translate", SIDE - 1), ("cutout", SIDE)):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
            checks.require(whole, name, f"a number of pixels from 0 to {most}", repr(value))


class DataLoader:
    """Iterate over minibatches (images, labels) on the device; images (B, 3, 32, 32) float32 in [-1, 1].

    The order and every random number of an epoch follow from `seed` and `epoch` alone, so that a resumed training and
    one on several processes see the same images.

    Args:
        X: images (N, 3, 32, 32), uint8.
        y: labels (N,), whole numbers from 0 to 9.
        batch_size: B. The last batch of a pass may be smaller; when shuffled, it is left out unless it is the only one.
        device: where the images are to live.
        seed: shuffles with it; None keeps the order.
        augment: how to vary the images.
        sides: pixels a side that images are resized to, one for each epoch; the last one is also for all after it.
        rank: this process's place among `world`, from 0; it gets every batch's part of that place.
        world: the number of processes that share each batch, as evenly as its size allows.

    Attributes:
        epoch: set it before each pass.
        weight: what a mean over this process's part has to be multiplied with, so that the mean of that over all
            processes is the mean over the batch; 1 where all parts are of one size.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        batch_size: int,
        *,
        device: torch.device | str = "cpu",
        seed: int | None = None,
        augment: Augment = Augment(),
        resolutions: Sequence[int] = (SIDE,),
        rank: int = 0,
        world: int = 1,
    ) -> None:
        _check_images(X)
        labels = checks.class_labels(y, len(X), 10)
        self.batch_size = checks.positive_int("batch_size", batch_size)
        todo = "Start fewer processes."
        enough = checks.positive_int("world", world) <= batch_size
        checks.require(enough, "world", f"at most batch_size, {batch_size}: an image for each", world, todo)
        checks.require(0 <= rank < world, "rank", f"a number from 0 to {world - 1}", rank)
        shared = world == 1 or (seed is not None and len(X) >= batch_size)
        checks.require(shared, "world", "1 where a batch may be smaller than batch_size", world)
        fits = len(resolutions) > 0 and all(1 <= side <= SIDE for side in resolutions)
        checks.require(fits, "resolutions", f"at least one number of pixels from 1 to {SIDE}", tuple(resolutions))
        self.device, self.seed, self.augment, self.rank, self.world = torch.device(device), seed, augment, rank, world
        self.resolutions = tuple(resolutions)
        self._part = slice(*(batch_size * place // world for place in (rank, rank + 1)))
        self.weight = world * (self._part.stop - self._part.start) / batch_size
        # Pixels with their channels innermost: a batch is then in PyTorch's channels_last form, which its convolutions
        # are fastest in. uint8 takes a quarter of float32's memory.
        pixels = X.transpose(0, 2, 3, 1).copy()  # also where X is laid out so already: it is the caller's
        self.images = torch.from_numpy(pixels).to(self.device)  # (N, 32, 32, 3)
        self.labels = torch.from_numpy(labels.astype(np.int64)).to(self.device)
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

        They are drawn on the CPU, whose generator gives the same numbers on every machine, and all at once.
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
        first = torch.rand(n, generator=torch.Generator().manual_seed(self.seed)) < 0.5  # by image, not by place
        mirrored = (first ^ (self.epoch % 2 == 1))[order] if self.augment.flip else torch.zeros(n).bool()
        return order, shifts, mirrored, squares

    def _batch(self, chosen: Tensor, shifts: Tensor, mirrored: Tensor, squares: Tensor) -> Tensor:
        """Return the chosen images, varied, as (B, 3, S, S) float32 in [-1, 1], channels innermost in memory."""
        if self.augment.translate or self.augment.flip:
            places = torch.arange(SIDE, device=self.device)
            rows, columns = (_reflect(places + shifts[:, axis, None]) for axis in (0, 1))  # each (B, 32)
            columns = torch.where(mirrored[:, None], columns.flip(1), columns)
            images = self.images[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]  # (B, 32, 32, 3)
        else:
            images = self.images[chosen]
        images = images.float().mul_(2 / 255).sub_(1)
        if self.augment.cutout:
            images.masked_fill_(_inside(squares, self.augment.cutout)[..., None], 0.0)
        images = images.permute(0, 3, 1, 2)
        side = self.resolutions[min(self.epoch, len(self.resolutions) - 1)]
        if side == SIDE:
            return images
        return functional.interpolate(images, size=(side, side), mode="bilinear", antialias=True)


def _check_images(X: np.ndarray) -> None:
    fits = isinstance(X, np.ndarray) and X.dtype == np.uint8 and X.shape[1:] == (3, SIDE, SIDE) and len(X) > 0
    came = f"{getattr(X, 'dtype', type(X).__name__)} of shape {np.shape(X)}"
    checks.require(fits, "X", f"uint8 images (N, 3, {SIDE}, {SIDE})", came, "load_cifar10 returns such.")


def _reflect(places: Tensor) -> Tensor:
    """Return pixel places with those outside mirrored at the edge: -1 becomes 1, and 32 becomes 30."""
    return (SIDE - 1) - ((SIDE - 1) - places.abs()).abs()


def _inside(squares: Tensor, side: int) -> Tensor:
    """Return (B, 32, 32): whether a pixel lies in the square of this side around the image's centre `squares`."""
    places = torch.arange(SIDE, device=squares.device)
    low = squares - side // 2
    rows, columns = ((places >= low[:, axis, None]) & (places < low[:, axis, None] + side) for axis in (0, 1))
    return rows[:, :, None] & columns[:, None, :]
