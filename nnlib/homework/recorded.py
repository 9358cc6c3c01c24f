"""Q6's full run as it was recorded: hours of training, whose figures the short profiles show and do not repeat.

python -m nnlib.homework.recorded NOTEBOOK ...      take the figures from executed notebooks

The file is q6_recorded.json, next to this module: of each training its accuracies, cost and seconds; the data and the
machine; and what was measured beside it on other seeds, machines and copies of the images.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from nnlib import checks, storage
from nnlib.homework.arguments import checked
from nnlib.homework.results import MIME, ResultRow, Results
from nnlib.tables import align

FILE = Path(__file__).with_name("q6_recorded.json")
LABEL = ", recorded"  # after the data set's name, in rows that this run did not measure
HEADER = ("training", "validation", "test", "parameters", "Mflops", "epochs", "seconds")
SEED = 598

# The rows of the homework's table: by the training's title the item, the model and the report's accuracy.
ROWS = {
    "handout": ("6.2", "VGG11, the handout's", 0.69),
    "handout, tuned": ("6.2", "VGG11, the handout's, trained better", 0.69),
    "+ width (the report)": ("6.3", "VGG11, the report's", 0.75),
    "report, tuned": ("6.3", "VGG11, the report's, trained better", 0.75),
    "+ flip at test": ("6.3", "VGG11, the report's with all rungs of the ladder", 0.75),
    "ours, short": ("6.3", "whitened VGG, 12 epochs", 0.75),
    "ours, long": ("6.3", "whitened VGG, 24 epochs", 0.75),
}
_LINE = re.compile(r"^(\S.*?) +([\d.]+)% +([\d.]+)% +([\d,]+) +([\d.]+) +(\d+) +([\d.]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Training:
    """One training's figures."""

    title: str
    val_acc: float  # fractions
    test_acc: float
    parameters: int
    mflops: float  # millions of operations for one image, forward
    epochs: int
    seconds: float

    def cells(self) -> tuple[str, ...]:
        """Return the training as a line of a table, in the order of HEADER."""
        accuracies = f"{self.val_acc:.2%}", f"{self.test_acc:.2%}"
        price = f"{self.parameters:,}", f"{self.mflops:.1f}", str(self.epochs), f"{self.seconds:.0f}"
        return self.title, *accuracies, *price


@dataclass(frozen=True)
class Recorded:
    """The full run: trainings by title in order, the data's name and sizes, the machine; other measurements by name."""

    data: dict[str, object]
    machine: str
    trainings: dict[str, Training]
    beside: dict[str, dict]

    @checked
    def table(self, titles: Iterable[str], *, test: bool = True) -> str:
        """Return the trainings named, as a table that says that they are recorded; without `test`, no test accuracy."""
        heading = f"recorded, {self.data['name']}, {self.machine}"
        titles = list(titles)
        for title in titles:
            checks.choice("titles", title, tuple(self.trainings))
        return table(heading, [self.trainings[title] for title in titles], test=test)

    def beside_table(self, name: str) -> str:
        """Return an additional measurement as a table, after lines that say what it is."""
        checks.choice("name", name, tuple(self.beside))
        shown = self.beside[name]
        rows = [shown["columns"], *([str(cell) for cell in row] for row in shown["rows"])]
        return "\n".join([*textwrap.wrap(shown["about"], 100), *align(rows)])


@cache
def recorded() -> Recorded:
    """Return what the file holds."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    trainings = [Training(**training) for training in found["trainings"]]
    by_title = {training.title: training for training in trainings}
    return Recorded(found["data"], found["machine"], by_title, found["beside"])


@checked
def table(heading: str, trainings: Iterable[Training], *, test: bool = True) -> str:
    """Return trainings as a table under a heading; without `test`, no test accuracy."""
    hidden = () if test else (HEADER.index("test"),)
    rows = [HEADER, *(training.cells() for training in trainings)]
    return "\n".join([heading, *align([[c for i, c in enumerate(row) if i not in hidden] for row in rows])])


@checked
def results(measured: Mapping[str, Training], data: Mapping[str, object], chosen: str = "") -> Results:
    """Return the homework's rows of Q6: measured where there is a training of that title, else the recorded ones.

    Args:
        measured: trainings at full length, by title.
        data: the `name` and the numbers of examples `train`, `val`, `test` that they were measured with.
        chosen: the title of the one that was chosen on validation.
    """
    return Results(_row(title, measured, data, chosen) for title in ROWS)


def _row(title: str, measured: Mapping[str, Training], data: Mapping[str, object], chosen: str) -> ResultRow:
    here, (item, model, reference) = title in measured, ROWS[title]
    source = recorded()
    training = measured[title] if here else source.trainings[title]
    return ResultRow(
        item=item,
        model=model,
        chosen={"rung": title} if here and title == chosen else {},
        val_acc=training.val_acc,
        test_acc=training.test_acc,
        reference=reference,
        data=dict(data) if here else source.data | {"name": f"{source.data['name']}{LABEL}"},
        seed=SEED,
        seconds=training.seconds,
    )


@checked
def from_notebooks(paths: Iterable[Path]) -> tuple[dict[str, object], list[Training]]:
    """Return the data and the trainings that executed notebooks show: in their tables, and as rows of results.

    A table gives whole seconds, a row more of them.
    """
    cells = [cell for path in paths for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    rows = [ResultRow.from_json(row) for output in outputs for row in output.get("data", {}).get(MIME, ())]
    rows = [row for row in rows if not row.data["name"].endswith(LABEL)]
    checks.require(bool(rows), "paths", "executed notebooks that show measured results", "none")
    by_model = {row.model: row for row in rows}
    found: dict[str, Training] = {}
    for output in outputs:
        text = "" if "recorded" in "".join(output.get("text", ())) else "".join(output.get("text", ()))
        for title, val, test, parameters, mflops, epochs, seconds in _LINE.findall(text):
            row = by_model.get(ROWS[title][1]) if title in ROWS else None
            accuracies = round(float(val) / 100, 6), round(float(test) / 100, 6)
            exact = float(seconds) if row is None else row.seconds
            count = int(parameters.replace(",", ""))
            found[title] = Training(title, *accuracies, count, float(mflops), int(epochs), exact)
    return rows[0].data, list(found.values())


def write(content: Mapping[str, object]) -> None:
    """Replace the file, as a whole or not at all."""
    storage.write_text(FILE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def main(argv: list[str] | None = None) -> int:
    """Take data and trainings from executed notebooks into the file; return the exit status."""
    paths = [Path(name) for name in (sys.argv[1:] if argv is None else argv)]
    if not paths:
        print(__doc__, file=sys.stderr)
        return 2
    found = json.loads(FILE.read_text(encoding="utf-8"))
    found["data"], trainings = from_notebooks(paths)
    found["trainings"] = [asdict(training) for training in trainings]
    write(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
