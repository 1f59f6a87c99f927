"""Files that come with a note, a reply or a complaint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from customers.services.attachments import attach_file
from cxcrm.core.errors import DomainError
from feedback.errors import ComplaintInvalid
from feedback.models import ComplaintNote

# Mailboxes take 10 MB and more; a file grows by a third on its way.
MAX_MAIL_BYTES: Final = 7 * 1024 * 1024
MOST_FILES: Final = 10


@dataclass(frozen=True)
class NewFile:
    """A file as it was handed in; what it is, is read from its bytes."""

    name: str
    content: bytes


def attach_to_note(note: ComplaintNote, customer_id: UUID, files: Sequence[NewFile], *, by_mail: bool) -> None:
    """Keep ``files`` with a note. Raises ComplaintInvalid where a mail could not carry them, and as ``attach_file``."""
    if len(files) > MOST_FILES:
        raise ComplaintInvalid(_("At most ten files at a time."), field="files", reason="too_many")
    if by_mail and sum(len(file.content) for file in files) > MAX_MAIL_BYTES:
        raise ComplaintInvalid(
            _("Together these files are too large for a mail: at most 7 MB. Send fewer, or a smaller picture."),
            field="files",
            reason="too_large",
        )
    for file in files:
        attach_file(customer_id=customer_id, file_name=file.name, content=file.content, subject=note)


def keep_mailed(
    files: Sequence[NewFile], *, note_id: UUID | None, customer_id: UUID | None, is_from_customer: bool
) -> list[str]:
    """Keep what came with a mail, with the note it became, else with the customer; returns what was not, and why.

    What was not kept is said in the note as well.
    """
    note = ComplaintNote.objects.select_related("complaint").filter(pk=note_id).first() if note_id else None
    whose = note.complaint.customer_id if note is not None else customer_id
    if whose is None:
        return []
    refused = keep_what_fits(note, whose, files, is_from_customer=is_from_customer)
    if note is not None and refused:
        note.body = f"{note.body}\n\n[{_('Attached, but not kept: %(names)s') % {'names': '; '.join(refused)[:400]}}]"
        note.save(update_fields=["body"])
    return refused


def keep_what_fits(
    subject: Model | None, customer_id: UUID, files: Sequence[NewFile], *, is_from_customer: bool = True
) -> list[str]:
    """Keep what was sent in, as far as it may be kept; returns one line for each file that was not, and why."""
    refused = [f"{file.name}: {_('too many files')}" for file in files[MOST_FILES:]]
    for file in files[:MOST_FILES]:
        try:
            attach_file(
                customer_id=customer_id,
                file_name=file.name,
                content=file.content,
                subject=subject,
                is_from_customer=is_from_customer,
            )
        except DomainError as error:
            refused.append(f"{file.name}: {error}")
    return refused
