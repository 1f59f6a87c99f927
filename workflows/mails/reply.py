"""A reply somebody of the firm wrote to the customer."""

from dataclasses import replace

from customers.selectors.attachments import attachments_of, content_of
from cxcrm.core.mail import MailFile
from feedback.models import ComplaintNote
from workflows.mails.base import AUTOMATIC, Composed, Skip, link, threaded, to_customer
from workflows.models import Message


def compose(message: Message) -> Composed | Skip:
    """The reply as it was written, with its files."""
    note = ComplaintNote.objects.select_related("complaint__customer", "author").get(pk=message.ref)
    # Written by a person, so it is not marked as automatic.
    headers = {name: value for name, value in threaded(note.complaint).items() if name not in AUTOMATIC}
    kept = list(attachments_of(note))
    mail = to_customer(
        "reply",
        note.complaint.customer,
        about_complaint=True,
        headers=headers,
        complaint=note.complaint,
        body=note.body,
        author=note.author,
        files=[file.file_name for file in kept],
        track_url=link("t", "track", note.complaint_id),
    )
    return replace(mail, files=tuple(MailFile(file.file_name, content_of(file), file.content_type) for file in kept))
