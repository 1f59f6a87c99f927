"""Kinds of due work: who carries them out, in which lane, and what happens when they can never be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from tenants.models import Lane


@dataclass(frozen=True)
class Later:
    """What a handler returns to be called again at ``due_at`` without counting as a failure."""

    due_at: datetime


class NotYet(Exception):
    """The object of an item is not there (yet): try again, do not call it done."""


# What became of one item: done (None), to be done later, or failed.
Outcome = Later | Exception | None
Handler = Callable[[UUID], Later | None]
# Whatever a batch leaves out of its answer was not begun and is handed back.
BatchHandler = Callable[[Sequence[UUID]], Mapping[UUID, Outcome]]
Burial = Callable[[UUID, str], None]
F = TypeVar("F", bound=Handler)


@dataclass(frozen=True)
class Kind:
    """A registered kind of work. ``batch`` is how many items of one tenant its handler takes at once; 0: one by one."""

    name: str
    handler: Callable[..., Any]
    lane: str
    priority: int
    outside: bool
    batch: int
    by_mail: bool
    on_dead: Burial | None


_kinds: dict[str, Kind] = {}


def agenda_kind(
    name: str,
    *,
    lane: str = Lane.NORMAL,
    priority: int = 5,
    outside: bool = False,
    by_mail: bool = False,
    on_dead: Burial | None = None,
) -> Callable[[F], F]:
    """Register the function that carries out items of kind ``name``, at least once.

    It runs inside the tenant; with ``outside`` it runs in the public schema (work on the registry itself). ``by_mail``
    work rests while its way out does. ``on_dead`` is called in the transaction that gives an item up, with its ref
    and the last error: what must not be dropped in silence says so there.
    """

    def register(handler: F) -> F:
        _add(Kind(name, handler, str(lane), priority, outside, 0, by_mail, on_dead))
        return handler

    return register


def agenda_batch(
    name: str, *, size: int, lane: str = Lane.NORMAL, priority: int = 5, by_mail: bool = False, on_dead: Burial | None
) -> Callable[[BatchHandler], BatchHandler]:
    """Register a function that carries out up to ``size`` items of kind ``name`` of one tenant at once.

    An item that was begun before and not settled comes alone, so that the one that kills its worker is found.
    """

    def register(handler: BatchHandler) -> BatchHandler:
        _add(Kind(name, handler, str(lane), priority, False, size, by_mail, on_dead))
        return handler

    return register


def _add(kind: Kind) -> None:
    if kind.name in _kinds and _kinds[kind.name].handler is not kind.handler:
        raise ValueError(f"agenda kind {kind.name} is registered twice")
    _kinds[kind.name] = kind


def kind(name: str) -> Kind:
    """Raises KeyError for a kind nobody registered."""
    return _kinds[name]


def kinds() -> list[str]:
    return sorted(_kinds)


def kinds_in(lane: str) -> list[str]:
    """The kinds of ``lane``, the most urgent first."""
    return [found.name for found in sorted(_kinds.values(), key=lambda kind: kind.priority) if found.lane == lane]


def kinds_by_mail() -> list[str]:
    """The kinds that leave the house by mail."""
    return [found.name for found in _kinds.values() if found.by_mail]
