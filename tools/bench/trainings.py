"""`python -m tools.bench.trainings`: train the models of Q2 to Q5 with plain and fast layers, in turn, and compare.

Each on a slice of its own data, as its sweep trains it. What is compared is processor time on one thread, which other
programs hardly change: the shortest of three.
"""

import time

from nnlib import backend, blas
from nnlib.data import subset
from nnlib.homework.sweeps import SWEEPS
from nnlib.search import Trial, train_trial
from nnlib.tables import align

TRAININGS = {  # of each sweep: a point, training examples (None for all), epochs
    "q2": ({"hidden_dim": 30, "learning_rate": 0.3, "reg": 1e-3}, None, 10),
    "q3": ({"hidden_dim": 30, "learning_rate": 0.1, "reg": 1e-3}, None, 10),
    "q4-rate": ({"learning_rate": 3e-3}, 4000, 2),
    "q4": ({"hidden_dim": 300}, 4000, 2),
    "q5-size": ({"filter_size": 7, "hidden_dim": 100}, 1000, 1),
    "q5-regularise": ({"filter_size": 7, "hidden_dim": 100, "keep": 0.8}, 1000, 1),
}


def compare(name: str, repeats: int = 3) -> list[str]:
    """Return a row of the table: the ratio of times, both validation accuracies, the largest relative gap of a loss."""
    (settings, examples, epochs), sweep = TRAININGS[name], SWEEPS[name]
    data = sweep.load() if examples is None else subset(sweep.load(), examples, examples // 4)
    trial = Trial(sweep.make_model, settings, 0, {**sweep.solver, "num_epochs": epochs})
    seconds, losses, accuracies = {}, {}, {}
    for layers in ("plain", "fast") * repeats:
        with backend.using(layers), blas.one_thread():
            start = time.process_time()
            solver, row = train_trial(trial, data)
            seconds.setdefault(layers, []).append(time.process_time() - start)
        losses[layers], accuracies[layers] = solver.loss_history, f"{row.val_acc:.2%}"
    gap = max(abs(plain - fast) / abs(fast) for plain, fast in zip(losses["plain"], losses["fast"], strict=True))
    ratio = min(seconds["plain"]) / min(seconds["fast"])
    return [name, f"{ratio:.2f}", accuracies["plain"], accuracies["fast"], f"{gap:.0e}"]


if __name__ == "__main__":
    header = ["training", "plain / fast", "validation, plain", "validation, fast", "largest gap of a loss"]
    print("\n".join(align([header, *map(compare, TRAININGS)])))
