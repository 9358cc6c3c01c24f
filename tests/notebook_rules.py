"""What a committed notebook must be; each rule takes a notebook and yields its violations in words.

nbval alone is content with a notebook that was never executed, and compares neither pictures nor cells that are tagged.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from opening_rule import opened_once_and_last

from tools.notebook_files import METADATA, WIDGET_VIEW, code_cells

MAX_BYTES = 1_500_000
IGNORE = "nbval-ignore-output"
ROLES = frozenset({"given", "prompt", "solution", "check", "after"})

_ROOTS = "home|root|Users|tmp|work|usr|opt|mnt|media|var|private|etc|content"
_ABSOLUTE_PATH = re.compile(rf"(?<![\w./~-])/(?:{_ROOTS})/|\b[CD]:\\+\w|(?<![\w.])~/")
_EMBEDDED_IMAGE = re.compile(r"base64,[A-Za-z0-9+/=\s]+")
_PROGRESS_BAR = re.compile(r"\d%\|")


def violations(notebook: NotebookNode, num_bytes: int) -> list[str]:
    """Return all violations in a notebook whose file has `num_bytes` bytes."""
    found = [violation for rule in RULES for violation in rule(notebook)]
    if num_bytes > MAX_BYTES:
        found.append(f"the file has {num_bytes:,} bytes, more than {MAX_BYTES:,}: lower the dpi of its figures")
    return found


def _numbered(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for number, cell in enumerate(code_cells(notebook), start=1):
        yield f"code cell {number}", cell


def _texts(output: NotebookNode) -> Iterator[str]:
    """Yield all text that an output shows; pictures are none."""
    yield output.get("text", "")
    for mime, content in output.get("data", {}).items():
        if isinstance(content, str) and not mime.startswith("image/"):
            yield _EMBEDDED_IMAGE.sub("", content)


def executed_in_order(notebook: NotebookNode) -> Iterator[str]:
    """Every code cell was executed, once, from top to bottom in one fresh kernel."""
    for number, (where, cell) in enumerate(_numbered(notebook), start=1):
        if cell.execution_count is None:
            yield f"{where} was not executed"
        elif cell.execution_count != number:
            yield f"{where} was executed out of order, as number {cell.execution_count}"


def no_errors_or_stderr(notebook: NotebookNode) -> Iterator[str]:
    """No cell shows an error or a warning."""
    for where, cell in _numbered(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"{where} holds the error {output.ename}"
            elif output.get("name") == "stderr":
                yield f"{where} holds stderr output: {output.text[:60]!r}"


def no_absolute_paths(notebook: NotebookNode) -> Iterator[str]:
    """Nothing in sources or outputs names a folder of one machine."""
    own = [str(Path.home()), str(Path(__file__).resolve().parents[1])]
    for number, cell in enumerate(notebook.cells, start=1):
        for text in (cell.source, *(text for output in cell.get("outputs", ()) for text in _texts(output))):
            found = _ABSOLUTE_PATH.search(text)
            if found or any(folder in text for folder in own if folder != "/"):
                shown = text[found.start() :][:40] if found else "this machine's folder"
                yield f"cell {number} names an absolute path: {shown}"


def python3_kernel(notebook: NotebookNode) -> Iterator[str]:
    """The kernel is `python3`, which every Jupyter has."""
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield f"the kernel is {kernel!r}, not 'python3'"


def no_other_metadata(notebook: NotebookNode) -> Iterator[str]:
    """No metadata beyond what the runner's --in-place leaves: jupytext's, timings and versions change at every run."""
    others = sorted(notebook.metadata.keys() - METADATA.keys())
    if others:
        yield f"the notebook carries other metadata: {others}"
    if notebook.metadata.get("language_info", METADATA["language_info"]) != METADATA["language_info"]:
        yield "language_info holds more than the name: this Python's version changes with the machine"
    for number, cell in enumerate(notebook.cells, start=1):
        others = sorted(cell.metadata.keys() - {"tags"})
        if others:
            yield f"cell {number} carries other metadata: {others}"


def unique_ids(notebook: NotebookNode) -> Iterator[str]:
    """Cell ids are there and unique, so that a diff shows what changed."""
    ids = [cell.get("id") for cell in notebook.cells]
    if None in ids or len(set(ids)) < len(ids):
        yield "cell ids are missing or repeated"


def no_check_is_switched_off(notebook: NotebookNode) -> Iterator[str]:
    """The one tag that steers nbval is `nbval-ignore-output`; markers in comments do not show in JupyterLab."""
    for where, cell in _numbered(notebook):
        others = [tag for tag in cell.metadata.get("tags", []) if tag not in {IGNORE, *ROLES}]
        if others:
            yield f"{where} has the tags {others}; only {IGNORE!r} and the roles are used"
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", cell.source):
            yield f"{where} steers nbval by a comment; tag the cell instead"


def bounds_follow_measurements(notebook: NotebookNode) -> Iterator[str]:
    """After a cell whose output is not compared comes one whose output is: it prints whether the stated bounds hold.

    Where items have check cells, those do it; tests/repository/test_roles.py counts their lines.
    """
    if any("check" in cell.metadata.get("tags", []) for cell in notebook.cells):
        return
    cells = list(_numbered(notebook))
    for (where, cell), (_, following) in zip(cells, [*cells[1:], ("", None)], strict=True):
        if IGNORE not in cell.metadata.get("tags", []):
            continue
        compared = following is not None and IGNORE not in following.metadata.get("tags", [])
        if not compared or not any(text.strip() for output in following.outputs for text in _texts(output)):
            yield f"{where} is not compared, and the next code cell does not print whether its bound holds"


def no_live_leftovers(notebook: NotebookNode) -> Iterator[str]:
    """No `clear_output`, and no progress bar among the saved outputs."""
    for where, cell in _numbered(notebook):
        if "clear_output" in cell.source:
            yield f"{where} calls clear_output; update one display instead"
        if any(_PROGRESS_BAR.search(text) for output in cell.outputs for text in _texts(output)):
            yield f"{where} holds a progress bar; execute the notebook with the runner, which switches bars off"


def no_widget_views(notebook: NotebookNode) -> Iterator[str]:
    """No view of a widget among the saved outputs: its model is gone, and JupyterLab says so in its place."""
    for where, cell in _numbered(notebook):
        if any(WIDGET_VIEW in output.get("data", {}) for output in cell.outputs):
            yield f"{where} holds the view of a widget; execute the notebook with the runner, which leaves a picture"


RULES = (
    executed_in_order,
    no_errors_or_stderr,
    no_absolute_paths,
    python3_kernel,
    no_other_metadata,
    unique_ids,
    no_check_is_switched_off,
    bounds_follow_measurements,
    no_live_leftovers,
    no_widget_views,
    opened_once_and_last,
)
