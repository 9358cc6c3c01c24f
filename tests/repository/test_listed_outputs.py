"""Every cell stands in listed_outputs.txt as well, with its tags and a checksum of its code and its stored outputs.

nbval does not compare measured numbers, and another run measures others; so this list holds what a run has stored, and
the code that it ran: neither is edited alone. After `make run ARGS="q2 --in-place"` write the list again, with
`python tests/repository/test_listed_outputs.py`; its diff names the cells whose role, code or outputs are new.
"""

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_outputs.txt")


def listed():
    """Return a line for each cell: its notebook, id and tags, and of code and outputs the SHA-256, shortened."""
    lines = []
    for path in sorted((ROOT / "notebooks").rglob("q*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            lines.append(" ".join((path.stem, cell["id"], *sorted(cell["metadata"].get("tags", ())))))
            if cell["cell_type"] == "code":
                text = json.dumps(["".join(cell["source"]), cell["outputs"]], sort_keys=True)
                lines[-1] += f" {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return lines


def test_roles_code_and_stored_outputs_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
