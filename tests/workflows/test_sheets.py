"""The decision sheet's sentences: what was tried, what holds it up, and the story in five lines."""

import pytest

from cxcrm.core.context import Actor, acting_as
from cxcrm.core.language import speaking
from feedback.models import Complaint
from feedback.services import complaints
from workflows.models import EscalationStep, SlaClock
from workflows.selectors.decisions import decision_sheet
from workflows.selectors.history import history_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(complaint, wait, crew, scene):
    """Make the executive's sheet as it reads now, in English."""
    scene("executive told", lambda: wait(hours=17))

    def make():
        with speaking("en"):
            return decision_sheet(EscalationStep.objects.get(position=3))

    return make


def test_nothing_was_done(sheet):
    assert sheet().tried == "Nothing yet: nobody has spoken to the customer."
    assert sheet().blocked == "Nobody has written down what holds it up."


def test_somebody_works_but_said_nothing(sheet, complaint):
    complaints.start_work(complaint_id=complaint.id)
    assert sheet().tried == "Lý Gia Hân is working on it; the customer has heard nothing yet."


def test_replies_and_notes_are_quoted_without_contacts(sheet, complaint, crew):
    with acting_as(Actor("user", crew.owner.id, "Hân")):
        complaints.add_note(complaint_id=complaint.id, body="Em gọi chị số 0912345678 nhé.", is_internal=False)
        assert sheet().tried == "1 reply: “Em gọi chị số 091*****78 nhé.”"
        complaints.add_note(complaint_id=complaint.id, body="Em gọi lại ạ.", is_internal=False)
        complaints.add_note(complaint_id=complaint.id, body="Chờ kế toán.")
    with acting_as(Actor("customer", None, "Hà")):
        complaints.add_note(complaint_id=complaint.id, body="Alo?")
    assert sheet().tried == "2 replies, the last: “Em gọi lại ạ.”"
    assert sheet().blocked == "Chờ kế toán."
    assert SlaClock.objects.filter(kind="first_contact").count() == 1


def test_a_chosen_option_is_what_was_done(sheet, complaint, cheap):
    complaints.choose_remedy(complaint_id=complaint.id, remedy_id=cheap.id)
    assert sheet().tried == f"Chosen: {cheap.name}."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_fallback": True}, "nobody else was found"),
        ({"audience": "owner"}, "this case belongs to you"),
        ({"audience": "manager"}, "Lý Gia Hân, who owns the case"),
        ({"audience": "executive"}, "because you answer for"),
        ({"audience": "chief"}, "nobody has decided"),
    ],
)
def test_why_you(change, words, sheet):
    EscalationStep.objects.filter(position=3).update(**change)
    assert words in sheet().why


def test_standing_in_for_somebody(sheet, crew):
    EscalationStep.objects.filter(position=3).update(deputy_for=crew.chief)
    assert sheet().why == "You get this standing in for Trần Quốc Bảo (CEO), who is away."


def test_the_story_keeps_its_beginning_its_end_and_the_promise(sheet, complaint, crew):
    with acting_as(Actor("user", crew.owner.id, "Hân")):
        for number in range(6):
            complaints.add_note(complaint_id=complaint.id, body=f"Lần {number}", is_internal=False)
    lines = sheet().lines
    assert len(lines) == 5
    assert lines[0].what == "Received"
    assert [line.what for line in lines if line.is_promise] == ["Promised answer – missed"]
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_a_case_without_clocks_has_a_sheet_too(sheet, complaint):
    SlaClock.objects.all().delete()
    made = sheet()
    assert (made.clock, made.is_late) == ("", False)
    assert history_of(Complaint.objects.get(pk=complaint.pk))[0].what


def test_at_the_top_there_is_no_next_rung(sheet, wait):
    wait(hours=9)
    assert (sheet().next_step, sheet().next_person) == (None, "")
