"""What a person reads on a page, and which of it is still in English."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

from django.utils.translation import trans_real

# Words an English sentence can hardly do without; "do", "to", "in" and "no" are missing: they are Vietnamese as well.
ENGLISH = re.compile(
    r"\b(?:the|and|of|with|is|are|was|were|be|been|this|that|these|those|your|you|we|our|they|their|it|its|from|by|for"
    r"|when|which|who|what|where|why|how|has|have|had|not|only|please|add|change|delete|select|save|search|filter"
    r"|choose|click|any|all|each|every|other|more|less|than|then|there|here|must|may|can|cannot|will|would|should)\b",
    re.IGNORECASE,
)
READ_ALOUD = ("aria-label", "title", "alt", "placeholder", "data-confirm")
UNSEEN = {"script", "style", "template", "noscript", "head"}
# What people wrote stays as they wrote it, and so do addresses and code.
AS_WRITTEN = {"blockquote", "code", "pre", "textarea", "option", "q"}
# A picture whose name stands where its letters would.
ICON = "material-symbols-outlined"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        # Words marked as being of another language are not the page's own; the same mark serves screen readers.
        silent = tag in UNSEEN or tag in AS_WRITTEN or said.get("lang") == "en" or said.get("translate") == "no"
        silent = silent or ICON in (said.get("class") or "")
        quiet = silent or self.quiet
        if not quiet:
            self.found += [said[name] or "" for name in READ_ALOUD if said.get(name)]
            if tag == "input" and said.get("type") in {"submit", "button", "reset"}:
                self.found.append(said.get("value") or "")
        if tag not in VOID:
            self.open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag in [name for name, _quiet in self.open]:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.found.append(data)

    @property
    def quiet(self) -> bool:
        return bool(self.open and self.open[-1][1])


def read(html: str) -> list[str]:
    """The texts of a page as they are seen and read aloud, without what people wrote themselves."""
    reader = _Reader()
    reader.feed(html)
    return [text for found in reader.found if (text := " ".join(found.split()))]


@cache
def _translated() -> dict[str, str]:
    """Every English source text that has a Vietnamese translation unlike it: Django's, the libraries' and ours."""
    catalogue = trans_real.translation("vi")._catalog
    texts: dict[str, str] = {}
    for layer in reversed(getattr(catalogue, "_catalogs", [catalogue])):
        for key, value in layer.items():
            text = key[0] if isinstance(key, tuple) else key
            source = str(text).rpartition("\x04")[2]
            if source and value and source != value and re.search(r"[a-z]{3}", source):
                texts[source.casefold()] = value
    return texts


def english(html: str, *, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """The texts of a Vietnamese page that are English; ``known`` are allowed as they stand."""
    for text in read(html):
        if text in known or _is_vietnamese(text):
            continue
        if text.casefold() in _translated() or ENGLISH.search(text):
            yield text


def _is_vietnamese(text: str) -> bool:
    return re.search("[À-ỹ]", text) is not None
