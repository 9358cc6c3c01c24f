"""Mistakes and gaps in what the notebooks ask for, planted into a copy of nnlib: no notebook shows a pass for them.

The cells run in a real kernel, as they stand in the notebooks: of an item those that its check cell needs, and of a
notebook whose loss is not written, all.
"""

import contextlib
import re
from pathlib import Path

import nbformat
import pytest
from notebook_kernel import kernel_on_a_copy

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = {path.stem[:2]: path for path in FOLDER.glob("q*.ipynb")}
SLOW = re.compile(r"_explorer\(|playground\(|sweep\(|\bfit\(|train_\w+\(|Solver\(|choose_layers\(")

SEQUENTIAL = "import joblib\njoblib.parallel_config(n_jobs=1)"  # workers would take seconds

LOSS = "\n\n_right = {0}\n\n\ndef {0}(x, y):\n    loss, dx = _right(x, y)\n    return {1}\n"
IN_PLACE = "\n\n_right = {0}\n\n\ndef {0}(x, y):\n    y[y == 0] = -1\n    return _right(x, y)\n"
OVERFLOW = "float(np.log1p(np.exp(-(2 * (y > 0) - 1) * x)).mean()), dx"
NO_SHIFT = "float(-np.mean(np.log((np.exp(x).T / np.exp(x).sum(1)).T[np.arange(len(y)), y]))), dx"
POOL = "\n\n_right_{0} = {0}\n\n\ndef {0}(*args):\n    {1}\n"
NO_NORM = "\n\nARCHITECTURES = {name: (None, drop) for name, (_, drop) in ARCHITECTURES.items()}\n"
VARIANCE = """

_moments = moments


def moments(x, w, b, keep):
    mean, variance = _moments(x, w, b, keep)
    return mean, keep * variance
"""

# What is wrong: the item, a file of nnlib, a text in it ("" for its end) and what is there instead; or "", "" and code
# that runs in the notebook after the item's solution.
MISTAKES = {
    "no variance term": ("1.4c", "layers/batch_norm.py", "(dbeta + x_hat * dgamma)", "dbeta"),
    "kernel flipped": ("1.5b", "layers/conv.py", "out = w.reshape(f, -1)", "out = w[:, :, ::-1, ::-1].reshape(f, -1)"),
    "a sum for the mean": ("2.1", "losses.py", "", LOSS.format("logistic_loss", "loss * len(x), dx * len(x)")),
    "the caller's labels changed": ("2.1", "losses.py", "", IN_PLACE.format("logistic_loss")),
    "overflow": ("2.1", "losses.py", "", LOSS.format("logistic_loss", OVERFLOW)),
    "L2 forgotten": ("2.2", "models.py", "network, logistic_loss, reg", "network, logistic_loss"),
    "over the active": (
        "3.1",
        "losses.py",
        "",
        LOSS.format("svm_loss", "loss, dx * len(x) / max(1, np.count_nonzero(dx))"),
    ),
    "Q2's loss": ("3.2", "models.py", "network, svm_loss, reg", "network, logistic_loss, reg"),
    "strength not scaled": ("3.2", "", "", "def strength_for(reg, N, kept):\n    return reg"),
    "no shift": ("4.1", "losses.py", "", LOSS.format("softmax_loss", NO_SHIFT)),
    "no ReLU": ("4.2", "models.py", "hidden_dim)), ReLU()]", "hidden_dim))]"),
    "half the maximum": (
        "5.1b",
        "layers/max_pool.py",
        "",
        POOL.format(
            "max_pool_forward",
            "out, cache = _right_max_pool_forward(*args)\n    return (out / 2).astype(out.dtype), cache",
        ),
    ),
    "over the window": (
        "5.1c",
        "layers/max_pool.py",
        "",
        POOL.format("max_pool_backward", "return _right_max_pool_backward(*args) / 4"),
    ),
    "an input without ties": ("5.1d", "", "", "telling = np.arange(16.0).reshape(1, 1, 4, 4)"),
    "dropout forgotten": ("5.2a", "models.py", "if dropout is not None:", "if False:"),
    "batch norm forgotten": ("5.4a", "homework/sweeps.py", "", NO_NORM),
    "ReLU's slopes halve the norm": ("7.1b", "", "", "predicted_factor['relu'] = 0.5"),
    "gradients of one sign": ("7.1d", "", "", "G_pair = abs(G_pair)"),
    "variance of the scaled output": ("7.2b", "homework/masks.py", "", VARIANCE),
    "without momentum": ("7.3b", "", "", "def largest_rate(eigenvalue, momentum=0.0):\n    return 2 / eigenvalue"),
    "the fully connected layers transposed": (
        "6.1c",
        "",
        "",
        "def one_layer(fc):\n    return fc[0].weight @ fc[-1].weight.T, fc[-1].bias",
    ),
    "zero_grad forgotten": ("6.2a", "vgg/training.py", "optimizer.zero_grad", "(lambda **options: None)"),
    "a factor of He's variance": ("6.3c", "", "", "predicted = ratio**20"),
}
ITEMS = sorted({item for item, *_ in MISTAKES.values()})
NOT_WRITTEN = {"3.1": ("losses.py", "svm_loss"), "4.1": ("losses.py", "softmax_loss")}


def in_its_process(value, item):
    """Return a parameter whose test runs in the process that has the kernel of the item's notebook."""
    return pytest.param(value, id=value, marks=pytest.mark.xdist_group(f"planted in q{item[0]}"))


def code_cells(question):
    return [cell for cell in nbformat.read(NOTEBOOKS[question], 4).cells if cell.cell_type == "code"]


def cells_for(item):
    """Return the sources that an item's check needs, in order: what is given, the item's own solution, the check."""
    needed = []
    for cell in code_cells(f"q{item[0]}"):
        role = next(tag for tag in cell.metadata.tags if not tag.startswith("nbval"))
        if role == "check":
            if f'checks("{item}")' in cell.source:
                return needed, cell.source
            needed.append("\n".join(re.findall(r"^(?:from|import) .*", cell.source, re.M)))
        only_draws = "show(" in cell.source and "load_" not in cell.source
        if role in ("given", "solution") and not only_draws and not SLOW.search(cell.source):
            needed.append(cell.source)
    raise AssertionError(f"no check cell of {item}")


@pytest.fixture(scope="module")
def kernel_of(tmp_path_factory):
    """Return a function from an item to the kernel of its notebook, with plain layers, as a student has them."""
    running, contexts = {}, []

    def kernel(item):
        if item[0] not in running:
            contexts.append(kernel_on_a_copy(tmp_path_factory.mktemp(f"q{item[0]}-"), NNLIB_LAYERS="plain"))
            running[item[0]] = contexts[-1].__enter__()
            running[item[0]].run(SEQUENTIAL)
        return running[item[0]]

    yield kernel
    for context in contexts:
        context.__exit__(None, None, None)


def results(kernel, item, planted=""):
    """Run what an item needs and its check cell; return "passed" or "FAILED" for each of its lines."""
    needed, check = cells_for(item)
    for source in (*needed, planted):
        kernel.run(source)
    lines = [line for line in kernel.run(check).splitlines() if line.startswith(f"{item} ")]
    assert not [line for line in lines if "NameError" in line]
    return [line.split()[1] for line in lines]


@pytest.mark.parametrize("mistake", [in_its_process(mistake, item) for mistake, (item, *_) in MISTAKES.items()])
def test_a_mistake_fails_its_item(kernel_of, mistake):
    item, file, text, code = MISTAKES[mistake]
    kernel = kernel_of(item)

    def planted(source):
        assert text == "" or source.count(text) == 1
        return source.replace(text, code) if text else source + code

    with kernel.edited(file, planted) if file else contextlib.nullcontext():
        found = results(kernel, item, "" if file else code)
        tally = kernel.run("checks.tally()")
    assert "FAILED" in found
    own = next(line for line in tally.splitlines() if line.startswith(f"{item} "))
    assert f", {found.count('FAILED')} failed" in own


@pytest.mark.parametrize("item", [in_its_process(item, item) for item in ITEMS])
def test_when_it_is_mended_nothing_of_it_is_left(kernel_of, item):
    assert set(results(kernel_of(item), item)) == {"passed"}


@pytest.mark.parametrize("item", NOT_WRITTEN)
def test_a_whole_notebook_waits_for_what_is_not_written(tmp_path, item):
    file, name = NOT_WRITTEN[item]
    stub = f'\n\ndef {name}(*args):\n    raise NotImplementedError("{item} {name} is not written yet")\n'
    with kernel_on_a_copy(tmp_path, NNLIB_LAYERS="plain") as kernel:
        kernel.run(SEQUENTIAL)
        with kernel.edited(file, lambda source: source + stub):
            printed = [kernel.run(cell.source) for cell in code_cells(f"q{item[0]}")]
    assert [text for text in printed if re.search(r"(Error|Exception)$", text)] == []
    lines = [line for text in printed for line in text.splitlines()]
    assert not [line for line in lines if " FAILED " in line]
    assert lines.count(f"waits for {item}") >= 5
    own = next(line for line in reversed(lines) if line.startswith(f"{item} "))
    assert own.startswith(f"{item:5} 0 of ")
    assert f"(waits for {item})" in own
