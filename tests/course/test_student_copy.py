"""A student's walk in the unpacked archive, in a folder with a space: fresh, wrong, right; check, lab and submit."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
import zipfile

import nbformat
import pytest
from jupyter_client.manager import KernelManager

from course.items import ROOT, load

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("q*.ipynb"))
SOLUTIONS = {path.stem: nbformat.read(path, 4) for path in (ROOT / "notebooks").glob("q*.ipynb")}
ITEMS = load().items


def environment(folder):
    others = ("PYTHONPATH", "NNLIB_LAYERS", "MAKEFLAGS", "MAKELEVEL")  # make's own, where `make test` runs this
    kept = {name: value for name, value in os.environ.items() if name not in others}
    return kept | {"NNLIB_TRIAL_LOGS": str(folder / "build" / "trial_logs")}


def run_all(copy, python, notebook, name):
    """Execute a notebook with the copy's own Python, as "Run all" does; return its cells' printed lines by id."""
    path = copy / "notebooks" / f"{name}.ipynb"
    nbformat.write(notebook, path)
    command = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "--inplace", path]
    done = subprocess.run(command, cwd=copy, env=environment(copy), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    wrong = [(cell.id, output) for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert wrong == []
    return {cell.id: "".join(output.get("text", "") for output in cell.outputs).splitlines() for cell in cells}


def items_of(lines):
    """Return what the check cells printed, by item: the first words of each line."""
    found = {}
    for line in lines:
        if match := re.match(r"(\d\.\d[a-z]?) +(passed|FAILED|waits for|not run)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_fresh_notebook_runs_to_its_end_and_waits(copy, python, released, name):
    fresh = nbformat.reads(released[0][f"notebooks/{name}.ipynb"].decode(), 4)
    printed = run_all(copy, python, fresh, name)
    found = items_of(line for lines in printed.values() for line in lines)
    expected = {item for item, row in ITEMS.items() if row["notebook"] == name and row["checks"]}
    assert found.keys() == expected
    assert all(states <= {"waits for", "not run"} for states in found.values()), found
    assert "all   0 of" in "\n".join(printed[fresh.cells[-1].id])


@pytest.fixture
def solved(copy, released):
    """Put our versions of what students write into the copy; take them out again."""
    modules = {target.partition(":")[0] for row in ITEMS.values() for target in row["targets"]}
    names = [module.replace(".", "/") + ".py" for module in modules]
    for name in names:
        shutil.copy(ROOT / name, copy / name)
    yield
    for name in names:
        (copy / name).write_bytes(released[0][name])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_with_the_solutions_put_back_every_code_item_passes(copy, python, released, solved, name):
    """Experiments stay open here, and what comes after the last code item: the repository's own notebooks run them."""
    notebook = nbformat.reads(released[0][f"notebooks/{name}.ipynb"].decode(), 4)
    sources = {cell.id: cell.source for cell in SOLUTIONS[name].cells}
    code = {cell for row in ITEMS.values() if row["kind"] != "experiment" for cell in row["cells"]}
    code |= {"code-1-0"}
    last = [row["id"] for row in ITEMS.values() if row["notebook"] == name and row["kind"] == "code"][-1]
    end = next(i for i, cell in enumerate(notebook.cells) if f'checks("{last}")' in cell.source)
    notebook.cells = [cell for cell in notebook.cells[: end + 1] if "after" not in cell.metadata.tags]
    for cell in notebook.cells:
        if cell.id in code and cell.cell_type == "code":
            cell.source = sources[cell.id]
    printed = run_all(copy, python, notebook, name)
    found = items_of(line for lines in printed.values() for line in lines)
    for item, row in ITEMS.items():
        if row["notebook"] == name and row["kind"] == "code":
            assert found[item] == {"passed"}, (item, found[item])


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
    """A kernel of the copy's own Python, in its notebooks folder, as JupyterLab starts one."""

    def __init__(self, copy, python):
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

        self.client.execute_interactive(source, timeout=300, output_hook=note)
        return "".join(texts)

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("name", WALK)
def test_stub_wrong_right_in_one_kernel_with_autoreload(copy, python, released, name):
    item, file, right, wrong = WALK[name]
    cells = nbformat.reads(released[0][f"notebooks/{name}.ipynb"].decode(), 4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    (check,) = (cell for cell in code if f'checks("{item}")' in cell.source)
    solution = (ROOT / file).read_text(encoding="utf-8")
    assert right in solution
    kernel = Kernel(copy, python)
    try:
        own = {cell.id: cell.source for cell in SOLUTIONS[name].cells if cell.id in ITEMS[item]["cells"]}
        above = [own.get(cell.id, cell.source) for cell in code[: code.index(check) + 1]]
        printed = [[kernel.run(source) for source in above][-1]]  # "run all above"
        broken = "def broken(:\n" + solution
        item_alone = [*own.values(), check.source]
        for text, cells in (
            (solution.replace(right, wrong), item_alone),
            (broken, item_alone),
            (solution, above[1:]),  # what other cells hold of earlier edits is computed again
        ):
            time.sleep(1.1)  # autoreload compares the files' times, which some systems keep in seconds
            (copy / file).write_text(text, encoding="utf-8")
            printed.append([kernel.run(source) for source in cells][-1])  # in the same kernel
    finally:
        kernel.stop()
        (copy / file).write_bytes(released[0][file])
    stub, mistaken, _, done = printed
    assert f"{item}  waits for {item}" in stub
    assert f"{item}  FAILED" in mistaken
    assert items_of(done.splitlines()) == {item: {"passed"}}, done


def make(copy, *words):
    options = {"cwd": copy, "env": environment(copy), "capture_output": True, "text": True, "timeout": 600}
    return subprocess.run(["make", *words], **options)


def test_make_check_shows_every_item_and_goes_on_after_a_syntax_error(copy, released):
    path = copy / "nnlib" / "layers" / "conv.py"
    path.write_text("def conv_forward(:\n", encoding="utf-8")
    try:
        shutil.copy(ROOT / "nnlib/layers/fully_connected.py", copy / "nnlib/layers/fully_connected.py")
        done = make(copy, "check", "Q=1")
    finally:
        for name in ("nnlib/layers/conv.py", "nnlib/layers/fully_connected.py"):
            (copy / name).write_bytes(released[0][name])
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if re.match(r" *1\.\d[a-z]? ", line)}
    assert {"1.1", "1.5b"} <= lines.keys(), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_make_submit_packs_what_counts_and_says_what_is_missing(copy, released):
    notebook = copy / "notebooks" / "q7_short_answers.ipynb"
    fresh = nbformat.reads(released[0]["notebooks/q7_short_answers.ipynb"].decode(), 4)
    answered = [cell for cell in fresh.cells if cell.id == "q7-71a-answer"]
    answered[0].source += "\nThe slopes multiply."
    fresh.cells = [cell for cell in fresh.cells if cell.id != "q7-72a-answer"]
    nbformat.write(fresh, notebook)
    shutil.copy(ROOT / "nnlib/layers/relu.py", copy / "nnlib/layers/relu.py")
    (copy / "nnlib/losses.py").write_text("def logistic_loss(x, y:\n", encoding="utf-8")
    (copy / "notebooks" / "mine.txt").write_text("notes", encoding="utf-8")
    try:
        done = make(copy, "submit")
    finally:
        for name in ("nnlib/layers/relu.py", "nnlib/losses.py", "notebooks/q7_short_answers.ipynb"):
            (copy / name).write_bytes(released[0][name])
    assert done.returncode == 0, done.stderr
    text = done.stdout
    assert re.search(r"^1\.2 +2 of 3 written, ", text, re.M)
    assert re.search(r"^      fc_forward: not written", text, re.M)
    assert re.search(r"^      logistic_loss: losses\.py cannot be read: line 1", text, re.M)
    assert re.search(r"^7\.1a +1 of 1 written$", text, re.M)
    assert "answer: missing, with its comment" in text
    with zipfile.ZipFile(copy / "submission.zip") as archive:
        names = archive.namelist()
    modules = {target.partition(":")[0] for row in ITEMS.values() for target in row["targets"]}
    assert len(names) == len(set(names)) == len(NOTEBOOKS) + len(modules)
    assert all(name.endswith((".ipynb", ".py")) for name in names)
    assert re.search(rf"^submission\.zip: {len(names)} files, .* sha256 [0-9a-f]{{64}}$", text, re.M)


def contents_of(url, process):
    """Return what a server lists once it answers, or fail if its process ends before."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return json.load(answer)["content"]
        except urllib.error.URLError:
            time.sleep(0.5)
    raise AssertionError(f"the server has ended with {process.returncode}")


def test_make_lab_serves_the_notebooks(copy):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"ARGS=--no-browser --ServerApp.port={port} --IdentityProvider.token=t --allow-root"
    process = subprocess.Popen(
        ["make", "lab", options], cwd=copy, env=environment(copy), stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        listed = {entry["name"] for entry in contents_of(f"http://127.0.0.1:{port}/api/contents?token=t", process)}
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert {f"{name}.ipynb" for name in NOTEBOOKS} <= listed


def test_set_up_needs_no_pytorch_and_runs_in_a_folder_with_a_space(copy):
    """pip's part, a download, is measured by hand; here the command is looked at."""
    project = tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    repository = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == repository["dependencies"]
    assert "optional-dependencies" not in project
    assert not [name for name in project["dependencies"] if name.startswith("torch")]
    assert make(copy, "-n", "setup").stdout.strip() == "echo 'Ready. Next: make lab'"
    q6 = make(copy, "-n", "setup-q6", "TORCH_INDEX=https://example.org/cpu").stdout
    assert "--index-url 'https://example.org/cpu' torch torchvision" in q6
    assert "--index-url" not in make(copy, "-n", "setup-q6").stdout
