"""Q6's two small networks from PyTorch's weights and from He's, trained at full length, for the file of recorded runs.

python -m nnlib.homework.starts SEED ...      train with these seeds, and take the figures into q6_recorded.json

A training of some minutes that is interrupted goes on from its checkpoint; one that is complete is read.
"""

from __future__ import annotations

import json
import sys
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
    machines = dict.fromkeys(result.machine for runs in results.values() for result in runs)
    about = f"recorded, {data_name}, {', '.join(machines)}: the first loss, and validation accuracy in percent"
    about += f" after epochs {', '.join(map(str, EPOCHS))}; means of the seeds {', '.join(map(str, seeds))},"
    about += " and the lowest and highest of them at the end"
    return {
        "about": about,
        "columns": ["training", "first loss", *map(str, EPOCHS), "lowest", "highest"],
        "rows": [[title, *_figures(runs)] for title, runs in results.items()],
    }


def _figures(runs: Sequence[TrainResult]) -> list[str]:
    accuracies = [[100 * accuracy for accuracy in result.history.val_acc_history] for result in runs]
    ends = [of_seed[-1] for of_seed in accuracies]
    means = [mean(of_seed[epoch - 1] for of_seed in accuracies) for epoch in EPOCHS]
    first_loss = mean(float(result.history.loss_history[0]) for result in runs)
    return [f"{first_loss:.2f}", *(f"{accuracy:.1f}" for accuracy in (*means, min(ends), max(ends)))]


def _train(recipe: Recipe, seeds: Sequence[int], data: object) -> list[TrainResult]:
    folder = default_folder() / "full"
    return [run(replace(recipe, seed=seed), data, folder=folder) for seed in seeds]


def main(argv: list[str] | None = None) -> int:
    """Train, and write the table into the file; return the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or not all(argument.isdecimal() for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    data = load_for(PROFILES["full"])
    results = {recipe.title: _train(recipe, list(map(int, arguments)), data) for recipe in TRAININGS}
    found = json.loads(recorded.FILE.read_text(encoding="utf-8"))
    found["beside"]["starts"] = table(data.name, results)
    recorded.FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(recorded.FILE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
