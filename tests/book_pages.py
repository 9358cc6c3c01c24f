"""The book's pages, read back: their addresses, pictures and text. No test is in here."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


class Page(HTMLParser):
    """A page of HTML.

    Attributes:
        loads: what a browser fetches to show the page.
        links: where it leads to.
        ids: what a link can lead to.
        images: the attributes of its pictures.
        text: what a reader sees.
    """

    def __init__(self, path):
        super().__init__()
        self.path, self.loads, self.links, self.ids, self.images, self._texts = path, [], [], set(), [], []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.text = "".join(self._texts)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids.add(attributes.get("id"))
        if attributes.get(LOADED.get(tag)):
            self.loads.append(attributes[LOADED[tag]])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)

    def handle_data(self, data):
        self._texts.append(data)


page = cache(Page)


def elsewhere(address):
    """Tell whether an address is not a file beside the page."""
    return bool(re.match(r"[a-z][a-z0-9+.-]*:|//", address)) and not address.startswith("data:")


def dead_links(html):
    """Return (page, address) of every link or load, within the book, of a file or an anchor that is not there."""
    dead = []
    for path in sorted(html.rglob("*.html")):
        for address in {*page(path).links, *page(path).loads}:
            file, _, anchor = unquote(address.partition("?")[0]).partition("#")
            target = Path(path.parent, file) if file else path
            if elsewhere(address) or address.startswith("data:"):
                continue
            if not target.exists() or (anchor and anchor not in page(target.resolve()).ids):
                dead.append((str(path.relative_to(html)), address))
    return dead
