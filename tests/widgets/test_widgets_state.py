"""What the browser gets of each widget, as text: widths, labels, ranges, hints, classes. listed_widgets.txt holds it.

`python tests/widgets/test_widgets_state.py` writes the list from scratch; read its diff.
"""

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from looks import differences
from widget_models import gated_explorer

from nnlib.homework import playgrounds
from nnlib.homework.stepper import ConvolutionStepper
from nnlib.widgets import Choice, LinearSlider, ValueSlider, play
from nnlib.widgets.run import CurvePoint, Run

LIST = Path(__file__).with_name("listed_widgets.txt")


def explorer():
    """An explorer with two finished runs in its table, sorted by the accuracy, and a message under a control."""
    made, _ = gated_explorer(name="state")
    for number, accuracy in ((1, 0.5), (2, 0.75)):
        run = Run(number, {name: view.value for name, view in made.views.items()}, threading.Event())
        run.losses, run.points = [2.0, 1.0], [CurvePoint(2, 0.8, accuracy, True)]
        run.steps_per_epoch, run.total_steps = 2, 20
        run.end(SimpleNamespace(status="done", val_acc=accuracy, reason=""))
        made.runs.append(run)
        made.table.add(run)
    made.table.sort_by(made.table.columns[1])
    made.views["hidden_dim"].box.value = 12.5
    made._paint()
    return made


def playground():
    controls = [
        Choice("mode", "mode of the layer", "b", ("a", "b")),
        LinearSlider("keep", "kept", 0.5, 0.1, 1.0, 0.05, note=lambda value: f"{value:.0%}"),
        ValueSlider("reg", "L2 strength", 0.01, (0.0, 0.01, 0.1)),
    ]
    return play(lambda figure, **values: f"Drawn at {values}.", controls, size=(2.0, 1.0), name="state_of_play")


def stepper():
    made = ConvolutionStepper(np.arange(9.0).reshape(3, 3), np.array([[1.0, 0.0], [2.0, -1.5]]))
    made.next()
    return made


PANELS = {
    "explorer": explorer,
    "playground": playground,
    "stepper": stepper,
    "batch norm": playgrounds.batch_norm_playground,
    "dropout": playgrounds.dropout_playground,
    "gradient norms": playgrounds.gradient_norm_playground,
    "train and test": playgrounds.train_test_playground,
    "learning rate": playgrounds.learning_rate_playground,
}


def lines(widget, depth=0):
    """Yield a line per widget: its class, and what differs from the class's own defaults."""
    state = widget.get_state(drop_defaults=True)
    for part in ("layout", "style"):
        own = getattr(widget, part, None)
        state[part] = own.get_state(drop_defaults=True) if hasattr(own, "get_state") else {}
    shown = sorted((name, value) for name, value in state.items() if name != "children" and value not in ({}, "", ()))
    words = [f"{name}={_text(value)}" for name, value in shown]
    yield f"{'  ' * depth}{type(widget).__name__} {' '.join(words)}"
    for child in getattr(widget, "children", ()):
        yield from lines(child, depth + 1)


def _text(value):
    if isinstance(value, dict):
        return "{" + " ".join(f"{name}={_text(each)}" for name, each in sorted(value.items()) if name[0] != "_") + "}"
    if isinstance(value, (bytes, memoryview)):
        return "bytes"
    return "a style sheet" if "</style>" in str(value) else repr(value) if "\n" in str(value) else str(value)


def listed(panel):
    """Return the lines of a panel's widgets, and of the text that stands for them where they are not live."""
    return [line for text in (*lines(panel), panel.static_fallback()[1]) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", PANELS)
def test_the_widgets_are_those_of_the_list(name):
    panel = PANELS[name]()
    found = listed(panel)
    panel.close()
    expected = f"\n\n{LIST.read_text(encoding='utf-8')}".partition(f"\n\n{name}\n")[2].partition("\n\n")[0]
    assert differences(found, expected.splitlines()) == []


if __name__ == "__main__":
    LIST.write_text("\n".join("\n".join([name, *listed(PANELS[name]()), ""]) for name in PANELS), encoding="utf-8")
