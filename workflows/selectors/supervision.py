"""The brand steward's month: what was asked and answered, what went past the brand, and a sample of what was sent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat

from cxcrm.core.clock import now
from feedback.logic.gaps import Side
from feedback.logic.reply_coach import Advice, advise
from feedback.models import ComplaintNote
from feedback.selectors.oddness import Odd, odd_answers
from feedback.selectors.reach import Reader, near
from journeys.logic.months import months_after, quarter_of
from journeys.models import Decision, Initiative, Standard, Touchpoint
from journeys.selectors.decisions import to_look_back_at
from journeys.selectors.walks import Walked, who_walked
from tenants.staff.selectors.firm import firm_midnight, firm_today
from workflows.models import Promise, ReplyAudit, Review
from workflows.selectors.calendars import default_calendar
from workflows.selectors.contradictions import open_contradictions
from workflows.selectors.flywheel import Share
from workflows.selectors.promises import brand_promises, promises_visible_to
from workflows.selectors.reviews import reviews

SAMPLE: Final = 10
SHOWN: Final = 12
# Sympathy is looked for in the replies of so many days, at most in the latest so many.
SYMPATHY_DAYS: Final = (30, 90)
LISTENED_TO: Final = 500


@dataclass(frozen=True)
class Sampled:
    """A reply drawn by lot, what the coach says of it, and what the steward said; ``fits`` is None before."""

    note: ComplaintNote
    advice: Advice
    fits: bool | None


@dataclass(frozen=True)
class Supervision:
    """One month of the firm, ``since`` included and ``until`` not; lists are cut to ``SHOWN``, counts are not."""

    since: date
    until: date
    asked: int
    # Answered within two working days, of all that were answered or should have been.
    in_time: Share
    # Working days from submitting to the answer, half of them sooner; None without an answer.
    median_days: float | None
    late: list[Review]
    past_a_gate: list[Initiative]
    without_standard: list[Touchpoint]
    without_standard_count: int
    unread: list[Standard]
    unread_count: int
    # Promises not kept in time: to customers, and of the brand.
    broken: int
    brand_broken: int
    # Who leads, and the last day they walked the journey in the quarter of the month.
    walked: list[Walked]
    # As texts stand today, whatever the month.
    contradictions: int
    not_looked_back: list[Decision]
    not_looked_back_count: int
    sample: list[Sampled]
    fitting: Share
    # Days up to the end of the month → replies that are nothing but sympathy (domain.md §1, 0.9).
    sympathy: dict[int, Side]
    # Answers of the month that look odd, and how many of them no measure counts.
    odd: Odd


def supervision_of(month: date, reader: Reader) -> Supervision:
    """What the steward leads and supervises by, for the month that ``month`` is in; cases only within reach."""
    since, until = months_after(month, 0), months_after(month, 1)
    start, end = firm_midnight(since), firm_midnight(until)
    asked = reviews().filter(created_at__gte=start, created_at__lt=end)
    answered = reviews().filter(
        decided_at__gte=start, decided_at__lt=end, state__in=(Review.State.APPROVED, Review.State.SENT_BACK)
    )
    late = list(reviews().filter(state=Review.State.WAITING, answer_by__lt=min(end, now())).order_by("answer_by"))
    took: Any = list(answered.values_list("created_at", "decided_at", "answer_by"))
    calendar = default_calendar()
    days = [calendar.working_days_between(begun, done) for begun, done, _by in took]
    places = Touchpoint.objects.filter(is_active=True).exclude(standards__replaced_at=None, standards__isnull=False)
    unread = (
        Standard.objects.filter(replaced_at=None, in_force_since__lt=end)
        .annotate(read=Count("acknowledgements"))
        .filter(read=0)
        .select_related("touchpoint")
        .order_by("in_force_since")
    )
    forgotten = to_look_back_at(min(until, firm_today())).select_related("decider").order_by("check_back_on")
    sample = _sample(start, end, reader)
    looked = [one for one in sample if one.fits is not None]
    return Supervision(
        since=since,
        until=until,
        asked=asked.count(),
        in_time=Share(sum(done <= by for _begun, done, by in took), len(took) + len(late)),
        median_days=median(days) if days else None,
        late=late[:SHOWN],
        past_a_gate=list(
            Initiative.objects.filter(overridden_by__isnull=False, decided_at__gte=start, decided_at__lt=end)
            .select_related("overridden_by")
            .order_by("decided_at")[:SHOWN]
        ),
        without_standard=list(places.select_related("stage")[:SHOWN]),
        without_standard_count=places.count(),
        unread=list(unread[:SHOWN]),
        unread_count=unread.count(),
        broken=_not_kept(promises_visible_to(reader), start, end),
        brand_broken=_not_kept(brand_promises(), start, end),
        walked=who_walked(quarter_of(since)),
        contradictions=len(open_contradictions()),
        not_looked_back=list(forgotten[:SHOWN]),
        not_looked_back_count=forgotten.count(),
        sample=sample,
        fitting=Share(sum(bool(one.fits) for one in looked), len(looked)),
        sympathy=_sympathy(min(end, now()), reader),
        odd=odd_answers(start, end),
    )


def drawn(start: datetime, end: datetime, reader: Reader) -> "QuerySet[ComplaintNote]":
    """Ten replies of the time, drawn by lot: the lot is the reply's id, so nobody can choose and all see the same."""
    lot = MD5(Concat(Cast("pk", CharField()), Value(f"{start:%Y-%m}"), output_field=CharField()))
    return _sent(start, end, reader).select_related("complaint", "author").order_by(lot)[:SAMPLE]


def _sent(start: datetime, end: datetime, reader: Reader) -> "QuerySet[ComplaintNote]":
    """Replies staff wrote to customers."""
    sent = ComplaintNote.objects.filter(
        is_internal=False, from_customer=False, author__isnull=False, created_at__gte=start, created_at__lt=end
    )
    return near(reader, sent)


def _sympathy(until: datetime, reader: Reader) -> dict[int, Side]:
    """What the coach finds in the latest replies before ``until``; one query, and bounded."""
    replies = _sent(until - timedelta(days=max(SYMPATHY_DAYS)), until, reader).order_by("-created_at", "-id")
    rows = replies.values_list("created_at", "body", "complaint__description")[:LISTENED_TO]
    found = [(at, advise(body, said).sympathy_only) for at, body, said in rows]
    within = {days: [bare for at, bare in found if at >= until - timedelta(days=days)] for days in SYMPATHY_DAYS}
    return {days: Side(sum(bare), len(bare)) for days, bare in within.items()}


def _not_kept(rows: QuerySet[Promise], start: datetime, end: datetime) -> int:
    missed = (Promise.State.BROKEN, Promise.State.KEPT_LATE)
    return rows.filter(due_at__gte=start, due_at__lt=end, state__in=missed).count()


def _sample(start: datetime, end: datetime, reader: Reader) -> list[Sampled]:
    notes = list(drawn(start, end, reader))
    fits: dict[Any, bool] = dict(
        ReplyAudit.objects.filter(note__in=[note.pk for note in notes]).values_list("note_id", "fits")
    )
    return [Sampled(note, advise(note.body, note.complaint.description), fits.get(note.pk)) for note in notes]
