"""Two people deciding about one complaint, or answering the same questionnaire, at the same moment."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cxcrm.core.context import TenantRef
from feedback.errors import InvalidState
from feedback.models import Complaint, RootCause, StaffAnswer
from feedback.services import complaints
from feedback.services.staff_voice import answer_questionnaire
from tests.feedback.conftest import events
from tests.support.gaps import hire
from tests.support.race import race
from tests.support.staff_voice import values

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_alpha")]
Make = Callable[..., Any]


def outcomes(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_one_of_two_answers_wins(alpha: TenantRef, make_complaint: Make, cause: RootCause) -> None:
    complaint = make_complaint()
    results = race(
        alpha,
        *(
            lambda text=text: complaints.resolve_complaint(
                complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken=text
            )
            for text in ("một", "hai", "ba", "bốn")
        ),
    )
    assert outcomes(results) == {"Complaint": 1, "InvalidState": 3}
    winner = next(result for result in results if isinstance(result, Complaint))
    stored = Complaint.objects.get()
    assert (stored.action_taken, stored.version) == (winner.action_taken, 2)
    assert len(events("complaint_resolved")) == 1


def test_a_yes_tapped_many_times_is_one_yes(alpha: TenantRef, make_complaint: Make, cause: RootCause) -> None:
    complaint = make_complaint()
    complaints.resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="x")
    results = race(alpha, *[lambda: complaints.confirm(complaint_id=complaint.pk)] * 6)
    assert outcomes(results) == {"Complaint": 6}
    assert len(events("complaint_confirmed")) == 1
    assert Complaint.objects.get().version == 3


def test_yes_and_the_end_of_waiting_meet(alpha: TenantRef, make_complaint: Make, cause: RootCause) -> None:
    complaint = make_complaint()
    complaints.resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="x")
    confirmed, expired = race(
        alpha,
        lambda: complaints.confirm(complaint_id=complaint.pk),
        lambda: complaints.expire(complaint_id=complaint.pk),
    )
    assert isinstance(confirmed, Complaint)
    assert isinstance(expired, Complaint | InvalidState)
    assert Complaint.objects.get().state == "closed_confirmed"


def test_a_no_tapped_many_times_reopens_once(alpha: TenantRef, make_complaint: Make, cause: RootCause) -> None:
    complaint = make_complaint()
    complaints.resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="x")
    results = race(alpha, *[lambda: complaints.reopen(complaint_id=complaint.pk, words="Chưa xong")] * 6)
    assert outcomes(results) == {"Complaint": 6}
    stored = Complaint.objects.get()
    assert (stored.state, stored.reopened_count, stored.notes.count()) == ("reopened", 1, 1)
    assert len(events("complaint_reopened")) == 1


def test_versions_count_every_change(alpha: TenantRef, make_complaint: Make, make_user: Make) -> None:
    complaint = make_complaint()
    people = [make_user().pk for _ in range(5)]
    results = race(alpha, *(lambda pk=pk: complaints.assign(complaint_id=complaint.pk, owner_id=pk) for pk in people))
    assert outcomes(results) == {"Complaint": 5}
    assert Complaint.objects.get().version == 6
    assert sorted(result.version for result in results) == [2, 3, 4, 5, 6]


def test_who_answers_at_the_same_moment_shakes_no_answer_out_of_the_box(alpha: TenantRef) -> None:
    one, two, three = (person.pk for person in hire(3))
    results = race(
        alpha,
        *(
            lambda person=person, value=value: answer_questionnaire(
                user_id=person, questionnaire="pulse", values=values("pulse", 1, enps=value)
            )
            for person, value in ((one, 3), (one, 3), (two, 7), (three, 9))
        ),
    )
    assert outcomes(results) == {"StaffTurn": 3, "AlreadyAnswered": 1}
    kept = StaffAnswer.objects.filter(item="enps").order_by("value").values_list("value", flat=True)
    assert (list(kept), StaffAnswer.objects.count()) == ([3, 7, 9], 21)
