"""HTML pages of executed notebooks that open from disk without internet: MathJax lies in their folder."""

from __future__ import annotations

import html
import importlib.util
import shutil
from pathlib import Path

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from nnlib.homework.results import Results
from tools.notebook_files import write_text

# JupyterLab's look without what its template would fetch: require.js and mermaid, which these notebooks do not use, and
# MathJax, which comes from the page's own folder, in the one configuration and the one font that its package holds.
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
/* The template cuts off long lines of code, and shows code in Markdown in the browser's own size. */
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
    """Write the executed notebook as the page `path`; its formulas need `add_mathjax` for the same folder."""
    body, _ = HTMLExporter(raw_template=_TEMPLATE).from_notebook_node(
        notebook, resources={"metadata": {"name": path.stem}}
    )
    write_text(path, body)


def add_mathjax(folder: Path) -> None:
    """Copy MathJax to `folder`/mathjax, whole or not at all, unless it is there.

    Raises:
        OSError: it cannot be copied.
    """
    target, part = folder / "mathjax", folder / "mathjax.part"
    if target.exists():
        return
    source = Path(importlib.util.find_spec("jupyter_server_mathjax").origin)  # not imported: it brings a web server
    shutil.rmtree(part, ignore_errors=True)
    try:
        shutil.copytree(source.with_name("static"), part)
    except shutil.Error as error:  # one entry per file, at a full disk 600 of them
        raise OSError(error.args[0][0][-1]) from None
    part.rename(target)


def write_index(folder: Path, names: list[str], results: Results) -> None:
    """Write `folder`/index.html: links to the pages of the notebooks `names`, and the results."""
    links = "\n".join(f'<li><a href="{html.escape(name)}.html">{html.escape(name)}</a></li>' for name in names)
    table = results._repr_html_() if results.rows else ""
    write_text(folder / "index.html", _INDEX.format(links=links, table=table))
