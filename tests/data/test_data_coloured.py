"""`load_coloured_mnist`: MNIST's digits and labels, in CIFAR-10's form, in colours independent of the class."""

import pickle
import zlib

import numpy as np
import pytest

from nnlib.data import coloured, files, load_coloured_mnist, open_test


@pytest.fixture(scope="module")
def data():
    return load_coloured_mnist()


def test_form(data):
    assert data.name == "coloured MNIST (stand-in for CIFAR-10)"
    assert data["X_train"].shape == (54_000, 3, 32, 32)
    assert data["X_val"].shape == (6_000, 3, 32, 32)
    for key, array in data.items():
        assert array.dtype == (np.uint8 if key[0] == "X" else np.int64)
        assert array.flags.c_contiguous
        assert not array.flags.writeable
    for key in ("X_train", "X_val"):
        assert not data[key].base.flags.writeable


def test_labels_source_and_checksum_are_mnists(data, digits):
    for key in ("y_train", "y_val"):
        np.testing.assert_array_equal(data[key], digits[key])
    assert (data.source, data.checksum) == (digits.source, digits.checksum)


def test_each_pixel_lies_between_paper_and_ink_as_its_digit_says(data, digits):
    for key in ("X_train", "X_val"):
        images, share = data[key][-1500:].astype(float), digits[key][-1500:].reshape(1500, 1, 28, 28)
        paper = images[:, :, :1, :1]
        inked = share.reshape(len(share), -1).argmax(axis=1)
        darkest = share.reshape(len(share), -1)[np.arange(len(share)), inked]
        assert darkest.min() > 0.5
        inner = images[:, :, 2:-2, 2:-2]
        at_ink = inner.reshape(len(share), 3, -1)[np.arange(len(share)), :, inked]
        ink = paper[..., 0, 0] + (at_ink - paper[..., 0, 0]) / darkest[:, None]
        expected = paper + share * (ink[..., None, None] - paper)
        assert np.linalg.norm(ink - paper[..., 0, 0], axis=1).min() > 120
        assert np.abs(inner - expected).max() < 1.6  # of 255: half a step here, and up to one in `ink`
        border = images.copy()
        border[:, :, 2:-2, 2:-2] = paper
        assert (border == paper).all()


def test_rounding_by_hand():
    digits = np.zeros((1, 28, 28), np.uint8)
    digits[0, 0, :3] = 255, 51, 128
    (image,) = coloured.colour(digits, np.random.default_rng(3))
    paper, ink = coloured.draw_colours(1, np.random.default_rng(3))[:, 0].astype(int)
    for channel in range(3):
        p, q = paper[channel], ink[channel]
        # 51 / 255 = 1/5 of the way; as 255 is odd, no value lies half-way between two
        expected = [p, p, q, round(p + (q - p) / 5), round(p + (q - p) * 128 / 255), p]
        assert image[channel, 2, :6].tolist() == expected


def test_the_extremes_do_not_overflow(monkeypatch):
    colours = np.array([[[0, 255, 255]], [[255, 0, 255]]], np.uint8)
    monkeypatch.setattr(coloured, "draw_colours", lambda count, rng: colours)
    shares = np.zeros((1, 28, 28), np.uint8)
    shares[0, 0] = np.arange(28) * 9
    shares[0, 0, -1] = 255
    row = coloured.colour(shares, np.random.default_rng(0))[0, :, 2, 2:-2].astype(int)
    np.testing.assert_array_equal(row[0], shares[0, 0])
    np.testing.assert_array_equal(row[1], 255 - shares[0, 0].astype(int))
    assert (row[2] == 255).all()


def test_colours_are_apart_and_either_may_be_the_lighter():
    paper, ink = coloured.draw_colours(20_000, np.random.default_rng(0)).astype(float)
    assert np.linalg.norm(paper - ink, axis=1).min() >= 128
    assert 0.48 < (paper.sum(axis=1) > ink.sum(axis=1)).mean() < 0.52
    assert abs(paper.mean() - 127.5) < 2


def test_colours_are_independent_of_the_class(data):
    paper = data["X_train"][:, :, 0, 0].astype(float)
    # about 5,400 of each class, deviation about 80: a class's mean lies within 5 standard errors of 1.1
    for digit in range(10):
        assert np.abs(paper[data["y_train"] == digit].mean(axis=0) - paper.mean(axis=0)).max() < 5.5


def test_the_same_on_every_call_and_machine(data):
    assert {key: zlib.crc32(data[key]) for key in ("X_train", "X_val")} == {"X_train": 1401571382, "X_val": 358857859}


def test_open_test_after_a_trip_to_a_worker(small_mnist):
    data = load_coloured_mnist()
    X, y = open_test(pickle.loads(pickle.dumps(data)))
    assert (X.shape, X.dtype, y.dtype) == ((10, 3, 32, 32), np.uint8, np.int64)
    np.testing.assert_array_equal(y, small_mnist["t10k-labels-idx1-ubyte.gz"])
    expected = coloured.colour(small_mnist["t10k-images-idx3-ubyte.gz"], np.random.default_rng(59802))
    np.testing.assert_array_equal(X, expected)
    assert (X[:, :, 0, 0] == data["X_train"][:10, :, 0, 0]).mean() < 0.1  # colours of its own


def test_without_mnist(repository):
    with pytest.raises(files.DataError, match=r"^mnist: expected bundled data"):
        load_coloured_mnist()
