"""What the page of a complaint shows: clocks, ladder, customer, words, alike cases, notes, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from customers.admin.attachments import files_shown
from customers.logic.masks import contact_as_read
from customers.selectors.contacts import as_read_by, email_shown, may_see_contacts
from customers.selectors.customers import primary_email, primary_phone
from customers.selectors.salutations import address_for
from cxcrm.core.clock import now
from cxcrm.core.tokens import make_token
from feedback.models import Complaint, ComplaintNote, Response
from feedback.selectors.complaints import Similar, of_customer, similar
from feedback.selectors.desk import files_of
from feedback.selectors.reach import reach_marked
from journeys.selectors.accountability import accountable_for
from tenants.staff.models import User
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import firm_zone
from workflows import wording
from workflows.admin.change_requests import changes_of_case
from workflows.admin.complaint_forms import ActForm, ReplyForm
from workflows.admin.complaint_parts import case_parts
from workflows.admin.complaint_work import ACTS
from workflows.admin.conduct import thanks_context
from workflows.admin.tones import CLOCK_TONES, SEVERITY_TONES, STATE_TONES, STEP_ICONS
from workflows.models import EscalationStep, IncomingMail, Message, SlaClock
from workflows.selectors.audiences import find
from workflows.selectors.clocks import clocks_of, time_left
from workflows.selectors.ladders import awaiting_decision_of, decisions_of, live_ladder, next_step, steps_of
from workflows.selectors.news import last_seen
from workflows.selectors.policies import policy_for
from workflows.selectors.reply_words import ReadyReply, ready_replies
from workflows.services.coaching import REVIEWED

ALIKE_SHOWN = 5
WORDS_SHOWN = 3


@dataclass(frozen=True)
class ShownClock:
    """A promise with the time left on it in words; ``is_over`` once nobody waits for it any more."""

    clock: SlaClock
    left: str
    is_late: bool
    is_over: bool
    tone: str


def page_context(
    complaint: Complaint, user: User, *, tried: ActForm | None, may_write: bool, template: str = ""
) -> dict[str, Any]:
    """Everything the template needs; ``tried`` is a form that was refused and is shown again as it was.

    ``template`` is the id of a reply template the reader chose: its words stand in the reply, looked at by the coach.
    """
    at = now()
    customer = complaint.customer
    phone = primary_phone(customer)
    steps = steps_of(complaint.pk)
    notes = _notes(complaint, user)
    replies = ready_replies(complaint, user) if may_write else []
    alike = similar(complaint, reader=user)
    response = Response.objects.filter(pk=complaint.response_id).select_related("survey").first()
    earlier = of_customer(complaint.customer_id).exclude(pk=complaint.pk)
    return {
        "complaint": complaint,
        "state_tone": STATE_TONES[complaint.state],
        "severity_tone": SEVERITY_TONES[complaint.severity],
        "clocks": _clocks(complaint, at),
        # Right after an answer the ladder is still being taken down; it will tell nobody any more.
        "ladder": live_ladder(complaint.pk) if complaint.is_open else None,
        "steps": [(step, STEP_ICONS[step.state], _expected(step, complaint), _late(step)) for step in steps],
        "decisions": list(decisions_of(complaint.pk)),
        "my_decision": _my_decision(complaint, user),
        "accountable": accountable_for(complaint.touchpoint, at.astimezone(firm_zone()).date()),
        "customer": customer,
        "address": address_for(customer, complaint=True),
        "phone": phone if may_see_contacts(user) else "",
        "phone_shown": contact_as_read("phone", phone, masked=not may_see_contacts(user)) if phone else "",
        "email": email_shown(primary_email(customer), user),
        "response": response,
        "similar": [(one.complaint, _why_alike(one)) for one in alike[:ALIKE_SHOWN]],
        "similar_count": len(alike),
        "earlier": [(row, "") for row in reach_marked(user, earlier)[:ALIKE_SHOWN]],
        "notes": notes,
        "mails": [(mail, email_shown(mail.email, user)) for mail in _mails(complaint, steps)],
        "acts": _acts(complaint, user, tried, replies, template) if may_write else [],
        "may_write": may_write,
        "seen": last_seen(complaint.pk),
        "replies": replies,
        "replies_data": {str(reply.id): reply.text for reply in replies},
        "colleagues": _colleagues(user) if may_write else [],
        "changes_evidence": f"complaint={complaint.pk}",
        "changes": changes_of_case(user, complaint),
        **_fairness(complaint, user),
        "asks_changes": may_write and user.allows("journeys", Level.WRITE),
        **case_parts(complaint, user, at, notes, steps),
    }


def _fairness(complaint: Complaint, user: User) -> dict[str, Any]:
    """Thanks, and coaching, of a case that was looked into."""
    if complaint.state not in REVIEWED:
        return {}
    may_coach = user.allows("workflows", Level.WRITE)
    return {"thanks": thanks_context(user, "complaint", complaint), "may_coach": may_coach}


def _why_alike(one: Similar) -> str:
    """Why it is shown: “charged twice” · the same place · the same cause."""
    said = [f"“{words}”" for words in one.words[:WORDS_SHOWN]]
    if one.same_touchpoint:
        said.append(_("the same place"))
    if one.same_cause:
        said.append(_("the same cause"))
    return " · ".join(said)


def _clocks(complaint: Complaint, at: datetime) -> list[ShownClock]:
    """The clocks of the latest run."""
    clocks = clocks_of(complaint.pk)
    shown = []
    for clock in [one for one in clocks if one.run == clocks[0].run]:
        left = time_left(clock, at, complaint)
        if clock.state == SlaClock.State.PAUSED and clock.left is not None:
            left = clock.left
        words = wording.span(left, working=not policy_for(complaint.severity).around_the_clock)
        is_late = left < timedelta(0) or clock.state == SlaClock.State.BREACHED
        is_over = not complaint.is_open and not is_late
        tone = "bad" if is_late else "good" if is_over else CLOCK_TONES[clock.state]
        shown.append(ShownClock(clock, words, is_late, is_over, tone))
    return shown


def _expected(step: EscalationStep, complaint: Complaint) -> User | None:
    """Whom a waiting rung would reach as things stand."""
    if step.state != EscalationStep.State.WAITING:
        return None
    found = find(step.audience, complaint, step.due_at.astimezone(firm_zone()).date())
    return found.user if found else None


def _late(step: EscalationStep) -> str:
    """How much later than due somebody was told, after a standstill."""
    return wording.late(step.due_at, step.told_at) if step.told_at else ""


def _my_decision(complaint: Complaint, user: User) -> dict[str, Any] | None:
    """Where the reader decides and by when, when a decision is asked of them."""
    step = awaiting_decision_of(user.pk).filter(ladder__complaint=complaint).first()
    if step is None:
        return None
    return {"url": f"/d/{make_token('decide', step.pk)}/", "by": step.decide_by, "after": next_step(complaint.pk)}


def _notes(complaint: Complaint, user: User) -> list[ComplaintNote]:
    """The notes, each with the mail it came by, if any, and its files."""
    notes = list(as_read_by(complaint.notes.select_related("author"), user, "body"))
    mails = {mail.note_id: mail for mail in IncomingMail.objects.filter(complaint=complaint).defer("raw", "text")}
    files: dict[Any, list[Any]] = {}
    for shown in files_shown(files_of(complaint), user):
        files.setdefault(shown["file"].subject_id, []).append(shown)
    for note in notes:
        note.mail, note.files = mails.get(note.pk), files.get(note.pk, [])
    return notes


def _colleagues(user: User) -> list[dict[str, str]]:
    """Who may be called in by "@": names only."""
    people = User.objects.working().exclude(pk=user.pk).order_by("full_name")
    return [{"name": person.full_name, "job": person.job_title} for person in people[:500]]


def _mails(complaint: Complaint, steps: list[EscalationStep]) -> Any:
    about = [complaint.pk, *(step.pk for step in steps), *complaint.notes.values_list("pk", flat=True)]
    return Message.objects.filter(ref__in=about).select_related("user").order_by("-created_at")[:20]


def _acts(
    complaint: Complaint, user: User, tried: ActForm | None, replies: Sequence[ReadyReply], template: str
) -> list[dict[str, Any]]:
    """What can be done now, in the order of work; a refused form stays open with its words."""
    words = next((reply.text for reply in replies if str(reply.id) == template), "")
    refused = tried.prefix if tried is not None else ""
    shown = []
    for act in ACTS.values():
        if not act.open_to(complaint) and act.code != refused:
            continue
        form = tried if act.code == refused else act.form(prefix=act.code, complaint=complaint, user=user)
        from_template = isinstance(form, ReplyForm) and not form.is_bound and bool(words)
        if from_template:
            form.fields["body"].initial = words
            form.look(words)
        is_open = act.code == refused or (from_template and not refused)
        shown.append({"act": act, "form": form, "is_open": is_open})
    return shown
