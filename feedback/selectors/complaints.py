"""Reads of complaints and of what may be done about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When

from customers.models import Customer
from customers.selectors.contacts import may_look_for, may_see_contacts
from customers.selectors.customers import search as search_customers
from customers.selectors.ranking import as_typed
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
    first = as_typed(text, "subject", "customer__full_name")
    return rows.order_by(Case(When(first, then=Value(0)), default=Value(1)), *then)


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
    """A complaint like another one, and why; ``complaint`` has at least what is compared."""

    complaint: Any
    same_touchpoint: bool
    same_cause: bool
    terms: list[str]
    told: str

    @property
    def words(self) -> list[str]:
        """What both tell of, as the other one has it written."""
        return as_written(self.told, self.terms) if self.terms else []

    @property
    def ways(self) -> int:
        """In how many ways they are alike; words count for two."""
        return self.same_touchpoint + self.same_cause + 2 * bool(self.terms)


def similar(complaint: Complaint, days: int = 30, *, reader: Reader | None = None) -> list[Similar]:
    """Other complaints of the last ``days`` on the same touchpoint, with the same root cause or that tell of the same.

    With a ``reader`` only those within their reach; without, all.

    What is alike in more ways comes first, then the newest. One query, over the ``MOST_ALIKE`` newest of them.
    """
    rows = _maybe_alike(complaint, days, reader).select_related("customer")[:MOST_ALIKE]
    return sorted(_compared(complaint, rows), key=attrgetter("ways"), reverse=True)


def similar_count(complaint: Complaint, days: int = 30) -> int:
    """How many ``similar`` would find in the whole firm: for mails and pages that show none of them."""
    rows = _maybe_alike(complaint, days, None).values_list("touchpoint_id", "root_cause_id", "terms", named=True)
    return len(_compared(complaint, rows[:MOST_ALIKE]))


def _maybe_alike(complaint: Complaint, days: int, reader: Reader | None) -> QuerySet[Complaint]:
    """Whatever shares a place, a cause or a term, the newest first; what shares only chance is among them."""
    alike = Q(terms__overlap=complaint.terms) if complaint.terms else Q(pk__in=[])
    if complaint.touchpoint_id:
        alike |= Q(touchpoint_id=complaint.touchpoint_id)
    if complaint.root_cause_id:
        alike |= Q(root_cause_id=complaint.root_cause_id)
    since = now() - timedelta(days=days)
    all_there_are = Complaint.objects.all() if reader is None else within_reach(reader)
    rows = all_there_are.filter(alike, received_at__gte=since).exclude(pk=complaint.pk)
    return rows.order_by("-received_at", "-id")


def _compared(complaint: Complaint, rows: Iterable[Any]) -> list[Similar]:
    """Those of ``rows`` that are alike in some way, in their order."""
    found, own = list(rows), set(complaint.terms)
    shared = telling_terms([own.intersection(row.terms) for row in found])
    compared = (
        Similar(
            row,
            same_touchpoint=row.touchpoint_id is not None and row.touchpoint_id == complaint.touchpoint_id,
            same_cause=row.root_cause_id is not None and row.root_cause_id == complaint.root_cause_id,
            terms=terms,
            told=complaint.description,
        )
        for row, terms in zip(found, shared, strict=True)
    )
    return [one for one in compared if one.ways]


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


def cases_of(customer_id: UUID) -> list[Complaint]:
    """What one customer complained of, as their own page lists it: open ones first, then the latest."""
    rows = Complaint.objects.filter(customer_id=customer_id)
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "-received_at", "-id")[:10])
