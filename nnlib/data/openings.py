"""How often this process has read test examples, and whether it trained after that: counted where they are read.

A name can be imported under another, and a private function called; the files are read here in any case.
"""

from __future__ import annotations

_counts = {"opened": 0, "trained after": 0}


def opened() -> None:
    """Record that test examples are read."""
    _counts["opened"] += 1


def trained() -> None:
    """Record that a training starts."""
    _counts["trained after"] += _counts["opened"] > 0


def summary() -> str:
    """Return what was recorded, as one line: "test set opened once, nothing trained after it"."""
    times, trainings = _counts.values()
    if not times:
        return "no test set opened"
    after = "something trained" if trainings else "nothing trained"
    return f"test set opened {'once' if times == 1 else f'{times} times'}, {after} after it"


def forget() -> None:
    """Start to count anew."""
    _counts.update(dict.fromkeys(_counts, 0))
