"""Values as doors hand them in, checked and cleaned before anything is stored."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import models

from customers.errors import (
    ChoiceInvalid,
    EmailInvalid,
    PhoneInvalid,
    ReferenceUnknown,
    TextInvalid,
    TooMany,
)
from customers.logic.columns import parse_email
from customers.logic.masks import MASK
from customers.logic.phones import normalise_phone, split_phones
from customers.logic.text import nfc

MAX_NAME: Final = 160
MAX_ADDRESS: Final = 300
MAX_NOTE: Final = 5_000
MAX_CONTACTS: Final = 10
MAX_TAGS: Final = 30
MAX_TAG: Final = 40
MAX_SOURCE: Final = 40
MAX_EXTERNAL_ID: Final = 120

# They reverse the reading order of what follows: a name may look like another one.
_DIRECTION_MARKS: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])


def line(value: str, field: str, limit: int) -> str:
    """``value`` as one line: NFC, single spaces, nothing that could break out of a mail header.

    Raises TextInvalid over ``limit`` characters, for control characters (NUL) and for lone surrogates.
    """
    cleaned = " ".join(nfc(value.translate(_DIRECTION_MARKS)).split())
    return _storable(cleaned, field, limit, allowed="")


def paragraphs(value: str, field: str, limit: int = MAX_NOTE) -> str:
    """``value`` as text of several lines, NFC, with \\n only. Raises TextInvalid as ``line`` does."""
    cleaned = nfc(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return _storable(cleaned, field, limit, allowed="\n\t")


def _storable(text: str, field: str, limit: int, *, allowed: str) -> str:
    if len(text) > limit:
        raise TextInvalid(field=field, limit=limit)
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in allowed for char in text):
        raise TextInvalid(field=field)
    return text


def choice(value: str, choices: type[models.TextChoices], field: str, *, blank: bool = False) -> str:
    """``value`` when it is one of ``choices`` (or empty, where that is allowed). Raises ChoiceInvalid."""
    if value in choices.values or (blank and value == ""):
        return str(value)
    raise ChoiceInvalid(field=field, value=value)


def reference(value: Any, queryset: "models.QuerySet[Any]", field: str) -> UUID | None:
    """The key of an object or id that exists in ``queryset`` of this tenant, or None. Raises ReferenceUnknown."""
    if value is None or value == "":
        return None
    key = getattr(value, "pk", value)
    if not queryset.filter(pk=key).exists():
        raise ReferenceUnknown(field=field)
    return UUID(str(key))


def phones(values: Iterable[str], region: str) -> dict[str, str]:
    """E.164 → as received, in order, each once; a value may hold several numbers.

    Raises PhoneInvalid for what is not exactly a valid number of ``region`` (ISO 3166) or an international one, TooMany
    beyond ``MAX_CONTACTS``.
    """
    found: dict[str, str] = {}
    for value in values:
        if not value.strip():
            continue
        pieces = split_phones(value)
        for piece in pieces:
            phone = normalise_phone(piece, region)
            if phone is None:
                raise PhoneInvalid(field="phones", value=piece[:80])
            found.setdefault(phone.e164, line(piece, "phones", 254))
        if not pieces:
            raise PhoneInvalid(field="phones", value=value[:80])
    if len(found) > MAX_CONTACTS:
        raise TooMany(field="phones", limit=MAX_CONTACTS)
    return found


def emails(values: Iterable[str]) -> dict[str, str]:
    """Address in lower case → as received, in order, each once. Raises EmailInvalid, TooMany."""
    found: dict[str, str] = {}
    for value in values:
        if not value.strip():
            continue
        address = parse_email(value)
        if address is None or MASK in address:  # a masked one that comes back is nobody's
            raise EmailInvalid(field="emails", value=value[:80])
        found.setdefault(address, line(value, "emails", 254))
    if len(found) > MAX_CONTACTS:
        raise TooMany(field="emails", limit=MAX_CONTACTS)
    return found


def tags(values: Iterable[str]) -> list[str]:
    """Tags as lines of at most ``MAX_TAG`` characters, in order, each once whatever its case."""
    found: dict[str, str] = {}
    for value in values:
        tag = line(value, "tags", MAX_TAG)
        if tag:
            found.setdefault(tag.casefold(), tag)
    if len(found) > MAX_TAGS:
        raise TooMany(field="tags", limit=MAX_TAGS)
    return list(found.values())


def external_ids(values: Mapping[str, str]) -> dict[str, str]:
    """System → number there, blank numbers left out. Raises TextInvalid, TooMany."""
    found: dict[str, str] = {}
    for source, value in values.items():
        number = line(value, "external_ids", MAX_EXTERNAL_ID)
        system = line(source, "external_ids", MAX_SOURCE)
        if number and not system:
            raise TextInvalid(field="external_ids")
        if number:
            found[system] = number
    if len(found) > MAX_CONTACTS:
        raise TooMany(field="external_ids", limit=MAX_CONTACTS)
    return found
