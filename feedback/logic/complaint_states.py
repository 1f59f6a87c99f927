"""The life of a complaint: its states, and which action leads from which state to which (domain.md §3.9)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ComplaintState(StrEnum):
    """The states of ISO 10002's process as stored; the values are shared with the model's choices."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSESSED = "assessed"
    INVESTIGATING = "investigating"
    DECIDED = "decided"
    COMMUNICATED = "communicated"
    CLOSED_CONFIRMED = "closed_confirmed"
    CLOSED_NO_REPLY = "closed_no_reply"
    REOPENED = "reopened"
    REFERRED_EXTERNAL = "referred_external"


class ComplaintAction(StrEnum):
    """What may be done to a complaint."""

    ACKNOWLEDGE = "acknowledge"
    ASSESS = "assess"
    INVESTIGATE = "investigate"
    DECIDE = "decide"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    EXPIRE = "expire"
    REOPEN = "reopen"
    REFER = "refer"


_State, _Action = ComplaintState, ComplaintAction

# Open: the firm owes the next step. Communicated is neither open nor closed: the customer has the word.
OPEN: Final = frozenset(
    {
        _State.RECEIVED,
        _State.ACKNOWLEDGED,
        _State.ASSESSED,
        _State.INVESTIGATING,
        _State.DECIDED,
        _State.REOPENED,
    }
)
AWAITING_CUSTOMER: Final = frozenset({_State.COMMUNICATED})
CLOSED: Final = frozenset({_State.CLOSED_CONFIRMED, _State.CLOSED_NO_REPLY, _State.REFERRED_EXTERNAL})

# Steps before the decision may be skipped, never walked backwards; a reopened complaint may begin again
# anywhere.
_TRANSITIONS: Final[Mapping[ComplaintAction, tuple[frozenset[ComplaintState], ComplaintState]]] = {
    _Action.ACKNOWLEDGE: (frozenset({_State.RECEIVED, _State.REOPENED}), _State.ACKNOWLEDGED),
    _Action.ASSESS: (
        frozenset({_State.RECEIVED, _State.ACKNOWLEDGED, _State.REOPENED}),
        _State.ASSESSED,
    ),
    _Action.INVESTIGATE: (OPEN - {_State.INVESTIGATING, _State.DECIDED}, _State.INVESTIGATING),
    _Action.DECIDE: (OPEN - {_State.DECIDED}, _State.DECIDED),
    _Action.RESOLVE: (OPEN, _State.COMMUNICATED),
    _Action.CONFIRM: (frozenset({_State.COMMUNICATED, _State.CLOSED_NO_REPLY}), _State.CLOSED_CONFIRMED),
    _Action.EXPIRE: (AWAITING_CUSTOMER, _State.CLOSED_NO_REPLY),
    _Action.REOPEN: (
        frozenset({_State.COMMUNICATED, _State.CLOSED_NO_REPLY, _State.CLOSED_CONFIRMED}),
        _State.REOPENED,
    ),
    _Action.REFER: (OPEN | AWAITING_CUSTOMER, _State.REFERRED_EXTERNAL),
}


class InvalidTransition(Exception):
    """`action` cannot be done to a complaint in state `current`; `allowed` lists the actions that can."""

    def __init__(self, current: str, action: str, allowed: tuple[ComplaintAction, ...]) -> None:
        super().__init__(f"cannot {action} a complaint that is {current}; allowed: {', '.join(allowed) or 'nothing'}")
        self.current = current
        self.action = action
        self.allowed = allowed


def allowed_actions(current: str) -> tuple[ComplaintAction, ...]:
    """Return what may be done in state `current`, in the order of the process; () for an unknown state."""
    return tuple(action for action, (sources, _) in _TRANSITIONS.items() if current in sources)


def may(current: str, action: str) -> bool:
    """Return whether `action` is allowed in state `current`; False for words that do not exist."""
    return action in allowed_actions(current)


def next_state(current: str, action: str) -> ComplaintState:
    """Return the state `action` leads to from `current`. Raises InvalidTransition, also for unknown words."""
    allowed = allowed_actions(current)
    if action not in allowed:
        raise InvalidTransition(current, action, allowed)
    return _TRANSITIONS[ComplaintAction(action)][1]
