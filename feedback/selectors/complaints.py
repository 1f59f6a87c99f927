"""Reads of complaints and of what may be done about them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When

from customers.logic.text import nfc
from customers.models import Customer
from customers.selectors.contacts import may_look_for, may_see_contacts
from customers.selectors.customers import search as search_customers
from cxcrm.core.clock import now
from feedback.logic.complaint_states import ComplaintAction, allowed_actions
from feedback.logic.key_terms import as_written, telling_terms
from feedback.models import Complaint, ComplaintNote, Remedy, RootCause
from feedback.selectors.reach import Reader, within_reach
from tenants.staff.roles import Level

OFFERED_REMEDIES = 3
_MAX_QUERY = 100
# Of cases alike so many are looked at; where there are more, that there are many is what counts.
MOST_ALIKE = 200


def visible_to(user: Reader) -> QuerySet[Complaint]:
    """The complaints ``user`` may read: those within their reach, for every role that reads feedback; else none."""
    if not user.allows("feedback", Level.READ):
        return Complaint.objects.none()
    return within_reach(user).select_related("customer", "touchpoint", "owner", "branch")


def search(rows: QuerySet[Complaint], text: str, user: Reader) -> QuerySet[Complaint]:
    """Narrow ``rows`` to those found by a part of the number or subject, or by the customer as customers are found.

    Accents do not matter. Who may not see contacts finds customers by whole numbers and addresses only, and no digits
    in a subject. Blank text narrows nothing.
    """
    text = text[:_MAX_QUERY].strip()
    if not text:
        return rows
    found = Q(number__icontains=text)
    if may_look_for(text, user):
        found |= Q(subject__unaccent__icontains=text)
    whose = search_customers(Customer.objects.all(), text, masked=not may_see_contacts(user))
    return rows.filter(found | Q(customer__in=whose.order_by().values("pk")))


def best_first(rows: QuerySet[Complaint], text: str, *then: Any) -> QuerySet[Complaint]:
    """Order the hits of ``search`` for a short list: those written with the accents as typed first, then ``then``."""
    typed = nfc(text.strip())
    as_typed = Q(subject__icontains=typed) | Q(customer__full_name__icontains=typed)
    return rows.order_by(Case(When(as_typed, then=Value(0)), default=Value(1)), *then)


def open_complaints() -> QuerySet[Complaint]:
    """Complaints in which the firm owes the next step."""
    return Complaint.objects.filter(state__in=Complaint.OPEN_STATES)


def of_customer(customer_id: UUID) -> QuerySet[Complaint]:
    """All complaints of one customer, newest first."""
    return Complaint.objects.filter(customer_id=customer_id).select_related("touchpoint", "owner")


def of_organization(organization_id: UUID) -> QuerySet[Complaint]:
    """All complaints of an organisation and of its people, newest first."""
    theirs = Q(customer_id=organization_id) | Q(customer__organization_id=organization_id)
    return Complaint.objects.filter(theirs).select_related("touchpoint", "owner")


@dataclass(frozen=True)
class Similar:
    """A complaint like another one, and why; ``words`` are those both tell of, as the other one has them."""

    complaint: Complaint
    same_touchpoint: bool
    same_cause: bool
    words: list[str]


def similar(complaint: Complaint, days: int = 30, *, reader: Reader | None = None) -> list[Similar]:
    """Other complaints of the last ``days`` on the same touchpoint, with the same root cause or that tell of the same.

    With a ``reader`` only those within their reach; without, where they are only counted, all.

    What is alike in more ways comes first, then the newest. One query, over the ``MOST_ALIKE`` newest of them.
    """
    alike = Q(terms__overlap=complaint.terms) if complaint.terms else Q(pk__in=[])
    if complaint.touchpoint_id:
        alike |= Q(touchpoint_id=complaint.touchpoint_id)
    if complaint.root_cause_id:
        alike |= Q(root_cause_id=complaint.root_cause_id)
    since = now() - timedelta(days=days)
    all_there_are = Complaint.objects.all() if reader is None else within_reach(reader)
    rows = all_there_are.filter(alike, received_at__gte=since).exclude(pk=complaint.pk).select_related("customer")
    newest = list(rows.order_by("-received_at", "-id")[:MOST_ALIKE])
    own = set(complaint.terms)
    shared = telling_terms([own.intersection(row.terms) for row in newest])
    found = [
        Similar(
            row,
            same_touchpoint=row.touchpoint_id is not None and row.touchpoint_id == complaint.touchpoint_id,
            same_cause=row.root_cause_id is not None and row.root_cause_id == complaint.root_cause_id,
            words=as_written(complaint.description, terms) if terms else [],
        )
        for row, terms in zip(newest, shared, strict=True)
    ]
    return sorted((one for one in found if _ways(one)), key=_ways, reverse=True)


def _ways(one: Similar) -> int:
    return one.same_touchpoint + one.same_cause + 2 * bool(one.words)


def remedies_for(complaint: Complaint) -> list[Remedy]:
    """At most three options to offer, the touchpoint's own before the general ones, each in the firm's order."""
    return list(
        offered_remedies(complaint).order_by(F("touchpoint_id").asc(nulls_last=True), "position", "name")[
            :OFFERED_REMEDIES
        ]
    )


def offered_remedies(complaint: Complaint) -> QuerySet[Remedy]:
    """Every option in use that fits: of the complaint's touchpoint, or of none."""
    return Remedy.objects.filter(Q(touchpoint=None) | Q(touchpoint_id=complaint.touchpoint_id), is_active=True)


def root_causes() -> QuerySet[RootCause]:
    """Root causes in use, each with the one it is part of."""
    return RootCause.objects.filter(is_active=True).select_related("parent")


def actions_for(complaint: Complaint) -> tuple[ComplaintAction, ...]:
    """What the state machine lets happen next, in the order of the process."""
    return allowed_actions(complaint.state)


def public_notes(complaint: Complaint) -> QuerySet[ComplaintNote]:
    """What may be shown to the customer: what they wrote, and what was sent to them."""
    return complaint.notes.filter(Q(from_customer=True) | Q(is_internal=False))
