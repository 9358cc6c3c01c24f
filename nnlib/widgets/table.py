"""The table of trials: sortable by any column, the best validation accuracy marked, settings restored by a button."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import NamedTuple

import ipywidgets

from nnlib.tables import align, format_value
from nnlib.widgets.controls import Control
from nnlib.widgets.run import Run
from nnlib.widgets.style import TABLE, USE


class Column(NamedTuple):
    """A column of the table.

    Attributes:
        heading: its title.
        text: returns the cell of a run.
        key: returns what a run is sorted by; None comes last.
        longest: the longest text expected in a cell, which sets the width.
    """

    heading: str
    text: Callable[[Run], str]
    key: Callable[[Run], float | str | None]
    longest: str

    @property
    def width(self) -> int:
        """The width in pixels."""
        return 10 + round(7.6 * max(map(len, [self.longest, *f"{self.heading} ▲".split()])))


def accuracy_text(accuracy: float | None) -> str:
    """Return an accuracy as a percentage, or a dash for None."""
    return "–" if accuracy is None else f"{accuracy:.2%}"


def trial_columns(controls: Sequence[Control]) -> list[Column]:
    """Return the columns of an explorer: the run's number, its outcome and, cut off first, its settings."""

    def of(control: Control) -> Column:
        name = control.name
        longest = max(map(format_value, [*control.extremes, control.default]), key=len)
        return Column(
            control.label, lambda run: format_value(run.settings[name]), lambda run: run.settings[name], longest
        )

    return [
        Column("run", lambda run: str(run.number), lambda run: run.number, "999"),
        Column("validation", lambda run: accuracy_text(run.val_acc), lambda run: run.val_acc, "★ 100.00%"),
        Column("training", lambda run: accuracy_text(run.train_acc), lambda run: run.train_acc, "100.00%"),
        Column("status", lambda run: run.status, lambda run: run.status, "diverged"),
        Column("epochs done", lambda run: f"{run.epochs_done:.1f}", lambda run: run.epochs_done, "100.0"),
        *map(of, controls),
        Column("seconds", lambda run: f"{run.seconds:.1f}", lambda run: run.seconds, "100.0"),
    ]


def best_run(runs: Sequence[Run]) -> Run | None:
    """Return the run with the best validation accuracy of those that took all their epochs, the earliest of equals."""
    finished = [run for run in runs if run.status == "done" and run.val_acc is not None]
    return max(finished, key=lambda run: run.val_acc, default=None)


class TrialTable(ipywidgets.VBox):
    """One row per finished run.

    Args:
        columns: from left to right.
        restore: called with a run when its "Use" button is pressed.
    """

    def __init__(self, columns: Sequence[Column], restore: Callable[[Run], None]):
        self.columns = tuple(columns)
        self._restore = restore
        self._rows: dict[Run, tuple[ipywidgets.HTML, ipywidgets.HBox]] = {}
        self._order: tuple[Column, bool] = (self.columns[0], False)  # the column, and whether it is descending
        self.headings = [self._heading(column) for column in self.columns]
        self._body = ipywidgets.VBox(layout={"max_height": "190px", "overflow": "hidden auto"})
        width = f"{sum(column.width for column in self.columns) + USE + 20}px"
        super().__init__(layout={"display": "none", "width": width, "max_width": "100%", "overflow": "auto hidden"})
        self.add_class(TABLE)
        corner = ipywidgets.HTML(layout={"width": f"{USE}px", "flex": "0 0 auto"})
        header = ipywidgets.HBox([corner, *self.headings], layout={"width": width, "flex": "0 0 auto"})
        header.add_class("nnlib-headings")
        self._body.layout.width, self._body.layout.flex = width, "0 0 auto"
        self.children = (header, self._body)

    @property
    def runs(self) -> list[Run]:
        """The runs from the top row to the bottom row."""
        column, descending = self._order
        known = [run for run in self._rows if column.key(run) is not None]
        unknown = [run for run in self._rows if column.key(run) is None]
        return sorted(known, key=column.key, reverse=descending) + unknown

    def add(self, run: Run) -> None:
        """Add a row, in the current order."""
        cells = ipywidgets.HTML()
        button = ipywidgets.Button(
            description="Use",
            tooltip=f"restore the settings of run {run.number}",
            layout={"width": f"{USE}px", "height": "24px"},
        )
        button.on_click(lambda _: self._restore(run))
        self._rows[run] = cells, ipywidgets.HBox([button, cells], layout={"align_items": "center"})
        self._show()

    def sort_by(self, column: Column) -> None:
        """Sort by a column, or reverse the order if it is sorted by it already; accuracies start with the best."""
        current, descending = self._order
        self._order = column, not descending if column is current else column.heading in ("training", "validation")
        self._show()

    def as_text(self) -> list[str]:
        """Return the table as lines of text with aligned columns, the headings first."""
        best = best_run(list(self._rows))
        rows = [[column.heading for column in self.columns], *(self._texts(run, best) for run in self.runs)]
        return align(rows, str.rjust)

    def _heading(self, column: Column) -> ipywidgets.Button:
        button = ipywidgets.Button(
            tooltip=f"sort by {column.heading}", layout={"width": f"{column.width}px", "flex": "0 0 auto"}
        )
        button.on_click(lambda _: self.sort_by(column))
        return button

    def _show(self) -> None:
        for column, button in zip(self.columns, self.headings, strict=True):
            arrow = {False: " ▲", True: " ▼"}[self._order[1]] if column is self._order[0] else ""
            button.description = column.heading + arrow
        best = best_run(list(self._rows))
        for run, (cells, _) in self._rows.items():
            cells.value = self._row_html(run, best)
        self._body.children = [self._rows[run][1] for run in self.runs]
        self.layout.display = "flex" if self._rows else "none"

    def _row_html(self, run: Run, best: Run | None) -> str:
        spans = []
        for column, text in zip(self.columns, map(html.escape, self._texts(run, best)), strict=True):
            name = f"{column.heading}: {text}"
            spans.append(f'<span role="cell" aria-label="{name}" style="width: {column.width}px">{text}</span>')
        row = f'<div role="row" class="nnlib-row{" nnlib-best" if run is best else ""}">{"".join(spans)}</div>'
        return f'<div role="table" aria-label="run {run.number}">{row}</div>'

    def _texts(self, run: Run, best: Run | None) -> list[str]:
        star = "★ " if run is best else ""
        return [(star if column.heading == "validation" else "") + column.text(run) for column in self.columns]
