"""Looks in every file of the copy for what was cut: statements with their names normalised, and formulas.

A statement is found wherever its right-hand side stands as an expression, under any names; a formula wherever its LaTeX
stands, whatever the spaces. Looked into are code, comments, docstrings, cells, outputs, text in pictures, and archives.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import fnmatch
import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from PIL import Image

from course.statements import plain

MIN_NODES = 7  # a smaller expression, such as x.sum(axis=0), says nothing
MIN_PRODUCT = 5  # but a matrix product of two does, such as x.T @ dout
MIN_FORMULA = 12  # characters, without spaces
KNOWN = {*dir(builtins), "np", "torch", "nn", "math", "functional"}
SPACING = re.compile(r"\\[,;:! ]|\\(?:left|right|[bB]igg?[lrm]?|q?quad|displaystyle|mathbf|mathrm|text)\b|[\s{}.]")
CODE_SPAN = re.compile(r"`+([^`]+)`+|<code>(.*?)</code>", re.S)


class Leak(NamedTuple):
    """Something that was cut and is still there."""

    where: str  # the file, the cell, the line's beginning
    what: str


class Fingerprints:
    """What was cut.

    Args:
        statements: from Python files and code cells.
        texts: Markdown and docstrings; their boxed formulas count, and the lines of a docstring that hold an equation.
    """

    def __init__(self, statements: Iterable[ast.AST], texts: Iterable[str] = ()):
        nodes = [node for statement in statements for node in ast.walk(statement)]
        self.code = {_normalised(part): ast.unparse(node) for node in nodes for part in _telling(node)}
        found = {squeeze(formula): formula for text in texts for formula in formulas(text)}
        self.formulas = {key: text for key, text in found.items() if len(key) >= MIN_FORMULA}

    def in_code(self, tree: ast.AST) -> Iterator[str]:
        """Yield the cut statements that a tree holds."""
        for node in ast.walk(tree):
            if isinstance(node, (ast.expr, ast.AugAssign)) and _tells(node):
                found = self.code.get(_normalised(node))
                if found:
                    yield found
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield from self.in_text(node.value)

    def in_text(self, text: str) -> Iterator[str]:
        """Yield what a text holds: formulas, and statements that are a line or a code span of it."""
        squeezed = squeeze(text)
        yield from (formula for key, formula in self.formulas.items() if key in squeezed)
        snippets = [part for found in CODE_SPAN.findall(text) for part in found if part]
        for snippet in (*text.splitlines(), *snippets):
            try:
                tree = ast.parse(snippet.strip(" #>\t"))
            except (SyntaxError, ValueError):
                continue
            yield from self.in_code(tree)

    def scan(self, name: str, content: bytes) -> Iterator[Leak]:
        """Yield the leaks of a file, looking into archives, pictures and notebooks; unreadable content is one."""
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from self.scan_all((f"{name}{entry}", archive.read(entry)) for entry in archive.namelist())
        elif content.startswith(b"\x89PNG"):
            with Image.open(io.BytesIO(content)) as picture:
                yield from (Leak(name, found) for text in picture.text.values() for found in self.in_text(text))
        elif name.endswith(".ipynb"):
            for cell in json.loads(content)["cells"]:
                where, source = f"{name}:{cell['id']}", "".join(cell["source"])
                if cell.get("outputs") or cell.get("attachments"):
                    yield Leak(where, "an output or an attachment")
                yield from (Leak(where, found) for found in self._in_source(source, cell["cell_type"] == "code"))
        else:
            try:
                source = content.decode("utf-8")
            except UnicodeDecodeError:
                yield Leak(name, "content that cannot be looked into")
                return
            yield from (Leak(name, found) for found in self._in_source(source, name.endswith(".py")))

    def scan_all(self, entries: Iterable[tuple[str, bytes]]) -> Iterator[Leak]:
        """Yield the leaks of many files, each once."""
        for name, content in entries:
            yield from dict.fromkeys(self.scan(name, content))

    def _in_source(self, source: str, is_code: bool) -> Iterator[str]:
        """Yield what a source holds: of code the statements and comments, of what does not parse all of the text."""
        with contextlib.suppress(SyntaxError):
            if is_code:
                yield from self.in_code(ast.parse(plain(source)))
                source = "\n".join(re.findall(r"#.*", source))
        yield from self.in_text(source)


def refused(leaks: Iterable[Leak], allowed: list[dict[str, str]]) -> list[Leak]:
    """Return the leaks that no row of `allowed` (`where`, a pattern; `what`, a part of it) covers."""
    return [
        leak
        for leak in leaks
        if not any(fnmatch.fnmatch(leak.where, row["where"]) and row["what"] in leak.what for row in allowed)
    ]


def formulas(text: str) -> Iterator[str]:
    """Yield the boxed formulas of a Markdown text, equation by equation, and the equations on a docstring's lines."""
    for start in (found.end() for found in re.finditer(r"\\boxed\{", text)):
        depth = 1
        for end in range(start, len(text)):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0:
                yield from re.split(r",?\s*\\qquad|\\Leftrightarrow", text[start:end])
                break
    if "$" not in text:
        yield from (part for line in text.splitlines() for part in re.split(r"\s{3,}", line) if " = " in part)


def squeeze(text: str) -> str:
    """Return a formula without what does not change its meaning."""
    return SPACING.sub("", text.replace(r"\top", "T")).strip(",")


def _telling(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a statement that would give it away, unless it is trivial."""
    if isinstance(node, ast.AugAssign):
        parts = [node]
    elif isinstance(node, (ast.Assign, ast.Return, ast.Expr, ast.AnnAssign)) and node.value is not None:
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    else:
        parts = []
    return list(filter(_tells, parts))


def _tells(node: ast.AST) -> bool:
    parts = (type(child) for child in ast.walk(node) if not isinstance(child, ast.expr_context))
    kinds = list(itertools.islice(parts, MIN_NODES))  # more would say no more, and a module has many
    return len(kinds) >= (MIN_PRODUCT if ast.MatMult in kinds else MIN_NODES)


def _normalised(node: ast.AST) -> str:
    """Return an expression with its variables numbered in the order of their first use."""
    called = {id(child.func) for child in ast.walk(node) if isinstance(child, ast.Call)}
    numbers: dict[str, str] = {}

    def text(part: object) -> str:
        if isinstance(part, ast.Name):
            known = part.id in KNOWN or id(part) in called
            return part.id if known else numbers.setdefault(part.id, f"v{len(numbers)}")
        if isinstance(part, ast.AST):
            fields = [
                text(value) for name, value in ast.iter_fields(part) if name not in ("ctx", "type_comment", "kind")
            ]
            return f"{type(part).__name__}({','.join(fields)})"
        return f"[{','.join(map(text, part))}]" if isinstance(part, list) else repr(part)

    return text(node)
