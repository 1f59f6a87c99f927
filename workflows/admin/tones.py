"""Colours of states; the word beside the colour carries the meaning."""

from feedback.models import Complaint
from workflows.models import ChangeRequest, Compensation, EscalationStep, Promise, SlaClock

_State = Complaint.State
STATE_TONES = {
    _State.RECEIVED: "info",
    _State.ACKNOWLEDGED: "info",
    _State.ASSESSED: "info",
    _State.INVESTIGATING: "info",
    _State.DECIDED: "info",
    _State.COMMUNICATED: "plain",
    _State.CLOSED_CONFIRMED: "good",
    _State.CLOSED_NO_REPLY: "plain",
    _State.REOPENED: "warn",
    _State.REFERRED_EXTERNAL: "plain",
}
SEVERITY_TONES = {
    Complaint.Severity.S1: "bad",
    Complaint.Severity.S2: "warn",
    Complaint.Severity.S3: "plain",
    Complaint.Severity.S4: "plain",
}
CLOCK_TONES = {
    SlaClock.State.RUNNING: "info",
    SlaClock.State.PAUSED: "plain",
    SlaClock.State.MET: "good",
    SlaClock.State.BREACHED: "bad",
}
PROMISE_TONES = {
    Promise.State.OPEN: "info",
    Promise.State.KEPT: "good",
    Promise.State.KEPT_LATE: "warn",
    Promise.State.BROKEN: "bad",
    Promise.State.WITHDRAWN: "plain",
}
MONEY_TONES = {
    Compensation.State.WAITING: "warn",
    Compensation.State.GRANTED: "good",
    Compensation.State.DECLINED: "bad",
    Compensation.State.WITHDRAWN: "plain",
    Compensation.State.EXPIRED: "bad",
}
CHANGE_TONES = {
    ChangeRequest.State.WAITING: "warn",
    ChangeRequest.State.COUNTERED: "warn",
    ChangeRequest.State.AGREED: "info",
    ChangeRequest.State.DECLINED: "plain",
    ChangeRequest.State.DONE: "good",
    ChangeRequest.State.WITHDRAWN: "plain",
}
STEP_ICONS = {
    EscalationStep.State.WAITING: "schedule",
    EscalationStep.State.TOLD: "mark_email_read",
    EscalationStep.State.CANCELLED: "remove",
}
