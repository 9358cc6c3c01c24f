"""The benchmark's numbers as Markdown."""

import statistics

from nnlib import tables

HEADLINE_BATCH = 100
LEAST_MEAN, LEAST_RATIO = 1.0, 0.95


def geometric_mean(steps: list[dict]) -> float:
    """Return the geometric mean of the train-step ratios at batch 100."""
    return statistics.geometric_mean(row["train"]["ratio"] for row in steps if row["batch_size"] == HEADLINE_BATCH)


def verdicts(steps: list[dict]) -> dict[str, bool]:
    """Return what the ratios old / new have to be for no loss of speed, and whether they are."""
    mean, (lowest, model) = geometric_mean(steps), min((row["train"]["ratio"], row["model"]) for row in steps)
    return {
        f"geometric mean of {mean:.3f}, at least {LEAST_MEAN:.2f}": mean >= LEAST_MEAN,
        f"lowest ratio of {lowest:.3f} ({model}), at least {LEAST_RATIO:.2f}": lowest >= LEAST_RATIO,
    }


def markdown(result: dict, first: str, second: str) -> str:
    """Return the table of all ratios first / second, and their geometric mean."""
    machine, ratio, rows = result["machine"], f"{first} / {second}", []
    for row in result["steps"]:
        rows.append([row["model"], str(row["batch_size"])])
        for what in (row["train"], row["forward"]):
            rows[-1] += [f"{1e3 * what[first]:.3g} ms", f"{1e3 * what[second]:.3g} ms", f"{what['ratio']:.2f}"]
    heads = ["network", "batch", f"{first}, train step", second, ratio, f"{first}, forward pass", second, ratio]
    versions = ", ".join(f"{library} {machine[library]}" for library in ("NumPy", "PyTorch", "Python"))
    return f"""{machine["processor"]}, {machine["cores"]} cores; {versions}; float32; \
medians of {result["rounds"]} rounds, each side alone in a process.

{tables.markdown(heads, rows)}

- Geometric mean of the four train-step ratios at batch {HEADLINE_BATCH}: **{geometric_mean(result["steps"]):.2f}**.
"""


def details(result: dict) -> str:
    """Return what is measured of nnlib alone, to follow the table."""
    products, epoch, sweep = (result[key] for key in ("products", "epoch", "sweep"))
    heads = ["", "", "operations in matrix products", "step", "operations per second", "peak memory of a step"]
    rows = []
    for row in result["growth"]:
        rows.append([row["quantity"], str(row["value"]), f"{row['flops'] / 1e6:,.0f} million"])
        rows[-1] += [f"{1e3 * row['seconds']:.3g} ms", f"{row['flops'] / row['seconds'] / 1e9:.1f} billion"]
        rows[-1] += [f"{row['peak_bytes'] / 2**20:.1f} MiB"]
    return f"""- The CNN's train step takes {products["ratio"]:.2f} times its bare matrix products \
({1e3 * products["step"]:.2f} ms against {1e3 * products["products"]:.2f} ms).
- An epoch of the CNN on {epoch["examples"]:,} images: {epoch["steps"]:.1f} s of steps, {epoch["evaluation"]:.1f} s of \
accuracies, and {epoch["rest"] / epoch["steps"]:.1%} of the steps' time for shuffling, histories and progress bar.
- Q4's sweep with one epoch per trial: two workers do {sweep["ratio"]:.2f} times as much as one \
({sweep["two"]:.1f} s against {sweep["one"]:.1f} s).

A train step of the CNN as one of its sizes grows:

{tables.markdown(heads, rows)}
"""
