"""Sphinx's settings for the book that `tools.book` builds; they also write its pages of code and the links to them."""

import ast
import functools
import itertools
import re
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import NbElementRenderer
from sphinx.search.en import SearchEnglish

import nnlib
from nnlib import search
from nnlib.storage import REPOSITORY

project = html_title = "EECS 598 Homework 1"
extensions = ["myst_nb"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"
suppress_warnings = ["mystnb.unknown_mime_type", "toc.empty_glob"]  # the runner's results; no notebook in extra/
mathjax_path = "mathjax/tex-svg-full.js"
mathjax3_config = {"options": {"enableMenu": False}}  # the menu loads files that are not here
html_theme = "furo"
html_static_path, html_css_files = ["static"], ["book.css"]
html_copy_source = html_show_copyright = False
html_show_search_summary = False  # it reads the pages again, which a browser refuses from disk
smartquotes_action = "qe"  # the dashes of --pages stay two
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def modules():
    """Return nnlib's modules; of two that define the same name, the plain one is first."""
    others = {"fast", "torch_layers.py"}
    return sorted(REPOSITORY.glob("nnlib/**/*.py"), key=lambda path: (bool(others & {*path.parts}), path.parent, path))


def sections(path):
    """Return (name, first line, last line) of a module's parts.

    A part begins with a public function or class and ends before the next one; what precedes them all has no name.
    """
    body = ast.parse(path.read_text(encoding="utf-8")).body
    starts = [("", 1)]
    for before, node in itertools.pairwise(body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            starts.append((node.name, before.end_lineno + 1))
    ends = [start - 1 for _, start in starts[1:]] + [body[-1].end_lineno]
    return [(name, start, end) for (name, start), end in zip(starts, ends, strict=True)]


def code_page(path):
    """Yield the lines of a module's page in Markdown: a heading for each of its sections, and the numbered source."""
    yield f"---\norphan: true\n---\n# `{path.relative_to(REPOSITORY).as_posix()}`"
    lines = path.read_text(encoding="utf-8").splitlines()
    for name, start, end in sections(path):
        while not lines[start - 1].strip():
            start += 1
        yield f"\n## `{name}`\n" if name else ""
        yield from ("``````{code-block} python", f":lineno-start: {start}", *lines[start - 1 : end], "``````")


def write_code_pages(app):
    """Write a page for each module, and nnlib.md, which lists them with the first lines of their docstrings."""
    contents = ["# Source code of nnlib"]
    for package, paths in itertools.groupby(modules(), key=lambda path: path.parent.relative_to(REPOSITORY).as_posix()):
        contents.append(f"\n## `{package}/`\n")
        Path(app.srcdir, package).mkdir(parents=True, exist_ok=True)
        for path in paths:
            page = f"{package}/{path.stem}.md"
            Path(app.srcdir, page).write_text("\n".join(code_page(path)), encoding="utf-8")
            summary = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).partition("\n")[0]
            contents.append(f"- [`{path.name}`](<{page}>): {summary}")
    Path(app.srcdir, "nnlib.md").write_text("\n".join(contents), encoding="utf-8")


def links():
    """Return, for every way to name a package, a module or a public definition, its page and #heading."""
    found = {}
    for path in modules():
        page = path.relative_to(REPOSITORY).with_suffix("").as_posix()
        folder = page.rpartition("/")[0]
        module = page.removesuffix("/__init__").replace("/", ".")
        found |= {f"{page}.py": page, f"{folder}/": f"nnlib#{folder}/", module: page}
        for name, *_ in sections(path):
            spellings = [f"{module}.{name}", f"{module}:{name}", f"{folder.replace('/', '.')}.{name}"]
            spellings += [name] if name in nnlib.__all__ or name in search.__all__ else []
            for spelling in spellings:
                found.setdefault(spelling, f"{page}#{name}")
    return found


LINKS = links()


def link_names(app, document, page):
    """Turn `nnlib/layers/conv.py`, `nnlib.gradcheck` and `conv_forward` into links to their code."""
    for literal in list(document.findall(nodes.literal)):
        target, _, heading = LINKS.get(literal.astext().removesuffix("()"), "").partition("#")
        if target and not isinstance(literal.parent, nodes.reference | nodes.title):
            address = app.builder.get_relative_uri(page, target) + (heading and f"#{nodes.make_id(heading)}")
            literal.replace_self(nodes.reference("", "", literal.deepcopy(), refuri=address, internal=True))


def keep_punctuation(app, document, page):
    """Let no line end between a formula and the punctuation after it."""
    for formula in list(document.findall(nodes.math)):
        text = formula.next_node(descend=False, siblings=True)
        mark = re.match(r"[.,:;?)]+", text) if isinstance(text, nodes.Text) else None
        if mark:
            text.parent.replace(text, nodes.Text(text[mark.end() :]))
            formula.replace_self(nodes.inline("", "", formula.deepcopy(), nodes.Text(mark[0]), classes=["unbroken"]))


def use_github_anchors(app, page, source):
    """Turn links to headings, in which JupyterLab keeps capitals and punctuation, into GitHub's, which MyST takes."""
    link = re.compile(r"(?<=\]\()([^()\s#:]*#)((?:[^()\s]|\([^()\s]*\))+)(?=\))")
    source[0] = link.sub(lambda found: found[1] + re.sub(r"[^\w-]", "", found[2].lower()), source[0])


def render_image(self, data, original=NbElementRenderer.render_image):
    """Give a picture its alt text, for which MyST-NB takes the name of its file."""
    images = original(self, data)
    for image in images:
        image["alt"] = data.output_metadata.get(data.mime_type, {}).get("alt", "")
    return images


def setup(app):
    """Called by Sphinx when it starts."""
    NbElementRenderer.render_image = render_image
    SearchEnglish.stem = functools.cache(SearchEnglish.stem)  # 50,000 calls for 3,000 words take over a second
    app.connect("builder-inited", write_code_pages)
    app.connect("source-read", use_github_anchors)
    app.connect("doctree-resolved", link_names)
    app.connect("doctree-resolved", keep_punctuation)
