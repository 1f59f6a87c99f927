"""Many keys as one value: a list of thousands costs the client nothing to quote and the server nothing to parse."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models.expressions import RawSQL


def uuid_array(ids: Iterable[UUID]) -> str:
    """``ids`` as PostgreSQL writes an array, for a parameter that is cast: ``= ANY(%s::uuid[])``."""
    return f"{{{','.join(map(str, ids))}}}"


def among_texts(texts: Iterable[str]) -> Any:
    """The same for a column of text: ``value__in=among_texts(values)``; for no texts nothing is asked."""
    values = list(texts)
    return RawSQL("SELECT unnest(%s::text[])", [values]) if values else values


def among(ids: Iterable[UUID]) -> Any:
    """For a queryset: ``customer_id__in=among(ids)`` asks as ``customer_id__in=ids``, with one parameter for all."""
    return RawSQL("SELECT unnest(%s::uuid[])", [uuid_array(ids)])
