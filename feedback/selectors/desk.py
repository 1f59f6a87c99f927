"""Reads for the desk: mentions not looked at yet, templates that fit a case."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from customers.models import Attachment
from feedback.models import Complaint, ComplaintNote, NoteMention, ReplyTemplate


def unseen_mentions(user_id: UUID) -> QuerySet[NoteMention]:
    """Where somebody was called in and has not looked since, newest first."""
    rows = NoteMention.objects.filter(user_id=user_id, seen_at=None).select_related("note__complaint__customer")
    return rows.order_by("-created_at", "-id")


def templates_for(complaint: Complaint) -> QuerySet[ReplyTemplate]:
    """Reply templates in use that fit: in the customer's language, of the touchpoint and severity or of none.

    The ones made for this touchpoint or severity come first.
    """
    language = "en" if complaint.customer.language == "en" else "vi"
    fits = ReplyTemplate.objects.filter(
        Q(touchpoint=None) | Q(touchpoint_id=complaint.touchpoint_id),
        Q(severity="") | Q(severity=complaint.severity),
        is_active=True,
        language=language,
    )
    return fits.order_by(F("touchpoint_id").asc(nulls_last=True), "-severity", "position", "name")


def files_of(complaint: Complaint) -> QuerySet[Attachment]:
    """Every file of a case: sent in with it, and of its notes, replies and mails, in the order they came."""
    notes = complaint.notes.values("pk")
    mine = Q(subject_type=Complaint._meta.label_lower, subject_id=complaint.pk)
    of_notes = Q(subject_type=ComplaintNote._meta.label_lower, subject_id__in=notes)
    return Attachment.objects.filter(mine | of_notes, customer_id=complaint.customer_id).order_by("created_at", "id")
