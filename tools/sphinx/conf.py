"""Sphinx's settings for the book; `tools.book` writes its source files and starts Sphinx."""

from docutils import nodes
from myst_nb.core.render import NbElementRenderer

import nnlib
from nnlib import search
from nnlib.storage import REPOSITORY
from tools.book import modules, sections

project = "EECS 598 Homework 1"
extensions = ["myst_nb"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"
suppress_warnings = ["mystnb.unknown_mime_type"]  # the runner's results, beside the table that is shown
html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_css_files = ["book.css"]
html_copy_source = False
html_show_search_summary = False  # it would read the pages again, which a browser refuses from disk
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"
mathjax_path = "mathjax/tex-svg-full.js"
mathjax3_config = {"options": {"enableMenu": False}}  # the menu loads files that are not here


def render_image(self, data, original=NbElementRenderer.render_image):
    """Give a picture its alt text, for which MyST-NB takes the name of its file."""
    images = original(self, data)
    for image in images:
        image["alt"] = data.output_metadata.get(data.mime_type, {}).get("alt", "")
    return images


def link_names(app, document, page):
    """Turn `nnlib/layers/conv.py`, `nnlib.gradcheck` and `conv_forward` into links to the source code."""
    for literal in list(document.findall(nodes.literal)):
        target, _, anchor = LINKS.get(literal.astext().removesuffix("()"), "").partition("#")
        if target and not isinstance(literal.parent, nodes.reference | nodes.title):
            address = app.builder.get_relative_uri(page, target) + (anchor and f"#{nodes.make_id(anchor)}")
            literal.replace_self(nodes.reference("", "", literal.deepcopy(), refuri=address, internal=True))


def setup(app):
    """Called by Sphinx."""
    NbElementRenderer.render_image = render_image
    app.connect("doctree-resolved", link_names)


def links():
    """Return, for every way to name a module, a package or a public definition, its page and #heading."""
    found = {}
    for path in modules():
        page = path.relative_to(REPOSITORY).with_suffix("").as_posix()
        folder, module = path.parent.relative_to(REPOSITORY).as_posix(), page.removesuffix("/__init__").replace("/", ".")
        found |= {f"{page}.py": page, f"{folder}/": f"nnlib#{folder}/", module: page}
        for name, *_ in sections(path):
            spellings = [f"{module}.{name}", f"{module}:{name}", f"{folder.replace('/', '.')}.{name}"]
            spellings += [name] if name in nnlib.__all__ or name in search.__all__ else []
            for spelling in spellings:
                found.setdefault(spelling, f"{page}#{name}")
    return found


LINKS = links()
