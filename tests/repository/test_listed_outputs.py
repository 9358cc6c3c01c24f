"""The checksum of every stored output stands in listed_outputs.txt as well: none is edited by hand.

nbval does not compare measured numbers, and another run measures others; so what a run has stored is held by this list.
After `make run ARGS="q2 --in-place"` write it again, with `python tests/repository/test_listed_outputs.py`; its diff
names the cells whose outputs are new.
"""

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_outputs.txt")


def listed():
    """Return a line for each cell with outputs: its notebook, its id and the SHA-256 of the outputs, shortened."""
    lines = []
    for path in sorted((ROOT / "notebooks").rglob("q*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell.get("outputs"):
                text = json.dumps(cell["outputs"], sort_keys=True)
                lines.append(f"{path.stem} {cell['id']} {hashlib.sha256(text.encode()).hexdigest()[:16]}")
    return lines


def test_the_stored_outputs_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
