"""How a brand sounds to its customers: its lines with the names of who speaks and who is spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from cxcrm.core.placeholders import filled


@dataclass(frozen=True, slots=True)
class Voice:
    """What the brand says, ready to be shown. Facts (numbers, times, what a button does) stand beside it, unchanged.

    ``opening`` and ``ask`` begin an invitation, ``lead`` stands above a survey, ``thanks`` and ``received`` after it;
    ``receipt`` answers a complaint, ``done`` tells what was done about it, ``remind`` asks again whether it is solved.
    On pages ``tell`` stands above the complaint's form, ``told`` after it was sent, ``follow`` above where it stands,
    ``solved`` above the question and ``glad`` after a yes, ``leave`` and ``left`` where surveys are stopped.
    ``heard`` and ``thanking`` frame what the firm did about what several told; ``signing`` ends a mail.
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
    solved: str
    glad: str
    leave: str
    left: str
    remind: str
    heard: str
    thanking: str
    signing: str


LINES = tuple(field.name for field in fields(Voice))


def spoken(lines: Mapping[str, str], *, brand: str, we: str, inline: str, inline_capital: str) -> Voice:
    """``lines`` with {brand}, {we}, {We}, {xh} and {Xh} filled in; plain replacement, so names may hold braces.

    Raises KeyError for a missing line.
    """
    capital = we[:1].upper() + we[1:]
    words = {"{brand}": brand, "{we}": we, "{We}": capital, "{xh}": inline, "{Xh}": inline_capital}
    return Voice(**{name: filled(lines[name], words) for name in LINES})
