"""What doors hand in, checked and cleaned before it is stored: lines of text, choices, rows chosen."""

from typing import Any

from django.db.models import TextChoices
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


def choice(value: str, choices: type[TextChoices], field: str, *, blank: bool = False) -> str:
    """``value`` where it is one of ``choices``, or empty where that is allowed. Raises InvalidInput."""
    if value in choices.values or (blank and value == ""):
        return str(value)
    raise InvalidInput(_("Please choose one of the values offered."), field=field)


def row(among: Any, ident: Any, field: str) -> Any:
    """The row with this id ``among`` a queryset or manager, None for None. Raises InvalidInput where it is gone."""
    if ident is None:
        return None
    found = among.filter(pk=getattr(ident, "pk", ident)).first()
    if found is None:
        raise InvalidInput(_("What you chose here does not exist any more."), field=field)
    return found
