"""What doors hand in, checked and cleaned before it is stored: lines of text, choices, rows chosen."""

from collections.abc import Iterable
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
    return None if ident is None else rows(among, [ident], field)[0]


def rows(among: Any, idents: Iterable[Any], field: str) -> list[Any]:
    """The rows with these ids, each once, in the order they were named. Raises InvalidInput where one is gone."""
    wanted = list(dict.fromkeys(str(getattr(ident, "pk", ident)) for ident in idents))
    found = {str(one.pk): one for one in among.filter(pk__in=wanted)}
    if any(ident not in found for ident in wanted):
        raise InvalidInput(_("What you chose here does not exist any more."), field=field)
    return [found[ident] for ident in wanted]
