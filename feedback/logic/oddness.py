"""When an answer looks odd: given too fast, several customers in one mailbox, or after somebody asked for the score."""

import re
from collections.abc import Iterable
from typing import Final

from customers.logic.text import search_key

QUICK, ONE_MAILBOX, BEGGED = "quick", "one_mailbox", "begged"
# Seconds from seeing the form to sending it, with the score chosen there too.
QUICK_UNDER: Final = 5
# So many customers within a day in one mailbox: at a family's or a firm's there are rarely more than two.
CUSTOMERS_IN_A_MAILBOX: Final = 3

# On text without accents. Asking how it was is no begging; naming the number wanted is.
_BEGS: Final = re.compile(
    r"\b(?:xin|cho|cham|danh gia|tang|ung ho)\b[^.!?\n]{0,40}"
    r"\b(?:9|10|5|muoi|nam|chin)\s*(?:[-/]\s*10\s*)?(?:diem|sao)\b"
    r"|\b(?:give|rate|score|leave|grant)\b[^.!?\n]{0,30}"
    r"\b(?:9|10|5|nine|ten|five|top|full)[ -]*(?:out of (?:10|5)|stars?|points?|marks|score)\b"
    r"|\b(?:give us an?|(?:rate|score) us(?: an?)?) (?:9|10|5|nine|ten|five)\b"
)


def begs(text: str) -> bool:
    """Does ``text`` ask a customer for a score?"""
    return _BEGS.search(search_key(text)) is not None


def odd_reasons(*, seconds: float | None, in_mailbox: int, sent: Iterable[str]) -> list[str]:
    """Why an answer looks odd, if it does.

    ``seconds`` is how long the form was seen (None where that is not known), ``in_mailbox`` how many customers answered
    from one mailbox within a day, this one included; ``sent`` is what staff wrote to the customer lately.
    """
    found = []
    if seconds is not None and seconds < QUICK_UNDER:
        found.append(QUICK)
    if in_mailbox >= CUSTOMERS_IN_A_MAILBOX:
        found.append(ONE_MAILBOX)
    if any(begs(text) for text in sent):
        found.append(BEGGED)
    return found
