"""Reads of complaints and of what may be done about them."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import F, Q, QuerySet

from cxcrm.core.clock import now
from feedback.logic.complaint_states import ComplaintAction, allowed_actions
from feedback.models import Complaint, ComplaintNote, Remedy, RootCause
from tenants.staff.roles import Level

OFFERED_REMEDIES = 3


class Reader(Protocol):
    """Staff, or a partner's key in their place."""

    def allows(self, room: str, level: Level | str) -> bool: ...


def visible_to(user: Reader) -> QuerySet[Complaint]:
    """The complaints ``user`` may read: all of the firm's for every role that reads feedback, else none."""
    if not user.allows("feedback", Level.READ):
        return Complaint.objects.none()
    return Complaint.objects.select_related("customer", "touchpoint", "owner", "branch")


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


def similar(complaint: Complaint, days: int = 30) -> QuerySet[Complaint]:
    """Other complaints of the last ``days`` on the same touchpoint or with the same root cause, newest first."""
    alike = Q()
    if complaint.touchpoint_id:
        alike |= Q(touchpoint_id=complaint.touchpoint_id)
    if complaint.root_cause_id:
        alike |= Q(root_cause_id=complaint.root_cause_id)
    if not alike:
        return Complaint.objects.none()
    since = now() - timedelta(days=days)
    return Complaint.objects.filter(alike, received_at__gte=since).exclude(pk=complaint.pk)


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
