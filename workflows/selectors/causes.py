"""Root causes that come back, who is asked about them, and the cases they rest on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from customers.models import Quote
from feedback.models import Complaint, RootCause
from feedback.selectors.reach import Reader, within_reach
from journeys.models import Initiative
from tenants.staff.models import User
from tenants.staff.roles import Level
from tenants.staff.selectors.people import in_the_place_of
from workflows.logic.causes import WINDOW_DAYS
from workflows.models import CauseCase, CauseProposal

WINDOW: Final = timedelta(days=WINDOW_DAYS)
_State = CauseProposal.State
_UNDERWAY: Final = (
    Initiative.State.DRAFT, Initiative.State.PROPOSED, Initiative.State.APPROVED, Initiative.State.RUNNING,
)  # fmt: skip


def cases_within(at: datetime) -> QuerySet[Complaint]:
    """Every real case received in the window that ends at ``at``."""
    return Complaint.objects.filter(received_at__gt=at - WINDOW, received_at__lte=at, is_sample=False)


def fresh_cases(cause_id: UUID, at: datetime) -> QuerySet[Complaint]:
    """Those of a cause that speak for no proposal yet, the newest first."""
    spoken = CauseCase.objects.values("complaint_id")
    rows = cases_within(at).filter(root_cause_id=cause_id).exclude(pk__in=spoken)
    return rows.order_by("-received_at", "-id")


def causes_of_late(at: datetime) -> list[UUID]:
    """The causes of the window's cases, in the order in which they are locked."""
    found = cases_within(at).filter(root_cause__isnull=False).order_by("root_cause_id")
    return list(found.values_list("root_cause_id", flat=True).distinct())


def in_hand(cause_id: UUID) -> CauseProposal | None:
    """The proposal that takes a cause's further cases: one that waits, or whose initiative is not over."""
    open_ones = Q(state=_State.WAITING) | Q(state=_State.TAKEN, initiative__state__in=_UNDERWAY)
    return CauseProposal.objects.filter(open_ones, root_cause_id=cause_id).order_by("-created_at", "-id").first()


def waiting_for(user: User) -> QuerySet[CauseProposal]:
    """What waits for somebody, or for who is away today with them as deputy; the oldest first."""
    rows = CauseProposal.objects.filter(state=_State.WAITING, owner__in=in_the_place_of(user.pk))
    return rows.select_related("root_cause__parent", "touchpoint", "owner").order_by("created_at", "id")


def proposals_visible_to(reader: Reader) -> QuerySet[CauseProposal]:
    """Causes and how often they came back are the firm's: for everybody who reads its cases. See ``cases_of``."""
    rows = CauseProposal.objects.all()
    return rows if reader.allows("feedback", Level.READ) else rows.none()


def cases_of(proposal: CauseProposal, reader: Reader) -> QuerySet[Complaint]:
    """The complaints a proposal rests on, within ``reader``'s reach only; the newest first."""
    if not reader.allows("feedback", Level.READ):
        return Complaint.objects.none()
    spoken = CauseCase.objects.filter(proposal=proposal).values("complaint_id")
    rows = within_reach(reader).filter(pk__in=spoken).select_related("customer", "touchpoint")
    return rows.order_by("-received_at", "-id")


def quotes_from(proposal: CauseProposal) -> QuerySet[Quote]:
    """What was taken as a quote from the cases a proposal rests on."""
    spoken = CauseCase.objects.filter(proposal=proposal).values("complaint_id")
    return Quote.objects.filter(interaction__subject_id__in=spoken).exclude(text="").order_by("said_at", "id")


def proposal_of(initiative_id: UUID) -> CauseProposal | None:
    """The proposal an initiative came from, if any."""
    rows = CauseProposal.objects.filter(initiative_id=initiative_id)
    return rows.select_related("root_cause__parent", "touchpoint", "owner").first()


@dataclass(frozen=True)
class CauseCount:
    """How often a cause was met in the window, of how many cases; ``standing`` is what is done about it."""

    cause: RootCause
    n: int
    of: int
    standing: CauseProposal | None

    @property
    def percent(self) -> int:
        return round(100 * self.n / self.of)


def counts_by_cause(reader: Reader, at: datetime) -> list[CauseCount]:
    """The window's cases within reach by their cause, the most frequent first. Three queries."""
    rows = within_reach(reader).filter(pk__in=cases_within(at).order_by().values("pk")).order_by()
    found: Iterable[Any] = rows.values_list("root_cause_id").annotate(n=Count("pk"))
    counted = dict(found)
    everything = sum(counted.values())
    causes = RootCause.objects.filter(pk__in=[pk for pk in counted if pk]).select_related("parent")
    latest = {
        one.root_cause_id: one
        for one in CauseProposal.objects.filter(root_cause__in=[cause.pk for cause in causes])
        .select_related("initiative")
        .order_by("created_at", "id")
    }
    counts = [CauseCount(cause, counted[cause.pk], everything, latest.get(cause.pk)) for cause in causes]
    return sorted(counts, key=lambda one: (-one.n, str(one.cause)))
