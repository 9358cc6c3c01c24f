"""Tables of text: values as a person writes them, columns aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence


def format_value(value: object) -> str:
    """Return a setting as a table or a plot shows it: 0.001, not 0.0010000000000000002."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def align(
    rows: Iterable[Sequence[str]],
    justify: Callable[[str, int], str] | Sequence[Callable[[str, int], str]] = str.ljust,
    *,
    rule: bool = False,
) -> list[str]:
    """Return one line per row, each column as wide as its longest cell.

    Args:
        rows: equally many cells each.
        justify: `str.ljust` or `str.rjust`, or one of them for each column.
        rule: whether a line of dashes follows the first row, the headings.
    """
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if rule:
        rows.insert(1, ["-" * width for width in widths])
    by_column = [justify] * len(widths) if callable(justify) else justify
    return ["  ".join(put(*cell) for put, *cell in zip(by_column, row, widths, strict=True)).rstrip() for row in rows]


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in GitHub's Markdown, without a line break at its end."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
