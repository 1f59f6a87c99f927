"""What contexts mean for one customer: what waits, until when, and whose words of care are spoken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

ALL = "all"


@dataclass(frozen=True, slots=True)
class Context:
    """A context in force, as sending needs to know it. ``is_local``: it names provinces, so it is not everywhere."""

    id: UUID
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    pauses: str
    is_local: bool
    care_vi: str = ""
    care_en: str = ""


def pausing(contexts: Iterable[Context], cadence: str) -> list[Context]:
    """Those that hold a survey of this cadence ("relationship", "transactional") back."""
    return [one for one in contexts if one.pauses in (ALL, cadence)]


def longest(contexts: Sequence[Context]) -> Context | None:
    """The one that is over last: what waits for it waits for all of them."""
    return max(contexts, key=lambda one: (one.ends_at, one.id), default=None)


def nearest(contexts: Sequence[Context]) -> Context | None:
    """The one whose words are spoken: of the place before of everywhere, then what began last."""
    return max(contexts, key=lambda one: (one.is_local, one.starts_at, one.id), default=None)


def standing(starts_at: datetime, ends_at: datetime, ended_at: datetime | None, at: datetime) -> str:
    """Where a context stands at ``at``: "coming", "on", "over", or "called_off" where it was ended before it began."""
    if ended_at is not None:
        return "over" if ended_at > starts_at else "called_off"
    if at < starts_at:
        return "coming"
    return "on" if at < ends_at else "over"
