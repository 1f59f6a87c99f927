"""Log lines with their surroundings: which firm, which request or piece of work, who; ids only."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from cxcrm.core.context import TenantRef, current_actor
from cxcrm.core.observability.scrub import scrub, scrub_all

_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)


@contextmanager
def about(**facts: Any) -> Iterator[None]:
    """Every line written inside carries ``facts``: ids and names of work, nothing personal."""
    token = _about.set({**(_about.get() or {}), **facts})
    try:
        yield
    finally:
        _about.reset(token)


def surroundings() -> dict[str, Any]:
    """The firm entered, the actor and what was said by ``about``; asks no database."""
    found: dict[str, Any] = {}
    tenant = getattr(connection, "tenant", None)
    if isinstance(tenant, TenantRef):
        found["tenant"] = str(tenant.id)
    actor = current_actor()
    if actor.id is not None:
        found[actor.kind] = str(actor.id)
    return found | (_about.get() or {})


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says, scrubbed; ``extra={"data": {...}}`` adds to it."""
    found: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": scrub(_words(record)),
    }
    found |= surroundings()
    found |= scrub_all(getattr(record, "data", {}))
    if record.exc_info and record.exc_info[0]:
        found["exception"] = scrub(logging.Formatter().formatException(record.exc_info))
    return found


def _words(record: logging.LogRecord) -> str:
    # Django names the path of a failed request, and paths of ours may hold a secret.
    if record.name.startswith("django.") and hasattr(record, "request") and record.args:
        first = record.args[0] if isinstance(record.args, tuple) else ""
        return str(first)
    return record.getMessage()


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(facts_of(record), ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """The same for people: time, level, logger, event, then name=value."""

    def format(self, record: logging.LogRecord) -> str:
        found = facts_of(record)
        head = " ".join(str(found.pop(name)) for name in ("time", "level", "logger", "event"))
        trace = found.pop("exception", None)
        line = " ".join([head, *(f"{name}={value}" for name, value in found.items())])
        return f"{line}\n{trace}" if trace else line
