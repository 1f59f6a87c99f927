"""A customer's timeline, narrowed and paged by where one stands, however long it is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.models import Interaction
from customers.selectors.customers import Reader, timeline_of
from customers.selectors.hiding import covered, in_the_open, marked_for

PAGE: Final = 25
MAX_TEXT: Final = 100
_BETWEEN: Final = "~"


@dataclass(frozen=True)
class Asked:
    """What of the timeline is wanted; empty values narrow nothing. Days are the reader's, both included."""

    kind: str = ""
    direction: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    @property
    def narrows(self) -> bool:
        return any((self.kind, self.direction, self.since, self.until, self.text))


@dataclass(frozen=True)
class Page:
    """Entries, the latest first; ``earlier`` is where the next page begins, "" at the end."""

    entries: list[Interaction]
    earlier: str


def narrowed(entries: QuerySet[Interaction], asked: Asked) -> QuerySet[Interaction]:
    """Those of ``entries`` that are asked for; text is looked for in what was written, accents do not matter.

    Of entries that come from ``marked_for``, only those whose words the reader may read are found by text.
    """
    if asked.kind:
        entries = entries.filter(kind=asked.kind)
    if asked.direction:
        entries = entries.filter(direction=asked.direction)
    if asked.since:
        entries = entries.filter(occurred_at__gte=_midnight(asked.since))
    if asked.until:
        entries = entries.filter(occurred_at__lt=_midnight(asked.until + timedelta(days=1)))
    text = asked.text.replace("\x00", "").strip()[:MAX_TEXT]
    if text:
        entries = in_the_open(entries).filter(Q(body__unaccent__icontains=text) | Q(data__icontains=text))
    return entries


def timeline_page(customer_id: UUID, asked: Asked, reader: Reader, *, before: str = "", rows: int = PAGE) -> Page:
    """One page of the timeline as ``reader`` may see it: one query over its index, whatever came before.

    A broken ``before`` is the first.
    """
    entries = narrowed(marked_for(reader, timeline_of(customer_id)), asked)
    place = _place(before)
    if place is not None:
        at, ident = place
        # Said twice, so that the index ends the search at the moment and not only the filter.
        entries = entries.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, id__lt=ident), occurred_at__lte=at)
    found = list(entries[: rows + 1])
    last = found[rows - 1] if len(found) > rows else None
    earlier = f"{last.occurred_at.isoformat()}{_BETWEEN}{last.pk}" if last else ""
    return Page([covered(entry) for entry in found[:rows]], earlier)


def _place(text: str) -> tuple[datetime, UUID] | None:
    at, _mark, ident = text.partition(_BETWEEN)
    try:
        moment, key = datetime.fromisoformat(at), UUID(ident)
    except ValueError:
        return None
    return (moment, key) if moment.tzinfo is not None else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
