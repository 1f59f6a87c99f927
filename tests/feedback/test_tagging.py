"""Words on complaints, and the same done to many: each for itself."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from customers.errors import TextInvalid, TooMany
from cxcrm.core.errors import NotFound
from feedback.errors import InvalidState, PersonNotWorking
from feedback.models import Complaint
from feedback.services import complaints
from feedback.services.bulk import change_each
from feedback.services.tagging import tag_complaint
from tests.feedback.conftest import events

pytestmark = pytest.mark.usefixtures("in_alpha")
Make = Callable[..., Any]
TAGGED = "complaint_tagged"


def test_words_are_put_on_and_taken_off_whatever_their_case(make_complaint: Make) -> None:
    complaint = make_complaint()
    tag_complaint(complaint_id=complaint.pk, add=["Hoàn tiền", " VIP ", "vip"])
    row = tag_complaint(complaint_id=complaint.pk, add=["chờ kho"], remove=["HOÀN TIỀN", "không có"])
    assert Complaint.objects.get(pk=complaint.pk).tags == row.tags == ["VIP", "chờ kho"]
    assert len(events(TAGGED)) == 2
    version = row.version
    assert tag_complaint(complaint_id=complaint.pk, add=["VIP"], remove=["hoàn tiền"]).version == version
    assert len(events(TAGGED)) == 2


def test_what_is_no_tag_is_refused_and_changes_nothing(make_complaint: Make) -> None:
    complaint = make_complaint()
    with pytest.raises(TextInvalid):
        tag_complaint(complaint_id=complaint.pk, add=["x" * 41])
    with pytest.raises(TooMany):
        tag_complaint(complaint_id=complaint.pk, add=[f"nhãn {number}" for number in range(31)])
    with pytest.raises(NotFound):
        tag_complaint(complaint_id=uuid4(), add=["x"])
    assert Complaint.objects.get(pk=complaint.pk).tags == []
    assert events(TAGGED) == []


def test_one_refused_stops_no_other(make_complaint: Make, make_user: Make) -> None:
    first, second, hidden = make_complaint(), make_complaint(), make_complaint()
    complaints.refer(complaint_id=first.pk, note="Toà án")
    agent, nobody = make_user(), uuid4()
    ids = [first.pk, second.pk, second.pk, hidden.pk, nobody]
    outcome = change_each(
        complaint_ids=ids,
        visible=Complaint.objects.exclude(pk=hidden.pk),
        change=complaints.assign,
        owner_id=agent.pk,
    )
    assert [row.pk for row in outcome.done] == [second.pk]
    assert [(one.complaint_id, one.number, type(one.refusal)) for one in outcome.refused] == [
        (first.pk, first.number, InvalidState),
        (hidden.pk, "", NotFound),
        (nobody, "", NotFound),
    ]
    agent.is_active = False
    agent.save()
    gone = change_each(
        complaint_ids=[hidden.pk], visible=Complaint.objects.all(), change=complaints.assign, owner_id=agent.pk
    )
    assert [type(one.refusal) for one in gone.refused] == [PersonNotWorking]
    owners = dict(Complaint.objects.values_list("pk", "owner_id"))
    assert (owners[second.pk], owners[first.pk], owners[hidden.pk]) == (agent.pk, first.owner_id, hidden.owner_id)
