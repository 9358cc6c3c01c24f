"""Minibatches: order, values, augmentation against slow loops, and the parts of several processes."""

import numpy as np
import pytest
import torch
from vgg_small import images

from nnlib.vgg.loader import Augment, DataLoader

ALL = Augment(translate=3, flip=True, cutout=8)


def numbered(count, seed=0):
    """Images whose first row holds their index, mirrored or not."""
    X = images(count, seed)
    X[:, 0, 0, :] = np.arange(count)[:, None]
    return X


def labels(count):
    return np.arange(count) % 10


def pixels(batch):
    """Return a batch as uint8, as it was made from."""
    return ((batch + 1) * 127.5).round().to(torch.uint8).numpy()


def whole(batches, epoch=0):
    """Return all images and labels of an epoch."""
    batches.epoch = epoch
    X, y = zip(*batches, strict=True)
    return torch.cat(X), torch.cat(y)


def indices(batches, epoch=0):
    X, _ = whole(batches, epoch)
    return pixels(X)[:, 0, 0, 0].tolist()


def test_without_a_seed_every_image_comes_once_and_in_order():
    X, y = images(25), labels(25)
    batches = DataLoader(X, y, 10)
    parts = list(batches)
    assert len(batches) == 3
    assert [len(part) for part, _ in parts] == [10, 10, 5]
    X_seen, y_seen = whole(batches)
    assert (X_seen.dtype, y_seen.dtype) == (torch.float32, torch.int64)
    np.testing.assert_allclose(X_seen.numpy(), X / 127.5 - 1, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(y_seen.numpy(), y)


def test_a_shuffled_epoch_is_a_permutation_that_seed_and_epoch_decide():
    def order(seed, epoch):
        return indices(DataLoader(numbered(40), labels(40), 10, seed=seed), epoch)

    first = order(1, 0)
    assert sorted(first) == list(range(40))
    torch.manual_seed(7)
    assert order(1, 0) == first
    assert len({tuple(order(seed, epoch)) for seed in (1, 2) for epoch in (0, 1, 2)}) == 6
    assert first != list(range(40))


def test_the_past_does_not_matter():
    batches = DataLoader(numbered(40), labels(40), 10, seed=1, augment=ALL)
    fresh, _ = whole(DataLoader(numbered(40), labels(40), 10, seed=1, augment=ALL), epoch=5)
    for epoch in (0, 3):
        whole(batches, epoch)
    next(iter(batches))  # a pass that is broken off
    assert torch.equal(whole(batches, epoch=5)[0], fresh)


def test_labels_stay_with_their_images():
    X, y = whole(DataLoader(numbered(40), labels(40), 10, seed=3, augment=Augment(flip=True)), epoch=1)
    np.testing.assert_array_equal(pixels(X)[:, 0, 0, 0] % 10, y.numpy())


@pytest.mark.parametrize(
    ("count", "seed", "sizes"), [(25, 1, [10, 10]), (20, 1, [10, 10]), (7, 1, [7]), (7, None, [7])]
)
def test_the_last_batch(count, seed, sizes):
    batches = DataLoader(images(count), labels(count), 10, seed=seed)
    assert [len(y) for _, y in batches] == sizes
    assert len(batches) == len(sizes)


@pytest.mark.parametrize("augment", [Augment(), ALL])
@pytest.mark.parametrize("side", [32, 24])
def test_channels_are_innermost_in_memory(augment, side):
    for X, _ in DataLoader(images(20), labels(20), 10, seed=1, augment=augment, resolutions=(side,)):
        assert X.shape == (10, 3, side, side)
        assert X.is_contiguous(memory_format=torch.channels_last)


def shift_of(image, original, translate):
    """Return where a window of the padded original is `image`: row and column, each from 0 to 2 translate."""
    padded = np.pad(original, ((0, 0), (translate, translate), (translate, translate)), mode="reflect")
    found = []
    for row in range(2 * translate + 1):
        for column in range(2 * translate + 1):
            if np.array_equal(padded[:, row : row + 32, column : column + 32], image):
                found.append((row, column))
    assert found
    return found[0]


def test_a_translation_is_a_window_of_numpys_padding_by_reflection():
    X = images(10)
    batches = DataLoader(X, labels(10), 10, seed=1, augment=Augment(translate=1))
    seen = []
    for epoch in range(8):
        crops, y = whole(batches, epoch)
        seen += [shift_of(image, X[label], 1) for image, label in zip(pixels(crops), y.tolist(), strict=True)]
    assert set(seen) == {(row, column) for row in range(3) for column in range(3)}


def test_the_widest_translation():
    X = images(4)
    crops, y = whole(DataLoader(X, labels(4), 4, seed=1, augment=Augment(translate=31)))
    shifts = [shift_of(image, X[label], 31) for image, label in zip(pixels(crops), y.tolist(), strict=True)]
    assert len(set(shifts)) == 4


def test_an_image_is_mirrored_in_every_other_epoch():
    X = numbered(40)
    batches = DataLoader(X, labels(40), 10, seed=1, augment=Augment(flip=True))

    def mirrored(epoch):
        found = np.zeros(40, bool)
        for image in pixels(whole(batches, epoch)[0]):
            number = image[0, 0, 0]
            found[number] = not np.array_equal(image, X[number])
            np.testing.assert_array_equal(image[:, :, ::-1] if found[number] else image, X[number])
        return found

    first = mirrored(0)
    assert 5 < first.sum() < 35
    for epoch in (1, 2, 3):
        np.testing.assert_array_equal(mirrored(epoch), first ^ (epoch % 2 == 1))


@pytest.mark.parametrize("side", [5, 8])
def test_cutout_paints_one_square_grey_that_the_border_may_clip(side):
    plain, _ = whole(DataLoader(images(40), labels(40), 10, seed=1))
    painted, _ = whole(DataLoader(images(40), labels(40), 10, seed=1, augment=Augment(cutout=side)))
    assert plain.count_nonzero() == plain.numel()  # no pixel is grey by itself
    lengths = []
    for before, image in zip(plain, painted, strict=True):
        square = image[0] == 0
        for channel, original in zip(image, before, strict=True):
            assert torch.equal(channel, torch.where(square, 0.0, original))
        spans = [square.any(axis).nonzero().flatten().tolist() for axis in (1, 0)]
        assert square.sum() == len(spans[0]) * len(spans[1])
        for span in spans:
            assert span == list(range(span[0], span[-1] + 1))
            clipped = 0 in span or 31 in span
            assert side - side // 2 <= len(span) <= side if clipped else len(span) == side
            lengths.append(len(span))
    assert min(lengths) < side == max(lengths)


def test_a_cutout_of_32_covers_no_more_than_its_square():
    painted, _ = whole(DataLoader(images(40), labels(40), 10, seed=1, augment=Augment(cutout=32)))
    shares = (painted[:, 0] == 0).float().mean((1, 2))
    assert shares.min() >= 0.25
    assert shares.min() < 0.7


def test_resolutions_follow_the_epochs_and_the_last_one_stays():
    X = np.broadcast_to(np.arange(0, 200, 10, dtype=np.uint8)[:, None, None, None], (20, 3, 32, 32)).copy()
    batches = DataLoader(X, labels(20), 10, seed=1, resolutions=(20, 28))
    for epoch, side in [(0, 20), (1, 28), (2, 28), (9, 28)]:
        small, _ = whole(batches, epoch)
        assert small.shape == (20, 3, side, side)
        assert sorted(pixels(small)[:, 0, 0, 0].tolist()) == X[:, 0, 0, 0].tolist()
        torch.testing.assert_close(small, small[:, :, :1, :1].expand_as(small))  # one colour stays one colour


def test_resizing_keeps_top_and_left():
    X = np.zeros((1, 3, 32, 32), np.uint8)
    X[:, 0, :16], X[:, 1, :, :16] = 255, 255
    small, _ = whole(DataLoader(X, labels(1), 1, resolutions=(16,)))
    assert (small[0, 0, :7] > 0.99).all()
    assert (small[0, 0, 9:] < -0.99).all()
    assert (small[0, 1, :, :7] > 0.99).all()
    assert (small[0, 1, :, 9:] < -0.99).all()


@pytest.mark.parametrize("world", [2, 3, 5, 8, 20])
@pytest.mark.parametrize("epoch", [0, 1])
def test_the_processes_parts_make_up_the_batch(world, epoch):
    def batches(**share):
        made = DataLoader(images(45), labels(45), 20, seed=1, augment=ALL, resolutions=(32, 24), **share)
        made.epoch = epoch
        return made

    shares = [list(batches(rank=rank, world=world)) for rank in range(world)]
    assert [len(share) for share in shares] == [2] * world
    for index, (X, y) in enumerate(batches()):
        sizes = [len(share[index][1]) for share in shares]
        assert max(sizes) - min(sizes) <= 1
        means = [batches(rank=rank, world=world).weight * share[index][0].mean() for rank, share in enumerate(shares)]
        torch.testing.assert_close(sum(means) / world, X.mean())
        torch.testing.assert_close(torch.cat([share[index][0] for share in shares]), X, rtol=0, atol=1e-6)
        assert torch.equal(torch.cat([share[index][1] for share in shares]), y)


def test_the_callers_arrays_are_not_changed_and_may_be_read_only():
    X, y = images(20), labels(20)
    before = X.copy()
    X.flags.writeable = y.flags.writeable = False
    list(DataLoader(X, y, 10, seed=1, augment=ALL))
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"X": images(20) / 255}, ValueError, r"^X: expected uint8 images \(N, 3, 32, 32\), got float64 of shape"),
        ({"X": images(20).transpose(0, 2, 3, 1)}, ValueError, "^X: expected uint8 images"),
        ({"X": images(20)[:0], "y": labels(0)}, ValueError, "^X: expected uint8 images"),
        ({"X": images(20).tolist()}, ValueError, "^X: expected uint8 images .* got list of shape"),
        ({"y": labels(19)}, ValueError, r"^y: expected shape \(20,\)"),
        ({"y": labels(20) + 1}, ValueError, "^y: expected class indices from 0 to 9"),
        ({"y": labels(20) - 1}, ValueError, "^y: expected class indices from 0 to 9"),
        ({"y": labels(20) / 1}, TypeError, "^y: expected integer class indices"),
        ({"batch_size": 0}, ValueError, "^batch_size: expected a whole number of at least 1"),
        ({"batch_size": 2.0}, ValueError, "^batch_size: expected a whole number of at least 1"),
        (
            {"world": 11},
            ValueError,
            "^world: expected at most batch_size, 10: one image per process, got 11. Start",
        ),
        ({"world": 2, "seed": None}, ValueError, "^world: expected 1 where a batch may be smaller"),
        ({"world": 2, "batch_size": 30}, ValueError, "^world: expected 1 where a batch may be smaller"),
        ({"resolutions": ()}, ValueError, "^resolutions: expected at least one number of pixels from 1 to 32"),
        ({"resolutions": (32, 33)}, ValueError, "^resolutions: expected at least one number of pixels from 1 to 32"),
        ({"resolutions": (0,)}, ValueError, "^resolutions: expected at least one number of pixels from 1 to 32"),
    ],
)
def test_errors_name_the_argument(changed, error, match):
    arguments = {"X": images(20), "y": labels(20), "batch_size": 10, "seed": 1} | changed
    with pytest.raises(error, match=match):
        DataLoader(**arguments)


BAD = [
    ("translate", 32),
    ("cutout", 33),
    *((name, value) for name in ("translate", "cutout") for value in (-1, 1.0, True, "2")),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_augmentations_errors(name, value):
    with pytest.raises(ValueError, match=f"^{name}: expected a number of pixels from 0 to 3[12], got {value!r}"):
        Augment(**{name: value})
