"""Is a quote what somebody really said? Word for word, whatever the spaces, capitals and quotation marks around it."""

from typing import Final

from customers.logic.text import nfc

_MARKS: Final = "\"'“”‘’«»„… \t\n"
SHORTEST: Final = 3


def trimmed(text: str) -> str:
    """``text`` on one line, without the quotation marks people put around it."""
    return " ".join(nfc(text).split()).strip(_MARKS)


def stands_in(quote: str, told: str) -> bool:
    """Does ``quote``, trimmed, stand word for word in ``told``?"""
    words = trimmed(quote)
    return len(words) >= SHORTEST and words.casefold() in " ".join(nfc(told).split()).casefold()
