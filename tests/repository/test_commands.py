"""Each command is run under its own name, and its help says what listed_commands.txt says.

`python tests/repository/test_commands.py` writes the list from scratch; read its diff.
"""

import contextlib
import io
import runpy
from pathlib import Path
from unittest import mock

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_commands.txt")
COMMANDS = [
    "nnlib/check/__main__.py",
    "nnlib/homework/__main__.py",
    "nnlib/homework/starts.py",
    "tools/bench/__main__.py",
    "tools/run_notebooks.py",
]


def words(command):
    """Return the words of a command's help, each once: argparse arranges them otherwise in each Python."""
    shown = io.StringIO()
    wide = mock.patch.dict("os.environ", COLUMNS="999")  # on which no word is parted
    with wide, mock.patch("sys.argv", [command, "--help"]), contextlib.redirect_stdout(shown):
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(ROOT / command), run_name="__main__")
        assert not ended.value.code
    return " ".join(sorted(set(shown.getvalue().split())))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_is_that_of_the_list(command):
    assert f"{command}: {words(command)}" in LIST.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    LIST.write_text("".join(f"{command}: {words(command)}\n" for command in COMMANDS), encoding="utf-8")
