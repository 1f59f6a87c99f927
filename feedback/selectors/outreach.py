"""Whom to reach out to while a context is on: who has an open case, may leave, or belongs to the segment named."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.expressions import Value
from django.db.models.fields import IntegerField

from customers.models import Customer, CustomerHealth, SegmentMember
from customers.selectors import customers as customer_selectors
from feedback.models import Complaint, ContextEvent
from feedback.selectors.contexts import living_in
from feedback.selectors.reach import Reader, within_reach

SHOWN: Final = 50
_REASONS: Final = ("has_case", "at_risk", "in_segment")


@dataclass
class Reached:
    """One customer to reach out to, with why; ``cases`` are the open ones within the reader's reach."""

    customer: Customer
    at_risk: bool
    in_segment: bool
    cases: list[Complaint] = field(default_factory=list)


def whom_to_reach(reader: Reader, context: ContextEvent) -> "QuerySet[Any]":
    """Customers concerned by ``context`` whom ``reader`` may see, most reasons first, then who spends most.

    A case out of the reader's reach is no reason here: nobody learns of it by this list. Whoever is at risk and left
    alone by chance stays so (ADR 36), unless there is another reason.
    """
    open_cases = within_reach(reader).filter(customer=OuterRef("pk"), state__in=Complaint.OPEN_STATES)
    risky = CustomerHealth.objects.filter(customer=OuterRef("pk"), band=CustomerHealth.Band.AT_RISK)
    members = SegmentMember.objects.filter(segment=context.segment_id, customer=OuterRef("pk"))
    rows = living_in(context.provinces).filter(pk__in=customer_selectors.visible_to(reader).values("pk"))
    marked = rows.annotate(
        has_case=Exists(open_cases),
        at_risk=Exists(risky.exclude(is_held_out=True, flag="")),
        in_segment=Exists(members) if context.segment_id else Value(False),
    ).filter(Q(has_case=True) | Q(at_risk=True) | Q(in_segment=True))
    reasons: Any = sum(
        (Case(When(**{name: True}, then=1), default=0, output_field=IntegerField()) for name in _REASONS), Value(0)
    )
    spent = F("health__spent").desc(nulls_last=True)
    return marked.select_related("branch", "owner").order_by(-reasons, spent, "sort_key", "id")


def reached(reader: Reader, context: ContextEvent, limit: int = SHOWN) -> list[Reached]:
    """The first of ``whom_to_reach`` with their cases; two queries."""
    found = {row.pk: Reached(row, row.at_risk, row.in_segment) for row in whom_to_reach(reader, context)[:limit]}
    cases = within_reach(reader).filter(customer__in=list(found), state__in=Complaint.OPEN_STATES)
    for case in cases.order_by("severity", "received_at"):
        found[case.customer_id].cases.append(case)
    return list(found.values())
