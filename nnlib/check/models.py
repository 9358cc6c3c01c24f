"""The classifiers of Q2 to Q5 as subjects: their parameters, and scores, loss and gradients for random ones."""

from __future__ import annotations

import re

import numpy as np

from nnlib import gradcheck
from nnlib.check import definitions
from nnlib.check.process import Handle, Process
from nnlib.check.subjects import Call, Case, Fault, Subject

SCALE = 0.05  # of the initial weights
PARAMETER = r"(W|b|gamma|beta)\d"
STEPS, RATE = 40, 0.5


class Model(Subject):
    """A classifier; `define` is its loss on scores. In a case "layers" names its layers and "options" its arguments."""

    def calls(self, worker, case, functions):
        """Call `loss` without and with labels, with the parameters and the state of the case."""
        model = self.build(worker, case)
        names = _parameters(case)
        worker.set(model, "params", {name: case[name] for name in names})
        running = {key: value for key, value in case["bn_param"].items() if key.startswith("running")}
        if running:
            worker.set(model, "state", running)
        results = {"scores": worker.call("loss", case["X"], on=model)}
        if case["keep"] == 1:  # otherwise the loss in train mode depends on the masks
            loss, grads = _loss(worker, model, case)
            results |= {"loss": loss, **{f"d{name}": grads.get(name) for name in names}}
            if case.get("direction"):
                along = [np.vdot(grads[name], case["direction"][name]) for name in names]
                results = {"scores": results["scores"], "loss": loss, "d along a direction": np.array([sum(along)])}
        yield Call(self.targets[0], {}, {}, results)

    def build(self, worker: Process, case: Case) -> Handle:
        """Construct the model."""
        return worker.call(self.targets[0], keep=True, options=case["options"])

    def expect(self, output):
        """Return the definition of scores and loss, or differences of the loss."""
        if output == "scores":
            return lambda case: _scores(case, "test")
        if output == "d along a direction":
            return self._slope
        return super().expect(output)

    def differences(self, case, name):
        """Differentiate the loss with respect to a parameter."""
        return gradcheck.numerical_gradient(lambda value: self._forward({**case, name: value}), case[name])

    def _slope(self, case: Case) -> np.ndarray:
        names = _parameters(case)
        return gradcheck.numerical_gradient(
            lambda t: self._forward({**case, **{name: case[name] + t[0] * case["direction"][name] for name in names}}),
            np.zeros(1),
        )

    def _forward(self, case: Case) -> float:
        weights = [case[name] for name in _parameters(case) if name.startswith("W")]
        return self.define(_scores(case, "train"), case["y"]) + case["reg"] / 2 * sum(np.sum(w**2) for w in weights)

    def shape(self, trial, case):
        """Raise unless the names, the shapes and the initial values of the parameters are right."""
        options = {name: value for name, value in case["options"].items() if name != "dtype"}
        params = trial.worker.get(self.build(trial.worker, {"options": options}), "params")
        got, expected = (
            {name: getattr(each.get(name), "shape", None) for name in sorted(each)}
            for each in (params, {name: case[name] for name in _parameters(case)})
        )
        if got != expected:
            raise Fault(f"params are {_listed(got)}, expected {_listed(expected)}", "parameter-names")
        for name, array in params.items():
            if array.dtype != np.float32:
                raise Fault(f"{name} is {array.dtype} by default, expected float32", "float64-from-float32")
            if not name.startswith("W"):
                if np.any(array != (1 if name.startswith("gamma") else 0)):
                    raise Fault(f"{name} does not start at {int(name.startswith('gamma'))}", "biases-not-zero")
            elif abs(array.std() - SCALE) > 5 * SCALE / np.sqrt(2 * array.size) and case["options"].get("weight_scale"):
                raise Fault(f"{name} starts with deviation {array.std():.3g}, expected {SCALE}", "weight-scale")

    def trains(self, trial, case):
        """Raise unless gradient descent on the examples of the case makes the loss fall."""
        model = self.build(trial.worker, case)
        losses = []
        for _ in range(STEPS):
            loss, grads = _loss(trial.worker, model, case)
            losses.append(float(loss))
            params = trial.worker.get(model, "params")
            trial.worker.set(model, "params", {name: params[name] - RATE * grads[name] for name in params})
        if not losses[-1] < 0.7 * losses[0]:
            raise Fault(f"{STEPS} steps of gradient descent take the loss from {losses[0]:.3g} to {losses[-1]:.3g}")


def _parameters(case: Case) -> list[str]:
    return [name for name in case if re.fullmatch(PARAMETER, name)]


def _scores(case: Case, mode: str) -> np.ndarray:
    params = {name: case[name] for name in _parameters(case)}
    keep = case["keep"] if mode == "test" else 1.0
    return definitions.network(case["X"], params, case["layers"], {**case["bn_param"], "mode": mode}, keep)


def _loss(worker: Process, model: Handle, case: Case) -> tuple[object, dict]:
    result = worker.call("loss", case["X"], case["y"], on=model)
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], dict):
        raise Fault("loss(X, y) returns something else than the loss and a dictionary of gradients", "returns-too-few")
    missing = [name for name in _parameters(case) if not isinstance(result[1].get(name), np.ndarray)]
    if missing:
        raise Fault(f"loss(X, y) returns no gradient for {', '.join(missing)}", "parameter-names")
    return result


def _listed(shapes: dict[str, object]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items())


def make(rng, shape, layers, sizes, n, classes=1, reg=0.0, direction=False, keep=1.0, taught=False):
    """Return a case.

    Args:
        rng: a Generator.
        shape: of an example.
        layers: their names.
        sizes: of each "conv" (filters, side) and "fc" (units) among them.
        n: number of examples.
        classes: of their labels; 1 for binary ones.
        reg: strength of the L2 term.
        direction: whether the gradient is judged along one direction only.
        keep: of dropout.
        taught: whether the labels can be learned.
    """
    case: Case = {"X": rng.standard_normal((n, *shape))}
    learned = case["X"].reshape(n, -1)[:, : max(classes, 2)].argmax(1)
    case["y"] = learned if taught else rng.integers(0, max(classes, 2), n)
    sizes, norms, running = list(sizes), 0, {}
    weights = 0
    for layer in layers.split():
        if layer in ("conv", "fc"):
            weights += 1
            size = sizes.pop(0)
        if layer == "conv":
            case[f"W{weights}"] = rng.standard_normal((size[0], shape[0], size[1], size[1])) / 3
            shape = size[0], shape[1] - size[1] + 1, shape[2] - size[1] + 1
        elif layer == "fc":
            case[f"W{weights}"], case[f"b{weights}"] = (
                rng.standard_normal((*shape, size)) / 3,
                rng.standard_normal(size),
            )
            shape = (size,)
        elif layer == "bn":
            norms += 1
            case[f"gamma{norms}"], case[f"beta{norms}"] = rng.uniform(0.5, 2, shape[0]), rng.standard_normal(shape[0])
            running |= {f"running_mean{norms}": rng.standard_normal(shape[0])}
            running |= {f"running_var{norms}": rng.uniform(0.5, 2, shape[0])}
        elif layer == "pool":
            shape = shape[0], shape[1] // 2, shape[2] // 2
        elif layer == "flatten":
            shape = (int(np.prod(shape)),)
    if direction:
        case["direction"] = {name: rng.standard_normal(case[name].shape) for name in _parameters(case)}
    return {**case, "layers": layers, "bn_param": running, "keep": keep, "reg": reg}


def fully_connected(rng, inputs, hidden, classes, n, **options):
    """Return a case of a linear or two-layer classifier; `classes` is 1 for a binary one."""
    own = {"input_dim": inputs, "hidden_dim": hidden, "weight_scale": SCALE, "rng": 0, "dtype": "float64"}
    own |= {"num_classes": classes} if classes > 1 else {}
    layers, sizes = ("fc", [classes]) if hidden is None else ("fc relu fc", [hidden, classes])
    case = make(rng, (inputs,), layers, sizes, n, classes, **options)
    return {**case, "options": {**own, "reg": case["reg"]}}


def conv_net(rng, shape, filters, side, hidden, classes, n, dropout=None, batchnorm=False, **options):
    """Return a case of `ConvNet`."""
    own = {
        "input_dim": shape,
        "num_filters": filters,
        "filter_size": side,
        "hidden_dim": hidden,
        "num_classes": classes,
    }
    own |= {"weight_scale": SCALE, "dropout": dropout, "batchnorm": batchnorm, "rng": 0, "dtype": "float64"}
    layers = f"conv {'bn ' * batchnorm}relu pool {'drop ' * (dropout is not None)}flatten fc relu fc"
    keep = 1.0 if dropout is None else dropout
    case = make(rng, shape, layers, [(filters, side), hidden, classes], n, classes, keep=keep, **options)
    return {**case, "options": {**own, "reg": case["reg"]}}


def regularised(rng, norm, drop, architecture, keep=1.0):
    """Return a case of `regularised_conv_net`; large kernels leave few pixels to go through."""
    own = {"filter_size": 23, "hidden_dim": 4, "keep": keep, "architecture": architecture, "reg": 1e-2, "rng": 0}
    layers = f"conv {'bn ' * ('conv' in norm)}relu pool {'drop ' * ('conv' in drop)}flatten "
    layers += f"fc {'bn ' * ('fc' in norm)}relu {'drop ' * ('fc' in drop)}fc"
    case = make(rng, (1, 28, 28), layers, [(32, 23), 4, 10], 3, 10, reg=1e-2, direction=True, keep=keep)
    return {**case, "options": own}


def _binary(name, define):
    return Model(
        (f"nnlib.models:{name}",),
        define,
        fully_connected,
        {
            "": [((4, None, 1, 5), {"reg": 0.3}), ((3, 5, 1, 4), {"reg": 0.2}), ((6, 2, 1, 7), {})],
            "shape": [((60, None, 1, 2), {}), ((20, 15, 1, 2), {})],
            "trains": [((4, 8, 1, 12), {"taught": True})],
        },
        outputs=("loss",),
    )


_PLACES = (
    (("conv",), ("conv",), "BN conv, dropout pool"),
    (("conv",), ("fc",), "BN conv, dropout fc"),
    (("fc",), ("fc",), "BN fc, dropout fc"),
    (("conv", "fc"), ("conv", "fc"), "BN both, dropout both"),
)
_SMALL = (((2, 6, 4), 3, 3, 4, 3, 3), ((1, 5, 7), 2, 2, 3, 5, 3))
MODELS = [
    _binary("LogisticClassifier", definitions.logistic),
    _binary("SVM", definitions.hinge),
    Model(
        ("nnlib.models:SoftmaxClassifier",),
        definitions.cross_entropy,
        fully_connected,
        {
            "": [((4, None, 3, 5), {"reg": 0.3}), ((3, 5, 4, 6), {"reg": 0.2}), ((6, 2, 3, 7), {})],
            "shape": [((30, None, 4, 2), {}), ((20, 15, 6, 2), {})],
            "trains": [((4, 8, 3, 12), {"taught": True})],
        },
        outputs=("loss",),
    ),
    Model(
        ("nnlib.models:ConvNet",),
        definitions.cross_entropy,
        conv_net,
        {
            "": [(_SMALL[0], {"reg": 0.2}), (_SMALL[1], {"batchnorm": True})],
            "value": [
                (_SMALL[0], {"reg": 0.2}),
                (_SMALL[1], {"batchnorm": True}),
                (_SMALL[0], {"dropout": 0.6}),
                (_SMALL[1], {"dropout": 0.7, "batchnorm": True}),
            ],
            "shape": [(((2, 9, 9), 6, 4, 20, 10, 2), {}), (((1, 8, 7), 5, 3, 12, 6, 2), {"batchnorm": True})],
            "trains": [(((1, 6, 6), 4, 3, 8, 3, 9), {"taught": True})],
        },
        outputs=("loss",),
    ),
    Model(
        ("nnlib.homework.sweeps:regularised_conv_net",),
        definitions.cross_entropy,
        regularised,
        {
            "": [(place, {}) for place in _PLACES[::3]],
            "mode": [(place, {"keep": 0.6}) for place in _PLACES],
        },
        outputs=("loss",),
    ),
]
