"""Opening a complaint: number, severity, owner."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.selectors.samples import is_sample
from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.errors import ComplaintInvalid, PersonNotWorking
from feedback.events import ComplaintOpened
from feedback.logic.answers import SCALES
from feedback.logic.key_terms import key_terms
from feedback.logic.severity import assess_severity
from feedback.models import Complaint, Response, Survey
from feedback.selectors.routing import route
from feedback.services.case import clean_text, tell
from feedback.services.numbering import take_number, take_sample_number
from journeys.selectors.journeys import touchpoint_in_use
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.people import working_user

SUBJECT_LENGTH = 80


@transaction.atomic
def open_complaint(
    *,
    customer_id: UUID,
    description: str,
    channel: str,
    touchpoint_id: UUID | None = None,
    branch_id: UUID | None = None,
    remedy_sought: str = "",
    response_id: UUID | None = None,
    severity: str | None = None,
    subject: str = "",
    owner_id: UUID | None = None,
) -> Complaint:
    """Open a complaint with the firm's next number; words decide its severity and the route its owner, unless given.

    An answer opens one complaint: for a ``response_id`` that has one already, that one is returned. Raises NotFound
    (customer, branch, touchpoint, response), ComplaintInvalid (empty or over 4000 characters, unknown channel or
    severity), PersonNotWorking.
    """
    response = _lock_response(response_id)
    existing = Complaint.objects.filter(response=response).first() if response else None
    if existing is not None:
        return existing
    if channel not in Complaint.Channel.values:
        raise ComplaintInvalid(field="channel", reason="not_a_choice")
    description = clean_text(description, "description", required=True)
    remedy_sought = clean_text(remedy_sought, "remedy_sought")
    touchpoint = touchpoint_in_use(touchpoint_id)
    if touchpoint_id is not None and touchpoint is None:
        raise NotFound(field="touchpoint_id")
    way = route(customer_id=customer_id, touchpoint=touchpoint, branch_id=branch_id)
    owner = way.owner if owner_id is None else working_user(owner_id)
    if owner is None:
        raise PersonNotWorking(field="owner_id")
    level, reasons = _severity(severity, description, remedy_sought, response)
    complaint = Complaint(
        customer_id=customer_id,
        response=response,
        touchpoint=touchpoint,
        branch=way.branch,
        channel=channel,
        severity=level,
        severity_reasons=reasons,
        subject=first_words(clean_text(subject, "subject") or description),
        description=description,
        remedy_sought=remedy_sought,
        owner=owner,
        terms=key_terms(description),
    )
    complaint.is_sample = is_sample(customer_id)
    complaint.number = take_sample_number(the_firm()) if complaint.is_sample else take_number(the_firm(), now())
    complaint.save()
    tell(
        complaint,
        "complaint.opened",
        direction="internal" if channel == Complaint.Channel.STAFF else "in",
        body=description,
        data={"severity": level, "owner": str(owner), "channel": channel},
    )
    publish(ComplaintOpened(complaint_id=complaint.pk))
    return complaint


def first_words(text: str, length: int = SUBJECT_LENGTH) -> str:
    """The beginning of ``text`` on one line, cut between words, at most ``length`` characters with the ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    if not line[length - 1].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return f"{cut.rstrip(' ,;:.–-')}…"


def _lock_response(response_id: UUID | None) -> Response | None:
    if response_id is None:
        return None
    response = Response.objects.select_for_update(no_key=True).filter(pk=response_id).first()
    if response is None:
        raise NotFound(field="response_id")
    return response


def _severity(
    given: str | None, description: str, remedy_sought: str, response: Response | None
) -> tuple[str, list[str]]:
    if given is None:
        found = assess_severity(f"{description}\n{remedy_sought}", _share(response))
        return found.level, list(found.reasons)
    if given not in Complaint.Severity.values:
        raise ComplaintInvalid(_("Severity is S1, S2, S3 or S4."), field="severity", reason="not_a_choice")
    return given, ["staff"]


def _share(response: Response | None) -> float | None:
    """Where the score lies on its scale: 0 is worst, 1 is best."""
    if response is None:
        return None
    low, high = SCALES[Survey.Metric(response.metric).scale]
    return (response.score - low) / (high - low)
