"""The record of checks: by item, the latest result of each, and nothing from before its cell was run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlib import checks as argument_checks
from nnlib import gradcheck, held_out
from nnlib.check.examination import first_difference
from nnlib.check.exercises import Item, checksum, item_in
from nnlib.check.report import describe, judge_public

ROUNDING = 1e-9  # relative to the largest expected entry, for float64


@dataclass
class ItemResults:
    """The results of one item since its cell was last entered: the reason by check name, empty for a pass."""

    failures: dict[str, str] = field(default_factory=dict)
    waits_for: str = ""
    written: float = 0.0  # when the item's files had last been changed
    edited: bool = False  # whether the cell is another than the one that was handed out

    def count(self, passed: bool) -> int:
        """Return how many have passed, or failed."""
        return sum((reason == "") == passed for reason in self.failures.values())


class Checks:
    """The checks of a notebook, by item.

    Args:
        items: the items that the notebook checks.
        session: the `nnlib.check.session.Session` of the notebook; None outside of one.
    """

    def __init__(self, items: Sequence[Item], session: object | None = None):
        self.items = {item.id: item for item in items}
        self.results = {item.id: ItemResults() for item in items}
        self.session = session

    def __call__(self, item: str) -> Check:
        """Return the check cell of an item, a context manager; entering it forgets the item's earlier results."""
        argument_checks.choice("item", item, tuple(self.items))
        return Check(self, item)

    def tally(self) -> None:
        """Print how many checks have passed, failed and not run, by item and in all; then `held_out.summary()`."""
        totals = [0, 0, 0]
        for item in self.items.values():
            results = self.results[item.id]
            if discarded := _why_discarded(results, item):
                results = ItemResults()
            passed, failed = results.count(True), results.count(False)
            counts = passed, failed, max(0, item.checks - passed - failed)
            totals = [total + count for total, count in zip(totals, counts, strict=True)]
            waits = f" (waits for {results.waits_for})" if results.waits_for else discarded
            print(f"{item.id:5} {_counts(*counts) if item.checks else 'read by a human'}{waits}   {item.title}")
        print(f"all   {_counts(*totals)}\n{held_out.summary()}")


def _why_discarded(results: ItemResults, item: Item) -> str:
    """Return why the results of an item do not count, in brackets, or an empty string."""
    if results.edited:
        return " (its check cell was edited)"
    return " (its file was edited after its check)" if results.failures and results.written < item.written() else ""


def _counts(passed: int, failed: int, not_run: int) -> str:
    parts = [f"{passed} of {passed + failed + not_run}"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{not_run} not run"] if not_run else []
    return ", ".join(parts)


class Check:
    """The checks of one item's cell: each prints a line. An exception ends the cell and is a failed check."""

    def __init__(self, checks: Checks, item: str):
        self._checks, self.item = checks, item

    def __enter__(self) -> Check:
        session, item = self._checks.session, self._checks.items[self.item]
        edited = bool(session and item.cell) and checksum(session.source()) != item.cell
        self._results = self._checks.results[self.item] = ItemResults(written=item.written(), edited=edited)
        self._why_stale = session.why_stale() if session else ""
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: object) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        session = self._checks.session
        waits_for = session.waits_for(error) if session else item_in(error)
        if waits_for:
            self._results.waits_for = waits_for
            print(f"{self.item}  waits for {waits_for}")
        else:
            self._record("the cell runs to its end", f"{type(error).__name__}: {error}")
        return True

    def true(self, name: str, condition: object, reason: str = "") -> None:
        """Pass if `condition` holds; `reason` says what was seen instead."""
        self._record(name, "" if bool(condition) else reason or f"got {condition!r}")

    def equal(self, name: str, got: object, expected: object) -> None:
        """Pass if both are equal, arrays to the last bit."""
        self._compare(name, got, expected, 0.0)

    def close(self, name: str, got: object, expected: object, tolerance: float = ROUNDING) -> None:
        """Pass if no entry differs by more than `tolerance` times the largest expected one, or times 1."""
        self._compare(name, got, expected, tolerance)

    def at_least(self, name: str, value: float, bound: float) -> None:
        """Pass if `value` reaches `bound`."""
        self._record(name, "" if value >= bound else f"got {value:.6g}, expected at least {bound:.6g}")

    def below(self, name: str, value: float, bound: float) -> None:
        """Pass if `value` is under `bound`."""
        self._record(name, "" if value < bound else f"got {value:.6g}, expected less than {bound:.6g}")

    def raises(self, name: str, call: Callable[[], object], error: type[Exception], says: str = "") -> None:
        """Pass if `call` raises `error` with `says` in its message."""
        try:
            call()
        except error as raised:
            self._record(name, "" if says in str(raised) else f"the message lacks {says!r}: {raised}")
        else:
            self._record(name, f"expected {error.__name__}, nothing was raised")

    def gradient(
        self,
        name: str,
        f: Callable[[np.ndarray], object],
        x: np.ndarray,
        analytic: np.ndarray,
        dout: np.ndarray | None = None,
        tolerance: float = 1e-6,
    ) -> None:
        """Pass if `analytic` is the gradient of sum(f(x) * dout) at x by numerical differentiation."""
        try:
            gradcheck.check_gradient(f, x, analytic, dout, name=name, tolerance=tolerance)
        except gradcheck.GradientError as error:
            self._record(name, str(error).removeprefix(f"{name} "))
        else:
            self._record(name, "")

    def code(self) -> None:
        """Judge the item's code on disk in a process of its own; each public check counts as one here."""
        for result in judge_public(self._checks.items[self.item]):
            print("\n".join(describe(result)))
            if result.status == "waits":
                self._results.waits_for = result.message
            elif result.status != "not run":
                self._results.failures[f"code: {result.name}"] = "" if result.status == "passed" else result.message

    def _compare(self, name: str, got: object, expected: object, tolerance: float) -> None:
        mine, want = np.asarray(got), np.asarray(expected)
        if mine.shape != want.shape:
            self._record(name, f"got shape {mine.shape}, expected {want.shape}")
            return
        if mine.dtype == object or want.dtype.kind in "OUSb" or mine.dtype.kind in "OUSb":
            self._record(name, "" if np.array_equal(mine, want) else f"got {_short(mine)}, expected {_short(want)}")
            return
        bound = tolerance * max(1.0, float(np.abs(want[np.isfinite(want)]).max(initial=0.0)))
        wrong = ~((mine == want) | (np.abs(mine - want) <= bound) | (np.isnan(mine) & np.isnan(want)))
        self._record(name, first_difference(wrong, mine, want, digits=10) if wrong.any() else "")

    def _record(self, name: str, failure: str) -> None:
        if self._why_stale:
            print(f"{self.item}  not run  {name}: {self._why_stale}")
            return
        twice = name in self._results.failures
        argument_checks.require(not twice, "name", "each check of an item under a name of its own", repr(name))
        self._results.failures[name] = failure
        print(f"{self.item}  FAILED   {name}: {failure}" if failure else f"{self.item}  passed   {name}")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
