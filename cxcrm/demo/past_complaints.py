"""Complaints a demo firm has dealt with, laid straight into the tables."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.models import Customer, Interaction
from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.voices import USUAL
from feedback.logic.key_terms import key_terms
from feedback.models import Complaint, RootCause
from feedback.services.numbering import take_number
from journeys.models import Touchpoint
from tenants.staff.models import Branch, User
from tenants.staff.selectors.firm import the_firm

DAYS = 18 * 30


@dataclass(frozen=True)
class Past:
    """One complaint that is over."""

    touchpoint: str
    severity: str
    words: str
    action: str
    confirmed: bool
    received: datetime


def lay_complaints(demo: DemoFirm, count: int, rng: random.Random) -> None:
    """``count`` closed complaints: those told in the firm's story, and the usual ones over eighteen months."""
    told = [
        Past(
            one.touchpoint, "S3", one.words, one.action, one.ending == "confirmed", now() - timedelta(days=one.days_ago)
        )
        for one in demo.complaints
        if one.ending
    ]
    usual = [_usual(demo, rng) for _number in range(max(0, count - len(told)))]
    customers = list(Customer.objects.order_by("sort_key")[:4000])
    firm, first = the_firm(), User.objects.order_by("created_at").first()
    points = {one.code: one for one in Touchpoint.objects.select_related("department__handler")}
    causes = list(RootCause.objects.filter(parent__isnull=False).order_by("name"))
    branches = list(Branch.objects.order_by("name"))
    complaints, timeline = [], []
    for past in sorted([*told, *usual], key=lambda one: one.received):
        touchpoint = points[past.touchpoint]
        customer = rng.choice([one for one in rng.choices(customers, k=40) if one.created_at < past.received])
        # Most are answered within the promise, some are not: what the charts are for.
        days = rng.uniform(0.2, 2.5) if rng.random() < 0.82 else rng.uniform(3, 9)
        resolved = past.received + timedelta(days=days)
        complaint = Complaint(
            number=take_number(firm, past.received),
            customer=customer,
            touchpoint=touchpoint,
            branch=rng.choice(branches),
            channel=rng.choice(["staff", "staff", "page", "survey"]),
            state="closed_confirmed" if past.confirmed else "closed_no_reply",
            severity=past.severity,
            subject=past.words[:77],
            description=past.words,
            terms=key_terms(past.words),
            owner=touchpoint.department.handler or first,
            root_cause=rng.choice(causes),
            action_taken=past.action,
            received_at=past.received,
            acknowledged_at=past.received + timedelta(minutes=rng.uniform(1, 9)),
            first_contact_at=past.received + timedelta(hours=rng.uniform(0.5, 9)),
            resolved_at=resolved,
            closed_at=resolved + timedelta(days=rng.uniform(0.1, 2)),
            created_at=past.received,
        )
        complaints.append(complaint)
        timeline += _told(complaint, past)
    Complaint.objects.bulk_create(complaints, batch_size=500)
    Interaction.objects.bulk_create(timeline, batch_size=500)


def _usual(demo: DemoFirm, rng: random.Random) -> Past:
    one = rng.choice(USUAL[demo.slug])
    received = now() - timedelta(days=rng.triangular(12, DAYS, 30), hours=rng.uniform(0, 10))
    return Past(one.touchpoint, one.severity, rng.choice(one.words), one.action, rng.random() < 0.71, received)


def _told(complaint: Complaint, past: Past) -> list[Interaction]:
    ending = "complaint.confirmed" if past.confirmed else "complaint.expired"
    return [
        Interaction(
            customer=complaint.customer, kind="complaint", direction=direction, occurred_at=at, what=what, body=body,
            data={"number": complaint.number}, subject_type="feedback.complaint", subject_id=complaint.id,
        )
        for what, at, direction, body in (
            ("complaint.opened", complaint.received_at, "in", past.words),
            ("complaint.resolved", complaint.resolved_at, "out", past.action),
            (ending, complaint.closed_at, "in", ""),
        )
    ]  # fmt: skip
