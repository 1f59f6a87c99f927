"""Files of customers as they are listed and read; only ``content_of`` ever loads bytes."""

from typing import Any

from django.db.models import Model, QuerySet, Sum

from customers.models import Attachment, AttachmentContent, Customer
from customers.selectors.customers import Reader, visible_to
from customers.selectors.hiding import files_open_to
from tenants.staff.roles import Level


def attachments_visible_to(user: Reader) -> "QuerySet[Attachment]":
    """The files of every customer ``user`` may see, but those of what they may not look into."""
    return files_open_to(user, Attachment.objects.filter(customer__in=visible_to(user)))


def attachments_of_customer(customer: Customer, user: Reader) -> "QuerySet[Attachment]":
    """Every file about the customer ``user`` may see, whatever it belongs to, the latest first."""
    files = files_open_to(user, Attachment.objects.filter(customer=customer))
    return files.order_by("-created_at", "-id")


def attachments_of(subject: Model) -> "QuerySet[Attachment]":
    """The files of one object, in the order they came; of a customer those that belong to nothing else."""
    if isinstance(subject, Customer):
        found = Attachment.objects.filter(customer=subject, subject_id=None)
    else:
        found = Attachment.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    return found.order_by("created_at", "id")


def content_of(attachment: Attachment) -> bytes:
    """The bytes of one file."""
    content: Any = AttachmentContent.objects.values_list("content", flat=True).get(attachment=attachment)
    return bytes(content)


def may_remove(user: Reader, attachment: Attachment) -> bool:
    """What a customer sent in is evidence: only who manages customers may remove it."""
    return user.allows("customers", Level.MANAGE if attachment.is_from_customer else Level.WRITE)


def bytes_of_customer(customer: Customer) -> int:
    """How much the files of one customer hold together."""
    return Attachment.objects.filter(customer=customer).aggregate(total=Sum("size"))["total"] or 0
