"""Who may be asked now, and why the others may not (domain.md §3.2)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPoint, Customer
from customers.selectors.consents import standing
from customers.selectors.customers import emails_of
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among, uuid_array
from feedback.logic.contexts import longest, pausing
from feedback.models import Complaint, Invitation, Survey
from feedback.selectors.contexts import contexts_of

ANY_SURVEY_EVERY: Final = timedelta(days=30)
RELATIONSHIP_EVERY: Final = timedelta(days=180)
SAME_SURVEY_EVERY: Final = timedelta(days=90)
# What somebody who chose "seldom" on their own page gets, whatever the survey.
SELDOM_EVERY: Final = RELATIONSHIP_EVERY
YEAR: Final = timedelta(days=365)
PER_YEAR: Final = 4
QUIET_AFTER_CLOSING: Final = timedelta(days=7)

# In the order they are looked at: the first that holds is the one shown.
REASONS: Final[dict[str, Promise]] = {
    "no_consent": _("never agreed to surveys"),
    "opted_out": _("does not want surveys"),
    "no_email": _("no e-mail address"),
    "undeliverable": _("e-mail address refused mail"),
    "open_complaint": _("has an open case, or one closed in the last 7 days"),
    "asked_recently": _("asked not long ago"),
    "asked_seldom": _("wants surveys seldom, and was asked within 180 days"),
    "yearly_cap": _("asked 4 times within a year"),
    # Only found when the mail is about to leave:
    "survey_inactive": _("the survey was taken out of use"),
    "too_late": _("could not be sent in time"),
    "erased": _("personal data was erased"),
    "settled": _("already sent or answered"),
    "expired": _("the invitation was out of date"),
    "context_too_long": _("surveys were paused where they live until it was too late"),
}

COUNTS = (
    Invitation.State.QUEUED,
    Invitation.State.SENT,
    Invitation.State.UNCERTAIN,
    Invitation.State.ANSWERED,
)


@dataclass(frozen=True)
class Preview:
    """What sending a survey now would do: customers looked at, who would get it, the others by reason.

    ``held`` of those who would get it wait until a context is over, by its name.
    """

    matched: int
    sendable: list[UUID] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """When one customer was last asked, by what the rules look at, and how often within a year."""

    any_survey: datetime
    relationship: datetime | None
    same_survey: datetime | None
    within_a_year: int


def preview(survey: Survey, customers: QuerySet[Customer] | Iterable[UUID]) -> Preview:
    """Sort ``customers`` into who may be sent ``survey`` now and who not, by reason; a fixed number of queries."""
    ids = _ids(customers)
    if not ids:
        return Preview(0)
    reasons = _reasons(survey, ids, Invitation.objects.filter(customer_id__in=among(ids)))
    sendable = [ident for ident in ids if ident not in reasons]
    waits = (longest(pausing(found, survey.cadence)) for found in contexts_of(sendable).values())
    return Preview(
        matched=len(ids),
        sendable=sendable,
        skipped=dict(Counter(reasons.values())),
        held=dict(Counter(one.name for one in waits if one is not None)),
    )


@dataclass(frozen=True)
class Waiting:
    """What the rules need to know of an invitation that is about to leave."""

    id: UUID
    customer_id: UUID
    survey_id: UUID
    state: str


def may_be_asked(invitation: Invitation) -> str:
    """Why this invitation must not be sent after all; empty when it may. Read again just before the mail leaves."""
    waiting = Waiting(invitation.pk, invitation.customer_id, invitation.survey_id, invitation.state)
    return reasons_against([waiting], {invitation.survey_id: invitation.survey}).get(invitation.pk, "")


def reasons_against(waiting: Sequence[Waiting], surveys: Mapping[UUID, Survey]) -> dict[UUID, str]:
    """Invitation → why it must not be sent after all, for many; who may be asked is missing. Six queries.

    Of two invitations waiting for one customer the earlier one counts against the later one, never both ways.
    """
    at, ids = now(), list({row.customer_id for row in waiting})
    standing_reason = _standing_reasons(ids, at)
    earlier = _earlier([row.id for row in waiting], at)
    seldom = wanting_seldom(row.customer_id for row in waiting if row.id in earlier)

    def reason(row: Waiting) -> str:
        if row.state != Invitation.State.QUEUED:
            return "settled"
        survey = surveys[row.survey_id]
        if not survey.is_active:
            return "survey_inactive"
        before = earlier.get(row.id)
        if reason := standing_reason(row.customer_id):
            return reason
        is_seldom = row.customer_id in seldom
        return _tired(survey, _summary(survey, before), at, seldom=is_seldom) if before else ""

    found = {row.id: reason(row) for row in waiting}
    return {ident: why for ident, why in found.items() if why}


def _ids(customers: QuerySet[Customer] | Iterable[UUID]) -> list[UUID]:
    found: Iterable[UUID]
    found = customers.values_list("pk", flat=True) if isinstance(customers, QuerySet) else customers
    return list(dict.fromkeys(found))


def _reasons(survey: Survey, ids: list[UUID], invitations: QuerySet[Invitation]) -> dict[UUID, str]:
    at = now()
    standing_reason = _standing_reasons(ids, at)
    asked = _asked(survey, invitations, at)
    seldom = wanting_seldom(asked)
    found = {
        ident: standing_reason(ident)
        or (_tired(survey, asked[ident], at, seldom=ident in seldom) if ident in asked else "")
        for ident in ids
    }
    return {ident: why for ident, why in found.items() if why}


def _standing_reasons(ids: list[UUID], at: datetime) -> Callable[[UUID], str]:
    """What speaks against asking a customer, whatever the survey: consent, address, an open case."""
    consents = standing(ids, "survey")
    emails = emails_of(ids)
    refused = _with_refused_email([ident for ident in ids if ident not in emails])
    complaining = with_a_case(ids, at)

    def reason(ident: UUID) -> str:
        if not consents.get(ident, False):
            return "opted_out" if ident in consents else "no_consent"
        if ident not in emails:
            return "undeliverable" if ident in refused else "no_email"
        return "open_complaint" if ident in complaining else ""

    return reason


def wanting_seldom(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Of these, who chose to be asked seldom; none of nobody, without asking."""
    wanted = list(customer_ids)
    if not wanted:
        return set()
    rows = Customer.objects.filter(pk__in=among(wanted), surveys_seldom=True)
    return set(rows.values_list("pk", flat=True))


def _tired(survey: Survey, asked: _Asked, at: datetime, *, seldom: bool) -> str:
    relationship = survey.cadence == Survey.Cadence.RELATIONSHIP
    last, pause = (asked.relationship, RELATIONSHIP_EVERY) if relationship else (asked.same_survey, SAME_SURVEY_EVERY)
    if at - asked.any_survey < ANY_SURVEY_EVERY or (last is not None and at - last < pause):
        return "asked_recently"
    if seldom and at - asked.any_survey < SELDOM_EVERY:
        return "asked_seldom"
    return "yearly_cap" if asked.within_a_year >= PER_YEAR else ""


def _with_refused_email(ids: list[UUID]) -> set[UUID]:
    if not ids:
        return set()
    rows = ContactPoint.objects.filter(
        customer_id__in=among(ids), kind=ContactPoint.Kind.EMAIL, undeliverable_at__isnull=False
    )
    return set(rows.values_list("customer_id", flat=True))


def with_a_case(ids: list[UUID], at: datetime) -> set[UUID]:
    """Those with an open case, or one closed in the last days."""
    lately = Q(closed_at=None) | Q(closed_at__gt=at - QUIET_AFTER_CLOSING)
    rows = Complaint.objects.filter(lately, customer_id__in=among(ids))
    return set(rows.values_list("customer_id", flat=True))


def _asked(survey: Survey, invitations: QuerySet[Invitation], at: datetime) -> dict[UUID, _Asked]:
    when: Any = Coalesce("sent_at", "created_at")
    rows = (
        invitations.filter(state__in=COUNTS)
        .annotate(asked_at=when)
        .filter(asked_at__gt=at - YEAR)
        .order_by()
        .values("customer_id")
        .annotate(
            times=Count("pk"),
            last=Max("asked_at"),
            last_relationship=Max("asked_at", filter=Q(survey__cadence=Survey.Cadence.RELATIONSHIP)),
            last_same=Max("asked_at", filter=Q(survey_id=survey.pk)),
        )
    )
    return {
        row["customer_id"]: _Asked(row["last"], row["last_relationship"], row["last_same"], row["times"])
        for row in rows
    }


@dataclass(frozen=True)
class _Earlier:
    """Another invitation of the same customer within the last year."""

    asked_at: datetime
    survey_id: UUID
    cadence: str


_EARLIER: Final = """
SELECT i.id, coalesce(e.sent_at, e.created_at), e.survey_id, s.cadence
FROM feedback_invitation i
JOIN feedback_invitation e ON e.customer_id = i.customer_id AND (e.created_at, e.id) < (i.created_at, i.id)
JOIN feedback_survey s ON s.id = e.survey_id
WHERE i.id = ANY(%s::uuid[]) AND e.state = ANY(%s) AND coalesce(e.sent_at, e.created_at) > %s
"""


def _earlier(invitation_ids: Sequence[UUID], at: datetime) -> dict[UUID, list[_Earlier]]:
    """Invitation → those of the same customer that came before it and count."""
    found: dict[UUID, list[_Earlier]] = defaultdict(list)
    values = [uuid_array(invitation_ids), [str(state) for state in COUNTS], at - YEAR]
    for ident, *rest in Invitation.objects.all().read(_EARLIER, values):
        found[ident].append(_Earlier(*rest))
    return found


def _summary(survey: Survey, earlier: list[_Earlier]) -> _Asked:
    relationship = [row.asked_at for row in earlier if row.cadence == Survey.Cadence.RELATIONSHIP]
    same = [row.asked_at for row in earlier if row.survey_id == survey.pk]
    return _Asked(
        max(row.asked_at for row in earlier), max(relationship, default=None), max(same, default=None), len(earlier)
    )
