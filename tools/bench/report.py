"""The benchmark's numbers as Markdown."""

from __future__ import annotations

import statistics

HEADLINE_BATCH = 100
LEAST_MEAN, LEAST_RATIO = 1.0, 0.95


def geometric_mean(table: list[dict]) -> float:
    """Return the geometric mean of the train-step ratios at batch 100."""
    return statistics.geometric_mean(row["train"]["ratio"] for row in table if row["batch_size"] == HEADLINE_BATCH)


def verdicts(table: list[dict]) -> dict[str, bool]:
    """Return what the ratios old / new have to be for no loss of speed, and whether they are."""
    mean, worst = geometric_mean(table), min(table, key=lambda row: row["train"]["ratio"])
    lowest = worst["train"]["ratio"]
    return {
        f"geometric mean of {mean:.3f}, at least {LEAST_MEAN:.2f}": mean >= LEAST_MEAN,
        f"lowest ratio of {lowest:.3f} ({worst['model']}), at least {LEAST_RATIO:.2f}": lowest >= LEAST_RATIO,
    }


def markdown(result: dict, first: str, second: str) -> str:
    """Return the table of all ratios first / second, and their geometric mean."""
    machine = result["machine"]
    versions = ", ".join(f"{library} {machine[library]}" for library in ("NumPy", "PyTorch", "Python"))
    lines = [
        f"{machine['processor']}, {machine['cores']} cores; {versions}; float32; "
        f"medians of {result['rounds']} rounds, each side alone in a process.",
        "",
        f"| network | batch | {first}, train step | {second} | {first} / {second} "
        f"| {first}, forward pass | {second} | {first} / {second} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["steps"]:
        times = (
            f"{1e3 * row[what][first]:.3g} ms | {1e3 * row[what][second]:.3g} ms | {row[what]['ratio']:.2f}"
            for what in ("train", "forward")
        )
        lines.append(f"| {row['model']} | {row['batch_size']} | {' | '.join(times)} |")
    mean = geometric_mean(result["steps"])
    lines += ["", f"- Geometric mean of the four train-step ratios at batch {HEADLINE_BATCH}: **{mean:.2f}**."]
    return "\n".join(lines) + "\n"


def details(result: dict) -> str:
    """Return what is measured of nnlib alone, to follow the table."""
    products, epoch, crowd, sweep = (result[key] for key in ("products", "epoch", "crowd", "sweep"))
    lines = [
        f"- The CNN's train step takes {products['ratio']:.2f} times its bare matrix products "
        f"({1e3 * products['step']:.2f} ms against {1e3 * products['products']:.2f} ms).",
        f"- An epoch of the CNN on {epoch['examples']:,} images: {epoch['steps']:.1f} s of steps, "
        f"{epoch['evaluation']:.1f} s of accuracies, and {epoch['rest'] / epoch['steps']:.1%} of the steps' time for "
        f"shuffling, histories and progress bar; peak memory of the process {epoch['peak_bytes'] / 2**20:,.0f} MiB, "
        "including one evaluation of 10,000 images at once.",
        f"- Two processes at once, each at its default threads: a step of the CNN takes {crowd['ratio']:.2f} times as "
        f"long as alone ({1e3 * crowd['together']:.2f} ms against {1e3 * crowd['alone']:.2f} ms).",
        f"- Q4's sweep with one epoch per trial: two workers do {sweep['ratio']:.2f} times as much as one "
        f"({sweep['two']:.1f} s against {sweep['one']:.1f} s).",
        "",
        "A train step of the CNN as one of its sizes grows:",
        "",
        "| | | operations in products | step | operations per second | peak memory of a step |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['quantity']} | {row['value']} | {row['flops'] / 1e6:,.0f} million | {1e3 * row['seconds']:.3g} ms "
        f"| {row['flops'] / row['seconds'] / 1e9:.1f} billion | {row['peak_bytes'] / 2**20:.1f} MiB |"
        for row in result["growth"]
    ]
    return "\n".join(lines) + "\n"
