"""The checksum of everything that is said in words stands in listed_words.txt as well: no sense changes unseen.

What a sentence claims no code can compare. So a human reads each Markdown cell, each section of a page, each row of the
course's and the diagnoses' texts, the docstrings, comments, messages and labels of a module, and each file of settings
when it changes: `python tests/repository/test_listed_words.py` writes the list again, and its diff names what to read.
White space does not count, nor does what a command writes into a page, or as a whole page.
"""

import ast
import hashlib
import io
import re
import tokenize
import tomllib
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_words.txt")
PAGES = ("*.md", "datasets/*.md", "docs/*.md", "course/student/*.md")
TOML = ("course/*.toml", "nnlib/check/*.toml")
MODULES = ("nnlib/**/*.py", "tools/**/*.py", "course/*.py", "course/release/*.py", "course/student/tools/*.py")
WHOLE = (
    *("LICENSE", "Makefile", "pyproject.toml", "environment.yml", ".pre-commit-config.yaml", ".ci/run", "docs/conf.py"),
    *("course/student/Makefile", "course/templates/*.html", "tools/jupyter/**/*.*", "docs/static/*.css"),
    *("constraints.txt", ".gitignore", "datasets/.gitattributes", "course/bounds.json"),
    *("course/student/.gitignore", "course/student/pyproject.toml"),
)
WRITTEN_WHOLE = ("docs/checks.md", "docs/items.md")
WRITTEN = re.compile(r"(<!-- (?:results|figures|proof|timing)[^>]*-->).*?(?=<!-- end)", re.S)


def checksum(text):
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def of_notebooks():
    for path in sorted((ROOT / "notebooks").rglob("q*.ipynb")):
        cells = nbformat.read(path, 4).cells
        yield from ((f"{path.stem} {cell.id}", cell.source) for cell in cells if cell.cell_type == "markdown")


def of_page(text):
    """Yield (heading, text) of a page's sections."""
    for part in re.split(r"^(?=#+ )", WRITTEN.sub(r"\1", text), flags=re.M):
        if part:
            yield part.partition("\n")[0].lstrip("# "), part


def of_toml(content):
    """Yield (key, text) of a file's tables; those of a list are told apart by their ids, or counted."""
    for key, value in content.items():
        rows = value if isinstance(value, list) and isinstance(value[0], dict) else [{"id": "", "all": value}]
        yield from ((f"{key} {row.get('id', number)}".strip(), str(row)) for number, row in enumerate(rows, 1))


def of_module(source):
    """Return what a module says: its comments, and its texts of several words, among them docstrings and labels."""
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    found = [text for text in texts if isinstance(text, str) and " " in text.strip()]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return "\n".join([*found, *(token.string for token in tokens if token.type == tokenize.COMMENT)])


def listed():
    """Return a line for each place with words, and their checksum."""

    def files(patterns):
        paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
        return [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths]

    found = list(of_notebooks())
    pages = [(name, page) for name, page in files(PAGES) if name not in WRITTEN_WHOLE]
    found += [(f"{name} {heading}", text) for name, page in pages for heading, text in of_page(page)]
    found += [(f"{name} {key}", text) for name, file in files(TOML) for key, text in of_toml(tomllib.loads(file))]
    found += [(name, of_module(source)) for name, source in files(MODULES)] + files(WHOLE)
    return [f"{name} {checksum(text)}" for name, text in found]


def test_the_words_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
