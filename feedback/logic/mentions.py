"""Who an internal note calls in: "@Lý Gia Hân" or, where only one colleague has that name, "@Hân"."""

import re
import unicodedata
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Ident = TypeVar("Ident", bound=Hashable)
_MOST = 10


@dataclass(frozen=True)
class Colleague(Generic[Ident]):
    """Somebody who may be called in."""

    ident: Ident
    full_name: str
    given_name: str


def mentioned(text: str, colleagues: Sequence[Colleague[Ident]]) -> list[Ident]:
    """The colleagues ``text`` names after an "@", each once, in order; at most ten.

    Accents and case do not matter where they need not: an exact name goes before one that only reads the same without
    accents, the longer name before the shorter, and a name that several have means nobody.
    """
    called: list[Ident] = []
    for found in re.finditer(r"(?<![\w.@])@(?=\w)", text):
        rest = text[found.end() : found.end() + 120]
        ident = _named(rest, colleagues, _exact)
        if ident is None:
            ident = _named(rest, colleagues, _bare)
        if ident is not None and ident not in called:
            called.append(ident)
    return called[:_MOST]


def _named(rest: str, colleagues: Sequence[Colleague[Ident]], fold: Callable[[str], str]) -> Ident | None:
    said = fold(rest)
    best: dict[int, set[Ident]] = {}
    for colleague in colleagues:
        for name in {fold(colleague.full_name), fold(colleague.given_name)} - {""}:
            if said.startswith(name) and not said[len(name) : len(name) + 1].isalnum():
                best.setdefault(len(name), set()).add(colleague.ident)
    if not best:
        return None
    found = best[max(best)]
    return next(iter(found)) if len(found) == 1 else None


def _exact(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(char for char in decomposed if unicodedata.category(char) != "Mn").split())
