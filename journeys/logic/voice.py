"""How a brand sounds to its customers: its lines with the names of who speaks and who is spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from cxcrm.core.placeholders import filled


@dataclass(frozen=True, slots=True)
class Voice:
    """What the brand says, ready to be shown. Facts (numbers, times, what a button does) stand beside it, unchanged.

    ``opening`` and ``ask`` begin an invitation, ``lead`` stands above a survey, ``thanks`` and ``received`` after it;
    ``receipt`` answers a complaint, ``done`` tells what was done about it, ``remind`` asks again whether it is solved.
    On pages ``tell`` stands above the complaint's form, ``told`` after it was sent, ``follow`` above where it stands,
    ``handed`` where somebody else looks after it by now, ``solved`` above the question and ``glad`` after a yes,
    ``leave`` and ``left`` where surveys are stopped. ``heard`` and ``thanking`` frame what the firm did about what
    several told; ``signing`` ends a mail.
    """

    opening: str
    ask: str
    lead: str
    thanks: str
    received: str
    receipt: str
    done: str
    tell: str
    told: str
    follow: str
    handed: str
    solved: str
    glad: str
    leave: str
    left: str
    remind: str
    heard: str
    thanking: str
    signing: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of words for who speaks and who is spoken to, inside and at the start of a sentence."""

    we: str
    we_capital: str
    you: str
    you_capital: str

    def fill(self, text: str) -> str:
        """``text`` with {we}, {We}, {xh} and {Xh} replaced; plain replacement."""
        words = {"{we}": self.we, "{We}": self.we_capital, "{xh}": self.you, "{Xh}": self.you_capital}
        return filled(text, words)


# Of whom nothing is certain, in the languages we speak (domain.md §4.1).
NEUTRAL: Final[Mapping[str, Pair]] = {
    "vi": Pair("chúng tôi", "Chúng tôi", "Quý khách", "Quý khách"),
    "en": Pair("we", "We", "you", "You"),
}
_UNCERTAIN: Final = frozenset({"Quý khách", "anh/chị"})


def paired(we: str, *, brand: str, language: str, inline: str, inline_capital: str) -> Pair:
    """What the firm calls itself beside whoever is addressed so.

    A word of its own ("em") takes a word that fits it: where the customer's is not known, the firm is the plain
    "chúng tôi". The brand's own name stands beside anybody.
    """
    if inline in _UNCERTAIN and we.casefold() != brand.casefold():
        we = NEUTRAL[language].we
    return Pair(we, we[:1].upper() + we[1:], inline, inline_capital)


LINES = tuple(field.name for field in fields(Voice))


def spoken(lines: Mapping[str, str], *, brand: str, pair: Pair) -> Voice:
    """``lines`` with {brand}, {we}, {We}, {xh} and {Xh} filled in; plain replacement, so names may hold braces.

    Raises KeyError for a missing line.
    """
    return Voice(**{name: pair.fill(filled(lines[name], {"{brand}": brand})) for name in LINES})
