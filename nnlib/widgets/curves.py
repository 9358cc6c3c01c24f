"""The explorer's curves and their description: loss and accuracies of the current run, earlier runs faint."""

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
"""A loss history longer than this is averaged over as many bins of equal width."""

EARLIER_RUNS = 6
"""How many runs before the current one are drawn."""

MAX_MARKERS = 20
"""A run of more epochs than this gets no marker per epoch."""

_LOSS_RANGE = 1e4  # the logarithmic loss axis spans at most this factor, even when a loss reaches 0


def binned(losses: Sequence[float]) -> tuple[np.ndarray, np.ndarray, int]:
    """Average a loss history over bins.

    Returns:
        steps: (bins,), the middle of each bin, counted from 1.
        means: (bins,); bins whose mean is not finite are left out.
        width: steps per bin, 1 for at most `MAX_BINS` losses; the last bin may be shorter.
    """
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
        axes: two; the first gets the losses, the second the accuracies.
        runs: oldest first; may be empty.
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
        _draw_current(left, right, runs[-1])
    else:
        text = "starting" if runs else "no run yet: press Run"
        left.text(0.5, 0.5, text, transform=left.transAxes, ha="center", va="center", fontsize=11)
    _label(left, right, runs)


def _draw_current(left: Axes, right: Axes, run: Run) -> None:
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
    """Set titles, scales and limits; they fit the current run, and may cut off earlier ones."""
    left.set(xlabel="epoch", title="Loss of the minibatches", yscale="log")
    bottom, top = left.get_ylim()
    left.set_ylim(bottom=max(bottom, top / _LOSS_RANGE))
    left.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if top < 50 * left.get_ylim()[0] else (1,)))
    left.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))  # mathtext is slow
    left.yaxis.set_minor_locator(NullLocator())
    right.set(xlabel=f"epoch (between epochs: on {SAMPLE} examples)", title="Accuracy")
    right.yaxis.set_major_formatter(PercentFormatter(1.0))
    right.set_ylim(_accuracy_floor(runs), 1.01)
    epochs = runs[-1].total_steps / runs[-1].steps_per_epoch if runs and runs[-1].losses else 1
    for ax in (left, right):
        ax.grid(alpha=0.3)
        ax.set_xlim(0, epochs)


def _accuracy_floor(runs: Sequence[Run]) -> float:
    """Return a multiple of 10 % under all accuracies of the last run that has any: it seldom changes in a run."""
    points = next((run.points for run in reversed(runs) if run.points), [])
    lowest = min((min(point.train, point.val) for point in list(points)), default=0.0)
    return max(0.0, np.floor(10 * lowest - 0.1) / 10)


def live_figure(size: tuple[float, float], runs: Sequence[Run]) -> Figure:
    """Return a Figure of the curves, `size` in inches (width, height)."""
    figure = new_figure(*size)
    # Fixed margins: the axes do not move from one picture to the next, and no layout has to be computed.
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
    """Return one or two sentences on the course of a run, for those who cannot see the curves.

    Args:
        run: the run to describe.
        best: the run with the best validation accuracy so far.
    """
    if run.status in ("error", "diverged"):
        return f"Run {run.number} failed. {run.row.reason}"
    if not run.losses:
        return f"Run {run.number} is starting."
    epochs = f"{run.epochs_done:.1f} of {run.total_steps // run.steps_per_epoch} epochs"
    state = {"running": "is at", "done": "took", "stopped": "was stopped at"}[run.status]
    means = binned(run.losses)[1]
    course = "fell" if means[-1] < means[0] else "rose"
    text = f"Run {run.number} {state} {epochs}: the training loss {course} from {means[0]:.3g} to {means[-1]:.3g}"
    if run.points:
        last = run.points[-1]
        gap = 100 * (last.train - last.val)
        text += f"; training accuracy {last.train:.1%}, validation {last.val:.1%}"
        text += f", {gap:.1f} points below" if gap >= 2 else ""
    text += "."
    if best is not None:
        text += " It is the best so far." if best is run else f" The best so far is run {best.number}."
    return text


def clock(run: Run) -> str:
    """Return how far a run is and how long it still takes, or how it ended."""
    if run.status != "running":
        return f"Run {run.number}: {run.status}, {run.seconds:.1f} s."
    if run.remaining is None:
        return f"Run {run.number} is starting."
    epochs = f"epoch {run.epochs_done:.1f} of {run.total_steps // run.steps_per_epoch}"
    return f"Run {run.number}: {epochs}, {run.remaining:.0f} s left"
