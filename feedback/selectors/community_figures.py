"""How fast and how well the community answers: machine and people apart, what is left open, what has grown stale."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from cxcrm.core.clock import now
from feedback.logic.answer_times import Times, share_of, times
from feedback.models import AnswerMark, CommunityQuestion
from feedback.selectors.community import knowledge, stale_answers

OVER: Final = timedelta(days=90)
_State = CommunityQuestion.State


@dataclass(frozen=True)
class CommunityFigures:
    """Of questions of customers in the last 90 days, but ``waiting``, ``late``, ``known`` and ``stale``: as of now.

    ``deflected`` are visitors whom a published answer helped before they asked, ``asked`` those who asked; ``late``
    of those waiting were passed on; ``stale`` of the ``known`` are past their day.
    """

    since: datetime
    people: Times
    machine: Times
    asked: int
    answered: int
    deflected: int
    waiting: int
    late: int
    known: int
    stale: int

    @property
    def deflected_share(self) -> float | None:
        return share_of(self.deflected, self.deflected + self.asked)

    @property
    def stale_share(self) -> float | None:
        return share_of(self.stale, self.known)


def community_figures() -> CommunityFigures:
    """Six queries over what is open and one quarter of the year."""
    since = now() - OVER
    asked = CommunityQuestion.objects.filter(customer__isnull=False, created_at__gte=since)
    asked = asked.exclude(state=_State.SET_ASIDE)
    useful = list(asked.filter(useful_after__isnull=False).values_list("useful_after", flat=True))
    found = list(
        AnswerMark.objects.filter(
            customer=None, verdict=AnswerMark.Verdict.HELPFUL, marked_at__gte=since, seconds__isnull=False
        ).values_list("seconds", flat=True)
    )
    counts = asked.aggregate(asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
    waiting = CommunityQuestion.objects.filter(state=_State.OPEN).aggregate(
        waiting=Count("pk"), late=Count("pk", filter=Q(raised_at__isnull=False))
    )
    return CommunityFigures(
        since=since,
        people=times([one for one in useful if one is not None]),
        machine=times([one for one in found if one is not None]),
        deflected=len(found),
        known=knowledge().count(),
        stale=stale_answers().count(),
        **counts,
        **waiting,
    )
