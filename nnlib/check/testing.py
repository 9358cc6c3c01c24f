"""6.2b's functions as subjects: `test`, and `predict` with test-time augmentation."""

from __future__ import annotations

import numpy as np

from nnlib.check.networks import MODES, VGG, device, linear
from nnlib.check.subjects import Call, Fault, Subject


class Testing(Subject):
    """`test` or `predict` with a linear network on minibatches of unequal sizes."""

    precision = VGG.precision

    def calls(self, worker, case, functions):
        """Compute the accuracy or the scores, from train mode."""
        cpu = device(worker)
        net = linear(worker, case, ("Flatten",))
        worker.call("train", on=net, keep=True)
        images = worker.call("numpy:uint8", case["images"], keep=True)
        loader = worker.call("nnlib.vgg.loader:DataLoader", images, case["y"], case["size"], keep=True)
        result = worker.call(self.targets[0], loader, net, cpu, options=case["options"])
        if self.outputs == ("scores",) and worker.get(net, "training"):
            raise Fault("net is left in training mode, expected evaluation mode", "wrong-mode")
        yield Call(self.targets[0], {}, {}, {self.outputs[0]: result})


def share_correct(w, b, images, y, size, drop, options, batches=None):
    """Return the share of images whose score is highest at their label; `batches` weighs minibatches instead."""
    correct = augmented(w, b, images, y, size, drop, options).argmax(1) == y
    parts = [correct[i : i + size].mean() for i in range(0, len(y), size)]
    return np.asarray(correct.mean() if batches is None else np.mean(parts[batches]))


def augmented(w, b, images, y, size, drop, options, mirror=3, whole=0.5, own=0.5, fill="reflect"):
    """Return the mean scores. Mistakes change `mirror`, its axis, the shares of the image itself, not shifted (`whole`)
    and not mirrored (`own`), or `fill`, what comes into the gap.
    """
    X, shift = images * (2 / 255) - 1, options.get("shift", 0)
    padded = np.pad(X, ((0, 0), (0, 0), (shift, shift), (shift, shift)), fill)
    first, last = (padded[..., i : i + X.shape[2], i : i + X.shape[3]] for i in (0, 2 * shift))
    X = whole * X + (1 - whole) / 2 * (first + last)
    X = own * X + (1 - own) * np.flip(X, mirror) if options.get("flip") else X
    return X.reshape(len(X), -1) @ w + b


def labelled(rng, drop=False, **options):
    """Return a linear network, images, and labels of which three are wrong in the first minibatch, one in the last."""
    w, b = rng.standard_normal((3 * 32 * 32, 10)).astype(np.float32), np.zeros(10, np.float32)
    images = rng.integers(0, 256, (10, 3, 32, 32))
    y = augmented(w, b, images, None, 4, drop, options).argmax(1)
    y[[0, 1, 2, 9]] = (y[[0, 1, 2, 9]] + 1) % 10
    return {"w": w, "b": b, "images": images, "y": y, "size": 4, "drop": drop, "options": options}


_OPTIONS = [((), options) for options in ({}, {"flip": True}, {"shift": 2}, {"flip": True, "shift": 2})]
TESTING = [
    Testing(("nnlib.vgg.training:test",), share_correct, labelled, MODES, outputs=("accuracy",)),
    Testing(("nnlib.vgg.training:predict",), augmented, labelled, {"": _OPTIONS}, outputs=("scores",)),
]
