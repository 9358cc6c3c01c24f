"""Figures of the commands in this folder, written into docs/reliability.md between two comments."""

import platform
import re
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def write(name: str, command: str, text: str, page: Path = PAGE) -> None:
    """Put `text`, with the command that measured it, in place of the figures called `name`.

    Raises:
        ValueError: the page has no place for them.
    """
    old = page.read_text("utf-8")
    made = f"`{command}`, on Python {platform.python_version()} and NumPy {version('numpy')}:"
    block = f"<!-- figures: {name} -->\n{made}\n\n{text.strip()}\n<!-- end of figures -->"
    pattern = rf"<!-- figures: {name} -->.*?<!-- end of figures -->"
    new, found = re.subn(pattern, lambda _: block, old, flags=re.DOTALL)
    if found != 1:
        raise ValueError(f"{page}: expected the comments of {name!r} once, got them {found} times.")
    page.write_text(new, "utf-8")
    print(f"The figures are in {page}.")
