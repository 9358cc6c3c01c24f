"""Q6's functions as subjects; PyTorch runs in the worker alone."""

from __future__ import annotations

import itertools

import numpy as np

from nnlib import gradcheck
from nnlib.check import definitions
from nnlib.check.frames import Handle
from nnlib.check.process import Process
from nnlib.check.subjects import GRADIENT, Call, Case, Fault, Subject

FLOAT32 = 1e-4  # relative to the largest score
STAGES = ((8,), (16,), (32, 32), (64, 64), (64, 64))  # output channels, a pool after each stage
EPOCH = ("losses", "accuracy", "parameters")  # what `train_epoch` gives
NORM = ("weight", "bias", "running_mean", "running_var")
RATE = 0.4
SECONDS = 60.0  # for a request: importing PyTorch takes long on a busy machine


def device(worker: Process) -> Handle:
    """Return the CPU as PyTorch's device in the worker, which gets more time from then on."""
    worker.seconds = max(worker.seconds, SECONDS)
    return worker.call("torch:device", "cpu", keep=True)


def tensor(worker: Process, array: np.ndarray) -> Handle:
    """Return the array as a tensor in the worker."""
    return worker.call("torch:from_numpy", array, keep=True)


def linear(worker: Process, case: Case, *before: tuple) -> Handle:
    """Return a network of the modules in `before` and a linear layer with the weights of the case.

    In the mode check a Dropout that drops everything tells train mode from evaluation mode.
    """
    layers = [*[("Dropout", 1.0)] * case["drop"], *before, ("Linear", len(case["w"]), len(case["b"]))]
    modules = [worker.call(f"torch.nn:{name}", *args, keep=True) for name, *args in layers]
    net = worker.call("torch.nn:Sequential", *modules, keep=True)
    worker.call("to", worker.get(tensor(worker, case["w"]), "dtype", keep=True), on=net, keep=True)
    last = f"{len(modules) - 1}."
    state = {f"{last}weight": tensor(worker, case["w"].T.copy()), f"{last}bias": tensor(worker, case["b"])}
    worker.call("load_state_dict", state, on=net, keep=True)
    return net


class VGG(Subject):
    """The handout's network: the shapes of its parameters, and its scores by its own, batch norm's drawn at random."""

    precision = FLOAT32, 1e-6

    def calls(self, worker, case, functions):
        """Compute the scores of images."""
        device(worker)
        net = worker.call(self.targets[0], keep=True, options=case["options"])
        state = worker.call("state_dict", on=net)
        if not isinstance(state, dict) or not all(isinstance(array, np.ndarray) for array in state.values()):
            raise Fault("VGG11(...) is not a PyTorch network", "not-an-array")
        norms = [name.removesuffix("running_var") for name in state if name.endswith("running_var")]
        if len(norms) != 8 * bool(case["options"].get("batch_norm")):
            raise Fault(f"{len(norms)} batch norms with {case['options']}, expected 8 or none", "layer-missing")
        for name in (norm + part for norm in norms for part in NORM):
            values = np.random.default_rng(len(name)).uniform(0.5, 1.5, np.shape(state.get(name)))
            state[name] = (values - name.endswith(("bias", "mean"))).astype(np.float32)
        if norms:  # without them both modes compute the same
            worker.call("eval", on=net, keep=True)
            worker.call("load_state_dict", {name: tensor(worker, state[name]) for name in state}, on=net, keep=True)
        weights = case["weights"] = {}
        for name, array in state.items():
            weights |= {name: np.float64(array)} if "num_b" not in name else {}
            if norms and array.ndim == 4:  # before batch norm a bias changes nothing, and may be left out
                weights.setdefault(name.replace("weight", "bias"), np.zeros(len(array)))
        scores = worker.call("__call__", tensor(worker, case["X"].astype(np.float32)), on=net)
        yield Call(self.targets[0], {}, {}, {"scores": scores})

    def shape(self, examination, case):
        """Raise unless the layers have the handout's sizes."""
        list(self.calls(examination.worker, case, ()))
        got = [array.shape for name, array in case["weights"].items() if "running" not in name]
        options, channels, expected = case["options"], 3, []
        for width in (options.get("width", 1) * width for stage in STAGES for width in stage):
            expected += [(width, channels, 3, 3), *[(width,)] * (3 if options.get("batch_norm") else 1)]
            channels = width
        expected += [(channels, channels), (channels,), (10, channels), (10,)]
        if sorted(got) != sorted(expected):
            given = f" with {options}" if options else ""
            unlike = (f"{a} in place of {b}" for a, b in zip(got, expected, strict=False) if a != b)
            first = next(unlike, "one more or less")
            message = f"{len(got)} parameters{given}, expected {len(expected)}; the first difference in shape: {first}"
            layers, others = (sum(len(shape) > 1 for shape in shapes) for shapes in (got, expected))
            fewer = "missing-bias" if layers == others and not options.get("batch_norm") else "layer-missing"
            raise Fault(message, "channels" if len(got) == len(expected) else fewer)


def vgg(X, weights, options, activations=None, pools="max", norm_last=False):
    """Return the scores of the handout's network; `activations`: all, none, the report's, or "conv", its first alone.

    A network may make its layers in any order: their sizes tell them apart, and a weight's bias comes next after it.
    """
    prefixes = tuple(name.removesuffix(NORM[-1]) for name in weights if name.endswith(NORM[-1]))
    norms = [[weights[prefix + part] for part in NORM] for prefix in prefixes]
    norms = iter(sorted(norms, key=lambda norm: len(norm[0])))
    arrays = [array for name, array in weights.items() if not name.startswith(prefixes)]
    layers = sorted((pair for pair in itertools.pairwise(arrays) if pair[0].ndim > 1), key=lambda pair: pair[0].shape)
    kernels, matrices = (iter([pair for pair in layers if pair[0].ndim == ndim]) for ndim in (4, 2))
    activations = activations or ("report" if options.get("relu") else "none")
    x = X
    for number, stage in enumerate(STAGES):
        for index, _ in enumerate(stage):
            kernel, bias = next(kernels)
            x = definitions.convolution(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), kernel) + bias[:, None, None]
            active = activations == "all" or (activations in ("report", "conv") and (index > 0 or number < 3))
            x = np.maximum(x, 0) if active and norm_last else x
            for gamma, beta, mean, variance in itertools.islice(norms, 1):
                scale = gamma / np.sqrt(variance + 1e-5)
                x = (x - mean[:, None, None]) * scale[:, None, None] + beta[:, None, None]
            x = np.maximum(x, 0) if active and not norm_last else x
        means = pools == "mean" or (number + 1 == len(STAGES) and pools == "mean at last")
        windows = x.reshape(*x.shape[:2], x.shape[2] // 2, 2, -1, 2)
        x = windows.mean((3, 5)) if means else windows.max((3, 5))
    x = x.reshape(len(x), -1)
    for number, (w, bias) in enumerate(sorted(matrices, key=lambda pair: -len(pair[0]))):
        x = definitions.fully_connected(x, w.T, bias)
        x = np.maximum(x, 0) if activations in ("all", "report") and number == 0 else x
    return x


class Epoch(Subject):
    """`train_epoch` with a linear network: losses, accuracy and parameters after a few steps."""

    precision = GRADIENT, 1e-7  # of steps by numerical gradients

    def calls(self, worker, case, functions):
        """Train from evaluation mode."""
        cpu = device(worker)
        net = linear(worker, case)
        worker.call("eval", on=net, keep=True)
        loader = tuple((tensor(worker, X), tensor(worker, y)) for X, y in case["batches"])
        parameters = worker.call("builtins:list", worker.call("parameters", on=net, keep=True), keep=True)
        optimizer = worker.call("torch.optim:SGD", parameters, RATE, keep=True)
        criterion = worker.call("torch.nn:CrossEntropyLoss", keep=True)
        result = worker.call(self.targets[0], loader, net, criterion, optimizer, cpu)
        if not isinstance(result, tuple) or len(result) != 2:
            raise Fault("returns something other than the losses and the accuracy", "returns-too-few")
        if not isinstance(result[0], tuple):
            if isinstance(result[1], tuple):
                raise Fault("returns the accuracy first, expected the losses first", "swapped-results")
            raise Fault("the losses are not a list", "number-for-list")
        if not all(isinstance(loss, np.ndarray) and loss.size == 1 for loss in result[0]):
            raise Fault("a loss is not a number", "not-an-array")
        state = list(worker.call("state_dict", on=net).values())
        results = np.array([loss.item() for loss in result[0]]), result[1], np.append(state[0].T, state[1])
        yield Call(self.targets[0], {}, {}, dict(zip(EPOCH, results, strict=True)))


def descend(w, b, batches, drop, accumulate=False, steps=1, share="all", late=False, stale=False, softmax=False):
    """Return each step's loss, the accuracy, and the parameters afterwards.

    The options give what mistakes would: `accumulate`d gradients, another number of `steps` for each gradient, the
    `share` of the "mean" minibatch or of the "last", losses and accuracy after the steps (`late`), steps with the
    previous minibatch's gradient (`stale`), and a `softmax` of the scores.
    """
    theta, losses, right, gradient, before = np.append(w, b), [], [], 0.0, 0.0
    for X, y in batches:

        def scores(theta: np.ndarray, X: np.ndarray = X) -> np.ndarray:
            out = definitions.fully_connected((1 - drop) * X, theta[: w.size].reshape(w.shape), theta[w.size :])
            return np.exp(out) / np.exp(out).sum(1, keepdims=True) if softmax else out

        start = theta
        losses.append(definitions.cross_entropy(scores(theta), y))
        own = gradcheck.numerical_gradient(lambda t, f=scores, y=y: definitions.cross_entropy(f(t), y), theta)
        gradient = own + (gradient if accumulate else 0.0)
        theta = theta - RATE * (before if stale else gradient) * steps
        before = own
        losses[-1] = definitions.cross_entropy(scores(theta), y) if late else losses[-1]
        right.append(scores(theta if late else start).argmax(1) == y)
    counted = {"all": [np.concatenate(right)], "mean": right, "last": right[-1:]}[share]
    return np.array(losses), np.asarray(np.mean([each.mean() for each in counted])), theta


def epoch(rng, drop=False):
    """Return a linear network and three minibatches, the last one smaller."""
    w, b = rng.standard_normal((4, 3)), rng.standard_normal(3)
    batches = tuple((rng.standard_normal((n, 4)), rng.integers(0, 3, n)) for n in (7, 7, 4))
    return {"w": w, "b": b, "batches": batches, "drop": drop}


MODES = {"": [((), {})], "mode": [((), {"drop": True})]}
NETWORKS = [
    VGG(
        ("nnlib.vgg.networks:VGG11",),
        vgg,
        lambda rng, **options: {"X": rng.uniform(-1, 1, (1 + len(options), 3, 32, 32)), "options": options},
        {
            "": [((), {}), ((), {"relu": True}), ((), {"relu": True, "batch_norm": True})],
            "shape": [((), {}), ((), {"width": 2}), ((), {"batch_norm": True})],
        },
        outputs=("scores",),
    ),
    Epoch(("nnlib.vgg.training:train_epoch",), descend, epoch, MODES, outputs=EPOCH),
]
