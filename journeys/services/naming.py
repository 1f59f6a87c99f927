"""One line of text as it is stored, for names and short notes."""

from django.utils.translation import gettext as _

from customers.logic.text import nfc
from cxcrm.core.errors import InvalidInput

NAME_LENGTH = 120


def line(text: str, field: str, limit: int = NAME_LENGTH, *, required: bool = False) -> str:
    """``text`` in NFC with single spaces, without control characters, lone surrogates and direction marks.

    Raises InvalidInput over ``limit`` characters, and when ``required`` text is empty.
    """
    cleaned = " ".join(nfc("".join(char for char in text if char.isprintable() or char.isspace())).split())
    if len(cleaned) > limit:
        raise InvalidInput(_("Use at most %(limit)s characters.") % {"limit": limit}, field=field)
    if required and not cleaned:
        raise InvalidInput(_("Please fill this in."), field=field)
    return cleaned
