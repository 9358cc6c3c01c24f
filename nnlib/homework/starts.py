"""Train Q6's two small networks from PyTorch's weights and from He's, at full length; record them in q6_recorded.json.

A training that is interrupted goes on from its checkpoint; one that is complete is read.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import mean

from nnlib.homework import recorded
from nnlib.vgg import PROFILES, RECIPES, STARTS, Recipe, TrainResult, default_folder, load_for, run

EPOCHS = (1, 2, 3, 5, 7, 10)  # after which the table gives the validation accuracy
TRAININGS = (RECIPES["handout"], RECIPES["relu"], *STARTS)


def table(data_name: str, results: Mapping[str, Sequence[TrainResult]]) -> dict[str, object]:
    """Return the table as the file holds it, given the data set's name and a training's results, one per seed."""
    seeds = [result.recipe.seed for result in next(iter(results.values()))]
    machines = "; then ".join(result.machine for runs in results.values() for result in runs).split("; then ")
    about = f"recorded, {data_name}, {'; '.join(dict.fromkeys(machines))}: the first loss, validation"
    about += f" accuracy in percent after epochs {', '.join(map(str, EPOCHS))}, its lowest and highest at the end, and"
    about += f" the last epoch's in training; means of the seeds {', '.join(map(str, seeds))}"
    return {
        "about": about,
        "columns": ["training", "first loss", *map(str, EPOCHS), "lowest", "highest", "in training"],
        "rows": [[title, *_figures(runs)] for title, runs in results.items()],
    }


def _figures(runs: Sequence[TrainResult]) -> list[str]:
    accuracies = [[100 * accuracy for accuracy in result.history.val_acc_history] for result in runs]
    ends = [of_seed[-1] for of_seed in accuracies]
    means = [mean(of_seed[epoch - 1] for of_seed in accuracies) for epoch in EPOCHS]
    first_loss = mean(float(result.history.loss_history[0]) for result in runs)
    in_training = 100 * mean(result.history.train_acc_history[-1] for result in runs)
    return [f"{first_loss:.2f}", *(f"{accuracy:.1f}" for accuracy in (*means, min(ends), max(ends), in_training))]


def _train(recipe: Recipe, seeds: Sequence[int], data: object) -> list[TrainResult]:
    folder = default_folder() / "full"
    return [run(replace(recipe, seed=seed), data, folder=folder) for seed in seeds]


def main(argv: list[str] | None = None) -> int:
    """Train, and write the table into the file; return the exit status."""
    parser = argparse.ArgumentParser("python -m nnlib.homework.starts", description=__doc__)
    parser.add_argument("seeds", nargs="+", type=int, metavar="SEED", help="train each of the four with these seeds")
    seeds = parser.parse_args(argv).seeds
    data = load_for(PROFILES["full"])
    results = {recipe.title: _train(recipe, seeds, data) for recipe in TRAININGS}
    found = json.loads(recorded.FILE.read_text(encoding="utf-8"))
    found["beside"]["starts"] = table(data.name, results)
    recorded.write(found)
    print(recorded.FILE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
