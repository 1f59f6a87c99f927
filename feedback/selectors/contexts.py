"""Contexts in force, whom they concern, what they hold back and whom to reach out to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Value
from django.db.models.functions import Coalesce, NullIf

from customers.models import Customer
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import uuid_array
from cxcrm.core.once import once
from feedback.logic.contexts import Context
from feedback.models import ContextEvent, HeldInvitation, Invitation
from feedback.selectors.reach import Reader
from tenants.staff.roles import Level

# Skip reason of an invitation that was held back until it was too late.
TOO_LONG: Final = "context_too_long"
IN_FORCE: Final = "e.ended_at IS NULL AND e.starts_at <= %s AND e.ends_at > %s"
# Who works for an organisation lives where it is, unless they said otherwise; of whom nothing is known, nowhere.
HERE: Final = """(e.provinces = '{}' OR coalesce(nullif(c.province_code, ''), nullif(o.province_code, ''))
                  = ANY(e.provinces))"""
_OF: Final = f"""
SELECT c.id, e.id, e.name, e.kind, e.starts_at, e.ends_at, e.pauses, e.provinces <> '{{}}', e.care_vi, e.care_en
FROM feedback_contextevent e
JOIN customers_customer c ON c.id = ANY(%s::uuid[])
LEFT JOIN customers_customer o ON o.id = c.organization_id
WHERE {IN_FORCE} AND {HERE}
"""  # noqa: S608 - constants
_LIVES_IN: Any = Coalesce(NullIf(F("province_code"), Value("")), NullIf(F("organization__province_code"), Value("")))


def visible_to(user: Reader) -> "QuerySet[ContextEvent]":
    """Every context for those who may read feedback, none for others."""
    return ContextEvent.objects.all() if user.allows("feedback", Level.READ) else ContextEvent.objects.none()


def in_force(at: datetime) -> "QuerySet[ContextEvent]":
    """Those on at ``at``, the next to be over first."""
    return ContextEvent.objects.filter(ended_at=None, starts_at__lte=at, ends_at__gt=at).order_by("ends_at", "id")


def everywhere(at: datetime) -> ContextEvent | None:
    """The one of the whole country on at ``at`` that began last, for whom nobody knows where they live."""
    return in_force(at).filter(provinces=[]).order_by("-starts_at", "-id").first()


def contexts_of(customer_ids: Iterable[UUID], at: datetime | None = None) -> dict[UUID, list[Context]]:
    """Customer → the contexts in force where they live; whom none concerns is missing. One query for all of them."""
    at = at or now()
    found: dict[UUID, list[Context]] = defaultdict(list)
    for customer_id, *rest in ContextEvent.objects.all().read(_OF, [uuid_array(customer_ids), at, at]):
        found[customer_id].append(Context(*rest))
    return found


@once
def pausing_now() -> list[ContextEvent]:
    """What the banners tell of: contexts on now that pause surveys."""
    return list(in_force(now()).exclude(pauses=ContextEvent.Pauses.NOTHING))


def living_in(provinces: list[str]) -> "QuerySet[Customer]":
    """Customers known to live in one of ``provinces``, or work for an organisation there; all where none is named."""
    standing = Customer.objects.filter(erased_at=None)
    if not provinces:
        return standing
    return standing.annotate(lives_in=_LIVES_IN).filter(lives_in__in=provinces)


@dataclass(frozen=True)
class Held:
    """What a context did so far: customers it concerns, those whose province nobody knows, and its invitations."""

    customers: int
    unknown: int
    waiting: int
    left_after: int
    too_late: int
    dropped: int

    @property
    def total(self) -> int:
        return self.waiting + self.left_after + self.too_late + self.dropped


def held_by(context: ContextEvent) -> Held:
    """Counts over invitations ever held back by ``context``; three queries.

    ``left_after`` went out when it was over, ``too_late`` could not any more, ``dropped`` were not sent for another
    reason (an open case, no consent). Of two contexts at once, each counts what it held.
    """
    skipped = Q(invitation__state=Invitation.State.SKIPPED)
    late = skipped & Q(invitation__skip_reason=TOO_LONG)
    queued = Q(invitation__state=Invitation.State.QUEUED)
    counts = HeldInvitation.objects.filter(context=context).aggregate(
        waiting=Count("pk", filter=queued),
        left_after=Count("pk", filter=~queued & ~skipped),
        too_late=Count("pk", filter=late),
        dropped=Count("pk", filter=skipped & ~late),
    )
    unknown = 0
    if context.provinces:
        unknown = Customer.objects.filter(erased_at=None).annotate(lives_in=_LIVES_IN).filter(lives_in=None).count()
    return Held(customers=living_in(context.provinces).count(), unknown=unknown, **counts)


def outdated(context_id: UUID) -> "QuerySet[HeldInvitation]":
    """Invitations a context held back as it was before it was last changed, and that wait still."""
    rows = HeldInvitation.objects.filter(context_id=context_id, version__lt=F("context__version"))
    return rows.filter(invitation__state=Invitation.State.QUEUED)


def held_of(dispatch_id: UUID) -> list[tuple[ContextEvent, int]]:
    """What holds invitations of one sending back just now, each with how many; the most first."""
    rows = HeldInvitation.objects.filter(
        invitation__dispatch=dispatch_id, invitation__state=Invitation.State.QUEUED, context__in=in_force(now())
    )
    counts = dict(rows.order_by().values_list("context").annotate(Count("pk")))
    contexts = ContextEvent.objects.filter(pk__in=counts)
    return sorted(((one, counts[one.pk]) for one in contexts), key=lambda pair: (-pair[1], pair[0].name))
