"""Answers: one row per invitation, changed within a day, one complaint."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from customers.models import Interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.core.errors import NotFound
from feedback.errors import AnswerInvalid, EditWindowClosed, InvitationExpired
from feedback.models import Answer, Complaint, ComplaintNote, Invitation, Question, Response, Survey
from feedback.services import complaints
from feedback.services.responses import record_response
from journeys.models import Touchpoint
from tests.feedback.conftest import events
from tests.support.race import race

pytestmark = pytest.mark.usefixtures("in_alpha")
Make = Callable[..., Any]


@pytest.fixture
def invitation(invite: Make, nps: Survey) -> Invitation:
    return invite(nps)


def test_an_answer_is_stored_with_everything_it_says(invitation: Invitation, nps: Survey) -> None:
    touchpoint = Touchpoint.objects.get(code="counter")
    with acting_as(Actor("customer", invitation.customer_id, "Chị Hà")):
        response = record_response(
            invitation_id=invitation.pk, score="9", words=" Nhân viên\r\nnhớ tên ", touchpoint_id=touchpoint.pk,
            language="en",
        )  # fmt: skip
    stored = Response.objects.get()
    assert stored == response
    assert (stored.invitation, stored.survey, stored.customer_id) == (invitation, nps, invitation.customer_id)
    assert (stored.metric, stored.score, stored.words) == ("nps", 9, "Nhân viên\nnhớ tên")
    assert (stored.contact_me, stored.language, stored.touchpoint) == (False, "en", touchpoint)
    assert stored.changed_at is None
    assert list(stored.answers.values_list("kind", "number", "text")) == [
        ("nps", 9, ""),
        ("text", None, "Nhân viên\nnhớ tên"),
    ]
    assert Invitation.objects.get().state == "answered"
    entry = Interaction.objects.get(what="survey.answered")
    assert (entry.direction, entry.body, entry.subject_id) == ("in", "Nhân viên\nnhớ tên", response.pk)
    assert entry.data == {
        "survey": nps.name, "metric": "nps", "score": 9, "changed": False, "contact_me": False
    }  # fmt: skip
    assert (entry.actor_kind, entry.actor_label) == ("customer", "Chị Hà")
    assert events("response_received", "response_changed", "complaint_opened") == [
        ("response_received", {"response_id": str(response.pk)})
    ]


def test_a_low_score_with_words_becomes_a_complaint_on_its_touchpoint(invitation: Invitation) -> None:
    touchpoint = Touchpoint.objects.get(code="payment")
    words = "Tôi quét QR mà bị trừ hai lần"
    response = record_response(invitation_id=invitation.pk, score=3, words=words, touchpoint_id=touchpoint.pk)
    complaint = Complaint.objects.get()
    assert (complaint.response, complaint.customer_id) == (response, invitation.customer_id)
    assert (complaint.touchpoint, complaint.channel, complaint.description) == (touchpoint, "survey", words)
    assert (complaint.severity, complaint.subject) == ("S2", words)
    assert [name for name, _payload in events()] == ["survey_dispatched", "response_received", "complaint_opened"]


@pytest.mark.parametrize(
    ("score", "words", "contact_me", "opens"),
    [(6, "chán", False, 1), (6, "", False, 0), (7, "chán", False, 0), (10, "", True, 1), (0, " \n", False, 0)],
)
def test_which_answer_opens_a_complaint(
    invitation: Invitation, score: int, words: str, contact_me: bool, opens: int
) -> None:
    record_response(invitation_id=invitation.pk, score=score, words=words, contact_me=contact_me)
    assert Complaint.objects.count() == opens


def test_a_wish_for_contact_without_words_is_described_in_the_firms_language(invitation: Invitation) -> None:
    record_response(invitation_id=invitation.pk, score=10, contact_me=True, language="en")
    complaint = Complaint.objects.get()
    assert "10" in complaint.description
    assert (complaint.severity, complaint.severity_reasons) == ("S4", ["satisfied"])


def test_what_it_was_about_is_the_customers_word_else_the_invitations_else_the_surveys(
    nps: Survey, invite: Make
) -> None:
    counter, payment, website = (Touchpoint.objects.get(code=code) for code in ("counter", "payment", "website"))
    Survey.objects.update(touchpoint=website)
    by_survey, by_invitation, by_customer = invite(nps), invite(nps, touchpoint_id=payment.pk), invite(nps)
    Touchpoint.objects.filter(pk=payment.pk).update(is_public=False)
    record_response(invitation_id=by_survey.pk, score=9)
    record_response(invitation_id=by_invitation.pk, score=9, touchpoint_id=payment.pk)
    record_response(invitation_id=by_customer.pk, score=9, touchpoint_id=counter.pk)
    found = {row.invitation_id: row.touchpoint for row in Response.objects.select_related("touchpoint")}
    assert found == {by_survey.pk: website, by_invitation.pk: payment, by_customer.pk: counter}


def test_a_touchpoint_taken_out_of_use_loses_no_complaint(nps: Survey, invite: Make) -> None:
    counter = Touchpoint.objects.get(code="counter")
    invitation = invite(nps, touchpoint_id=counter.pk)
    Touchpoint.objects.filter(pk=counter.pk).update(is_active=False)
    response = record_response(invitation_id=invitation.pk, score=1, words="Chờ lâu")
    assert (response.touchpoint_id, Complaint.objects.get().touchpoint) == (counter.pk, None)


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "field", "reason"),
        [
            ({"score": 11}, "score", "out_of_range"),
            ({"score": -1}, "score", "not_a_number"),
            ({"score": ""}, "score", "required"),
            ({"score": None}, "score", "required"),
            ({"score": True}, "score", "not_a_number"),
            ({"score": 9, "words": "x" * 4001}, "words", "too_long"),
            ({"score": 9, "words": 5}, "words", "not_text"),
            ({"score": 9, "touchpoint_id": uuid4()}, "touchpoint_id", "not_a_choice"),
        ],
    )
    def test_a_bad_answer_names_its_field_and_stores_nothing(
        self, invitation: Invitation, given: dict[str, Any], field: str, reason: str
    ) -> None:
        if given["score"] == -1:
            given = {"score": "-1"}
        with pytest.raises(AnswerInvalid) as refused:
            record_response(invitation_id=invitation.pk, **given)
        assert refused.value.data == {"field": field, "reason": reason}
        assert Response.objects.count() == 0
        assert Invitation.objects.get().state == "queued"

    def test_a_touchpoint_customers_may_not_choose(self, invitation: Invitation) -> None:
        hidden = Touchpoint.objects.get(code="counter")
        Touchpoint.objects.filter(pk=hidden.pk).update(is_public=False)
        with pytest.raises(AnswerInvalid):
            record_response(invitation_id=invitation.pk, score=9, touchpoint_id=hidden.pk)

    def test_other_questions_are_checked_too(self, invitation: Invitation, nps: Survey, csat: Survey) -> None:
        choice = Question.objects.create(
            survey=nps, position=13, kind="choice", text_vi="Kênh?", text_en="Channel?", required=True,
            choices=[{"value": "zalo", "vi": "Zalo", "en": "Zalo"}],
        )  # fmt: skip
        foreign = Question.objects.get(survey=csat, position=2)
        for answers, field, reason in [
            ({}, str(choice.pk), "required"),
            ({choice.pk: "fax"}, str(choice.pk), "not_a_choice"),
            ({choice.pk: "zalo", foreign.pk: "x"}, str(foreign.pk), "unknown_question"),
        ]:
            with pytest.raises(AnswerInvalid) as refused:
                record_response(invitation_id=invitation.pk, score=9, answers=answers)
            assert refused.value.data == {"field": field, "reason": reason}
        why = Question.objects.get(survey=nps, position=2)
        record_response(
            invitation_id=invitation.pk, score=9, words="bỏ qua", answers={choice.pk: "zalo", why.pk: "Ngon"}
        )
        assert list(Answer.objects.values_list("question_id", "text").order_by("question__position"))[1:] == [
            (why.pk, "Ngon"),
            (choice.pk, "zalo"),
        ]
        assert Response.objects.get().words == "Ngon"

    def test_a_survey_without_free_text_still_hears_words(self, invitation: Invitation, nps: Survey) -> None:
        Question.objects.filter(survey=nps, position=2).delete()
        with pytest.raises(AnswerInvalid):
            record_response(invitation_id=invitation.pk, score=3, words="x" * 4001)
        record_response(invitation_id=invitation.pk, score=3, words=" Chậm ")
        assert Complaint.objects.get().description == "Chậm"

    def test_unknown_and_expired_invitations(self, invitation: Invitation) -> None:
        with pytest.raises(NotFound):
            record_response(invitation_id=uuid4(), score=9)
        with time_machine.travel(invitation.expires_at), pytest.raises(InvitationExpired):
            record_response(invitation_id=invitation.pk, score=9)
        assert Response.objects.count() == 0
        with time_machine.travel(invitation.expires_at - timedelta(seconds=1), tick=False):
            assert record_response(invitation_id=invitation.pk, score=9).score == 9


class TestChanging:
    def test_the_same_again_changes_nothing(self, invitation: Invitation) -> None:
        first = record_response(invitation_id=invitation.pk, score=3, words="Chậm")
        with time_machine.travel(now() + timedelta(days=2)):
            again = record_response(invitation_id=invitation.pk, score="3", words=" Chậm ")
        assert (again.pk, again.changed_at) == (first.pk, None)
        assert Interaction.objects.filter(what="survey.answered").count() == 1
        assert events("response_changed") == []

    def test_within_a_day_the_row_is_changed(self, invitation: Invitation) -> None:
        first = record_response(invitation_id=invitation.pk, score=3)
        with time_machine.travel(first.answered_at + timedelta(hours=24), tick=False):
            changed = record_response(invitation_id=invitation.pk, score=8, words="Bấm nhầm")
        assert (changed.pk, changed.score, changed.words) == (first.pk, 8, "Bấm nhầm")
        assert changed.answered_at == first.answered_at
        assert changed.changed_at == first.answered_at + timedelta(hours=24)
        assert list(changed.answers.values_list("number", "text")) == [(8, ""), (None, "Bấm nhầm")]
        assert events("response_changed") == [("response_changed", {"response_id": str(first.pk)})]
        assert [entry.data["changed"] for entry in Interaction.objects.filter(what="survey.answered")] == [True, False]

    def test_after_a_day_it_stays(self, invitation: Invitation) -> None:
        first = record_response(invitation_id=invitation.pk, score=3)
        with (
            time_machine.travel(first.answered_at + timedelta(hours=24, seconds=1), tick=False),
            pytest.raises(EditWindowClosed),
        ):
            record_response(invitation_id=invitation.pk, score=10)
        assert Response.objects.get().score == 3

    def test_an_answer_may_be_changed_after_its_link_expired(self, invitation: Invitation) -> None:
        with time_machine.travel(invitation.expires_at - timedelta(hours=1), tick=False):
            record_response(invitation_id=invitation.pk, score=3)
        with time_machine.travel(invitation.expires_at + timedelta(hours=1), tick=False):
            assert record_response(invitation_id=invitation.pk, score=4).score == 4

    def test_a_change_that_makes_it_a_complaint_opens_one(self, invitation: Invitation) -> None:
        record_response(invitation_id=invitation.pk, score=3)
        record_response(invitation_id=invitation.pk, score=3, words="Chờ lâu quá")
        record_response(invitation_id=invitation.pk, score=2, words="Chờ lâu quá")
        complaint = Complaint.objects.get()
        assert complaint.description == "Chờ lâu quá"
        note = ComplaintNote.objects.get()
        assert (note.complaint, note.from_customer, note.author_label) == (
            complaint, True, invitation.customer.full_name
        )  # fmt: skip
        assert note.body.endswith("\nChờ lâu quá")
        assert events("complaint_opened", "complaint_noted") == [
            ("complaint_opened", {"complaint_id": str(complaint.pk)}),
            ("complaint_noted", {"complaint_id": str(complaint.pk), "note_id": str(note.pk), "is_internal": True}),
        ]

    def test_graver_words_raise_the_severity_milder_ones_do_not_lower_it(self, invitation: Invitation) -> None:
        for words, severity in [
            ("Chờ lâu quá", "S3"),
            ("Chờ lâu, con tôi bị bỏng phải vào bệnh viện", "S1"),
            ("Không sao", "S1"),
        ]:
            record_response(invitation_id=invitation.pk, score=3, words=words)
            assert Complaint.objects.get().severity == severity
        assert Complaint.objects.get().severity_reasons == ["injury"]
        assert len(events("complaint_assessed")) == 1

    def test_an_answered_complaint_is_not_made_graver_behind_its_back(self, invitation: Invitation, cause: Any) -> None:
        record_response(invitation_id=invitation.pk, score=3, words="Chờ lâu quá")
        complaints.resolve_complaint(
            complaint_id=Complaint.objects.get().pk, root_cause_id=cause.pk, action_taken="Xin lỗi"
        )
        record_response(invitation_id=invitation.pk, score=3, words="Bị bỏng tay")
        complaint = Complaint.objects.get()
        assert (complaint.state, complaint.severity, complaint.notes.count()) == ("communicated", "S3", 1)


class TestSameMatter:
    @pytest.fixture
    def open_case(self, invitation: Invitation, make_complaint: Make) -> Complaint:
        touchpoint = Touchpoint.objects.get(code="counter")
        return make_complaint(customer_id=invitation.customer_id, touchpoint_id=touchpoint.pk)

    def answer(self, invitation: Invitation, code: str = "counter", words: str = "Vẫn chậm") -> Response:
        touchpoint = Touchpoint.objects.get(code=code)
        return record_response(invitation_id=invitation.pk, score=2, words=words, touchpoint_id=touchpoint.pk)

    def test_an_answer_on_the_same_touchpoint_joins_the_open_case(
        self, invitation: Invitation, open_case: Complaint
    ) -> None:
        self.answer(invitation)
        assert Complaint.objects.get() == open_case
        note = open_case.notes.get()
        assert (note.from_customer, note.body.splitlines()[-1]) == (True, "Vẫn chậm")

    def test_another_touchpoint_is_another_case(self, invitation: Invitation, open_case: Complaint) -> None:
        self.answer(invitation, code="payment")
        assert Complaint.objects.count() == 2

    def test_graver_words_get_a_case_and_clocks_of_their_own(
        self, invitation: Invitation, open_case: Complaint
    ) -> None:
        self.answer(invitation, words="Trong ly có miếng nhựa")
        assert list(Complaint.objects.order_by("pk").values_list("severity", flat=True)) == ["S3", "S1"]
        assert open_case.notes.count() == 0

    def test_an_answered_or_older_case_is_not_joined(self, invitation: Invitation, open_case: Complaint) -> None:
        with time_machine.travel(open_case.received_at + timedelta(days=7), tick=False):
            self.answer(invitation)
        assert Complaint.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_hundred_posts_are_one_answer_and_one_complaint(alpha: TenantRef, invitation: Invitation) -> None:
    def post() -> list[Any]:
        return [
            record_response(invitation_id=invitation.pk, score=3, words="Bị trừ tiền hai lần").pk for _ in range(10)
        ]

    results = race(alpha, *[post] * 10)
    assert {pk for posted in results for pk in posted} == {Response.objects.get().pk}
    assert Complaint.objects.get().number[-5:] == "00001"
    assert Answer.objects.count() == 2
    assert [name for name, _payload in events()] == ["survey_dispatched", "response_received", "complaint_opened"]
    assert Interaction.objects.filter(what="survey.answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_different_answers_at_once_leave_one_of_them_whole(alpha: TenantRef, invitation: Invitation) -> None:
    words = [f"lời {number}" for number in range(6)]
    results = race(
        alpha,
        *(
            lambda score=score, text=text: record_response(invitation_id=invitation.pk, score=score, words=text)
            for score, text in enumerate(words)
        ),
    )
    assert {result.pk for result in results} == {Response.objects.get().pk}
    stored = Response.objects.get()
    assert stored.words == words[stored.score]
    assert list(stored.answers.values_list("number", "text")) == [(stored.score, ""), (None, stored.words)]
    assert Complaint.objects.count() == 1
    assert ComplaintNote.objects.count() == 5
