"""One subject in one row of an item: its inputs, what differs from what is right, and properties other than values."""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nnlib.check import signatures
from nnlib.check.definitions import RUNNING
from nnlib.check.economy import economy
from nnlib.check.exercises import Row
from nnlib.check.frames import Other
from nnlib.check.process import Process, StudentError
from nnlib.check.signatures.losses import unstable
from nnlib.check.subjects import Call, Case, Comparison, Fault, Subject

SQUARES = 3  # so many inputs of equal sizes


def examine(examination: Examination) -> None:
    """Raise what is wrong with a subject in the sense of a row."""
    own = getattr(examination.subject, examination.row.property, None) or OWN.get(examination.row.property)
    if own is not None:
        inputs = examination.inputs()[: 1 if own is economy else None]
        try:
            for options, case in inputs:
                examination.options = options
                own(examination, case)
        except StudentError as error:
            error.diagnosis = examination.at_square_sizes() if error.kind == "exception" else ""
            raise
        return
    wrong: list[Comparison] = []
    error = None
    for options, case in examination.inputs():
        try:
            found = examination.wrong(case)
        except StudentError as raised:
            if raised.kind != "exception":
                raise
            error, found = error or raised, []
        if not wrong and (found or error):
            examination.options = options
        wrong += found
    if error is not None:
        error.diagnosis = examination.at_square_sizes()
        raise error
    if wrong:
        first = [each for each in wrong if each.output == wrong[0].output]
        function = first[0].function.rpartition(":")[2]
        message = difference(first[0], examination.row)
        raise Fault(message, _diagnosis(examination, first, function), f"{first[0].output} of {function}")


def _diagnosis(examination: Examination, wrong: Sequence[Comparison], function: str) -> str:
    """Return the id of the mistake that wrong results of one output look like, or an empty string."""
    if examination.row.property == "stability":  # at large numbers other mistakes look alike
        return unstable(wrong, function)
    diagnosis = signatures.name(wrong, function)
    if diagnosis not in ("", "size-off-by-one", "other-size", "rearranged"):
        return diagnosis
    square = examination.at_square_sizes() if len(wrong) > 1 else ""  # one alone may be of an unusual size
    if square == "square-only" or not signatures.shapes_fit(wrong):  # at equal sizes mistakes in values look alike
        return square if square == "square-only" else diagnosis or square
    return diagnosis or signatures.appearance(wrong)


@dataclass
class Examination:
    """One subject in one row; `options` are those of the inputs at which something is wrong."""

    subject: Subject
    row: Row
    worker: Process
    functions: tuple[str, ...]
    rng: np.random.Generator
    options: dict[str, object] = field(default_factory=dict)

    def inputs(self) -> list[tuple[dict, Case]]:
        """Return the row's inputs, each after its options."""
        cases = self.subject.cases
        drawn = cases.get(self.row.name) or cases.get(self.row.property) or cases[""]
        return [(options, self.subject.make(self.rng, *sizes, **options)) for sizes, options in drawn]

    def calls(self, case: Case, *more: str) -> Iterator[Call]:
        """Return the calls that the row is about."""
        functions = (*self.functions, *more)
        one = self.row.property in ("value", "gradient") or self.row.name == "running"
        if one and len(self.subject.targets) == 2:
            functions = (self.subject.targets[self.row.property == "gradient"],)
        return (call for call in self.subject.calls(self.worker, case, functions) if call.function in functions)

    def wrong(self, case: Case) -> list[Comparison]:
        """Return what differs from what is right."""
        found = [each for call in self.calls(case) for each in self.subject.compare(call, case)]
        wanted = [each for each in found if _wanted(self.row, each.output)]
        for each in wanted:
            each.again = functools.partial(self.again, each.output)
        if not wanted:
            raise ValueError(f"nothing is compared in {self.row.name}")
        return [each for each in wanted if difference(each, self.row)]

    def again(self, output: str, case: Case) -> object:
        """Return one result of the student's function for other inputs, or None where it gives none."""
        with contextlib.suppress(StudentError, Fault):
            for call in self.calls(case):
                if output in call.results:
                    return call.results[output]
        return None

    def at_square_sizes(self) -> str:
        """Return what a mistake looks like where all sizes are equal: "square-only" if it is none there."""
        if not self.subject.squares:
            return ""
        row = Row(self.row.name, "mode") if self.row.property in ("shape", *OWN) else self.row
        try:
            sizes = itertools.islice(itertools.cycle(self.subject.squares), SQUARES)
            drawn = [self.subject.make(self.rng, *each, **self.options) for each in sizes]
            wrong = [each for case in drawn for each in replace(self, row=row).wrong(case)]
        except (StudentError, Fault):
            return ""
        if not wrong:
            return "square-only"
        return signatures.name(wrong[:1], wrong[0].function.rpartition(":")[2])


def _wanted(row: Row, output: str) -> bool:
    """Return whether a row is about an output."""
    if row.name == "running":
        return output in RUNNING
    if row.property in ("value", "stability") and output in RUNNING:
        return False
    if row.property == "value" and row.name != "labels":
        return not output.startswith("d")
    return output.startswith("d") if row.property == "gradient" else True


def difference(comparison: Comparison, row: Row) -> str:
    """Return how a result differs from the right one, in words, or an empty string."""
    got, expected, name = comparison.got, comparison.expected, comparison.output
    if not isinstance(got, np.ndarray):
        kind = got.text if isinstance(got, Other) else "None" if got is None else type(got).__name__
        return f"{name} is {kind}, expected an array of shape {expected.shape}"
    if got.shape != expected.shape:
        return f"{name} has shape {got.shape}, expected {expected.shape}"
    if row.property == "shape":
        return ""
    largest = np.nanmax(np.abs(expected), initial=0.0)
    with np.errstate(all="ignore"):
        close = np.abs(got - expected) <= comparison.tolerance * largest + comparison.noise
    off = ~(close | np.isnan(expected))
    return f"{name} {first_difference(off, got, expected)}" if off.any() else ""


def first_difference(off: np.ndarray, got: np.ndarray, expected: np.ndarray, digits: int = 6) -> str:
    """Return the first entry at which `off` is true, in words, and how many there are."""
    index = tuple(map(int, np.argwhere(off)[0]))
    where = f"at {index if len(index) != 1 else index[0]} " if index else ""
    count = f"; {int(off.sum())} of {off.size} entries differ" if off.size > 1 else ""
    return f"{where}got {got[index]:.{digits}g}, expected {expected[index]:.{digits}g}{count}"


def _dtype(examination: Examination, case: Case) -> None:
    for call in examination.calls(_float32(case)):
        for name, got in call.results.items():
            dtype = getattr(got, "dtype", None)
            if name not in ("loss", *RUNNING) and dtype != np.float32:
                kind = got.text if isinstance(got, Other) else dtype or type(got).__name__
                known = {"f": "float64-from-float32", "i": "whole-numbers", "u": "whole-numbers"}
                message = f"{name} is {kind} for float32 inputs, expected float32"
                where = f"{name} of {call.function.rpartition(':')[2]}"
                raise Fault(message, known.get(getattr(dtype, "kind", ""), ""), where)


def _float32(value: object) -> object:
    if isinstance(value, dict):
        return {key: _float32(each) for key, each in value.items()}
    return value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value


def _mutation(examination: Examination, case: Case) -> None:
    results, again = {}, examination.subject.again
    for call in examination.calls(case, *again):
        for name, before, after in _arrays(call.before, call.after):
            if not np.array_equal(before, after):
                function = call.function.rpartition(":")[2]
                diagnosis = "labels-changed" if name == "y" else "argument-changed"
                raise Fault(f"{name} is changed by {function}", diagnosis, function)
        for name, got in call.results.items():
            if call.function in again and not np.array_equal(got, results.get(name, got)):
                when, diagnosis = again[call.function]
                raise Fault(f"{name} is another {when}", diagnosis)
        results |= call.results


def _arrays(before: Case, after: Case) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Return the arrays of arguments, before and after a call, those in dictionaries too."""
    for name, value in before.items():
        if isinstance(value, dict):
            yield from ((f"{name}[{key!r}]", *arrays) for key, *arrays in _arrays(value, after[name]))
        elif isinstance(value, np.ndarray):
            yield name, value, after[name]


OWN = {"dtype": _dtype, "mutation": _mutation, "economy": economy}  # properties with a comparison of their own
