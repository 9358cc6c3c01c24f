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
STEPS, RATE = 400, 0.5
MASKS = 20  # of dropout, and labels, that are tried until something is seen
FIRST_NORM = ("running_mean1", "running_var1")  # no dropout comes before it
AFTER_DROPOUT, EXACT = "the input of the layer after dropout", 1e-7


class ModelSubject(Subject):
    """A classifier; `define` is its loss on scores. In a case "layers" names its layers and "options" its arguments."""

    def calls(self, worker, case, functions):
        """Call `loss` without and with labels, with the parameters and the state of the case."""
        model = self.build(worker, case)
        names = parameters(case)
        worker.set(model, "params", {name: case[name] for name in names})
        worker.set(model, "state", case["bn_param"])
        results = {"scores": worker.call("loss", case["X"], on=model)}
        if case["bn_param"]:
            _loss(worker, model, case)
            state = worker.get(model, "state", keep=True)
            results |= {name: worker.call("get", name, on=state) for name in FIRST_NORM}
        if case["keep"] < 1:  # the loss in train mode depends on the masks
            results |= {AFTER_DROPOUT: self.after_dropout(worker, model, case)}
        else:
            results["loss"], grads = _loss(worker, model, case)
            if case.get("direction"):
                _same_shapes(grads, case)
                along = [np.vdot(grads[name], step) for name, step in case["direction"].items()]
                results["d along a direction"] = np.array([sum(along)])
            else:
                results |= {f"d{name}": grads.get(name) for name in names}
        yield Call(self.targets[0], {}, {}, results)

    def after_dropout(self, worker: Process, model: Handle, case: Case) -> np.ndarray:
        """Return what the layer after the last dropout is given in train mode, for the first example.

        For one example dL/dW = x dL/db^T, so that a column of it, divided by the bias's entry, is the layer's input x.
        What is dropped is filled in, because any mask is right; where all is, another mask is drawn. The bias is raised
        so far that no unit is dead, which would have no gradient.
        """
        weights, right = _before_dropout(case)
        bias = case[f"b{weights}"] + 4 * np.sqrt(right**2 @ case[f"W{weights}"].reshape(len(right), -1) ** 2)
        worker.set(model, "params", {name: case[name] for name in parameters(case)} | {f"b{weights}": bias})
        for attempt in range(MASKS):
            y = (case["y"][:1] + attempt) % (1 + case["y"].max())  # of one that is certain there is no gradient either
            _, grads = _loss(worker, model, {**case, "X": case["X"][:1], "y": y})
            _same_shapes(grads, case)
            db = grads[f"b{weights}"]
            unit = np.argmax(np.abs(db))
            for reg in (case["reg"], 0.0):  # a missing L2 term is left to the gradient check
                with np.errstate(all="ignore"):
                    seen = (grads[f"W{weights}"] - reg * case[f"W{weights}"])[:, unit] / db[unit]
                dropped = np.abs(seen) <= EXACT * np.abs(right).max()
                if np.allclose(np.where(dropped, right, seen), right, rtol=EXACT):
                    break
            if np.abs(db[unit]) > EXACT and not dropped.all():
                return np.where(dropped, right, seen)
        return seen

    def accuracy(self, output, case):
        """Return the accuracy of differences, or that of quotients of gradients."""
        return (EXACT, 1e-12) if output == AFTER_DROPOUT else super().accuracy(output, case)

    def build(self, worker: Process, case: Case) -> Handle:
        """Construct the model."""
        return worker.call(self.targets[0], keep=True, options=case["options"])

    def expect(self, output):
        """Return the definition of a result, or differences of the loss."""
        own = {"scores": lambda case: _scores(case, "test"), AFTER_DROPOUT: lambda case: _before_dropout(case)[1]}
        own |= {name: lambda case, i=i: _running(case)[i] for i, name in enumerate(FIRST_NORM)}
        return own.get(output) or super().expect(output)

    def differences(self, case, name):
        """Differentiate the loss with respect to a parameter, or to a step of all of them along the direction."""
        if name in case:
            return gradcheck.numerical_gradient(lambda value: self._forward({**case, name: value}), case[name])

        def loss_at(t: np.ndarray) -> float:
            return self._forward(case | {each: case[each] + t[0] * step for each, step in case["direction"].items()})

        return gradcheck.numerical_gradient(loss_at, np.zeros(1))

    def _forward(self, case: Case) -> float:
        weights = [case[name] for name in parameters(case) if name.startswith("W")]
        return self.define(_scores(case, "train"), case["y"]) + case["reg"] / 2 * sum(np.sum(w**2) for w in weights)

    def shape(self, examination, case):
        """Raise unless the names, the shapes and the initial values of the parameters are right."""
        others = {name: value for name, value in case["options"].items() if name != "dtype"}
        made = [others | {"rng": 1, "weight_scale": SCALE}, case["options"] | {"weight_scale": None}]
        models = (self.build(examination.worker, {"options": options}) for options in made)
        params, asked = (examination.worker.get(model, "params") for model in models)
        if not isinstance(params, dict) or not isinstance(asked, dict):
            raise Fault("params is not a dictionary of arrays by name", "parameter-names")
        got, expected = (
            {name: getattr(each.get(name), "shape", None) for name in sorted(each)}
            for each in (params, {name: case[name] for name in parameters(case)})
        )
        if got != expected:
            raise Fault(f"params are {_listed(got)}, expected {_listed(expected)}", "parameter-names")
        for name, array in params.items():
            if array.dtype != np.float32:
                raise Fault(f"{name} is {array.dtype} by default, expected float32", "float64-from-float32")
            dtype = getattr(asked.get(name), "dtype", None)
            if "dtype" in case["options"] and dtype != np.float64:
                raise Fault(f"{name} is {dtype} with dtype='float64', expected float64", "dtype-ignored")
            if not name.startswith("W"):
                if np.any(array != (1 if name.startswith("gamma") else 0)):
                    raise Fault(f"{name} does not start at {int(name.startswith('gamma'))}", "biases-not-zero")
                continue
            he = np.sqrt(2 / (array[0].size if array.ndim == 4 else len(array)))
            for deviation, scale in ((array.std(), SCALE), (asked[name].std(), he)):
                if abs(deviation - scale) > 5 * scale / np.sqrt(2 * array.size):
                    given = "None" if scale == he else SCALE
                    message = f"{name} has deviation {deviation:.3g} with weight_scale={given}, expected {scale:.3g}"
                    raise Fault(message, "weight-scale")
            if np.allclose(array * he, asked[name] * SCALE, rtol=1e-5):
                raise Fault(f"{name} starts alike with rng=0 and rng=1", "rng-ignored")

    def trains(self, examination, case):
        """Raise unless gradient descent on the examples of the case makes the loss fall."""
        model = self.build(examination.worker, case)
        losses = []
        for _ in range(STEPS):
            loss, grads = _loss(examination.worker, model, case)
            _same_shapes(grads, case)
            losses.append(float(loss))
            if losses[-1] < 0.7 * losses[0]:
                return
            params = examination.worker.get(model, "params")
            examination.worker.set(model, "params", {name: params[name] - RATE * grads[name] for name in params})
        raise Fault(f"{STEPS} steps of gradient descent take the loss from {losses[0]:.3g} to {losses[-1]:.3g}")


def parameters(case: Case) -> list[str]:
    """Return the names of the parameters in a case."""
    return [name for name in case if re.fullmatch(PARAMETER, name)]


def _scores(case: Case, mode: str) -> np.ndarray:
    params = {name: case[name] for name in parameters(case)}
    keep = case["keep"] if mode == "test" else 1.0
    return definitions.network(case["X"], params, case["layers"], {**case["bn_param"], "mode": mode}, keep)


def _running(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return the running statistics of the first batch norm after a step in train mode."""
    x = _scores({**case, "layers": case["layers"].partition("bn")[0]}, "train")
    return definitions.running(x, {"mode": "train", **{name[:-1]: case["bn_param"][name] for name in FIRST_NORM}})


def _before_dropout(case: Case) -> tuple[int, np.ndarray]:
    """Return the number of the layer after the last dropout, and what comes to it without dropout: of one example."""
    layers = case["layers"].rpartition("drop")[0]
    first = {**case, "X": case["X"][:1], "layers": f"{layers} flatten"}
    return 1 + sum(layers.split().count(each) for each in ("conv", "fc")), _scores(first, "train")[0]


def _loss(worker: Process, model: Handle, case: Case) -> tuple[object, dict]:
    result = worker.call("loss", case["X"], case["y"], on=model)
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], dict):
        raise Fault("loss(X, y) returns something other than the loss and a dictionary of gradients", "returns-too-few")
    missing = [name for name in parameters(case) if not isinstance(result[1].get(name), np.ndarray)]
    if missing:
        raise Fault(f"loss(X, y) returns no gradient for {', '.join(missing)}", "parameter-names")
    return result


def _same_shapes(grads: dict, case: Case) -> None:
    """Raise where a gradient, or what else is in both, has another shape than in the case."""
    for name in (name for name in grads if name in case):
        if grads[name].shape != case[name].shape:
            raise Fault(f"d{name} has shape {grads[name].shape}, expected {case[name].shape}")


def _listed(shapes: dict[str, object]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items())
