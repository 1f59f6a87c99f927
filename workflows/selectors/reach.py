"""Whom a case concerns, as this floor knows it, and which mails tell of cases out of somebody's reach."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from feedback.models import ComplaintNote, NoteMention
from feedback.selectors.reach import concerns, near, within_reach
from tenants.staff.models import User
from workflows.models import (
    ClockSegment,
    Compensation,
    CompensationAsk,
    EscalationStep,
    IncomingMail,
    Message,
    Promise,
)
from workflows.selectors.change_requests import changes_visible_to

_Kind = Message.Kind
# What the ``ref`` of a mail names, and the way from there to its complaint.
BY_WAY_OF: tuple[tuple[tuple[str, ...], Any, str], ...] = (
    ((_Kind.REPLY, _Kind.ANSWERED), ComplaintNote, "complaint_id"),
    ((_Kind.MENTION,), NoteMention, "note__complaint_id"),
    ((_Kind.ESCALATION,), EscalationStep, "ladder__complaint_id"),
    ((_Kind.PROMISE_DUE, _Kind.PROMISE_BROKEN), Promise, "complaint_id"),
    ((_Kind.COMPENSATION_ASKED,), CompensationAsk, "compensation__complaint_id"),
    ((_Kind.COMPENSATION_DECIDED,), Compensation, "complaint_id"),
)
OF_THE_COMPLAINT = (
    _Kind.ACKNOWLEDGEMENT, _Kind.RESOLUTION, _Kind.RESOLUTION_REMINDER, _Kind.CLOSING, _Kind.ASSIGNED,
)  # fmt: skip
# As far as the request they tell of may be seen.
OF_CHANGES = (_Kind.CHANGE_ASKED, _Kind.CHANGE_RAISED, _Kind.CHANGE_NEWS, _Kind.CHANGE_PASSED)
# They tell of nobody's case, or of no single one.
OF_NO_CASE = (
    _Kind.INVITATION,
    _Kind.WELCOME,
    _Kind.PASSWORD,
    _Kind.SIGN_UP,
    _Kind.REVIEW_ASKED,
    _Kind.REVIEW_LATE,
    _Kind.REVIEW_ANSWERED,
    _Kind.CAUSE_PROPOSED,
    _Kind.WE_DID,
    _Kind.MY_PAGE,
    _Kind.DATA_REQUEST,
    _Kind.QUESTION_ASKED,
    _Kind.QUESTION_RAISED,
    _Kind.QUESTION_ANSWERED,
)


@concerns
def _told_or_asked(user: User, people: Collection[UUID]) -> Q:
    """Escalated to them or past them, once theirs, with a promise of theirs to keep, money asked of them."""
    case = OuterRef("pk")
    told = EscalationStep.objects.filter(
        Q(recipient=user.pk) | Q(deputy_for=user.pk), ladder__complaint=case, state=EscalationStep.State.TOLD
    )
    held = ClockSegment.objects.filter(complaint=case, holder=user.pk)
    above = Q(owner__manager__in=people) | Q(owner__department__lead__in=people)
    promised = Promise.objects.filter(Q(owner__in=people) | (Q(raised_at__isnull=False) & above), complaint=case)
    asked = CompensationAsk.objects.filter(compensation__complaint=case, person=user.pk)
    return Q(Exists(told)) | Q(Exists(held)) | Q(Exists(promised)) | Q(Exists(asked))


def messages_visible_to(reader: Any) -> QuerySet[Message]:
    """Every mail but those that tell of a complaint out of reach, and other people's digests; one's own always."""
    rows = Message.objects.all()
    if reader.reaches_firm:
        return rows
    about = Q(kind__in=OF_THE_COMPLAINT) & Q(Exists(within_reach(reader).filter(pk=OuterRef("ref"))))
    for kinds, model, case in BY_WAY_OF:
        found = near(reader, model.objects.filter(pk=OuterRef("ref")), case)
        about |= Q(kind__in=kinds) & Q(Exists(found))
    about |= Q(kind__in=OF_CHANGES) & Q(Exists(changes_visible_to(reader).filter(pk=OuterRef("ref"))))
    return rows.filter(Q(user=reader.pk) | Q(kind__in=OF_NO_CASE) | about)


def incoming_visible_to(reader: Any) -> QuerySet[IncomingMail]:
    """Every mail that came in, but those about a complaint out of reach."""
    rows = near(reader, IncomingMail.objects.all())
    if reader.reaches_firm:
        return rows
    return rows.filter(Q(answers=None) | Q(Exists(messages_visible_to(reader).filter(pk=OuterRef("answers_id")))))
