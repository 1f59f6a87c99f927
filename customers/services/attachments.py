"""Files are attached and removed here, whatever they belong to."""

import hashlib
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from customers.errors import AttachmentNotFound, CustomerNotFound, FileNotTaken, TooManyFiles
from customers.events import FileAttached, FileRemoved
from customers.logic.files import MAX_BYTES, FileProblemError, clean_name, kind_of
from customers.models import Attachment, AttachmentContent, Customer, Interaction
from customers.selectors.attachments import attachments_of
from customers.services.interactions import new_interaction
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish
from tenants.models import Usage
from tenants.services import plans

MAX_PER_SUBJECT: Final = 20
_MEGABYTE: Final = 1024 * 1024


@transaction.atomic
def attach_file(
    *,
    customer_id: UUID,
    file_name: str,
    content: bytes,
    subject: Model | None = None,
    is_from_customer: bool | None = None,
) -> Attachment:
    """Keep a file about a customer, or about ``subject``, an object of this customer's such as a complaint.

    What it is, is read from its bytes; its name is made safe. ``is_from_customer`` is by default whether the customer
    acts; what the customer or another system brings from them is taken though the plan's storage is full. On the
    timeline stands only a file of the customer's own: an object tells its story itself. Raises CustomerNotFound,
    FileNotTaken, TooManyFiles beyond 20 per object, PlanLimitReached.
    """
    actor = current_actor()
    if is_from_customer is None:
        is_from_customer = actor.kind == "customer"
    customer = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    if subject is not None and getattr(subject, "customer_id", customer_id) != customer_id:
        raise ValueError(f"{subject._meta.label} {subject.pk} is about another customer")
    try:
        kind = kind_of(content, file_name)
    except FileProblemError as error:
        raise FileNotTaken.because(error.problem, limit=MAX_BYTES // _MEGABYTE) from error
    if attachments_of(subject if subject is not None else customer).count() >= MAX_PER_SUBJECT:
        raise TooManyFiles(limit=MAX_PER_SUBJECT)
    if not is_from_customer or actor.kind == "user":
        plans.allow(Usage.Metric.STORAGE, -(-len(content) // _MEGABYTE))
    attachment = Attachment.objects.create(
        customer=customer,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        file_name=clean_name(file_name, kind),
        content_type=kind.media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        is_from_customer=is_from_customer,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:160],
    )
    AttachmentContent.objects.create(attachment=attachment, content=content)
    if subject is None:
        _tell(attachment, "file.attached")
    publish(FileAttached(customer_id=customer_id, attachment_id=attachment.id))
    return attachment


@transaction.atomic
def remove_attachment(*, attachment_id: UUID) -> None:
    """Remove a file with its bytes for good; that it was there stays on the timeline. Raises AttachmentNotFound."""
    attachment = Attachment.objects.select_for_update().filter(pk=attachment_id).first()
    if attachment is None:
        raise AttachmentNotFound
    _tell(attachment, "file.removed")
    publish(FileRemoved(customer_id=attachment.customer_id, attachment_id=attachment_id))
    attachment.delete()


def _tell(attachment: Attachment, what: str) -> None:
    """On the timeline, as about what the file belongs to: who may not look into that reads no name."""
    entry = new_interaction(
        customer_id=attachment.customer_id,
        kind=Interaction.Kind.NOTE,
        what=what,
        direction=Interaction.Direction.IN if attachment.is_from_customer else Interaction.Direction.INTERNAL,
        data={"file": attachment.file_name},
    )
    entry.subject_type, entry.subject_id = attachment.subject_type, attachment.subject_id
    entry.save(force_insert=True)
