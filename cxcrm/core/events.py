"""Domain events: how a floor tells the floors above it what happened.

An event is a frozen dataclass of ids, registered under a stable name. ``publish`` hands it to the store supplied at
start-up by the app that keeps the ledger; subscribers are found by ``@on``.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.db import connection

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, current_actor, current_cause, current_tenant
from cxcrm.core.ids import new_id

MAX_DEPTH = 5


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Base of all events: only ids and plain values, so that a handler re-reads the state it needs."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    says: ClassVar[Any] = ""

    def payload(self) -> dict[str, Any]:
        return {key: str(value) if isinstance(value, UUID) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Envelope:
    """An event on its way: who caused it, when, and how deep in a chain of causes."""

    id: UUID
    event: DomainEvent
    occurred_at: datetime
    actor: Actor
    causation_id: UUID | None
    depth: int


class Store(Protocol):
    def __call__(self, envelope: Envelope) -> None: ...


Handler = Callable[[Any], None]

_types: dict[str, type[DomainEvent]] = {}
_handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
_store: list[Store] = []


class TooDeep(RuntimeError):
    """A chain of automatic actions went beyond ``MAX_DEPTH``: something triggers itself."""


def event(name: str, version: int = 1, says: Any = "") -> Callable[[type[DomainEvent]], type[DomainEvent]]:
    """Register a frozen dataclass as the event ``name`` (``app.past_tense``); ``says`` is what staff read for it."""

    def register(cls: type[DomainEvent]) -> type[DomainEvent]:
        if name in _types:
            raise ValueError(f"event {name} is registered twice")
        cls.name, cls.version, cls.says = name, version, says
        _types[name] = cls
        return cls

    return register


def on(*event_types: type[DomainEvent]) -> Callable[[Handler], Handler]:
    """Subscribe a function to events; it runs after commit, at least once, in no promised order."""

    def register(handler: Handler) -> Handler:
        key = f"{handler.__module__}.{handler.__qualname__}"
        for event_type in event_types:
            _handlers[event_type.name][key] = handler
        return handler

    return register


def handlers_of(name: str) -> dict[str, Handler]:
    """Handlers of the event ``name`` by their dotted path."""
    return dict(_handlers.get(name, {}))


def event_names() -> list[str]:
    return sorted(_types)


def words_of(name: str) -> str:
    """What happened, for people: the event's own words, else its name (of a release that is gone)."""
    known = _types.get(name)
    return str(known.says or name) if known else name


def restore(name: str, payload: dict[str, Any]) -> DomainEvent:
    """Rebuild an event from its stored payload; unknown keys of a newer version are ignored. Raises KeyError."""
    cls = _types[name]
    values = {}
    for field in fields(cls):
        if field.name not in payload:
            continue
        value = payload[field.name]
        is_id = field.type in (UUID, UUID | None)
        values[field.name] = UUID(value) if is_id and value is not None else value
    return cls(**values)


def use_store(store: Store) -> None:
    """Supply the ledger; called once at start-up."""
    _store[:] = [store]


def publish(event: DomainEvent) -> UUID:
    """Write ``event`` to the ledger in the transaction of the change it tells of; returns its id.

    Raises NoTenant outside a tenant, RuntimeError outside a transaction or without a store, TooDeep beyond
    ``MAX_DEPTH`` automatic actions in a chain.
    """
    current_tenant()
    if not connection.in_atomic_block:
        raise RuntimeError(f"publish({event.name}) outside a transaction")
    causation_id, depth = current_cause()
    if depth > MAX_DEPTH:
        raise TooDeep(event.name)
    envelope = Envelope(new_id(), event, now(), current_actor(), causation_id, depth)
    if not _store:
        raise RuntimeError("no event store was supplied")
    _store[0](envelope)
    return envelope.id
