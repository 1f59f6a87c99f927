"""The mail somebody gets when a complaint needs them (domain page §3.10)."""

from feedback.models import Complaint
from workflows import wording
from workflows.mails.base import Composed, Skip, case_url, link, threaded, to_staff
from workflows.models import EscalationStep, Ladder, Message
from workflows.selectors.decisions import decision_sheet


def compose(message: Message) -> Composed | Skip:
    """Everything the reader needs to decide; nothing when the complaint was answered or somebody acted before."""
    step = (
        EscalationStep.objects.select_related(
            "recipient",
            "deputy_for",
            "ladder__complaint__customer",
            "ladder__complaint__owner",
            "ladder__complaint__touchpoint",
            "ladder__complaint__branch",
        )
        .filter(pk=message.ref)
        .get()
    )
    complaint = step.ladder.complaint
    if not complaint.is_open or step.ladder.state == Ladder.State.FINISHED:
        return Skip("answered")
    if step.ladder.state == Ladder.State.HELD:
        return Skip("held")
    sheet = decision_sheet(step)
    decide = link("d", "decide", step.id)
    return to_staff(
        "escalation",
        sheet.recipient,
        headers={**threaded(complaint), "Importance": "high"},
        sheet=sheet,
        late=sheet.late,
        complaint=complaint,
        place=place_of(complaint),
        decide_by=wording.moment(sheet.decide_by),
        next_at=wording.moment(sheet.next_step.due_at) if sheet.next_step else "",
        legal_day=wording.day(sheet.legal_deadline),
        known_since=sheet.known_since,
        options=[(option, f"{decide}?do=choose&remedy={option.remedy.id}") for option in sheet.options],
        take_url=f"{decide}?do=take",
        delegate_url=f"{decide}?do=delegate",
        more_time_url=f"{decide}?do=more_time",
        case_url=case_url(complaint),
    )


def place_of(complaint: Complaint) -> str:
    """Where it happened: branch, else touchpoint, else nothing."""
    return str(complaint.branch or complaint.touchpoint or "")
