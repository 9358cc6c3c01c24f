"""A student's walk through the notebooks of the unpacked archive: fresh, wrong, right, and with every solution."""

import re
import shutil
import time

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from student_files import environment

from course.items import ROOT, load

SOLUTIONS = {path.stem: nbformat.read(path, 4) for path in (ROOT / "notebooks").glob("q*.ipynb")}
ITEMS = load().items


def items_of(lines):
    """Return what the check cells printed, by item: the first words of each line."""
    found = {}
    for line in lines:
        if match := re.match(r"(\d\.\d[a-z]?) +(passed|FAILED|waits for|not run)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


WALK = {  # by notebook an item, the file, the solution, and a mistake in it
    "q1_layers": ("1.1", "nnlib/layers/fully_connected.py", "x.T @ dout", "x.T @ dout / len(x)"),
    "q2_logistic": ("2.1", "nnlib/losses.py", "-signs * np.exp(-np.log", "signs * np.exp(-np.log"),
    "q3_svm": ("3.1", "nnlib/losses.py", "dx = -signs * (losses > 0)", "dx = signs * (losses > 0)"),
    "q4_softmax": ("4.1", "nnlib/losses.py", "probabilities[rows, labels] -= 1", "probabilities[rows, labels] -= 2"),
    "q5_cnn": ("5.1b", "nnlib/layers/max_pool.py", "elements.max(axis=0)", "elements.mean(axis=0)"),
    "q6_vgg_cifar10": ("6.2a", "nnlib/vgg/training.py", "optimizer.zero_grad()", "pass"),
    "q7_short_answers": ("7.2b", "nnlib/homework/masks.py", "keep * (1 - keep)", "keep"),
}


class Kernel:
    """A kernel of the copy's own Python, in its notebooks folder, as JupyterLab starts one.

    Attributes:
        errors: the names of the exceptions that cells ended with.
    """

    def __init__(self, copy, python):
        self.errors = []
        self.manager = KernelManager()
        self.manager.kernel_spec.argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.manager.start_kernel(cwd=str(copy / "notebooks"), env=environment(copy))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def run(self, source):
        """Return what a cell prints; an exception's name is printed too."""
        texts = []

        def note(message):
            content = message["content"]
            texts.append(content.get("text", "") or content.get("ename", ""))
            self.errors += [content["ename"]] if "ename" in content else []

        self.client.execute_interactive(source, timeout=600, output_hook=note)
        return "".join(texts)

    def run_all(self, cells):
        """Return what the cells of a notebook print, by id, as "Run all" does; none may end with an exception."""
        self.errors.clear()
        printed = {cell.id: self.run(cell.source) for cell in cells}
        assert self.errors == [], printed
        return printed

    def forget(self):
        """Be as a new kernel is, but for the packages that are imported: without names and without the copy's code."""
        self.run(
            "import sys\nfor name in [*sys.modules]:\n    if name.startswith('nnlib'):\n        del sys.modules[name]"
        )
        self.run("%reset -f")

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(copy, python):
    """A kernel; afterwards the copy's files are the released ones again."""
    started = Kernel(copy, python)
    yield started
    started.stop()


@pytest.fixture
def restored(copy, released):
    """Return the names of the files that the copy's items are written in, which are the released ones afterwards."""
    modules = {target.partition(":")[0] for row in ITEMS.values() for target in row["targets"]}
    names = [module.replace(".", "/") + ".py" for module in modules]
    yield names
    for name in names:
        (copy / name).write_bytes(released[0][name])


def waits_everywhere(kernel, name, cells):
    """Run the fresh notebook to its end: every item with checks waits."""
    printed = kernel.run_all(cells)
    found = items_of(line for text in printed.values() for line in text.splitlines())
    assert found.keys() == {item for item, row in ITEMS.items() if row["notebook"] == name and row["checks"]}
    assert all(states <= {"waits for", "not run"} for states in found.values()), found
    assert "all   0 of" in printed[cells[-1].id]
    return printed


def is_judged_as_written(kernel, copy, name, cells):
    """Write an item's file wrong, broken and right, each seen by the same kernel."""
    item, file, right, wrong = WALK[name]
    (check,) = (cell for cell in cells if f'checks("{item}")' in cell.source)
    solution = (ROOT / file).read_text(encoding="utf-8")
    assert right in solution
    own = {cell.id: cell.source for cell in SOLUTIONS[name].cells if cell.id in ITEMS[item]["cells"]}
    above = [own.get(cell.id, cell.source) for cell in cells[1 : cells.index(check)]]
    printed = []
    for text, sources in (
        (solution.replace(right, wrong), [*own.values(), check.source]),
        ("def broken(:\n" + solution, [*own.values(), "pass"]),
        (solution, [*above, check.source]),  # what other cells hold of earlier edits is computed again
    ):
        time.sleep(1.1)  # autoreload compares the files' times, which some systems keep in seconds
        (copy / file).write_text(text, encoding="utf-8")
        printed.append([kernel.run(source) for source in sources][-1])
    mistaken, _, done = printed
    assert f"{item}  FAILED" in mistaken
    assert items_of(done.splitlines()) == {item: {"passed"}}, done


def passes_with_the_solutions(kernel, name, notebook):
    """Run the notebook with its solutions; experiments stay open, and what comes after the last code item."""
    sources = {cell.id: cell.source for cell in SOLUTIONS[name].cells}
    code = {cell for row in ITEMS.values() if row["kind"] != "experiment" for cell in row["cells"]}
    code |= {"code-1-0"}
    last = [row["id"] for row in ITEMS.values() if row["notebook"] == name and row["kind"] == "code"][-1]
    end = next(i for i, cell in enumerate(notebook) if f'checks("{last}")' in cell.source)
    cells = [cell for cell in notebook[: end + 1] if "after" not in cell.metadata.tags]
    for cell in cells:
        if cell.id in code:
            cell.source = sources[cell.id]
    printed = kernel.run_all(cells)
    found = items_of(line for text in printed.values() for line in text.splitlines())
    for item, row in ITEMS.items():
        if row["notebook"] == name and row["kind"] == "code":
            assert found[item] == {"passed"}, (item, found[item])


@pytest.mark.parametrize("name", sorted(SOLUTIONS))
def test_fresh_wrong_right_and_solved_in_one_kernel_with_autoreload(copy, kernel, restored, released, name):
    """A student's walk: "Run all", a mistake, a syntax error, the right code; then everything is written.

    The repository's own notebooks run the experiments.
    """
    notebook = nbformat.reads(released[0][f"notebooks/{name}.ipynb"].decode(), 4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    printed = waits_everywhere(kernel, name, cells)
    item = WALK[name][0]
    assert any(f"{item}  waits for {item}" in text for text in printed.values())
    is_judged_as_written(kernel, copy, name, cells)
    for file in restored:
        shutil.copy(ROOT / file, copy / file)
    kernel.forget()
    passes_with_the_solutions(kernel, name, cells)
