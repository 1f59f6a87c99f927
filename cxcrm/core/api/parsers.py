"""Reading JSON from strangers: whatever they send, the answer is a result or a refusal, never a fault."""

import json
import math
import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser

from cxcrm.core.api.exceptions import TooLarge

MAX_BYTES = 1024 * 1024
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 32
MAX_VALUES = 20_000
MAX_INT = 2**63 - 1
# NUL, and halves of surrogate pairs, cannot be stored in the database.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class _Refused(ValueError):
    """Well-formed for the standard library, not for us."""


class SafeJSONParser(BaseParser):
    """JSON in UTF-8 up to 1 MiB and 32 levels; no NUL, lone surrogates, NaN, twin keys or numbers beyond 64 bits."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> Any:
        _refuse_encodings(parser_context)
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge
        try:
            value = json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_object,
                parse_constant=_refuse_constant,
                parse_float=_finite,
            )
            _check(value)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON as this API reads it.")) from error
        return value


class FileParser(MultiPartParser):
    """A form with files, refused before it is read when it announces more than its limit and some for the fields."""

    max_bytes = MAX_FILE_BYTES

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> Any:
        _refuse_encodings(parser_context)
        meta = (parser_context or {})["request"].META
        announced = str(meta.get("CONTENT_LENGTH") or "0")
        if not announced.isdigit() or int(announced) > self.max_bytes + MAX_BYTES:
            raise TooLarge
        return super().parse(stream, media_type, parser_context)


def _refuse_encodings(parser_context: dict[str, Any] | None) -> None:
    request = (parser_context or {}).get("request")
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity") if request else "identity"
    if encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(encoding)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("twin keys")
    return found


def _refuse_constant(name: str) -> float:
    raise _Refused(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused("infinite")
    return number


def _check(value: Any) -> None:
    """Walk without recursion. Raises ValueError for too much, too deep, or text and numbers that cannot be stored."""
    level, depth, seen = [value], 0, 0
    while level:
        depth += 1
        seen += len(level)
        if seen > MAX_VALUES:
            raise _Refused("too many values")
        below: list[Any] = []
        for item in level:
            below.extend(_contents(item))
        if below and depth > MAX_DEPTH:
            raise _Refused("too deep")
        level = below


def _contents(item: Any) -> list[Any]:
    """What is directly inside a list or object; anything else is checked and holds nothing."""
    if isinstance(item, dict):
        for key in item:
            _check_text(key)
        return list(item.values())
    if isinstance(item, list):
        return item
    if isinstance(item, str):
        _check_text(item)
    elif isinstance(item, int) and abs(item) > MAX_INT:
        raise _Refused("beyond 64 bits")
    return []


def _check_text(text: str) -> None:
    if _UNSTORABLE.search(text):
        raise _Refused("text that cannot be stored")
