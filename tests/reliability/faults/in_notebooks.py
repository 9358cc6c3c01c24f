"""Notebooks: checks deleted with their counts, validation and test examples where they must not be, outputs."""

from reliability.faults.plant import Fault, cells, source, text, together

LISTED, STORED, ROLES, RULES = (
    f"tests/repository/test_{name}.py" for name in ("listed_checks", "listed_outputs", "roles", "notebooks")
)
Q1, Q2, Q3, Q4, Q5, Q6 = (
    f"notebooks/{name}.ipynb"
    for name in ("q1_layers", "q2_logistic", "q3_svm", "q4_softmax", "q5_cnn", "q6_vgg_cifar10")
)
MIXED = 'np.concatenate([{0}["{1}_train"][:-len({0}["{1}_val"])], {0}["{1}_val"]])'


def leaked(data):
    """Return code for a data set whose last training examples are the validation examples."""
    return "{**" + data + ", " + ", ".join(f'"{name}_train": {MIXED.format(data, name)}' for name in "Xy") + "}"


def without_the_check_of(item):
    def change(found):
        found[:] = [cell for cell in found if f'checks("{item}")' not in "".join(cell["source"])]

    return change


def output(old, new):
    """Return a function that replaces text in what the cells have printed."""

    def change(found):
        for part in (part for cell in found for part in cell.get("outputs", ()) if "text" in part):
            part["text"] = [line.replace(old, new) for line in part["text"]]

    return change


def tagged(cell, *tags):
    """Return a function that gives a cell other tags."""

    def change(found):
        next(each for each in found if each["id"] == cell)["metadata"]["tags"] = list(tags)

    return change


def fault(name, kind, test, plant):
    return Fault(name, kind, test, plant)


IGNORED = "nbval-ignore-output"
HALVED = '"num_epochs": 2, "schedule": "linear"}'
OPENING = 'X_test, y_test = open_test_logged(trial_log, mnist, "Q4")'
FAULTS = [
    fault(
        "a check cell deleted and the counts changed",
        "bounds",
        LISTED,
        together(
            cells(Q3, without_the_check_of("3.4")),
            cells(Q3, output("49 of 49", "43 of 43")),
            cells(Q3, output("3.4   6 of 6", "3.4   0 of 0")),
        ),
    ),
    fault("a check cell deleted", "bounds", ROLES, cells(Q3, without_the_check_of("3.4"))),
    fault(
        "a failed check stored", "bounds", ROLES, cells(Q4, output("passed   test accuracy", "FAILED   test accuracy"))
    ),
    fault("a count stored", "bounds", ROLES, cells(Q4, output("all   51 of 51", "all   50 of 50"))),
    fault(
        "Q4's final passes train on validation",
        "leaks",
        Q4,
        source(
            Q4,
            "train_trial(Trial(size_sweep.make_model, hidden_choice.settings, SEED, longer), mnist)",
            f"train_trial(Trial(size_sweep.make_model, hidden_choice.settings, SEED, longer), {leaked('mnist')})",
        ),
    ),
    fault(
        "Q3's networks train on validation",
        "leaks",
        Q3,
        source(
            Q3,
            "fit(seed, choice.settings, TWO_LAYER)",
            f"fit(seed, choice.settings, TWO_LAYER, data={leaked('standard')})",
        ),
    ),
    fault(
        "Q2's twins train on validation",
        "leaks",
        Q2,
        source(Q2, "twins = [fit(seed", f"standard = {leaked('standard')}\ntwins = [fit(seed"),
    ),
    fault(
        "Q3 opens its test set under another name",
        "test set",
        Q3,
        source(Q3, "models = {", "from nnlib.data import open_test as look\n\nlook(standard)\nmodels = {"),
    ),
    fault("the test set is opened twice", "test set", RULES, source(Q4, OPENING, f"{OPENING}\n{OPENING}")),
    fault(
        "the test set is opened before the last training",
        "test set",
        RULES,
        together(
            source(Q4, OPENING, ""), source(Q4, "hidden = size_sweep.sweep(", f"{OPENING}\nhidden = size_sweep.sweep(")
        ),
    ),
    fault("a stored count of openings", "test set", ROLES, cells(Q4, output("opened once", "opened 2 times"))),
    fault(
        "a stored leak",
        "leaks",
        ROLES,
        cells(Q2, output("trained after it", "trained after it; training sets that hold validation examples: 1")),
    ),
    fault(
        "a stored error",
        "outputs",
        RULES,
        cells(
            Q1,
            lambda found: found[1]["outputs"].append(
                {"output_type": "stream", "name": "stderr", "text": ["Traceback\n"]}
            ),
        ),
    ),
    fault("an output of a user's folder", "outputs", RULES, cells(Q4, output("MNIST", "/home/ann/MNIST"))),
    fault(
        "a cell out of order",
        "outputs",
        RULES,
        cells(Q4, lambda found: found[4].update(execution_count=99) or found[-1].update(execution_count=99)),
    ),
    fault("a check that nbval skips", "outputs", RULES, source(Q4, "checks.tally()", "# NBVAL_SKIP\nchecks.tally()")),
    fault("students read what is usually wrong", "roles", STORED, cells(Q3, tagged("mistakes-3-1", "given"))),
    fault("a check cell is not compared", "roles", STORED, cells(Q5, tagged("check-5-1b", "check", IGNORED))),
    fault(
        "other seeds than the text says", "code", STORED, source(Q2, "for seed in range(25)]", "for seed in range(5)]")
    ),
    fault(
        "a shift to the other side", "code", STORED, source(Q5, "8 - pixels : 36 - pixels", "8 + pixels : 36 + pixels")
    ),
    fault("half of the epochs of a comparison", "code", STORED, source(Q5, HALVED, HALVED.replace("2", "1"))),
    fault(
        "Q6 chooses by its best epoch",
        "code",
        STORED,
        source(Q6, "key=lambda result: result.val_acc)", "key=lambda result: result.history.best_val_acc)"),
    ),
    fault("a picture without a description", "outputs", ROLES, text(Q3, '"alt": "', '"alternative": "', None)),
]
