"""The turn of the flywheel: what came in, how much of it was understood, what was done in time, what was learned.

The measures are those of domain.md §1, 0.14; each says over which time and of how many it is taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from customers.models import Quote
from feedback.models import CommunityQuestion, Complaint, Response
from feedback.selectors.reach import Reader, answers_visible_to, within_reach
from journeys.models import Decision, Initiative, Insight
from tenants.staff.selectors.firm import firm_zone
from workflows.models import Promise, SlaClock
from workflows.selectors.calendars import default_calendar
from workflows.selectors.promises import promises_visible_to

UNDERSTOOD_WITHIN: Final = 3  # working days
WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
HALF_YEAR: Final = timedelta(days=182)
# A firm with more signals a month than this is measured by its latest ones.
MOST: Final = 5_000


@dataclass(frozen=True)
class Share:
    """So many of ``of``; ``percent`` is None where there was nothing."""

    n: int
    of: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.n / self.of) if self.of else None


@dataclass(frozen=True)
class Stuck:
    """The oldest thing a stage waits for: what kind it is, how it is called, since when, and its page."""

    kind: str
    name: str
    since: datetime | date
    page: str
    ident: UUID


@dataclass(frozen=True)
class Turn:
    """One turn of the flywheel, with the oldest stuck thing of each stage."""

    signals: int
    signals_before: float
    understood: Share
    in_time: Share
    learned: int
    due_to_learn: int
    days_to_learn: float | None
    stuck: dict[str, Stuck | None]


def turn_for(reader: Reader, at: datetime) -> Turn:
    """The turn as ``reader`` may see it: signals of the last week and the mean of four before, what was understood and
    done over thirty days, what was learned in half a year.
    """
    cases, answers = within_reach(reader), answers_visible_to(reader)
    learned, today = _learned(at - HALF_YEAR), at.astimezone(firm_zone()).date()
    return Turn(
        signals=_signals(cases, answers, at - WEEK, at),
        signals_before=_signals(cases, answers, at - 5 * WEEK, at - WEEK) / 4,
        understood=_understood(cases, answers, at),
        in_time=_in_time(reader, cases, at),
        learned=len(learned),
        due_to_learn=_due_to_learn(today),
        days_to_learn=_days_to_learn(learned),
        stuck={
            "listen": _stuck_signal(cases),
            "understand": _stuck_insight(today),
            "act": _stuck_case(cases, at),
            "learn": _stuck_decision(today),
        },
    )


def _signals(cases: QuerySet[Complaint], answers: QuerySet[Response], since: datetime, until: datetime) -> int:
    """Answers, complaints that did not come with one, and questions customers asked."""
    asked = answers.filter(answered_at__gt=since, answered_at__lte=until).count()
    unasked = cases.filter(received_at__gt=since, received_at__lte=until, response=None).count()
    questions = CommunityQuestion.objects.filter(created_at__gt=since, created_at__lte=until)
    return asked + unasked + questions.exclude(customer=None).count()


def _understood(cases: QuerySet[Complaint], answers: QuerySet[Response], at: datetime) -> Share:
    """Of what customers said in words and whose three working days are over: coded by its root cause or taken as a
    quote before they were.
    """
    since = at - MONTH
    told: list[tuple[UUID, datetime, datetime | None]] = [
        *cases.filter(received_at__gt=since)
        .order_by("-received_at")
        .values_list("pk", "received_at", "resolved_at")[:MOST],
        *(
            (pk, answered, None)
            for pk, answered in answers.filter(answered_at__gt=since)
            .exclude(words="")
            .order_by("-answered_at")
            .values_list("pk", "answered_at")[:MOST]
        ),
    ]
    quoted = dict(
        Quote.objects.filter(interaction__subject_id__in=[pk for pk, _at, _coded in told])
        .values_list("interaction__subject_id")
        .annotate(first=Min("created_at"))
    )
    deadline = _working_days_after()
    over = [
        (min((one for one in (coded, quoted.get(pk)) if one), default=None), deadline(said)) for pk, said, coded in told
    ]
    due = [(understood, by) for understood, by in over if by <= at or understood]
    return Share(sum(1 for understood, by in due if understood and understood <= by), len(due))


def _working_days_after() -> Callable[[datetime], datetime]:
    """The end of the third working day after a moment; asked once a day, not once a signal."""
    calendar, zone = default_calendar(), firm_zone()
    known: dict[date, datetime] = {}

    def deadline(said: datetime) -> datetime:
        day = said.astimezone(zone).date()
        if day not in known:
            known[day] = calendar.add_working_days(said, UNDERSTOOD_WITHIN)
        return known[day]

    return deadline


def _in_time(reader: Reader, cases: QuerySet[Complaint], at: datetime) -> Share:
    """Of answers to customers and promises due in thirty days: done in time."""
    window = {"due_at__gt": at - MONTH, "due_at__lte": at}
    clocks = SlaClock.objects.filter(kind=SlaClock.Kind.RESOLVE, complaint__in=cases.values("pk"), **window).aggregate(
        all=Count("pk"), met=Count("pk", filter=Q(state=SlaClock.State.MET))
    )
    promises = (
        promises_visible_to(reader)
        .filter(**window)
        .exclude(state=Promise.State.WITHDRAWN)
        .aggregate(all=Count("pk"), met=Count("pk", filter=Q(state=Promise.State.KEPT)))
    )
    return Share(clocks["met"] + promises["met"], clocks["all"] + promises["all"])


def _learned(since: datetime) -> list[tuple[UUID, datetime]]:
    """What was learned since, and when: insights validated, decisions looked back at, initiatives ended."""
    found: list[Any] = [
        *Insight.objects.filter(validated_at__gt=since).values_list("pk", "validated_at"),
        *Decision.objects.filter(checked_at__gt=since).values_list("pk", "checked_at"),
        *Initiative.objects.filter(ended_on__gt=since.date()).values_list("pk", "updated_at"),
    ]
    return found


def _due_to_learn(today: date) -> int:
    """Decisions nobody has looked back at though their day has come, and insights to be looked at again."""
    decisions = Decision.objects.filter(checked_at=None, check_back_on__lte=today).count()
    insights = Insight.objects.exclude(state=Insight.State.RETIRED).filter(review_on__lte=today).count()
    return decisions + insights


def _days_to_learn(learned: Iterable[tuple[UUID, datetime]]) -> float | None:
    """The median of days from the first quote to what was learned from it; None where nothing was learned from any."""
    first: dict[UUID, datetime] = {}
    cited: tuple[tuple[Any, str], ...] = ((Insight, "evidence"), (Decision, "evidence"), (Initiative, "quotes"))
    for model, field in cited:
        rows: Iterable[Any] = (
            model._default_manager.annotate(first=Min(f"{field}__quote__said_at"))
            .exclude(first=None)
            .values_list("pk", "first")
        )
        first.update(rows)
    spans = [(at - first[pk]) / timedelta(days=1) for pk, at in learned if pk in first]
    return median(spans) if spans else None


def _stuck_signal(cases: QuerySet[Complaint]) -> Stuck | None:
    """A complaint nobody has taken up with the customer yet."""
    row = (
        cases.filter(state__in=Complaint.OPEN_STATES, first_contact_at=None)
        .order_by("received_at")
        .values("pk", "number", "received_at")
        .first()
    )
    return _of("complaint", row, "number", "received_at", "feedback_complaint") if row else None


def _stuck_case(cases: QuerySet[Complaint], at: datetime) -> Stuck | None:
    """The answer to a customer that is late the longest."""
    late = SlaClock.objects.filter(
        kind=SlaClock.Kind.RESOLVE, stopped_at=None, due_at__lte=at, complaint__in=cases.values("pk")
    )
    row = late.order_by("due_at").values("complaint_id", "complaint__number", "due_at").first()
    if row is None:
        return None
    return Stuck("late", row["complaint__number"], row["due_at"], "feedback_complaint", row["complaint_id"])


def _stuck_insight(today: date) -> Stuck | None:
    """The hypothesis that has waited the longest for somebody to bear it out, its day of review over."""
    row = Insight.objects.filter(state=Insight.State.HYPOTHESIS, review_on__lte=today).order_by("review_on").first()
    return Stuck("insight", str(row), row.review_on, "journeys_insight", row.pk) if row else None


def _stuck_decision(today: date) -> Stuck | None:
    row = (
        Decision.objects.filter(checked_at=None, check_back_on__lte=today)
        .order_by("check_back_on")
        .values("pk", "topic", "check_back_on")
        .first()
    )
    return _of("decision", row, "topic", "check_back_on", "journeys_decision") if row else None


def _of(kind: str, row: Any, name: str, since: str, page: str) -> Stuck:
    return Stuck(kind, row[name], row[since], page, row["pk"])
