"""The terminology sheet of CONTRIBUTING.md: names, docstrings, comments and documents hold no word that it bans."""

import ast
import io
import re
import tokenize
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEET = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Terminology")[1].split("\n## ")[0]
TEXT = (tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))  # the last from 3.12
BANNED = re.findall(r'not "([^"]+)"', SHEET)
PATTERN = re.compile(rf"\b({'|'.join(BANNED)})\b", re.I)
CODE = [path for folder in ("nnlib", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]
TOML = (ROOT / "nnlib" / "check" / "diagnoses.toml", *sorted((ROOT / "course").glob("*.toml")))
PAGES = [ROOT / "README.md", ROOT / "course/student/README.md", *sorted((ROOT / "docs").glob("*.md")), *TOML]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("q*.ipynb"))


def banned(source):
    """Yield the banned words of a Python source, with their lines: in names that it defines, texts and comments."""
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "name", None) or getattr(node, "arg", None)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        if name and PATTERN.search(name.replace("_", " ")):
            yield node.lineno, name
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in TEXT:
            yield from ((token.start[0], word) for word in PATTERN.findall(token.string))


def test_the_sheet_bans_words():
    assert set(BANNED) == {"matmul", "behind", "in front of", "anew", "afresh", "hyper parameter", "mini-batch"}


@pytest.mark.parametrize(
    "source",
    ["def matmul(): ...", "def f(behind): ...", "left_behind = 1", '"""In front of it."""', "x = 1  # anew"],
)
def test_a_banned_word_is_found(source):
    assert list(banned(source))


def test_code_holds_no_banned_word():
    found = {path: list(banned(path.read_text(encoding="utf-8"))) for path in CODE}
    assert not [f"{path.relative_to(ROOT)}:{line}: {word}" for path, words in found.items() for line, word in words]


def test_documents_hold_no_banned_word():
    texts = {path: path.read_text(encoding="utf-8") for path in PAGES}
    texts |= {path: "\n".join(cell.source for cell in nbformat.read(path, 4).cells) for path in NOTEBOOKS}
    found = {path.name: PATTERN.findall(text) for path, text in texts.items()}
    assert not {name: words for name, words in found.items() if words}
