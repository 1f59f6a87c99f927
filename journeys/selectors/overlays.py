"""What the floors above know about parts of a journey and show on its map: pain points, and what is being done.

They register here at start-up; each is asked once for a map, whatever its size.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Pain:
    """Complaints at one touchpoint: ``open`` now, ``recent`` received within the last ``days``."""

    touchpoint_id: UUID
    open: int
    recent: int
    days: int


@dataclass(frozen=True)
class Underway:
    """Something being done about a stage, or about one of its touchpoints; ``tone`` is that of a pill.

    ``page`` is the name of its address and ``ident`` the id that takes.
    """

    title: str
    stage_id: UUID
    touchpoint_id: UUID | None = None
    said: str = ""
    tone: str = "info"
    page: str = ""
    ident: UUID | None = None


TellsPains = Callable[[Any, Collection[UUID]], list[Pain]]
TellsUnderway = Callable[[Any, Collection[UUID]], list[Underway]]
_pains: list[TellsPains] = []
_underway: list[TellsUnderway] = []


def tells_pains(source: TellsPains) -> TellsPains:
    """Register who knows complaints; ``source`` gets the reader and ids of touchpoints, and asks one query."""
    _pains.append(source)
    return source


def tells_underway(source: TellsUnderway) -> TellsUnderway:
    """Register who knows what is being done; ``source`` gets the reader and ids of stages, and asks one query."""
    _underway.append(source)
    return source


def pains_at(reader: Any, touchpoints: Collection[UUID]) -> dict[UUID, Pain]:
    """Pain points by touchpoint, as far as ``reader`` may know of them."""
    return {pain.touchpoint_id: pain for source in _pains for pain in source(reader, touchpoints)}


def underway_in(reader: Any, stages: Collection[UUID]) -> list[Underway]:
    """What is being done in these stages, as far as ``reader`` may know of it."""
    return [one for source in _underway for one in source(reader, stages)]
