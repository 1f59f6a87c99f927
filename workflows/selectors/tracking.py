"""What a customer may see of their complaint: public steps and the promised time, nothing of the house."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.models import Interaction
from customers.selectors.customers import timeline_of
from cxcrm.core.clock import now
from feedback.logic.complaint_states import CLOSED, ComplaintAction
from feedback.models import Complaint
from feedback.selectors.complaints import actions_for
from journeys.logic.voice import NEUTRAL, Pair
from workflows.default_reasons import ADDRESSED
from workflows.selectors.clocks import current_clock
from workflows.selectors.pauses import running_pause

State = Complaint.State

# What each state means to the one who complained.
_STATES = {
    State.RECEIVED: gettext_lazy("Received"),
    State.ACKNOWLEDGED: gettext_lazy("Received"),
    State.ASSESSED: gettext_lazy("Received and looked through"),
    State.INVESTIGATING: gettext_lazy("Being worked on"),
    State.DECIDED: gettext_lazy("Decided, being carried out"),
    State.COMMUNICATED: gettext_lazy("Answered: is it solved?"),
    State.CLOSED_CONFIRMED: gettext_lazy("Solved"),
    State.CLOSED_NO_REPLY: gettext_lazy("Closed"),
    State.REOPENED: gettext_lazy("Open again, one level higher"),
    State.REFERRED_EXTERNAL: gettext_lazy("With an outside body"),
}
# Timeline codes shown, with their words; everything else stays in the house.
_STEPS = {
    "complaint.opened": gettext_lazy("You told us"),
    "complaint.acknowledged": gettext_lazy("We confirmed that it arrived"),
    "complaint.started": gettext_lazy("Somebody began to work on it"),
    "complaint.note": gettext_lazy("You wrote"),
    "complaint.reply": gettext_lazy("We wrote"),
    "complaint.resolved": gettext_lazy("We answered"),
    "complaint.confirmed": gettext_lazy("You confirmed that it is solved"),
    "complaint.expired": gettext_lazy("Closed, as we heard nothing more"),
    "complaint.reopened": gettext_lazy("Opened again"),
    "complaint.referred": gettext_lazy("Passed on to an outside body"),
}
# Told in a line of its own, without the words of staff that go with it.
_HANDED_OVER = "complaint.assigned"
_WITH_WORDS = frozenset({"complaint.note", "complaint.reply", "complaint.resolved", "complaint.reopened"})


def state_words(complaint: Complaint) -> str:
    """Where a case stands, as the one who complained reads it."""
    return str(_STATES[State(complaint.state)])


@dataclass(frozen=True)
class Step:
    """One thing that happened, as the customer may read it."""

    at: datetime
    text: str
    words: str
    by_customer: bool


@dataclass(frozen=True)
class Tracking:
    """The page of one complaint; ``promised_at`` is empty when nothing is promised any more.

    ``waits_for`` says why it stands still until ``waits_until``, where the firm has words for the customer;
    ``handed_at`` is since when somebody else looks after it, while anybody does.
    """

    state: str
    is_closed: bool
    awaits_customer: bool
    may_reopen: bool
    promised_at: datetime | None
    is_late: bool
    steps: list[Step]
    waits_for: str = ""
    waits_until: datetime | None = None
    handed_at: datetime | None = None


def tracking_of(complaint: Complaint, *, reopen_within: timedelta, pair: Pair | None = None) -> Tracking:
    """How ``complaint`` stands, in the active language; a closed one may be reopened for ``reopen_within``.

    ``pair`` are the page's words for the firm and the customer, the neutral ones without it.
    """
    pair = pair or NEUTRAL["en" if get_language() == "en" else "vi"]
    clock = current_clock(complaint.id) if complaint.is_open else None
    running = clock if clock and clock.stopped_at is None else None
    pause = running_pause(complaint.id) if complaint.is_open else None
    waits_for = _said_of(pause.reason.told_now, pair) if pause else ""
    told = {*_STEPS, _HANDED_OVER}
    entries = list(timeline_of(complaint.customer_id).filter(subject_id=complaint.id, what__in=told))
    is_closed = complaint.state in CLOSED
    handed = next((entry for entry in entries if entry.what == _HANDED_OVER), None)
    return Tracking(
        state=pair.fill(str(_STATES[State(complaint.state)])),
        is_closed=is_closed,
        awaits_customer=complaint.state == State.COMMUNICATED,
        may_reopen=_may_reopen(complaint, reopen_within),
        promised_at=running.due_at if running else None,
        is_late=bool(running and running.breached_at),
        steps=[_step(entry, pair) for entry in reversed(entries) if _is_public(entry)],
        waits_for=waits_for,
        waits_until=pause.until if pause and waits_for else None,
        handed_at=handed.occurred_at if handed and not is_closed else None,
    )


def _may_reopen(complaint: Complaint, within: timedelta) -> bool:
    recently = complaint.closed_at is not None and now() - complaint.closed_at <= within
    return recently and ComplaintAction.REOPEN in actions_for(complaint)


def _said_of(reason: str, pair: Pair) -> str:
    """Why it stands still; the words laid in for new firms speak as the page does, a firm's own stay as they are."""
    return pair.fill(ADDRESSED.get(reason, reason))


def _is_public(entry: Interaction) -> bool:
    """Notes of staff are internal, and so is who has it; of notes only the customer's own are shown."""
    if entry.what == "complaint.note":
        return bool(entry.direction == Interaction.Direction.IN)
    return entry.what != _HANDED_OVER


def _step(entry: Interaction, pair: Pair) -> Step:
    by_customer = entry.direction == Interaction.Direction.IN
    text = str(_STEPS[entry.what])
    if entry.what == "complaint.reopened" and by_customer:
        text = _("You told us that it is not solved")
    shows_words = entry.what in _WITH_WORDS and (by_customer or entry.what != "complaint.reopened")
    return Step(entry.occurred_at, pair.fill(text), entry.body if shows_words else "", by_customer)
