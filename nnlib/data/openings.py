"""How often this process has read test examples, and whether it trained after that: counted where they are read.

A name can be imported under another, and a private function called; the files are read here in any case.
"""

from __future__ import annotations

from collections import Counter

_times: Counter[str] = Counter()
_trained_after: list[str] = []


def opened(name: str) -> None:
    """Record that the test examples of the set `name` are read."""
    _times[name] += 1


def trained(what: str) -> None:
    """Record that `what`, such as "Solver", starts to train."""
    if _times:
        _trained_after.append(what)


def summary() -> str:
    """Return what was recorded, as one line: "MNIST's test set opened once, nothing trained after it"."""
    if not _times:
        return "no test set opened"
    times = [f"{name}'s test set opened {'once' if count == 1 else f'{count} times'}" for name, count in _times.items()]
    after = f"{len(_trained_after)} trainings" if _trained_after else "nothing trained"
    return f"{', '.join(times)}, {after} after it"


def forget() -> None:
    """Start to count anew."""
    _times.clear()
    _trained_after.clear()
