"""The decision sheet: everything somebody needs to know to decide on an escalated complaint, on mail and page alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.logic.masks import without_contacts
from customers.models import Customer, Interaction
from cxcrm.core.clock import now
from cxcrm.core.money import money
from feedback.models import Complaint, ComplaintNote, Remedy
from feedback.selectors.complaints import of_customer, remedies_for, similar_count
from tenants.staff.models import Firm, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.limits import limit_of
from workflows import wording
from workflows.logic.legal import CONSUMER_NEGOTIATION, legal_deadline, working_day_number
from workflows.logic.private import shortened
from workflows.models import EscalationLevel, EscalationStep, Ladder, LadderDecision, SlaClock
from workflows.selectors.audiences import find
from workflows.selectors.calendars import default_calendar
from workflows.selectors.clocks import current_clock, time_left
from workflows.selectors.history import Line, history_of
from workflows.selectors.ladders import next_step
from workflows.selectors.people import customer_called, person, staff_address
from workflows.selectors.policies import policy_for

QUOTE_LENGTH: Final = 260
NOTE_LENGTH: Final = 120
GROUPS: Final = 2
_Audience = EscalationLevel.Audience


@dataclass(frozen=True)
class Option:
    """A way to solve it: what it costs, and whether the reader may grant it alone."""

    letter: str
    remedy: Remedy
    cost: str
    is_recommended: bool
    within_authority: bool


@dataclass(frozen=True)
class DecisionSheet:
    """Sentences are in the language active when it was made; times are aware, in the firm's zone when shown."""

    step: EscalationStep
    complaint: Complaint
    recipient: User
    you: str
    You: str
    greeting: str
    why: str
    late: str
    customer: str
    groups: str
    known_since: datetime
    earlier_complaints: int
    quote: str
    sought: str
    is_late: bool
    clock: str
    lines: list[Line]
    tried: str
    blocked: str
    question: str
    options: list[Option]
    authority: str
    decide_by: datetime
    legal_applies: bool
    legal_day: int
    legal_days: int
    legal_deadline: datetime
    similar_count: int
    next_step: EscalationStep | None
    next_person: str
    decision: LadderDecision | None
    is_open: bool

    @property
    def asks_executive(self) -> bool:
        """Is the reader asked for a decision of their own, rather than to move the case on?"""
        return self.step.audience in (_Audience.EXECUTIVE, _Audience.CHIEF) or self.step.is_fallback

    @property
    def recommended(self) -> Option | None:
        return next((option for option in self.options if option.is_recommended), None)


def decision_sheet(step: EscalationStep) -> DecisionSheet:
    """The sheet of one told step. Raises ValueError for a step that told nobody."""
    if step.recipient is None:
        raise ValueError(f"step {step.pk} told nobody")
    firm, complaint, recipient = the_firm(), step.ladder.complaint, step.recipient
    address, calendar, at = staff_address(recipient), default_calendar(), now()
    clock = current_clock(complaint.id)
    left = time_left(clock, at, complaint) if clock else timedelta(0)
    following = next_step(complaint.id)
    decision = LadderDecision.objects.filter(step=step).select_related("decided_by", "delegate", "remedy").first()
    return DecisionSheet(
        step=step,
        complaint=complaint,
        recipient=recipient,
        you=address.inline,
        You=address.inline_capital,
        greeting=address.greeting,
        why=_why(step, complaint, address.inline, address.inline_capital),
        late=_late(step, at, address.inline, address.inline_capital),
        customer=customer_called(complaint.customer),
        groups=", ".join(complaint.customer.tags[:GROUPS]),
        known_since=_known_since(complaint),
        earlier_complaints=of_customer(complaint.customer_id).exclude(pk=complaint.pk).count(),
        quote=shortened(without_contacts(complaint.description), QUOTE_LENGTH),
        sought=shortened(without_contacts(complaint.remedy_sought), NOTE_LENGTH),
        is_late=left < timedelta(0),
        clock=_clock_words(clock, left, complaint),
        lines=history_of(complaint, recipient),
        tried=_tried(complaint),
        blocked=_blocked(complaint),
        question=_("How do we make this right for %(customer)s?") % {"customer": customer_called(complaint.customer)},
        options=_options(complaint, recipient, firm),
        authority="" if _unlimited(recipient, firm) else money(limit_of(recipient, firm), firm.currency),
        decide_by=step.decide_by or at,
        legal_applies=consumer_law_applies(complaint, firm),
        legal_day=working_day_number(complaint.received_at, at, calendar),
        legal_days=CONSUMER_NEGOTIATION.working_days,
        legal_deadline=legal_deadline(complaint.received_at, calendar),
        similar_count=similar_count(complaint),
        next_step=following,
        next_person=_next_person(following, complaint),
        decision=decision,
        is_open=decision is None and complaint.is_open and step.ladder.state == Ladder.State.CLIMBING,
    )


def consumer_law_applies(complaint: Complaint, firm: Firm) -> bool:
    """The Vietnamese consumer law's term counts for people, not for firms buying to resell, and in Việt Nam only."""
    return firm.country == "VN" and complaint.customer.kind == Customer.Kind.PERSON


def _why(step: EscalationStep, complaint: Complaint, you: str, capital: str) -> str:
    """Why this person, in one sentence."""
    names = {"you": you, "You": capital, "touchpoint": complaint.touchpoint, "owner": complaint.owner.full_name}
    if step.is_fallback:
        return _("%(You)s get this because nobody else was found for it; the gap is shown as an alert.") % names
    if step.deputy_for is not None:
        names["other"] = person(step.deputy_for)
        return _("%(You)s get this standing in for %(other)s, who is away.") % names
    if step.audience == _Audience.OWNER:
        return _("%(You)s get this because this case belongs to %(you)s.") % names
    if step.audience == _Audience.MANAGER:
        return _("%(You)s get this because %(owner)s, who owns the case, has not solved it yet.") % names
    if step.audience == _Audience.EXECUTIVE:
        return _("%(You)s get this because %(you)s answer for “%(touchpoint)s”.") % names
    return _("%(You)s get this because nobody has decided on it so far.") % names


def _late(step: EscalationStep, at: datetime, you: str, capital: str) -> str:
    """That this comes later than it should have, after a standstill; empty when it does not."""
    span = wording.late(step.due_at, at)
    names = {"you": you, "You": capital, "when": wording.moment(step.due_at, at), "span": span}
    return _("%(You)s should have been told at %(when)s: this comes %(span)s late.") % names if span else ""


def _known_since(complaint: Complaint) -> datetime:
    first = Interaction.objects.filter(customer_id=complaint.customer_id).aggregate(first=Min("occurred_at"))["first"]
    return min(first, complaint.customer.created_at) if first else complaint.customer.created_at


def _clock_words(clock: SlaClock | None, left: timedelta, complaint: Complaint) -> str:
    if clock is None:
        return ""
    length = wording.span(left, working=not policy_for(complaint.severity).around_the_clock)
    return (_("%(time)s late") if left < timedelta(0) else _("%(time)s left")) % {"time": length}


def _tried(complaint: Complaint) -> str:
    """What was done for the customer so far, as far as it is written down."""
    if complaint.remedy is not None:
        return _("Chosen: %(remedy)s.") % {"remedy": complaint.remedy}
    replies = complaint.notes.filter(is_internal=False)
    count = replies.count()
    if count:
        last = replies.order_by("-created_at").values_list("body", flat=True)[0]
        said = shortened(without_contacts(last), NOTE_LENGTH)
        return ngettext("%(count)d reply: “%(said)s”", "%(count)d replies, the last: “%(said)s”", count) % {
            "count": count,
            "said": said,
        }
    if complaint.state in {Complaint.State.INVESTIGATING, Complaint.State.DECIDED}:
        return _("%(owner)s is working on it; the customer has heard nothing yet.") % {"owner": complaint.owner}
    return _("Nothing yet: nobody has spoken to the customer.")


def _blocked(complaint: Complaint) -> str:
    note: ComplaintNote | None = (
        complaint.notes.filter(is_internal=True, from_customer=False).order_by("-created_at").first()
    )
    if note is None:
        return _("Nobody has written down what holds it up.")
    return shortened(without_contacts(note.body), NOTE_LENGTH)


def _options(complaint: Complaint, recipient: User, firm: Firm) -> list[Option]:
    unlimited, limit = _unlimited(recipient, firm), limit_of(recipient, firm)
    remedies = remedies_for(complaint)
    # One recommendation, however many the firm has marked.
    recommended = next((remedy for remedy in remedies if remedy.is_recommended), None)
    return [
        Option(
            letter=letter,
            remedy=remedy,
            cost=money(remedy.cost, firm.currency) if remedy.cost else _("no cost"),
            is_recommended=remedy == recommended,
            within_authority=unlimited or remedy.cost <= limit,
        )
        for letter, remedy in zip("ABC", remedies, strict=False)
    ]


def _unlimited(user: User, firm: Firm) -> bool:
    return user.role == Role.OWNER or firm.chief_id == user.id


def _next_person(step: EscalationStep | None, complaint: Complaint) -> str:
    if step is None:
        return ""
    on = step.due_at.astimezone(default_calendar().tz).date()
    found = find(step.audience, complaint, on)
    return person(found.user) if found else ""
