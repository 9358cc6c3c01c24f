"""Results as data: notebooks display them, `make run` collects them, and every table of them is printed here.

python -m nnlib.homework.results build/results.json        the rows as a Markdown table
"""

from __future__ import annotations

import html
import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from nnlib import checks
from nnlib.tables import align, format_value, markdown

MIME = "application/vnd.nnlib.results+json"
"""The MIME type under which a notebook's output holds its rows."""

_COUNTS = ("train", "val", "test")
_WORDS = {"reg": "L2", "hidden_dim": "hidden units"}  # for arguments of a model, in a table


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """One result, and the report's to compare it with.

    Args:
        item: the handout's item, for example "2.3".
        model: what was trained, for example "logistic, linear".
        chosen: the hyper-parameters chosen on the validation set, by name.
        val_acc: validation accuracy, a fraction in [0, 1].
        test_acc: test accuracy, a fraction in [0, 1].
        reference: the report's test accuracy, a fraction in [0, 1].
        data: the data set's `name` and the numbers of examples `train`, `val`, `test`.
        seed: the seed that reproduces the row.
        seconds: training time of the chosen model.

    Raises:
        TypeError, ValueError: an invalid field; the message names it, what was expected and what came.
    """

    item: str
    model: str
    chosen: dict[str, object]
    val_acc: float
    test_acc: float
    reference: float
    data: dict[str, object]
    seed: int
    seconds: float

    def __post_init__(self) -> None:
        major, _, minor = str(self.item).partition(".")
        checks.require(
            isinstance(self.item, str) and major.isdecimal() and minor.isdecimal(),
            "item",
            'an item of the handout as text, such as "2.3"',
            repr(self.item),
        )
        checks.require(
            isinstance(self.model, str) and bool(self.model.strip()), "model", "a description", repr(self.model)
        )
        for name in ("val_acc", "test_acc", "reference"):
            self._replace(name, _fraction(name, getattr(self, name)))
        self._replace("chosen", _plain("chosen", _mapping("chosen", self.chosen)))
        self._replace("data", _data(self.data))
        self._replace("seed", _number("seed", self.seed, int))
        self._replace("seconds", _number("seconds", self.seconds, float))

    def _replace(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)  # the class is frozen, and its constructor is still at work

    @property
    def test_error(self) -> float:
        """One standard error of `test_acc`, as a fraction: the binomial sqrt(p (1 - p) / n) with n test examples."""
        return math.sqrt(self.test_acc * (1 - self.test_acc) / self.data["test"])

    @property
    def difference(self) -> float:
        """Test accuracy minus the report's, as a fraction."""
        return self.test_acc - self.reference

    @classmethod
    def from_json(cls, row: object) -> ResultRow:
        """Return the row for a decoded JSON object, which must have exactly the class's fields."""
        expected = [field.name for field in fields(cls)]
        keys = list(_mapping("row", row))
        checks.require(sorted(keys) == sorted(expected), "row", f"the keys {expected}", str(keys))
        return cls(**row)


class Results:
    """Rows in the order given; displayed in a notebook, they are shown as a table and saved as JSON.

    Args:
        rows: an iterable of `ResultRow`.
    """

    HEADER = (
        "item",
        "model",
        "chosen on validation",
        "validation",
        "test ± s.e.",
        "report",
        "difference",
        "data (train / val / test)",
        "seconds",
    )
    CAPTION = "Test accuracy with one binomial standard error; the difference from the report is in percentage points."

    def __init__(self, rows: Iterable[ResultRow]) -> None:
        self.rows = tuple(checks.instance("rows", rows, Iterable, "a list of ResultRow objects"))
        for row in self.rows:
            if not isinstance(row, ResultRow):
                raise TypeError(f"rows: expected ResultRow objects, got {type(row).__name__}.")

    @classmethod
    def from_json(cls, rows: object) -> Results:
        """Return the results for a decoded JSON list.

        Raises:
            TypeError, ValueError: not a list of complete, valid rows.
        """
        if not isinstance(rows, list):
            raise TypeError(f"results: expected a list of rows, got {type(rows).__name__}.")
        return cls(map(ResultRow.from_json, rows))

    def to_json(self) -> list[dict[str, object]]:
        """Return the rows as JSON-ready dicts."""
        return [asdict(row) for row in self.rows]

    def cells(self) -> list[tuple[str, ...]]:
        """Return the table's cells as text, one tuple per row, in the order of `HEADER`."""
        return [
            (
                row.item,
                row.model,
                ", ".join(sorted(f"{words(name)} {format_value(value)}" for name, value in row.chosen.items())) or "–",
                f"{row.val_acc:.2%}",
                f"{row.test_acc:.2%} ± {100 * row.test_error:.2f}",
                f"{row.reference:.2%}",
                f"{100 * row.difference:+.2f}",
                f"{row.data['name']} ({' / '.join(format(row.data[part], ',') for part in _COUNTS)})",
                f"{row.seconds:.1f}",
            )
            for row in self.rows
        ]

    def __repr__(self) -> str:
        return "\n".join(align([self.HEADER, *self.cells()], rule=True))

    def to_markdown(self) -> str:
        """Return the table in GitHub's Markdown."""
        return markdown(self.HEADER, self.cells())

    def _repr_html_(self) -> str:
        left = 'style="text-align: left"'
        head = "".join(f'<th scope="col" {left}>{html.escape(name)}</th>' for name in self.HEADER)
        body = "".join(
            f'<tr><th scope="row" {left}>{html.escape(first)}</th>'
            + "".join(f"<td {left}>{html.escape(cell)}</td>" for cell in rest)
            + "</tr>"
            for first, *rest in self.cells()
        )
        caption = f"<caption {left}>{html.escape(self.CAPTION)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"text/plain": repr(self), "text/html": self._repr_html_(), MIME: self.to_json()}


def words(name: str) -> str:
    """Return a hyper-parameter's name as a table has it: "hidden units" for hidden_dim."""
    return _WORDS.get(name, name.replace("_", " "))


def _mapping(name: str, value: object) -> Mapping:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name}: expected a dict, got {type(value).__name__}.")
    return value


def _number(name: str, value: object, kind: type) -> int | float:
    """Return `value` as a finite, non-negative `kind`; NumPy's scalars are converted, bools refused."""
    value = _plain(name, value)
    allowed = (int,) if kind is int else (int, float)
    is_number = isinstance(value, allowed) and not isinstance(value, bool) and math.isfinite(value)
    checks.require(
        is_number and value >= 0, name, f"a{' whole' if kind is int else ''} number of at least 0", repr(value)
    )
    return kind(value)


def _fraction(name: str, value: object) -> float:
    fraction = _number(name, value, float)
    todo = "It looks like a percentage: divide it by 100." if fraction <= 100 else ""
    checks.require(fraction <= 1, name, "a fraction in [0, 1]", repr(fraction), todo)
    return fraction


def _data(data: object) -> dict[str, object]:
    """Return `data` as a dict of `name` and the three counts, each of at least 1."""
    expected = ["name", *_COUNTS]
    checks.require(sorted(_mapping("data", data)) == sorted(expected), "data", f"the keys {expected}", str(list(data)))
    checks.require(isinstance(data["name"], str), "data['name']", "the data set's name", repr(data["name"]))
    return {
        "name": data["name"],
        **{part: checks.positive_int(f"data['{part}']", data[part]) for part in _COUNTS},
    }


def _plain(name: str, value: object) -> object:
    """Return `value` as JSON gives it back: NumPy's scalars become Python's, tuples become lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(f"{name}[{key!r}]", entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(name, entry) for entry in value]
    if hasattr(value, "dtype") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise TypeError(f"{name}: expected finite numbers, text, lists and dicts of them, got {value!r}.")


def main(argv: list[str] | None = None) -> int:
    """Print the results file named on the command line as a Markdown table; return the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    if len(arguments) != 1:
        print("usage: python -m nnlib.homework.results build/results.json", file=sys.stderr)
        return 2
    try:
        results = Results.from_json(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError) as error:
        print(f"{arguments[0]}: {error}\nMake the file with: make run", file=sys.stderr)
        return 1
    print(results.to_markdown())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
