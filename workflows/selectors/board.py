"""The board: complaints in columns by where they stand, what is due next on top."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from feedback.logic.complaint_states import CLOSED, ComplaintAction, may
from feedback.models import Complaint
from workflows.selectors.queues import with_next_due

COLUMN_ROWS: Final = 50
CLOSED_WITHIN: Final = timedelta(days=30)
_State, _Action = Complaint.State, ComplaintAction


@dataclass(frozen=True)
class Place:
    """One column: its states, and the action that brings a card there; None where only the customer can."""

    code: str
    label: Promise
    states: tuple[str, ...]
    action: ComplaintAction | None


PLACES: Final = (
    Place("reopened", _("Reopened"), (_State.REOPENED,), _Action.REOPEN),
    Place("new", _("New"), (_State.RECEIVED, _State.ACKNOWLEDGED), _Action.ACKNOWLEDGE),
    Place("assessed", _("Assessed"), (_State.ASSESSED,), _Action.ASSESS),
    Place("working", _("Being worked on"), (_State.INVESTIGATING,), _Action.INVESTIGATE),
    Place("decided", _("Decided"), (_State.DECIDED,), _Action.DECIDE),
    Place("waiting", _("Waiting for the customer"), (_State.COMMUNICATED,), _Action.RESOLVE),
    Place("closed", _("Closed, last 30 days"), tuple(sorted(CLOSED)), None),
)


@dataclass(frozen=True)
class Column:
    """A place with its first cards; ``count`` is of all, ``more`` how many are not shown."""

    place: Place
    cards: list[Complaint]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def board(rows: QuerySet[Complaint], shown: Mapping[str, int], at: datetime | None = None) -> list[Column]:
    """The columns of ``rows``, each with at most ``shown[code]`` (default 50) cards; two queries.

    Cards carry what ``with_next_due`` adds. Of the closed only those of the last 30 days are looked at.
    """
    since = (at or now()) - CLOSED_WITHIN
    rows = rows.filter(Q(state__in=Complaint.LIVE_STATES) | Q(state__in=CLOSED, closed_at__gte=since))
    counts: dict[str, int] = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    place = Case(*(When(state__in=one.states, then=Value(one.code)) for one in PLACES))
    order: list[Any] = [F("next_due_at").asc(nulls_last=True), F("closed_at").desc(nulls_last=True), F("received_at")]
    standing = with_next_due(rows).annotate(
        place=place, turn=Window(RowNumber(), partition_by=[F("place")], order_by=[*order, F("pk")])
    )
    wanted = Q()
    for one in PLACES:
        wanted |= Q(place=one.code, turn__lte=shown.get(one.code, COLUMN_ROWS))
    cards: dict[str, list[Complaint]] = {}
    for card in standing.filter(wanted).order_by("turn"):
        cards.setdefault(card.place, []).append(card)
    return [Column(one, cards.get(one.code, []), sum(counts.get(state, 0) for state in one.states)) for one in PLACES]


def ways_of(complaint: Complaint) -> list[Place]:
    """Where the card may be moved now, in the order of the board."""
    return [
        one
        for one in PLACES
        if one.action is not None and complaint.state not in one.states and may(complaint.state, one.action)
    ]
