"""Rows of results that a notebook shows when it is run again, against the stored ones.

Measured numbers differ from machine to machine, so nbval does not compare the outputs that show them; here they are
compared within what rounding does to a training.
"""

import math

from nnlib.homework.results import MIME, ResultRow

FIXED = ("item", "model", "reference", "seed")
ERRORS, AT_MOST = 3, 0.01  # standard errors of the stored accuracy; on few examples that would allow too much


def rows_of(outputs):
    """Return the rows among a cell's outputs."""
    return [ResultRow.from_json(row) for output in outputs for row in output.get("data", {}).get(MIME, ())]


def differences(stored, fresh):
    """Return, one line each, in what the rows of a second run differ from the stored ones more than a run does.

    Rows on other data, such as the course's data.pkl, are compared by what they are alone, not by their accuracies.
    """
    if [row.model for row in stored] != [row.model for row in fresh]:
        return [f"stored rows of {[row.model for row in stored]}, now of {[row.model for row in fresh]}"]
    found = []
    for old, new in zip(stored, fresh, strict=True):
        pairs = {name: (getattr(old, name), getattr(new, name)) for name in FIXED}
        found += [f"{old.model}: stored {name} {a!r}, now {b!r}" for name, (a, b) in pairs.items() if a != b]
        if old.data["name"] != new.data["name"]:
            continue
        if old.data != new.data:
            found.append(f"{old.model}: stored data {old.data}, now {new.data}")
        for name, part in (("val_acc", "val"), ("test_acc", "test")):
            a, b = getattr(old, name), getattr(new, name)
            error = math.sqrt(b * (1 - b) / new.data[part])
            if abs(a - b) > min(ERRORS * error, AT_MOST) + 1e-9:
                found.append(f"{old.model}: stored {name} {a:.2%}, now {b:.2%}")
    return found
