"""``Idempotency-Key``: a call that may be sent again is carried out once, and answered the same every time."""

import hashlib
import json
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

HEADER: Final = "Idempotency-Key"
META: Final = "HTTP_IDEMPOTENCY_KEY"  # the same, as the server hands it over
REPLAYED: Final = "Idempotency-Replayed"
LONGEST: Final = 255
METHODS: Final = frozenset({"POST", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Answer:
    """What a call was answered: HTTP status and JSON text ("" for none)."""

    status: int
    body: str


class Store(Protocol):
    """Supplied by the room that keeps the rows."""

    def claim(self, *, caller: UUID, key: str, fingerprint: str) -> Answer | None: ...

    def keep(self, *, caller: UUID, key: str, answer: Answer) -> None: ...


_store: list[Store] = []


def use_store(store: Store) -> None:
    """Supply where calls are kept; called once at start-up."""
    _store[:] = [store]


def key_of(request: Request) -> str | None:
    """The key of a call that writes; None for any other. Raises ValidationError for one that cannot be a key."""
    key = request.META.get(META)
    if key is None or request.method not in METHODS:
        return None
    if not (key.isascii() and key.isprintable() and len(key.strip()) > 0 and len(key) <= LONGEST):
        raise ValidationError({HEADER: [_("1 to 255 printable characters, for example a UUID.")]}, "idempotency_key")
    return key


class Repeated(Exception):
    """The call was carried out before; ``answer`` is what it was answered then."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.status)

    def response(self) -> Response:
        """The same answer again, marked as such."""
        body = json.loads(self.answer.body) if self.answer.body else None
        return Response(body, status=self.answer.status, headers={REPLAYED: "true"})


def claim(request: Request, caller: UUID, key: str) -> None:
    """Take the key for this call. Raises Repeated when it was carried out before."""
    fingerprint = hashlib.sha256()
    for part in (str(request.method), request.get_full_path(), request.headers.get("Content-Type", "").split(";")[0]):
        fingerprint.update(part.encode() + b"\0")
    fingerprint.update(request._request.body)
    before = _store[0].claim(caller=caller, key=key, fingerprint=fingerprint.hexdigest())
    if before is not None:
        raise Repeated(before)


def keep(caller: UUID, key: str, response: Response) -> None:
    """Remember the answer; what went wrong on our side is not an answer and may be tried again."""
    if response.status_code < 500:
        body = "" if response.data is None else JSONRenderer().render(response.data).decode()
        _store[0].keep(caller=caller, key=key, answer=Answer(response.status_code, body))
