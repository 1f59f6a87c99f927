"""Parts of a complaint's page: what the law says, who is next, the pause, promises, money, whose time it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from customers.admin.attachments import files_shown
from customers.selectors.contacts import as_read_by
from cxcrm.core.money import money
from feedback.logic.promise_words import Found
from feedback.models import Complaint, ComplaintNote, Perspective
from feedback.selectors.desk import files_of
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_zone, the_firm
from workflows import wording
from workflows.admin.tones import MONEY_TONES, PROMISE_TONES
from workflows.logic.legal import CONSUMER_NEGOTIATION, legal_deadline, working_day_number
from workflows.models import Compensation, EscalationStep, Promise
from workflows.selectors.audiences import find
from workflows.selectors.calendars import default_calendar
from workflows.selectors.compensations import asked_of, compensations_of
from workflows.selectors.decisions import consumer_law_applies
from workflows.selectors.ladders import next_step
from workflows.selectors.pauses import may_pause, pauses_of
from workflows.selectors.people import person
from workflows.selectors.policies import policy_for
from workflows.selectors.promises import evidence_for, promises_of, proposed
from workflows.selectors.segments import Share, shares_of

# Replies older than this are not looked at for promises any more.
_PROPOSED_FOR: Final = timedelta(hours=24)
_SHADES: Final = 6
_VIEW: Final = ("trying", "happened", "quote", "good_end")


@dataclass(frozen=True)
class ShownPromise:
    promise: Promise
    tone: str
    due: str
    evidence: str


@dataclass(frozen=True)
class Proposal:
    """What a reply promised and nobody has written down yet."""

    note: ComplaintNote
    found: Found
    due: str


@dataclass(frozen=True)
class ShownMoney:
    row: Compensation
    amount: str
    tone: str
    asked: str
    may_answer: bool
    may_withdraw: bool


def case_parts(
    complaint: Complaint, user: User, at: datetime, notes: Sequence[ComplaintNote], steps: Sequence[EscalationStep]
) -> dict[str, Any]:
    """What the page shows beside the complaint itself."""
    pauses = list(as_read_by(pauses_of(complaint.pk), user, "note"))
    promises = list(as_read_by(promises_of(complaint), user, "text", "evidence"))
    views = as_read_by(Perspective.objects.filter(complaint=complaint), user, *_VIEW)
    working = not policy_for(complaint.severity).around_the_clock
    return {
        "legal": _legal(complaint, at),
        "next_told": _next_told(complaint),
        "pause": next((one for one in pauses if one.ended_at is None), None),
        "pauses": [one for one in pauses if one.ended_at is not None],
        "may_pause": may_pause(user, complaint),
        "promises": [_promise(row) for row in promises if row.is_open],
        "settled_promises": [_promise(row) for row in promises if not row.is_open],
        "proposals": _proposals(notes, promises, at) if complaint.is_open else [],
        "money": _money(complaint, user),
        "shares": [_share(place, share, working) for place, share in enumerate(shares_of(complaint, at))],
        "perspective": views.first(),
        "asks_perspective": complaint.severity in Complaint.SERIOUS,
        "own_shown": files_shown([one for one in files_of(complaint) if one.subject_id == complaint.pk], user),
    }


def _legal(complaint: Complaint, at: datetime) -> dict[str, Any] | None:
    """The day count of the consumer law, while somebody waits for an answer."""
    if not complaint.is_open or not consumer_law_applies(complaint, the_firm()):
        return None
    calendar = default_calendar()
    deadline = legal_deadline(complaint.received_at, calendar)
    day = working_day_number(complaint.received_at, at, calendar)
    days = CONSUMER_NEGOTIATION.working_days
    tone = "bad" if at > deadline else "warn" if day >= days - 2 else "info"
    return {"day": min(day, days), "days": days, "deadline": deadline, "is_over": at > deadline, "tone": tone}


def _next_told(complaint: Complaint) -> dict[str, str] | None:
    """Who is told next if nobody acts, and when."""
    step = next_step(complaint.pk) if complaint.is_open else None
    if step is None:
        return None
    found = find(step.audience, complaint, step.due_at.astimezone(firm_zone()).date())
    who = person(found.user) if found else str(step.get_audience_display())
    return {"who": who, "when": wording.moment(step.due_at)}


def _promise(row: Promise) -> ShownPromise:
    return ShownPromise(
        row, PROMISE_TONES[row.state], wording.moment(row.due_at), evidence_for(row) if row.is_open else ""
    )


def _proposals(notes: Sequence[ComplaintNote], promises: Sequence[Promise], at: datetime) -> list[Proposal]:
    kept = {(row.note_id, row.text) for row in promises}
    mine = [note for note in notes if not (note.is_internal or note.from_customer)]
    return [
        Proposal(note, found, wording.moment(found.due_at))
        for note in mine
        if note.created_at > at - _PROPOSED_FOR
        for found in proposed(note.body, note.created_at)
        if found.due_at > at and (note.pk, found.text) not in kept
    ]


def _money(complaint: Complaint, user: User) -> list[ShownMoney]:
    rows = list(as_read_by(compensations_of(complaint.pk), user, "reason", "decision_note"))
    currency = the_firm().currency if rows else ""
    waits_for_me = set(asked_of(user).filter(complaint=complaint).values_list("pk", flat=True)) if rows else set()
    shown = []
    for row in rows:
        asks = list(row.asks.all())
        is_waiting = row.state == Compensation.State.WAITING
        shown.append(
            ShownMoney(
                row,
                money(row.amount, currency),
                MONEY_TONES[row.state],
                f"{asks[-1].person} · {wording.moment(asks[-1].answer_by)}" if is_waiting and asks else "",
                is_waiting and row.pk in waits_for_me,
                is_waiting and row.asked_by_id == user.pk,
            )
        )
    return shown


def _share(place: int, share: Share, working: bool) -> dict[str, Any]:
    return {
        "share": share,
        "spent": wording.span(share.spent, working=working),
        "shade": place % _SHADES,
        "width": max(share.percent, 2),
    }
