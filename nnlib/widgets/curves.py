"""The explorer's picture and its words: loss and accuracies of the present run, earlier runs faint behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator, PercentFormatter

from nnlib.plots import BLUE, VERMILION, ink
from nnlib.widgets.picture import new_figure
from nnlib.widgets.run import SAMPLE, Run

MAX_BINS = 150
"""A longer loss history is drawn as the means of so many equal stretches."""

EARLIER_RUNS = 6
"""So many of the latest earlier runs stay in the picture."""

MAX_MARKERS = 20
"""Of a run of more epochs, the ends of the epochs are not marked."""

_LOSS_RANGE = 1e4  # the loss axis spans at most this factor: a loss may be 0


def binned(losses: Sequence[float]) -> tuple[np.ndarray, np.ndarray, int]:
    """Return (steps, means, width): the means of stretches of `width` steps, each at its middle; no NaN among them."""
    values = np.array(losses, dtype=float)
    width = -(-len(values) // MAX_BINS) or 1
    starts = np.arange(0, len(values), width)
    ends = np.minimum(starts + width, len(values))
    means = np.add.reduceat(values, starts) / (ends - starts) if len(values) else values
    finite = np.isfinite(means)
    return ((starts + 1 + ends) / 2)[finite], means[finite], width


def draw_curves(axes: Sequence[Axes], runs: Sequence[Run]) -> None:
    """Draw the last of `runs` and, faint, the ones before it.

    Args:
        axes: two; the first gets the loss, the second the accuracies.
        runs: from the oldest to the newest; may be empty.
    """
    left, right = axes
    faint = {"color": ink(left), "alpha": 0.35, "linewidth": 1, "zorder": 1}
    for run in runs[-1 - EARLIER_RUNS : -1]:
        if run.losses:
            _draw_run(left, right, run, faint, faint | {"linestyle": "--"}, faint)
    if len(runs) > 1:
        left.plot([], [], **faint, label="earlier runs")
        right.plot([], [], **faint, label="earlier runs")
    if runs and runs[-1].losses:
        _draw_present(left, right, runs[-1])
    else:
        text = "starting" if runs else "no run yet: press Run"
        left.text(0.5, 0.5, text, transform=left.transAxes, ha="center", va="center", fontsize=11)
    _label(left, right, runs)


def _draw_present(left: Axes, right: Axes, run: Run) -> None:
    width = binned(run.losses)[2]
    means = f", means of {width} steps" if width > 1 else ""
    train = {"color": BLUE, "linestyle": "--", "label": "training"}
    val = {"color": VERMILION, "label": "validation"}
    _draw_run(left, right, run, {"color": BLUE, "label": f"training loss{means}"}, train, val)
    if run.total_steps <= MAX_MARKERS * run.steps_per_epoch:
        ends = [point for point in run.points if point.epoch_end]
        epochs = [point.step / run.steps_per_epoch for point in ends]
        right.plot(epochs, [point.train for point in ends], "o", color=BLUE, markersize=4)
        right.plot(epochs, [point.val for point in ends], "s", color=VERMILION, markersize=5)
    if run.points:
        right.legend(loc="lower right", fontsize="small")
    left.legend(loc="upper right", fontsize="small")


def _draw_run(left: Axes, right: Axes, run: Run, loss_style: dict, train_style: dict, val_style: dict) -> None:
    steps, means, _ = binned(run.losses)
    left.plot(steps / run.steps_per_epoch, means, **loss_style)
    points = list(run.points)
    epochs = [point.step / run.steps_per_epoch for point in points]
    right.plot(epochs, [point.train for point in points], **train_style)
    right.plot(epochs, [point.val for point in points], **val_style)


def _label(left: Axes, right: Axes, runs: Sequence[Run]) -> None:
    """Set titles, scales and limits; they follow the present run, and earlier ones may leave the picture."""
    left.set(xlabel="epoch", title="Loss of the minibatches", yscale="log")
    bottom, top = left.get_ylim()
    left.set_ylim(bottom=max(bottom, top / _LOSS_RANGE))
    left.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if top < 50 * left.get_ylim()[0] else (1,)))
    left.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))  # mathtext is slow
    left.yaxis.set_minor_locator(NullLocator())
    right.set(xlabel=f"epoch (between epochs: on {SAMPLE} examples)", title="Accuracy")
    right.yaxis.set_major_formatter(PercentFormatter(1.0))
    epochs = runs[-1].total_steps / runs[-1].steps_per_epoch if runs and runs[-1].losses else 1
    for ax in (left, right):
        ax.grid(alpha=0.3)
        ax.set_xlim(0, epochs)


def live_figure(size: tuple[float, float], runs: Sequence[Run]) -> Figure:
    """Return a Figure of the curves, of so many inches."""
    figure = new_figure(*size)
    # Margins of fixed size: the axes stay where they are from one picture to the next, and nothing has to be measured.
    figure.set_layout_engine("none")
    draw_curves(figure.subplots(1, 2, gridspec_kw=_margins(figure, bottom=0.5)), runs)
    return figure


def _margins(figure: Figure, bottom: float) -> dict[str, float]:
    width, height = figure.get_size_inches()
    return {
        "left": 0.55 / width,
        "right": 1 - 0.2 / width,
        "bottom": bottom / height,
        "top": 1 - 0.3 / height,
        "wspace": 0.2,
    }


def alt_text(run: Run, best: Run | None = None) -> str:
    """Return the course of a run as a sentence or two, for those who cannot see the curves.

    Args:
        run: what to tell of.
        best: the run with the best validation accuracy so far.
    """
    if run.status in ("error", "diverged"):
        return f"Run {run.number} failed. {run.row['reason']}"
    if not run.losses:
        return f"Run {run.number} is starting."
    epochs = f"{len(run.losses) / run.steps_per_epoch:.1f} of {run.total_steps // run.steps_per_epoch} epochs"
    state = {"running": "is at", "done": "took", "stopped": "was stopped at"}[run.status]
    means = binned(run.losses)[1]
    course = "fell" if means[-1] < means[0] else "rose"
    words = f"Run {run.number} {state} {epochs}: the training loss {course} from {means[0]:.3g} to {means[-1]:.3g}"
    if run.points:
        last = run.points[-1]
        gap = 100 * (last.train - last.val)
        words += f"; training accuracy {last.train:.1%}, validation {last.val:.1%}"
        words += f", {gap:.1f} points below" if gap >= 2 else ""
    words += "."
    if best is not None:
        words += " It is the best so far." if best is run else f" The best so far is run {best.number}."
    return words
