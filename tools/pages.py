"""HTML pages of executed notebooks that open from disk without internet: MathJax lies beside them."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

import jupyter_server_mathjax
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from nnlib.homework.results import Results
from tools.notebook_files import write_text

# JupyterLab's look, less what its template would fetch: require.js and mermaid are not used by these notebooks, and
# MathJax comes from the folder next to the page, in the one configuration and the one font that its package holds.
_TEMPLATE = r"""
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}
<script type="text/x-mathjax-config">
MathJax.Hub.Config({
  TeX: {equationNumbers: {autoNumber: "AMS", useLabelIds: true}},
  tex2jax: {
    inlineMath: [["$", "$"], ["\\(", "\\)"]],
    displayMath: [["$$", "$$"], ["\\[", "\\]"]],
    processEscapes: true,
    processEnvironments: true
  },
  "HTML-CSS": {
    availableFonts: [], preferredFont: null, imageFont: null, webFont: "STIX-Web", linebreaks: {automatic: false}
  },
  messageStyle: "none"
});
</script>
<script src="mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe"></script>
{%- endblock -%}
{%- block html_head_css -%}
<style>
/* The template cuts long lines of code off, and shows code in Markdown in the browser's own size. */
.jp-InputArea-editor .highlight pre { white-space: pre-wrap; overflow-wrap: anywhere }
.jp-RenderedMarkdown .highlight pre {
  font: var(--jp-code-font-size) / var(--jp-code-line-height) var(--jp-code-font-family);
}
</style>
{%- endblock -%}
"""

_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>EECS 598 Homework 1</title>
<style>
body {{ font-family: system-ui, sans-serif; margin: 2rem; line-height: 1.5 }}
th, td {{ padding: 0.2rem 0.8rem 0.2rem 0 }}
caption {{ text-align: left; padding-bottom: 0.5rem }}
</style>
</head>
<body>
<h1>EECS 598 Homework 1</h1>
<ul>
{links}
</ul>
{table}
</body>
</html>
"""


def write_page(notebook: NotebookNode, path: Path) -> None:
    """Write the executed notebook as the page `path`; `add_mathjax` gives its folder what the formulas need."""
    body, _ = HTMLExporter(raw_template=_TEMPLATE).from_notebook_node(
        notebook, resources={"metadata": {"name": path.stem}}
    )
    write_text(path, body)


def add_mathjax(folder: Path) -> None:
    """Copy MathJax to `folder`/mathjax unless it is there; it is there whole or not at all."""
    target, part = folder / "mathjax", folder / "mathjax.part"
    if target.exists():
        return
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(Path(jupyter_server_mathjax.__file__).with_name("static"), part)
    part.rename(target)


def write_index(folder: Path, names: list[str], results: Results) -> None:
    """Write `folder`/index.html, which links the pages of the notebooks `names` and shows the results."""
    links = "\n".join(f'<li><a href="{html.escape(name)}.html">{html.escape(name)}</a></li>' for name in names)
    table = results._repr_html_() if results.rows else ""
    write_text(folder / "index.html", _INDEX.format(links=links, table=table))
