"""What is judged: a function's inputs, its calls, and what is right, by definitions and by differences of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import ClassVar, NamedTuple

import numpy as np

from nnlib import gradcheck
from nnlib.check import definitions
from nnlib.check.process import Process, StudentError

SAME_SEED = "out with another Generator of this seed"
VALUE, GRADIENT = 1e-9, 1e-5  # relative to the largest entry; differences in float64 leave five digits to spare
Case = dict[str, object]  # arguments by name, in their order, and "dout"


class Fault(Exception):
    """What is wrong, in words, with the id of its diagnosis and which result of which function it is."""

    def __init__(self, message: str, diagnosis: str = "", where: str = ""):
        super().__init__(message)
        self.message, self.diagnosis, self.where = message, diagnosis, where


class Call(NamedTuple):
    """One call of a student's function: its arguments before and after, its results by name."""

    function: str
    before: Case
    after: Case
    results: dict[str, object]


@dataclass
class Comparison:
    """A result and what is right."""

    function: str
    output: str
    got: object
    case: Case
    expect: Callable[[Case], object]  # gives what is right for any inputs
    tolerance: float = VALUE  # relative to the largest entry
    noise: float = 1e-12  # an absolute tolerance
    beside: tuple[Comparison, ...] = ()  # those of the other results of the same call
    again: Callable[[Case], object] | None = None  # gives what the student's function makes of other inputs

    @cached_property
    def expected(self) -> np.ndarray:
        """What is right for these inputs, with NaN where there is no derivative."""
        return np.asarray(self.expect(self.case))


@dataclass(frozen=True, eq=False)
class Subject:
    """A function, or a forward and a backward pass."""

    targets: tuple[str, ...]  # "module:name", forward first
    define: Callable  # the forward pass, by its definition
    make: Callable[..., Case]  # (rng, *sizes, **options) -> inputs
    cases: dict[str, list[tuple[tuple, dict]]]  # (sizes, options) by a check's name or property; "" for all others
    outputs: tuple[str, ...] = ("out",)  # the names of the results that `define` gives
    wrt: tuple[str, ...] = ()  # the inputs with gradients, in the order in which they are returned
    squares: tuple[tuple, ...] = ()  # sizes that are all equal, at which a mistake in their order cannot be seen
    large: tuple = ()  # sizes at which numerical differentiation would take 10,000 passes
    # takes inputs to where `define` has a derivative, which is then the one that is agreed on
    point: Callable[[Case, str], np.ndarray] = lambda case, name: beside_kinks(case[name])
    again: ClassVar[dict[str, tuple[str, str]]] = {}  # see LayerSubject
    precision: ClassVar[tuple[float, float] | None] = None  # what `accuracy` gives for every output

    def calls(self, worker: Process, case: Case, functions: tuple[str, ...]) -> Iterator[Call]:
        """Call those of `functions` that are targets, in order."""
        result, (_, own) = worker.call(self.targets[0], *case.values(), after=True)
        names = (*self.outputs, *(f"d{name}" for name in self.wrt))
        yield Call(self.targets[0], case, dict(zip(case, own, strict=True)), named(result, names))

    def compare(self, call: Call, case: Case) -> list[Comparison]:
        """Pair the results of a call with what is right."""
        found = [
            Comparison(call.function, name, got, case, self.expect(name), *self.accuracy(name, case))
            for name, got in call.results.items()
        ]
        for each in found:
            each.beside = tuple(other for other in found if other is not each)
        return found

    def expect(self, output: str) -> Callable[[Case], object]:
        """Return what gives the right result of this name for any inputs."""
        if output in definitions.RUNNING:
            return lambda case: definitions.running(case["x"], case["bn_param"])[definitions.RUNNING.index(output)]
        if output in self.outputs:
            only = len(self.outputs) == 1
            return lambda case: self._forward(case) if only else self._forward(case)[self.outputs.index(output)]
        return lambda case: self.differences(case, output[1:])

    def differences(self, case: Case, name: str) -> np.ndarray:
        """Return the gradient with respect to an input, by numerical differentiation of the definition."""
        return gradcheck.numerical_gradient(
            lambda value: self._forward({**case, name: value}), self.point(case, name), case.get("dout")
        )

    def accuracy(self, output: str, case: Case) -> tuple[float, float]:
        """Return the tolerance, relative to the largest entry, and the absolute noise of what is right."""
        if self.precision or output[0] != "d":
            return self.precision or (VALUE, 1e-12)
        total = np.sum(np.abs(np.asarray(self._forward(case)) * case.get("dout", 1.0)))
        return GRADIENT, float(4 * gradcheck.EPSILON * total / gradcheck.STEP)

    def _forward(self, case: Case) -> object:
        return self.define(**{name: value for name, value in case.items() if name != "dout"})


class LayerSubject(Subject):
    """A forward and a backward pass; the cache is the student's own.

    `again` are further looks at its results: when, and what is wrong where they are others.
    """

    again: ClassVar = {
        "again": ("at a second call with the same cache", "cache-changed"),
        "later": ("at a call with the same cache after another forward pass", "not-in-the-cache"),
        "kept": ("once there have been calls for other inputs", "kept-between-calls"),
    }

    def calls(self, worker, case, functions):
        """Call forward, and backward with its cache and `dout`; where `functions` has "again", look once more."""
        forward, backward = self.targets
        again, names = "again" in functions, tuple(f"d{name}" for name in self.wrt)
        inputs = {name: value for name, value in case.items() if name != "dout"}
        arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray)}
        kept = {name: worker.call("numpy:array", value, keep=True) for name, value in arrays.items()}
        result, (args, own) = worker.call(forward, *{**inputs, **kept}.values(), keep=(0, 1), after=True)
        out, cache = named(result, ("out", "cache")).values()
        running = {key: args[-1].get(key) for key in definitions.RUNNING} if "bn_param" in case else {}
        after = dict(zip(inputs, own, strict=True)) | {name: args[list(inputs).index(name)] for name in kept}
        seen = partial(worker.call, "typing:cast", None)  # what a handle stands for
        yield Call(forward, inputs, after, {"out": seen(out), **running})
        if backward in functions:
            made, (_, own) = worker.call(backward, case["dout"], cache, keep=True, after="own")
            after = {name: worker.call("numpy:array", handle) for name, handle in kept.items()}
            yield Call(backward, arrays | {"dout": case["dout"]}, after | {"dout": own[0]}, named(seen(made), names))
        if again:
            if backward in functions:
                yield Call("again", {}, {}, named(self._again(worker, case["dout"], cache, "again"), names))
            _, other = worker.call(forward, *map(_other, inputs.values()), keep=(1,))
            if backward in functions:
                yield Call("later", {}, {}, named(self._again(worker, case["dout"], cache, "later"), names))
                self._again(worker, -case["dout"], other, "kept")
                yield Call("kept", {}, {}, named(seen(made), names))
            yield Call("kept", {}, {}, {"out": seen(out)})

    def _again(self, worker: Process, dout: np.ndarray, cache: object, call: str) -> object:
        """Return what backward gives for a cache that it was given before; an exception is that call's fault."""
        try:
            return worker.call(self.targets[1], dout, cache)
        except StudentError as error:
            if error.kind != "exception":
                raise
            when, diagnosis = LayerSubject.again[call]
            raise Fault(f"{error.message} {when}", diagnosis) from error


class DropoutSubject(LayerSubject):
    """Dropout; with a Generator it is judged by its mask's statistics."""

    again: ClassVar = LayerSubject.again | {"again": ("at a second call with the same cache", "another-mask")}

    def calls(self, worker, case, functions):
        """Take a Generator in the worker for the number under "rng", and another of that seed for a further call."""
        worker.call("numpy.random:seed", definitions.STATE)
        param = case["dropout_param"]
        twice = [param["rng"]] * 2 if "rng" in param else []
        params = [{**param, "rng": worker.call("numpy.random:default_rng", seed, keep=True)} for seed in twice]
        for call in super().calls(worker, {**case, "dropout_param": [*params, param][0]}, functions):
            if params and call.function == self.targets[0]:
                result = worker.call(call.function, case["x"], params[1], keep=(1,))
                call.results[SAME_SEED] = named(result, ("out", "cache"))["out"]
            yield call

    def compare(self, call, case):
        """Compare with the definition, or with what the mask must be on average."""
        if "rng" not in case["dropout_param"]:
            return super().compare(call, case)
        out = call.results.get("out")
        if not isinstance(out, np.ndarray) or out.shape != case["x"].shape:
            return [Comparison(call.function, "out", out, case, lambda case: case["x"])]
        mask, p = out != 0, case["dropout_param"]["p"]
        found = [Comparison(call.function, "out", out, case, lambda case: np.where(mask, case["x"], 0.0))]
        found.append(replace(found[0], output=SAME_SEED, got=call.results[SAME_SEED]))
        deviation = np.sqrt(p * (1 - p))
        noise = 5 * deviation / np.sqrt(mask.size)
        found.append(Comparison(call.function, "share kept", np.asarray(mask.mean()), case, lambda _: p, 0.0, noise))
        for axis in (0, 1):
            spread = np.asarray(np.std(mask.mean(axis=axis)) * np.sqrt(mask.shape[axis]))
            found.append(Comparison(call.function, "spread of the mask", spread, case, lambda _: deviation, 0.6))
        return found


class Adjoint(Subject):
    """The backward pass of a linear function `define` of an array and an option: of weights, a shape, the option."""

    precision = GRADIENT, 1e-9  # of differences of a linear function at zero

    def _forward(self, case: Case) -> np.ndarray:
        weights, shape, option = case.values()
        return gradcheck.numerical_gradient(lambda x: self.define(x, option), np.zeros(shape), weights)


def _other(value: object) -> object:
    """Return another argument of its kind: an array of mostly the other sign, a parameter that keeps every element."""
    if isinstance(value, np.ndarray):
        return 0.5 - value
    return {**value, "p": 1.0} if "p" in value else value


def named(result: object, names: tuple[str, ...]) -> dict[str, object]:
    """Return a function's results by name, or raise Fault."""
    if len(names) == 1 and not isinstance(result, tuple):
        return {names[0]: result}
    if result is None:
        raise Fault("returns None", "returns-nothing")
    if not isinstance(result, tuple) or len(result) != len(names):
        got = f"{len(result)} values" if isinstance(result, tuple) else "one value"
        raise Fault(f"returns {got}, expected {', '.join(names)}", "returns-too-few")
    return dict(zip(names, result, strict=True))


def beside_kinks(x: np.ndarray) -> np.ndarray:
    """Return x with zeros a little below 0 and equal whole numbers a little apart, the first of them the largest."""
    x = np.where(x == 0, -0.05, x)
    if not np.array_equal(np.round(x[x != -0.05]), x[x != -0.05]):
        return x
    return x - 0.1 * np.arange(x.size).reshape(x.shape) / x.size
