"""The benchmark's numbers as Markdown and as a figure."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from nnlib.plots import BLUE, VERMILION

HEADLINE_BATCH = 100


def summarise(rounds: list[dict]) -> list[dict]:
    """Return one row a network and batch size: medians over the rounds of both libraries, and of their ratios.

    Args:
        rounds: for each round, {"numpy": rows, "torch": rows} as the worker prints them, in the same order.
    """
    table = []
    for place in range(len(rounds[0]["numpy"])):
        pairs = [(one["numpy"][place], one["torch"][place]) for one in rounds]
        row = {key: pairs[0][0][key] for key in ("model", "batch_size")}
        for what in ("train", "forward"):
            ours, theirs = zip(*((a[what], b[what]) for a, b in pairs), strict=True)
            row[what] = {
                "numpy": statistics.median(ours),
                "torch": statistics.median(theirs),
                "ratio": statistics.median(a / b for a, b in zip(ours, theirs, strict=True)),
            }
        table.append(row)
    return table


def geometric_mean(table: list[dict], batch_size: int = HEADLINE_BATCH) -> float:
    """Return the geometric mean of the train-step ratios at one batch size."""
    return statistics.geometric_mean(row["train"]["ratio"] for row in table if row["batch_size"] == batch_size)


def markdown(result: dict) -> str:
    """Return the whole result as Markdown."""
    machine, table = result["machine"], result["steps"]
    lines = [
        f"{machine['processor']}, {machine['cores']} cores; NumPy {machine['numpy']}, PyTorch {machine['torch']}, "
        f"Python {machine['python']}; float32; medians of {result['rounds']} rounds, each library alone in a process.",
        "",
        "| network | batch | NumPy, train step | PyTorch | ratio | NumPy, images/s forward | PyTorch | ratio |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in table:
        train, forward, batch = row["train"], row["forward"], row["batch_size"]
        lines.append(
            f"| {row['model']} | {batch} | {1e3 * train['numpy']:.3g} ms | {1e3 * train['torch']:.3g} ms "
            f"| {train['ratio']:.2f} | {batch / forward['numpy']:,.0f} | {batch / forward['torch']:,.0f} "
            f"| {forward['ratio']:.2f} |"
        )
    products, epoch, crowd, sweep = (result[key] for key in ("products", "epoch", "crowd", "sweep"))
    lines += [
        "",
        f"- Geometric mean of the four train-step ratios at batch {HEADLINE_BATCH}: **{geometric_mean(table):.2f}**.",
        f"- The CNN's train step takes {products['ratio']:.2f} times its bare matrix products "
        f"({1e3 * products['step']:.2f} ms against {1e3 * products['products']:.2f} ms).",
        f"- An epoch of the CNN on {epoch['examples']:,} images: {epoch['steps']:.1f} s of steps, "
        f"{epoch['evaluation']:.1f} s of accuracies, and {epoch['rest'] / epoch['steps']:.1%} of the steps' time for "
        f"shuffling, histories and progress bar; peak memory of the process {epoch['peak_bytes'] / 2**20:,.0f} MiB, "
        "an evaluation of 10,000 images at once included.",
        f"- Two processes at once, each at its default threads: a step of the CNN takes {crowd['ratio']:.2f} times as "
        f"long as alone ({1e3 * crowd['together']:.2f} ms against {1e3 * crowd['alone']:.2f} ms).",
        f"- Q4's sweep with one epoch a trial: two workers do {sweep['ratio']:.2f} times as much as one "
        f"({sweep['two']:.1f} s against {sweep['one']:.1f} s).",
        "",
        "![Growth of the CNN's step time and peak memory](growth.png)",
    ]
    return "\n".join(lines) + "\n"


def draw_growth(rows: list[dict], path: Path) -> None:
    """Draw step time and peak memory against the operations counted, one panel for each size that grows."""
    quantities = list(dict.fromkeys(row["quantity"] for row in rows))
    figure = Figure(figsize=(3.2 * len(quantities), 5.6), layout="constrained")
    axes = figure.subplots(2, len(quantities), sharex="col", sharey="row")
    for column, quantity in enumerate(quantities):
        points = [row for row in rows if row["quantity"] == quantity]
        flops = np.array([row["flops"] for row in points]) / 1e6
        for ax, key, scale, color in (
            (axes[0, column], "seconds", 1e3, BLUE),
            (axes[1, column], "peak_bytes", 2**-20, VERMILION),
        ):
            values = scale * np.array([row[key] for row in points])
            ax.loglog(flops, values, "o-", color=color)
            ax.loglog(flops, values[-1] * flops / flops[-1], ":", color="gray", label="in proportion")
            for x, y, row in zip(flops, values, points, strict=True):
                ax.annotate(str(row["value"]), (x, y), textcoords="offset points", xytext=(4, -11), fontsize="small")
            ax.grid(True, which="both", alpha=0.2)
            for axis in (ax.xaxis, ax.yaxis):  # 200, not 2 x 10^2, which runs into its neighbour
                axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
                axis.set_major_formatter("{x:g}")
                axis.set_minor_formatter(NullFormatter())
        axes[0, column].set_title(quantity)
        axes[1, column].set_xlabel("operations in products, millions")
    axes[0, 0].set_ylabel("train step, ms")
    axes[1, 0].set_ylabel("peak memory of a step, MiB")
    axes[0, 0].legend(fontsize="small")
    figure.savefig(path, dpi=110)


def check_finite(value: object) -> None:
    """Raise a ValueError if a number anywhere in `value` is not finite."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            check_finite(item)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"a measurement is {value}")
