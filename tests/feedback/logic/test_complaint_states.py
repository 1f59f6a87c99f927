"""Every pair of state and action of a complaint."""

import pytest

from feedback.logic.complaint_states import (
    AWAITING_CUSTOMER,
    CLOSED,
    OPEN,
    ComplaintAction,
    ComplaintState,
    InvalidTransition,
    allowed_actions,
    may,
    next_state,
)

# state -> {action: state after}; what is not listed is refused
TABLE = {
    "received": "acknowledge:acknowledged assess:assessed investigate:investigating decide:decided "
    "resolve:communicated refer:referred_external",
    "acknowledged": "assess:assessed investigate:investigating decide:decided resolve:communicated "
    "refer:referred_external",
    "assessed": "investigate:investigating decide:decided resolve:communicated refer:referred_external",
    "investigating": "decide:decided resolve:communicated refer:referred_external",
    "decided": "resolve:communicated refer:referred_external",
    "communicated": "confirm:closed_confirmed expire:closed_no_reply reopen:reopened refer:referred_external",
    "closed_confirmed": "reopen:reopened",
    "closed_no_reply": "confirm:closed_confirmed reopen:reopened",
    "reopened": "acknowledge:acknowledged assess:assessed investigate:investigating decide:decided "
    "resolve:communicated refer:referred_external",
    "referred_external": "",
}


@pytest.mark.parametrize("state", list(ComplaintState))
def test_every_action_in(state):
    expected = dict(pair.split(":") for pair in TABLE[state].split())
    assert list(allowed_actions(state)) == list(expected)
    for action in ComplaintAction:
        assert may(state, action) is may(str(state), str(action)) is (action in expected)
        if action in expected:
            assert next_state(state, action) is ComplaintState(expected[action])
        else:
            with pytest.raises(InvalidTransition) as caught:
                next_state(state, action)
            assert (caught.value.current, caught.value.action) == (state, action)
            assert list(caught.value.allowed) == list(expected)


def test_every_state_is_open_or_closed_or_with_the_customer():
    groups = [OPEN, AWAITING_CUSTOMER, CLOSED]
    assert set().union(*groups) == set(ComplaintState)
    assert sum(map(len, groups)) == len(ComplaintState)
    assert {"communicated"} == AWAITING_CUSTOMER


def test_unknown_words_are_refused_and_the_message_says_what_is_possible():
    assert may("lost", "resolve") is False
    assert may("received", "sing") is False
    with pytest.raises(InvalidTransition, match="cannot sing a complaint that is decided; allowed: resolve, refer"):
        next_state("decided", "sing")
    with pytest.raises(InvalidTransition, match="allowed: nothing"):
        next_state("lost", "resolve")
