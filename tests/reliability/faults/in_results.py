"""Committed results that are forged: in one place, or consistently in all that a careful forger thinks of."""

import json

from reliability.faults.plant import Fault, everywhere, text, together

README, RECORDED = "README.md", "nnlib/homework/q6_recorded.json"
STORED, ROOT_README = "tests/repository/test_stored_results.py", "tests/repository/test_readme.py"
Q2, Q3, Q4, Q5, Q6 = (
    f"notebooks/{name}.ipynb" for name in ("q2_logistic", "q3_svm", "q4_softmax", "q5_cnn", "q6_vgg_cifar10")
)
EXTRA = "notebooks/extra/q6_extra.ipynb"
MIME = "application/vnd.nnlib.results+json"


def edited(notebook, change, kinds):
    """Return a plant that changes the rows of a notebook's results by a function, in some of their forms."""

    def plant(copy):
        from nnlib.homework.results import Results

        content = json.loads(copy.read(notebook))
        for output in (output for cell in content["cells"] for output in cell.get("outputs", ())):
            if MIME not in output.get("data", {}):
                continue
            rows = [change(row) for row in output["data"][MIME]]
            made = Results.from_json(rows)
            new = {MIME: rows, "text/plain": repr(made), "text/html": made._repr_html_()}
            output["data"] |= {kind: new[kind] for kind in kinds}
        copy.write(notebook, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    return plant


def row(item, **changes):
    """Return a function that changes the rows of an item."""
    return lambda each: each | changes if each["item"] == item else each


ALL = (MIME, "text/plain", "text/html")


def forged(notebook, item, readme, **changes):
    """Return a plant that changes a row in all its forms, and in the README."""
    return together(edited(notebook, row(item, **changes), ALL), text(README, *readme))


def fault(name, test, plant):
    return Fault(name, "results", test, plant)


Q4_ROW = ("98.44% ± 0.12 | 93.63% | +4.81", "98.94% ± 0.10 | 93.63% | +5.31")
Q5_ROW = ("99.13% ± 0.09 | 98.39% | +0.74", "99.53% ± 0.07 | 98.39% | +1.14")
FAULTS = [
    fault("an accuracy of the README", ROOT_README, text(README, *Q4_ROW)),
    fault("the seconds of the README", ROOT_README, text(README, "| 71.0 |", "| 7.1 |")),
    fault("a row that the README leaves out", ROOT_README, text(README, "| 3.3 | SVM, linear", "| 3.4 | SVM, linear")),
    fault("the visible table alone", STORED, text(Q4, "98.44% ± 0.12", "98.94% ± 0.12", None)),
    fault("the page's table alone", STORED, edited(Q4, row("4.4", test_acc=0.9894), ("text/html",))),
    fault("the JSON alone", STORED, edited(Q4, row("4.4", test_acc=0.9894), (MIME,))),
    fault("Q4's row, its table and the README", STORED, forged(Q4, "4.4", Q4_ROW, test_acc=0.9894)),
    fault("Q4's validation in every form", STORED, edited(Q4, row("4.4", val_acc=5940 / 6000), ALL)),
    fault("a share of an example", STORED, edited(Q2, row("2.3", test_acc=0.9573), ALL)),
    fault("Q2's row in every form", STORED, edited(Q2, row("2.3", test_acc=0.964), ALL)),
    fault("Q3's row in every form", STORED, edited(Q3, row("3.4", test_acc=0.956), ALL)),
    fault("what Q3 chose, in every form", STORED, edited(Q3, row("3.3", chosen={"learning_rate": 0.7}), ALL)),
    fault("the report's accuracy in every form", STORED, edited(Q5, row("5.4", reference=0.9768), ALL)),
    fault("an accuracy below the promised bound", STORED, edited(Q5, row("5.4", test_acc=0.9908), ALL)),
    fault("Q5's row in every form and the README", Q5, forged(Q5, "5.3", Q5_ROW, test_acc=0.9953)),
    fault("Q3's row in every form, run again", Q3, edited(Q3, row("3.3", test_acc=0.96), ALL)),
    fault("Q6's record alone", "tests/homework/test_homework_recorded.py", text(RECORDED, "0.9438", "0.9538")),
    fault(
        "Q6's record, both notebooks and the README",
        STORED,
        everywhere((RECORDED, Q6, EXTRA, README), ("0.9438", "0.9538"), ("94.38%", "95.38%"), ("+19.38", "+20.38")),
    ),
    fault("the spread over Q6's seeds", STORED, text(RECORDED, '"94.5",', '"95.5",')),
    fault("the gain of a part of ours", STORED, text(RECORDED, '"89.2",', '"87.2",')),
    fault(
        "a training's parameters",
        "tests/homework/test_homework_recorded.py",
        everywhere((RECORDED, Q6, EXTRA), ("2374602", "1374602"), ("2,374,602", "1,374,602")),
    ),
    fault(
        "a count of docs/checks.md",
        "tests/course/test_bank.py",
        text("docs/checks.md", "| all | waits | passes | ", "| all | waits | passes | 1"),
    ),
    fault("a row of docs/items.md", "tests/course/test_items.py", text("docs/items.md", "hinge loss", "hinge", None)),
    fault("the seed of Q6's recorded run", STORED, text("nnlib/homework/recorded.py", "SEED = 598", "SEED = 599")),
    fault("the seed of Q4 and Q5", STORED, text("nnlib/homework/sweeps.py", "SEED = 598", "SEED = 589")),
    fault(
        "a number that nbval does not compare",
        "tests/repository/test_listed_outputs.py",
        text(Q5, "accuracy 100% in training, 67% in validation", "accuracy 100% in training, 97% in validation"),
    ),
    fault(
        "an additional measurement of Q6",
        "tests/homework/test_homework_recorded.py",
        text(RECORDED, '"54.3",\n     "59.3"', '"54.3",\n     "95.3"'),
    ),
]
