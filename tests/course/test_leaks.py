"""The scan finds what was cut wherever it is planted, and nothing where it is not."""

import ast
import io
import json
import struct
import zipfile
import zlib

import pytest

from course.leaks import Fingerprints, Leak, refused

CUT = ast.parse("""
dx = x.T @ dout
out = gamma / sigma * (dout - dbeta / n)
dx[u : u + p] += columns[:, u] * 2
return_value = dout
db = dout.sum(axis=0)
g, h = x @ y.T, x - y
""").body
FORMULA = (
    r"so $$\boxed{\;\frac{\partial L}{\partial W} = X^\top G, \qquad "
    r"\frac{\partial L}{\partial b} = G^\top \mathbf 1\;}$$"
)
DERIVATION = "    dL/dX[n,i] = sum_j G[n,j] W[i,j]                          dX = G W^T"
FOUND = Fingerprints(CUT, [FORMULA, DERIVATION])
MINE = "def grad(inputs, upstream):\n    return (inputs.T @ upstream, 3)\n"


def png(kind, body):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head, pixel = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), chunk(b"IDAT", zlib.compress(bytes(2)))
    return b"\x89PNG\r\n\x1a\n" + head + pixel + chunk(kind, body) + chunk(b"IEND", b"")


def zipped(name, content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def notebook(kind, source, **more):
    return json.dumps({"cells": [{"id": "cell", "cell_type": kind, "source": source, **more}]}).encode()


PLANTED = {
    "a statement under other names": ("a.py", MINE.encode()),
    "one of two that are assigned together": ("a.py", b"grad = upstream @ weights.T\n"),
    "an attachment": ("a.ipynb", notebook("markdown", "", attachments={"a.png": {"image/png": "iVBORw0KGgo="}})),
    "in a larger expression": ("a.py", b"total = 1 + np.abs(inputs.T @ upstream)\n"),
    "an addition in place": ("a.py", b"grad[i : i + rows] += parts[:, i] * 2\n"),
    "in a docstring": ("a.py", b'def f():\n    """Do.\n\n    Try `g = a.T @ b`.\n    """\n'),
    "in a docstring of one line": ("a.py", b'def f():\n    """Try `g = a.T @ b`."""\n'),
    "in a comment": ("a.py", b"x = 1  # dx = x.T @ dout\n"),
    "in a file with a syntax error": ("a.py", b"def f(:\n    return x.T @ dout\n"),
    "in a code cell": ("a.ipynb", notebook("code", "%time\ndw = a.T @ b\n")),
    "in a code span of Markdown": ("a.ipynb", notebook("markdown", "Write `dw = a.T @ b` here.")),
    "in a hint": ("a.md", b"<summary>Hint</summary><code>dw = a.T @ b</code>"),
    "in a text file": ("a.toml", b'hint = "x.T @ dout"\ndx = x.T @ dout\n'),
    "a formula, in other spaces": ("a.md", rb"$\frac{\partial L}{\partial W}=X^T\,G$"),
    "a formula in a cell": ("a.ipynb", notebook("markdown", r"$ \frac{\partial L}{\partial b} = G^\top\mathbf{1}$")),
    "a line of a derivation": ("a.py", b'"""Forward.\n\n  dL/dX[n,i]  =  sum_j G[n,j] W[i,j]\n"""\n'),
    "text in a picture": ("a.png", png(b"tEXt", b"Comment\0dx = x.T @ dout")),
    "compressed text in a picture": ("a.png", png(b"zTXt", b"Comment\0\0" + zlib.compress(b"dx = x.T @ dout"))),
    "international text in a picture": (
        "a.png",
        png(b"iTXt", b"Comment\0\1\0en\0\0" + zlib.compress(b"dx = x.T @ dout")),
    ),
    "an archive in the archive": ("a.zip", zipped("b.py", MINE)),
    "an output": ("a.ipynb", notebook("code", "", outputs=[{"text": "2"}])),
    "content that nobody can read": ("a.bin", b"\xff\xfe\xfd"),
}


@pytest.mark.parametrize(("name", "content"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(name, content):
    (leak,) = FOUND.scan("", zipped(name, content))
    assert leak.where.startswith(name)


@pytest.mark.parametrize(
    "source",
    [
        r"$\frac{\partial L}{\partial V} = 0$",
        "value = mine",
        "b = g.sum(axis=0)",
        "dw = a @ b",
        "def f(x):\n    return x",
        "y = a / b * (c - d * e)",
    ],
)
def test_what_was_not_cut_is_not_found(source):
    assert list(FOUND.scan("a.py", source.encode())) == []


def test_only_what_a_row_names_is_allowed():
    leaks = [Leak("hw1/a.py", "dx = x.T @ dout"), Leak("hw1/b.py", "dx = x.T @ dout"), Leak("hw1/a.py", "other")]
    assert refused(leaks, [{"where": "hw1/a.*", "what": "x.T @"}]) == leaks[1:]
