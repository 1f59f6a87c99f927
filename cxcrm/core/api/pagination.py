"""Pages by keyset: stable while rows come and go, and as fast at the end as at the beginning."""

import hashlib
import hmac
import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Q, QuerySet
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.db.json import Listing

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_SALT = "cxcrm.api.cursor"


class _Signer(signing.Signer):
    """Django's, with what it derives from secret and salt for each signature derived once."""

    def __init__(self) -> None:
        super().__init__(salt=_SALT)
        self._derived = hashlib.new(self.algorithm, force_bytes(f"{_SALT}signer") + force_bytes(self.key)).digest()

    def signature(self, value: str, key: str | None = None) -> str:
        if key not in {None, self.key}:
            return super().signature(value, key)
        return signing.b64_encode(hmac.digest(self._derived, value.encode(), self.algorithm)).decode()


@cache
def _signer() -> signing.Signer:
    return _Signer()


class CursorPagination(BasePagination):
    """Keyset pages over the view's ``ordering``: non-null columns of one direction, the last one unique.

    A view may offer more in ``orderings`` (name → columns), chosen by ``?ordering=``. Cursors are signed and name
    their ordering, so that nobody builds one by hand.
    """

    place: list[Any] | None  # where the page ends, when another one follows

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Any]:
        self.begin(queryset, request, view)
        queryset = queryset.order_by(*self.columns)
        if self.after is not None:
            queryset = queryset.filter(self._beyond(self.after))
        rows = list(queryset[: self.limit + 1])
        if len(rows) > self.limit:
            last = rows[self.limit - 1]
            self.place = [_plain(getattr(last, column.lstrip("-"))) for column in self.columns]
        return rows[: self.limit]

    def paginate_texts(self, queryset: QuerySet, request: Request, view: Any, listing: Listing) -> bytes:
        """The page as the database writes it."""
        self.begin(queryset, request, view)
        return self.texts(queryset, listing)

    def texts(self, queryset: QuerySet, listing: Listing) -> bytes:
        """The page that was begun."""
        rows = listing.page(queryset, after=self.after, limit=self.limit + 1)
        self.place = listing.place(rows[self.limit - 1]) if len(rows) > self.limit else None
        results = ",".join([row[0] for row in rows[: self.limit]])
        following = json.dumps(self._next())
        return f'{{"results":[{results}],"next":{following}}}'.encode()

    def begin(self, queryset: QuerySet, request: Request, view: Any) -> None:
        """Read what is asked for. Raises ValidationError for a limit, a cursor or an order that cannot be."""
        self.request = request
        self.name, self.columns = ordering_of(request, view)
        self.limit = _limit(request)
        self.after = self._place(queryset)
        self.place = None

    def _place(self, queryset: QuerySet) -> list[Any] | None:
        """Where the last page ended, of the cursor. Raises ValidationError."""
        cursor = self.request.query_params.get("cursor")
        if not cursor:
            return None
        try:
            name, *values = _signer().unsign_object(cursor)
            if name != self.name or len(values) != len(self.columns) or None in values:
                raise signing.BadSignature
            fields = [_field(queryset, column.lstrip("-")) for column in self.columns]
            return [field.to_python(value) for field, value in zip(fields, values, strict=True)]
        except (signing.BadSignature, DjangoValidationError, ValueError) as error:
            raise ValidationError(
                {"cursor": [_("This cursor is not valid for this list.")]}, "cursor_invalid"
            ) from error

    def _beyond(self, place: list[Any]) -> Q:
        """Rows after the place: (a, b, id) > (x, y, z), written so that an index on the columns is used."""
        operator = "lt" if self.columns[0].startswith("-") else "gt"
        condition = Q()
        for column, value in reversed(list(zip(self.columns, place, strict=True))):
            column = column.lstrip("-")
            beyond = Q(**{f"{column}__{operator}": value})
            condition = Q(**{f"{column}__{operator}e": value}) & (beyond | condition) if condition else beyond
        return condition

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next()})

    def _next(self) -> str | None:
        if self.place is None:
            return None
        asked = self.request._request
        others = [(name, values) for name, values in asked.GET.lists() if name != "cursor"]
        words = f"{urlencode(others, doseq=True)}&" if others else ""
        cursor = _signer().sign_object([self.name, *self.place])  # letters that need no quoting
        # The tenant middleware knows the host as the firm's, letter by letter.
        return f"{asked.scheme}://{asked.META['HTTP_HOST']}{asked.path}?{words}cursor={cursor}"

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "Address of the next page; null on the last one.",
                    "example": None,
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        found = [
            _parameter("limit", limit, "Rows per page."),
            _parameter("cursor", {"type": "string"}, "Where to go on; taken from `next`."),
        ]
        if names := list(getattr(view, "orderings", {})):
            found.append(_parameter("ordering", {"type": "string", "enum": names}, "Order of the rows."))
        return found


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def ordering_of(request: Request, view: Any) -> tuple[str, tuple[str, ...]]:
    offered = getattr(view, "orderings", {})
    name = request.query_params.get("ordering")
    if name is None:
        usual = getattr(view, "usual_order", None)
        return usual() if usual else ("", tuple(view.ordering))
    if name not in offered:
        raise ValidationError({"ordering": [_("This order is not offered.")]}, "ordering_unknown")
    return name, tuple(offered[name])


def named_in(cursor: str) -> str:
    """The order a cursor was made in; "" for the usual one, and for one nobody made."""
    try:
        return str(_signer().unsign_object(cursor)[0])
    except (signing.BadSignature, ValueError, LookupError):
        return ""


def _field(queryset: QuerySet, name: str) -> Any:
    """What is known of a column: the model's, or one the queryset adds."""
    added = queryset.query.annotations.get(name)
    return queryset.model._meta.get_field(name) if added is None else added.output_field


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MAX_LIMIT):
        message = _("Ask for 1 to %(most)d rows.") % {"most": MAX_LIMIT}
        raise ValidationError({"limit": [message]}, "limit_invalid")
    return int(text)


def _plain(value: Any) -> Any:
    """A column's value as JSON carries it; ``to_python`` of the field reads it back exactly."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if isinstance(value, (int, str, bool)) and not isinstance(value, Decimal) else str(value)
