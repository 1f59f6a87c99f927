"""How a brand sounds where it speaks first: its lines with the names of who speaks and who is spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from cxcrm.core.placeholders import filled


@dataclass(frozen=True, slots=True)
class Voice:
    """What the brand says, ready to be shown.

    ``opening`` and ``ask`` begin an invitation, ``lead`` stands above a survey, ``thanks`` and ``received`` after it;
    ``receipt`` answers a complaint, ``done`` tells what was done about it, ``signing`` ends a mail.
    """

    opening: str
    ask: str
    lead: str
    thanks: str
    received: str
    receipt: str
    done: str
    signing: str


LINES = tuple(field.name for field in fields(Voice))


def spoken(lines: Mapping[str, str], *, brand: str, we: str, inline: str, inline_capital: str) -> Voice:
    """``lines`` with {brand}, {we}, {We}, {xh} and {Xh} filled in; plain replacement, so names may hold braces.

    Raises KeyError for a missing line.
    """
    capital = we[:1].upper() + we[1:]
    words = {"{brand}": brand, "{we}": we, "{We}": capital, "{xh}": inline, "{Xh}": inline_capital}
    return Voice(**{name: filled(lines[name], words) for name in LINES})
