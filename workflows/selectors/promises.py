"""Promises: what is still to be kept, what a reply promises, and how many were kept in time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from customers.models import Customer, Interaction
from cxcrm.core.clock import now
from feedback.logic.promise_words import Found, find_promises
from feedback.models import Complaint, ComplaintNote
from feedback.selectors.reach import Reader, near
from tenants.staff.selectors.firm import firm_zone
from workflows import wording
from workflows.models import Promise
from workflows.selectors.calendars import default_calendar

# More than anybody promises one customer at a time.
_MOST = 20
_SHOWS = ("complaint.reply", "call.logged", "visit.logged", "complaint.resolved")


@dataclass(frozen=True)
class KeptShare:
    """How many promises of one person or department were due and kept in time; ``who`` is "" without a department."""

    ident: UUID | None
    who: str
    due: int
    kept: int

    @property
    def percent(self) -> int:
        return round(100 * self.kept / self.due)


def is_customer(customer_id: UUID) -> bool:
    """Whether there is somebody to promise something to."""
    return Customer.objects.filter(pk=customer_id).exists()


def notes_of(complaint_id: UUID | None) -> set[UUID]:
    """The notes a promise on this complaint may have been made in."""
    if complaint_id is None:
        return set()
    return set(ComplaintNote.objects.filter(complaint_id=complaint_id).values_list("pk", flat=True))


def open_promises(owner_id: UUID | None = None) -> QuerySet[Promise]:
    """What is still to be kept, the most pressing first; of one person, or of all."""
    rows = Promise.objects.filter(state__in=Promise.UNSETTLED, settled_at=None)
    rows = rows.select_related("customer", "complaint", "owner")
    return rows.filter(owner_id=owner_id) if owner_id else rows


def promises_of(complaint: Complaint) -> QuerySet[Promise]:
    """Every promise made on a complaint; those to be kept first."""
    rows = Promise.objects.filter(complaint=complaint).select_related("owner", "settled_by")
    return rows.annotate(is_over=Q(settled_at__isnull=False)).order_by("is_over", "due_at")


def promises_to(customer: Customer, *, reader: Reader, settled: int) -> list[Promise]:
    """What a customer (or anybody of an organisation) still waits for, the most pressing first; then what was settled.

    Of the latter at most ``settled``; none on a case out of the reader's reach. One query.
    """
    theirs = Q(customer_id=customer.pk)
    if customer.kind == Customer.Kind.ORGANIZATION:
        theirs |= Q(customer__organization_id=customer.pk)
    is_due = When(state__in=Promise.UNSETTLED, then=F("due_at"))
    rows = promises_visible_to(reader).filter(theirs).select_related("owner", "complaint")
    shown = list(rows.order_by(Case(is_due).asc(nulls_last=True), "-settled_at", "-id")[:_MOST])
    done = [row for row in shown if not row.is_open]
    return [row for row in shown if row.is_open] + done[:settled]


def proposed(text: str, at: datetime | None = None) -> list[Found]:
    """What ``text`` promises, read in the firm's time zone and working days."""
    return find_promises(
        text, (at or now()).astimezone(firm_zone()), add_working_days=default_calendar().add_working_days
    )


def evidence_for(promise: Promise) -> str:
    """What the timeline shows that may have kept it, as a first draft of the evidence; "" when nothing does."""
    if promise.complaint_id is None:
        return ""
    since = Interaction.objects.filter(
        subject_id=promise.complaint_id, what__in=_SHOWS, occurred_at__gt=promise.created_at
    )
    entry = since.exclude(body__contains=promise.text).order_by("occurred_at").first()
    if entry is None:
        return ""
    said = {
        "complaint.reply": _("Replied %(when)s by %(who)s"),
        "call.logged": _("Called %(when)s by %(who)s"),
        "visit.logged": _("Visited %(when)s by %(who)s"),
        "complaint.resolved": _("Answered %(when)s by %(who)s"),
    }[entry.what]
    return said % {"when": wording.stamp(entry.occurred_at), "who": entry.actor_label}


def promises_visible_to(reader: Reader) -> QuerySet[Promise]:
    """Promises to customers within reach: on complaints that are, and beside any."""
    return near(reader, Promise.objects.filter(customer__isnull=False))


def brand_promises() -> QuerySet[Promise]:
    """What the brand promised everybody, period by period."""
    return Promise.objects.filter(customer__isnull=True)


def due_between(rows: QuerySet[Promise], since: datetime, until: datetime) -> QuerySet[Promise]:
    """Those of ``rows`` that a share is made of: due between two moments and before now, withdrawn ones left out."""
    rows = rows.filter(due_at__gte=since, due_at__lt=min(until, now()))
    return rows.exclude(state=Promise.State.WITHDRAWN)


def kept_share(
    by: Literal["owner", "department"],
    *,
    reader: Reader,
    since: datetime,
    until: datetime,
    of: Literal["customers", "brand"] = "customers",
) -> list[KeptShare]:
    """Kept in time ÷ due, of promises within reach due between two moments; most first."""
    name = "owner__full_name" if by == "owner" else "department__name"
    due = due_between(brand_promises() if of == "brand" else promises_visible_to(reader), since, until)
    rows: Any = (
        due.order_by().values(by, name).annotate(due=Count("pk"), kept=Count("pk", filter=Q(state=Promise.State.KEPT)))
    )
    lines = [KeptShare(row[by], row[name] or "", row["due"], row["kept"]) for row in rows]
    return sorted(lines, key=lambda line: (-line.due, line.who))
