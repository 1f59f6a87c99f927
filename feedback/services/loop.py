"""The closed loop's first step: which complaint an answer belongs to, if any."""

from datetime import timedelta
from typing import Final, cast

from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.events import publish
from cxcrm.core.language import speaking
from feedback.events import ComplaintAssessed, ComplaintNoted
from feedback.logic.answers import SCALES
from feedback.logic.opening import Metric, opens_complaint
from feedback.logic.severity import assess_severity
from feedback.models import Complaint, Response, Survey
from feedback.services.case import save, tell
from feedback.services.notes import write_note
from feedback.services.opening import open_complaint
from journeys.selectors.journeys import touchpoint_in_use
from tenants.staff.selectors.firm import the_firm

# An answer on the same matter within this time joins the open complaint instead of opening another.
SAME_MATTER: Final = timedelta(days=7)


def act_on(response: Response) -> Complaint | None:
    """Open a complaint for an answer that asks for one (logic.opening), or add the answer to the one it belongs to.

    An answer that was changed joins the complaint it opened. Otherwise it joins the customer's open complaint on the
    same touchpoint received within 7 days, unless its words sound more serious than that one: then it gets clocks of
    its own. Call it inside the transaction that stored the answer.
    """
    own = Complaint.objects.select_for_update(no_key=True).filter(response=response).first()
    if own is not None:
        _join(own, response, changed=True)
        _raise_severity(own, response)
        return own
    if not opens_complaint(cast("Metric", response.metric), response.score, response.words, response.contact_me):
        return None
    same = _same_matter(response)
    if same is not None:
        _join(same, response)
        return same
    return open_complaint(
        customer_id=response.customer_id,
        description=response.words or _summary(response),
        channel=Complaint.Channel.SURVEY,
        touchpoint_id=response.touchpoint_id if touchpoint_in_use(response.touchpoint_id) else None,
        response_id=response.pk,
    )


def _same_matter(response: Response) -> Complaint | None:
    found = (
        Complaint.objects.select_for_update(no_key=True)
        .filter(
            customer_id=response.customer_id,
            touchpoint_id=response.touchpoint_id,  # type: ignore[misc] # none matches none
            state__in=Complaint.OPEN_STATES,
            received_at__gt=now() - SAME_MATTER,
        )
        .order_by("-received_at")
        .first()
    )
    if found is not None and assess_severity(response.words, None).level < found.severity:
        return None
    return found


def _join(complaint: Complaint, response: Response, *, changed: bool = False) -> None:
    body = f"{_summary(response, changed=changed)}\n{response.words}".strip()
    note = write_note(complaint, body, from_customer=True)
    tell(complaint, "complaint.note", direction="in", body=body, data={"score": response.score})
    publish(ComplaintNoted(complaint_id=complaint.pk, note_id=note.pk, is_internal=True))


def _raise_severity(complaint: Complaint, response: Response) -> None:
    """What was added may be graver than what came first; it is never taken for less."""
    found = assess_severity(response.words, None)
    if not complaint.is_open or found.level >= complaint.severity:
        return
    before, complaint.severity = complaint.severity, found.level
    complaint.severity_reasons = list(found.reasons)
    save(complaint, "severity", "severity_reasons")
    tell(complaint, "complaint.assessed", data={"severity": found.level, "before": before})
    publish(ComplaintAssessed(complaint_id=complaint.pk))


def _summary(response: Response, *, changed: bool = False) -> str:
    """The score in a sentence for staff, in the firm's language."""
    with speaking(the_firm().language):
        sentence = _("The customer gave %(score)s out of %(highest)s.")
        if changed:
            sentence = _("The customer changed their answer to %(score)s out of %(highest)s.")
        sentence %= {"score": response.score, "highest": SCALES[Survey.Metric(response.metric).scale][1]}
        return f"{sentence} {_('They ask to be contacted.')}" if response.contact_me else sentence
