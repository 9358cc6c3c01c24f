def plot_sweep(ax: Axes, values: Sequence, accuracies: np.ndarray, *, xlabel: str, label: str = "validation") -> Axes:
    """Draw mean accuracy against the values of one hyper-parameter.

    Args:
        ax: where to draw.
        values: the V values tried, in order; drawn evenly spaced.
        accuracies: fractions, (V,) or (V, seeds); with seeds, each is a dot and bars show one standard deviation.
        xlabel: the hyper-parameter.
        label: of the line.
    """
    accuracies = np.asarray(accuracies, dtype=float)
    if accuracies.ndim == 1:
        accuracies = accuracies[:, None]
    checks.require(
        accuracies.ndim == 2 and len(accuracies) == len(values),
        "accuracies",
        f"({len(values)},) or ({len(values)}, seeds)",
        f"shape {accuracies.shape}",
    )
    places = np.arange(len(values))
    seeds = accuracies.shape[1]
    spread = accuracies.std(axis=1, ddof=1) if seeds > 1 else None
    line = ax.errorbar(places, accuracies.mean(axis=1), yerr=spread, fmt="o-", capsize=4, label=label)
    if seeds > 1:
        colour = line.lines[0].get_color()
        for column in accuracies.T:
            ax.plot(places, column, ".", color=colour, alpha=0.35)
    ax.set_xticks(places, [str(value) for value in values])
    ax.set(xlabel=xlabel, ylabel="accuracy")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    ax.legend()
    return ax
