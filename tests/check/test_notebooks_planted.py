"""Mistakes and gaps in what Q2 to Q5 and Q7 ask for, planted into a copy of nnlib: no notebook shows a pass for them.

The cells run in a real kernel, as they stand in the notebooks; only what an item's check cell needs is run, and of a
notebook whose losses are not written, all cells.
"""

import re
from pathlib import Path

import nbformat
import pytest
from notebook_kernel import kernel_on_a_copy

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = {path.stem[:2]: path for path in FOLDER.glob("q*.ipynb")}
SLOW = re.compile(r"explorer|playground|sweep\(|fit\(|train\w*\(|by_rate|train_with")
LOSS = "_right = {0}\n\n\ndef {0}(x, y):\n    loss, dx = _right(x, y)\n    return {1}\n"
CLASS = "_Right{0} = {0}\n\n\nclass {0}(_Right{0}):\n    {1}\n"
SETTING = "def __init__(self, *args, **options):\n        super().__init__(*args, **{{**options, {0}}})"


def loss(name, result):
    return "losses.py", LOSS.format(name, result)


def model(name, body):
    return "models.py", CLASS.format(name, body)


def pool(name, body):
    return "layers/max_pool.py", f"_right_{name} = {name}\n\n\ndef {name}(*args):\n    {body}\n"


BIAS = """def loss(self, X, y=None):
        if y is None:
            return super().loss(X)
        loss, grads = super().loss(X, y)
        return loss, {name: grad + ("b" in name) * self.reg * self.params[name] for name, grad in grads.items()}"""

# What is wrong: (item, file of nnlib or "" for the notebook's own cell, code that comes after what is there).
MISTAKES = {
    "2.1, a sum for the mean": ("2.1", *loss("logistic_loss", "loss * len(x), dx * len(x)")),
    "2.1, gradient a sum": ("2.1", *loss("logistic_loss", "loss, dx * len(x)")),
    "2.1, labels turned into signs in place": (
        "2.1",
        "losses.py",
        "_right = logistic_loss\n\n\ndef logistic_loss(x, y):\n    y[y == 0] = -1\n    return _right(x, y)\n",
    ),
    "2.1, overflow": ("2.1", *loss("logistic_loss", "float(np.log1p(np.exp(-(2 * (y > 0) - 1) * x)).mean()), dx")),
    "2.2, biases regularised": ("2.2", *model("LogisticClassifier", BIAS)),
    "2.2, L2 forgotten": ("2.2", *model("LogisticClassifier", SETTING.format('"reg": 0.0'))),
    "3.1, gradient over the active": (
        "3.1",
        *loss("svm_loss", "loss, dx * len(x) / max(1, np.count_nonzero(dx))"),
    ),
    "3.1, the perceptron": ("3.1", *loss("svm_loss", "loss, dx * ((2 * (y > 0) - 1) * x < 0)")),
    "3.2, no hidden layer": ("3.2", *model("SVM", SETTING.format('"hidden_dim": None'))),
    "3.2, strength not scaled": ("3.2", "", "def strength_for(reg, N, kept):\n    return reg"),
    "4.1, a sum for the mean": ("4.1", *loss("softmax_loss", "loss * len(x), dx * len(x)")),
    "4.1, no shift": (
        "4.1",
        *loss("softmax_loss", "float(-np.mean(np.log((np.exp(x).T / np.exp(x).sum(1)).T[np.arange(len(y)), y]))), dx"),
    ),
    "4.2, He left out": (
        "4.2",
        *model(
            "SoftmaxClassifier",
            "def __init__(self, *args, weight_scale=1e-3, **options):\n        super().__init__(*args, **options)",
        ),
    ),
    "5.1b, average pooling": (
        "5.1b",
        *pool("max_pool_forward", "out, cache = _right_max_pool_forward(*args)\n    return out / 2, cache"),
    ),
    "5.1c, over the window": ("5.1c", *pool("max_pool_backward", "return _right_max_pool_backward(*args) / 4")),
    "5.1d, no tie": ("5.1d", "", "telling = np.arange(16.0).reshape(1, 1, 4, 4)"),
    "5.2a, dropout forgotten": ("5.2a", *model("ConvNet", SETTING.format('"dropout": None'))),
    "5.4a, batch norm forgotten": (
        "5.4a",
        "homework/sweeps.py",
        "ARCHITECTURES = {name: (None, drop) for name, (_, drop) in ARCHITECTURES.items()}\n",
    ),
    "7.1b, the slope alone": ("7.1b", "", "predicted_factor = largest_slope"),
    "7.1d, one sign": ("7.1d", "", "G_pair = abs(G_pair)"),
    "7.2a, the bias scaled": (
        "7.2a",
        "",
        "def at_inference(x, w, b, keep):\n    return keep * (x @ w + b)",
    ),
    "7.2b, variance of the scaled output": (
        "7.2b",
        "homework/masks.py",
        "_moments = moments\n\n\ndef moments(x, w, b, keep):\n"
        "    mean, variance = _moments(x, w, b, keep)\n    return mean, keep * variance\n",
    ),
    "7.3b, without momentum": ("7.3b", "", "def largest_rate(eigenvalue, momentum=0.0):\n    return 2 / eigenvalue"),
}
NOT_WRITTEN = {  # what raises NotImplementedError("2.1 ..."): file, name
    "2.1": ("losses.py", "logistic_loss"),
    "3.1": ("losses.py", "svm_loss"),
    "4.1": ("losses.py", "softmax_loss"),
    "5.1b": ("layers/max_pool.py", "max_pool_forward"),
}


def code_cells(question):
    return [cell for cell in nbformat.read(NOTEBOOKS[question], 4).cells if cell.cell_type == "code"]


def role(cell):
    return next(tag for tag in cell.metadata.tags if not tag.startswith("nbval"))


def cells_for(item):
    """Return the sources that an item's check needs, in order: what is given, the item's own solution, the check."""
    needed = []
    for cell in code_cells(f"q{item[0]}"):
        checked = re.search(r'checks\("(.*?)"\)', cell.source)
        if role(cell) == "check" and checked[1] == item:
            return needed, cell.source
        if role(cell) in ("given", "solution") and not SLOW.search(cell.source):
            needed.append(cell.source)
    raise AssertionError(f"no check cell of {item}")


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    """Return a function from a question to its kernel, which runs plain layers, as a student's does."""
    running, contexts = {}, []

    def kernel_of(question):
        if question not in running:
            context = kernel_on_a_copy(tmp_path_factory.mktemp(question), NNLIB_LAYERS="plain")
            contexts.append(context)
            running[question] = context.__enter__()
            running[question].run("import joblib\njoblib.parallel_config(n_jobs=1)")  # workers would take seconds
        return running[question]

    yield kernel_of
    for context in contexts:
        context.__exit__(None, None, None)


def lines_of(kernel, item, planted=""):
    """Run what an item needs and its check cell, and return the lines of the check."""
    needed, check = cells_for(item)
    for source in needed:
        kernel.run(source)
    kernel.run(planted)
    lines = kernel.run(check).splitlines()
    assert lines
    assert all(line.startswith(f"{item}  ") for line in lines), lines
    return lines


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_fails_its_item_and_nothing_of_it_is_left_when_it_is_mended(kernels, mistake):
    item, file, code = MISTAKES[mistake]
    kernel = kernels(f"q{item[0]}")
    if file:
        with kernel.edited(file, lambda text: f"{text}\n\n{code}"):
            lines = lines_of(kernel, item)
    else:
        lines = lines_of(kernel, item, code)
    assert any(line.split()[1] == "FAILED" for line in lines), lines
    own = next(line for line in kernel.run("checks.tally()").splitlines() if line.startswith(item))
    assert " failed" in own
    assert all(line.split()[1] == "passed" for line in lines_of(kernel, item))


@pytest.mark.parametrize("item", NOT_WRITTEN)
def test_a_whole_notebook_waits_for_what_is_not_written(kernels, item):
    file, name = NOT_WRITTEN[item]
    kernel = kernels(f"q{item[0]}")
    stub = f'def {name}(*args):\n    raise NotImplementedError("{item} {name} is not written yet")\n'
    with kernel.edited(file, lambda text: f"{text}\n\n{stub}"):
        printed = [kernel.run(cell.source) for cell in code_cells(f"q{item[0]}")]
    assert [text for text in printed if re.search(r"(Error|Exception)$", text)] == []
    lines = [line for text in printed for line in text.splitlines()]
    assert not [line for line in lines if " FAILED " in line]
    assert lines.count(f"waits for {item}") >= 5
    own = next(line for line in reversed(lines) if line.startswith(f"{item} "))
    assert own.startswith(f"{item:5} 0 of ")
    assert f"(waits for {item})" in own
