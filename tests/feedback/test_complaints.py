"""A complaint from receipt to the customer's own word: states, timeline, events, notes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils.translation import override

from customers.models import Interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import NotFound
from feedback.errors import (
    CauseNotInUse,
    ComplaintInvalid,
    InvalidState,
    PersonNotWorking,
    PerspectiveMissing,
    RemedyNotOffered,
    ReopenWindowClosed,
)
from feedback.models import Complaint, ComplaintNote, Remedy, RootCause
from feedback.services import complaints
from tenants.staff.models import User
from tests.feedback.conftest import events
from tests.support.side import seen

pytestmark = pytest.mark.usefixtures("in_alpha")
Make = Callable[..., Any]


@pytest.fixture
def complaint(make_complaint: Make) -> Complaint:
    return make_complaint()


@pytest.fixture
def answered(complaint: Complaint, cause: RootCause) -> Complaint:
    return complaints.resolve_complaint(
        complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="Đã giao lại trong ngày."
    )


def told(complaint: Complaint) -> list[tuple[str, str]]:
    rows = Interaction.objects.filter(subject_id=complaint.pk).order_by("occurred_at", "pk")
    return [(row.what, row.direction) for row in rows]


def fresh(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)


def test_the_whole_way_is_written_down_and_told(complaint: Complaint, cause: RootCause, make_user: Make) -> None:
    agent = make_user()
    remedy = Remedy.objects.get(is_recommended=True)
    pk = complaint.pk
    complaints.acknowledge(complaint_id=pk)
    complaints.assess(complaint_id=pk, severity="S2")
    complaints.assign(complaint_id=pk, owner_id=agent.pk, note="Nhờ em xem giúp")
    complaints.start_work(complaint_id=pk)
    complaints.choose_remedy(complaint_id=pk, remedy_id=remedy.pk, note="Khách đồng ý")
    complaints.add_note(complaint_id=pk, body="Chào chị, em đã gửi lại.", is_internal=False)
    with pytest.raises(PerspectiveMissing) as refusal:  # serious, and nobody looked at it from the customer's side
        complaints.resolve_complaint(complaint_id=pk, root_cause_id=cause.pk, action_taken="Giao lại.")
    assert refusal.value.data == {"missing": ["trying", "happened", "feeling", "good_end"]}
    seen(complaint)
    complaints.resolve_complaint(complaint_id=pk, root_cause_id=cause.pk, action_taken=" Giao lại. ")
    complaints.reopen(complaint_id=pk, words="Vẫn thiếu món")
    complaints.resolve_complaint(complaint_id=pk, root_cause_id=cause.pk, action_taken="Giao đủ.")
    complaints.expire(complaint_id=pk)
    closed = complaints.confirm(complaint_id=pk)
    assert (closed.state, closed.version, closed.reopened_count) == ("closed_confirmed", 12, 1)
    assert (closed.owner, closed.remedy, closed.root_cause) == (agent, remedy, cause)
    assert closed.action_taken == "Giao đủ."
    assert None not in (closed.acknowledged_at, closed.first_contact_at, closed.resolved_at, closed.closed_at)
    assert told(complaint) == [
        ("complaint.opened", "internal"),
        ("complaint.acknowledged", "out"),
        ("complaint.assessed", "internal"),
        ("complaint.assigned", "internal"),
        ("complaint.started", "internal"),
        ("complaint.decided", "internal"),
        ("complaint.reply", "out"),
        ("complaint.resolved", "out"),
        ("complaint.reopened", "internal"),
        ("complaint.resolved", "out"),
        ("complaint.expired", "internal"),
        ("complaint.confirmed", "in"),
    ]
    one = {"complaint_id": str(pk)}
    reply = ComplaintNote.objects.get(is_internal=False)
    assert events() == [
        ("complaint_opened", one),
        ("complaint_acknowledged", one),
        ("complaint_assessed", one),
        ("complaint_assigned", {**one, "owner_id": str(agent.pk)}),
        ("complaint_started", one),
        ("complaint_decided", {**one, "remedy_id": str(remedy.pk)}),
        ("complaint_noted", {**one, "note_id": str(reply.pk), "is_internal": False}),
        ("complaint_resolved", one),
        ("complaint_reopened", one),
        ("complaint_resolved", one),
        ("complaint_expired", one),
        ("complaint_confirmed", one),
    ]
    notes = ComplaintNote.objects.order_by("created_at", "pk").values_list("body", "is_internal", "from_customer")
    assert list(notes) == [
        ("Nhờ em xem giúp", True, False),
        ("Khách đồng ý", True, False),
        ("Chào chị, em đã gửi lại.", False, False),
        ("Vẫn thiếu món", True, False),
    ]


def test_timeline_entries_carry_what_their_sentences_need(complaint: Complaint, make_user: Make) -> None:
    agent = make_user()
    complaints.assess(complaint_id=complaint.pk, severity="S1")
    complaints.assign(complaint_id=complaint.pk, owner_id=agent.pk)
    data = dict(Interaction.objects.filter(subject_id=complaint.pk).values_list("what", "data"))
    number = {"number": complaint.number}
    assert data["complaint.opened"] == {
        **number, "severity": "S3", "owner": "Trần Thị Chủ", "channel": "staff"
    }  # fmt: skip
    assert data["complaint.assessed"] == {**number, "severity": "S1", "before": "S3"}
    assert data["complaint.assigned"] == {**number, "owner": agent.full_name}


class TestAcknowledge:
    def test_a_repeat_changes_nothing(self, complaint: Complaint) -> None:
        first = complaints.acknowledge(complaint_id=complaint.pk)
        again = complaints.acknowledge(complaint_id=complaint.pk)
        assert (again.state, again.version, again.acknowledged_at) == ("acknowledged", 2, first.acknowledged_at)
        assert len(events("complaint_acknowledged")) == 1

    def test_work_that_began_before_the_mail_left_goes_on(self, complaint: Complaint) -> None:
        complaints.start_work(complaint_id=complaint.pk)
        late = complaints.acknowledge(complaint_id=complaint.pk)
        assert late.state == "investigating"
        assert late.acknowledged_at is not None

    def test_a_reopened_case_keeps_the_first_time(self, answered: Complaint) -> None:
        Complaint.objects.filter(pk=answered.pk).update(acknowledged_at=answered.received_at)
        complaints.reopen(complaint_id=answered.pk)
        again = complaints.acknowledge(complaint_id=answered.pk)
        assert (again.state, again.acknowledged_at) == ("acknowledged", answered.received_at)

    def test_what_is_closed_is_not_acknowledged_any_more(self, complaint: Complaint) -> None:
        complaints.refer(complaint_id=complaint.pk, note="Sở Công Thương")
        with pytest.raises(InvalidState):
            complaints.acknowledge(complaint_id=complaint.pk)


class TestAssess:
    def test_a_correction_during_work_takes_no_step_back(self, complaint: Complaint) -> None:
        complaints.start_work(complaint_id=complaint.pk)
        corrected = complaints.assess(complaint_id=complaint.pk, severity="S1")
        assert (corrected.state, corrected.severity) == ("investigating", "S1")
        assert corrected.severity_reasons == ["staff"]
        same = complaints.assess(complaint_id=complaint.pk, severity="S1")
        assert same.version == corrected.version
        assert len(events("complaint_assessed")) == 1

    def test_confirming_the_first_guess_keeps_its_reasons(self, complaint: Complaint) -> None:
        assessed = complaints.assess(complaint_id=complaint.pk, severity="S3")
        assert (assessed.state, assessed.severity_reasons) == ("assessed", ["unspecified"])

    def test_only_open_cases_and_known_levels(self, answered: Complaint) -> None:
        with pytest.raises(ComplaintInvalid) as invalid:
            complaints.assess(complaint_id=answered.pk, severity="S5")
        assert invalid.value.data == {"field": "severity", "reason": "not_a_choice"}
        with pytest.raises(InvalidState):
            complaints.assess(complaint_id=answered.pk, severity="S1")
        assert fresh(answered).severity == "S3"


class TestAssign:
    def test_giving_it_to_its_owner_only_writes_the_note(self, complaint: Complaint) -> None:
        same = complaints.assign(complaint_id=complaint.pk, owner_id=complaint.owner_id, note="vẫn là chị nhé")
        assert same.version == 1
        assert events("complaint_assigned") == []
        assert ComplaintNote.objects.get().body == "vẫn là chị nhé"

    def test_an_answered_case_may_still_change_hands_but_not_a_closed_one(
        self, answered: Complaint, make_user: Make
    ) -> None:
        agent = make_user()
        assert complaints.assign(complaint_id=answered.pk, owner_id=agent.pk).owner == agent
        complaints.confirm(complaint_id=answered.pk)
        with pytest.raises(InvalidState) as refused:
            complaints.assign(complaint_id=answered.pk, owner_id=make_user().pk)
        assert refused.value.data == {"current": "closed_confirmed", "action": "assign", "allowed": ["reopen"]}

    def test_the_owner_must_work_here(self, complaint: Complaint, make_user: Make) -> None:
        for owner_id in (make_user(is_active=False).pk, uuid4()):
            with pytest.raises(PersonNotWorking):
                complaints.assign(complaint_id=complaint.pk, owner_id=owner_id, note="x")
        assert fresh(complaint).owner_id == complaint.owner_id
        assert ComplaintNote.objects.count() == 0


class TestRemedy:
    def test_another_may_be_chosen_until_the_customer_was_told(self, complaint: Complaint) -> None:
        first, second, third = Remedy.objects.order_by("position")
        complaints.choose_remedy(complaint_id=complaint.pk, remedy_id=first.pk)
        again = complaints.choose_remedy(complaint_id=complaint.pk, remedy_id=first.pk)
        assert again.version == 2
        changed = complaints.choose_remedy(complaint_id=complaint.pk, remedy_id=second.pk)
        assert (changed.state, changed.remedy, changed.version) == ("decided", second, 3)
        assert [payload["remedy_id"] for _name, payload in events("complaint_decided")] == [
            str(first.pk),
            str(second.pk),
        ]
        complaints.refer(complaint_id=complaint.pk, note="Tòa án")
        with pytest.raises(InvalidState):
            complaints.choose_remedy(complaint_id=complaint.pk, remedy_id=third.pk)

    def test_only_what_is_offered_here(self, complaint: Complaint, make_complaint: Make) -> None:
        from journeys.models import Touchpoint

        elsewhere = Remedy.objects.create(name="Đổi xe", touchpoint=Touchpoint.objects.get(code="delivery"))
        unused = Remedy.objects.create(name="Tặng thẻ", is_active=False)
        for remedy_id in (elsewhere.pk, unused.pk, uuid4()):
            with pytest.raises(RemedyNotOffered):
                complaints.choose_remedy(complaint_id=complaint.pk, remedy_id=remedy_id)
        assert fresh(complaint).state == "received"


class TestNotes:
    def test_the_first_reply_is_the_first_contact(self, complaint: Complaint, owner_alpha: User) -> None:
        with acting_as(Actor("user", owner_alpha.pk, "Chị Chủ")):
            internal = complaints.add_note(complaint_id=complaint.pk, body="đã gọi kho")
            assert fresh(complaint).first_contact_at is None
            first = complaints.add_note(complaint_id=complaint.pk, body="Chào chị", is_internal=False)
            contacted = fresh(complaint).first_contact_at
            assert contacted is not None
            complaints.add_note(complaint_id=complaint.pk, body="Chị ơi", is_internal=False)
        assert (fresh(complaint).first_contact_at, fresh(complaint).version) == (contacted, 2)
        assert (internal.author, internal.author_label, internal.is_internal) == (owner_alpha, "Chị Chủ", True)
        assert (first.author, first.is_internal, first.from_customer) == (owner_alpha, False, False)

    @pytest.mark.parametrize("how", ["call", "visit"])
    def test_talking_to_the_customer_counts_as_contact(self, complaint: Complaint, how: str) -> None:
        note = complaints.log_contact(complaint_id=complaint.pk, how=how, body="Khách đồng ý chờ tới mai")
        contacted = fresh(complaint).first_contact_at
        assert contacted is not None
        complaints.log_contact(complaint_id=complaint.pk, how=how, body="Đã báo lại")
        assert (fresh(complaint).first_contact_at, fresh(complaint).version) == (contacted, 2)
        assert (note.is_internal, note.from_customer) == (True, False)
        assert told(complaint)[-1] == (f"{how}.logged", "out")
        assert events("complaint_noted")[0][1] == {
            "complaint_id": str(complaint.pk), "note_id": str(note.pk), "is_internal": True
        }  # fmt: skip
        with pytest.raises(ComplaintInvalid):
            complaints.log_contact(complaint_id=complaint.pk, how="fax", body="x")
        assert complaint.notes.count() == 2

    @pytest.mark.parametrize("is_internal", [True, False])
    def test_what_the_customer_writes_is_theirs_and_mailed_to_nobody(
        self, complaint: Complaint, is_internal: bool
    ) -> None:
        with acting_as(Actor("customer", complaint.customer_id)):
            note = complaints.add_note(complaint_id=complaint.pk, body="Tới đâu rồi?", is_internal=is_internal)
        assert (note.from_customer, note.is_internal, note.author) == (True, True, None)
        assert note.author_label == complaint.customer.full_name
        assert fresh(complaint).first_contact_at is None
        assert told(complaint)[-1] == ("complaint.note", "in")
        assert events("complaint_noted")[0][1]["is_internal"] is True

    @pytest.mark.parametrize(
        ("body", "reason"), [("", "required"), (" \x00\n ", "required"), ("x" * 4001, "too_long"), (None, "required")]
    )
    def test_empty_and_endless_notes_are_refused(self, complaint: Complaint, body: Any, reason: str) -> None:
        with pytest.raises(ComplaintInvalid) as refused:
            complaints.add_note(complaint_id=complaint.pk, body=body)
        assert refused.value.data == {"field": "body", "reason": reason}
        assert ComplaintNote.objects.count() == 0


class TestResolve:
    def test_cause_and_action_are_needed(self, complaint: Complaint, cause: RootCause) -> None:
        unused = RootCause.objects.create(name="Cũ", is_active=False)
        for wrong, error in [
            ({"root_cause_id": unused.pk, "action_taken": "x"}, CauseNotInUse),
            ({"root_cause_id": uuid4(), "action_taken": "x"}, CauseNotInUse),
            ({"root_cause_id": cause.pk, "action_taken": "  "}, ComplaintInvalid),
        ]:
            with pytest.raises(error):
                complaints.resolve_complaint(complaint_id=complaint.pk, **wrong)
        assert fresh(complaint).state == "received"
        assert events("complaint_resolved") == []

    def test_the_answer_counts_as_contact_but_does_not_replace_an_earlier_one(
        self, complaint: Complaint, cause: RootCause
    ) -> None:
        complaints.add_note(complaint_id=complaint.pk, body="Chào chị", is_internal=False)
        contacted = fresh(complaint).first_contact_at
        done = complaints.resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="x")
        assert done.first_contact_at == contacted
        assert done.resolved_at > contacted

    def test_a_second_answer_is_told_what_is_possible(self, answered: Complaint, cause: RootCause) -> None:
        with override("en"), pytest.raises(InvalidState) as refused:
            complaints.resolve_complaint(complaint_id=answered.pk, root_cause_id=cause.pk, action_taken="y")
        assert str(refused.value) == (
            f"Not possible now: case {answered.number} is “answered, waiting for the customer”. Possible: confirm that "
            "it is solved · close without a reply · reopen · refer to an outside body."
        )
        assert refused.value.data == {
            "current": "communicated",
            "action": "resolve",
            "allowed": ["confirm", "expire", "reopen", "refer"],
        }
        assert fresh(answered).action_taken == "Đã giao lại trong ngày."


class TestClosing:
    def test_saying_yes_or_nothing_twice_is_harmless(self, answered: Complaint) -> None:
        expired = complaints.expire(complaint_id=answered.pk)
        assert complaints.expire(complaint_id=answered.pk).version == expired.version
        confirmed = complaints.confirm(complaint_id=answered.pk)
        assert complaints.confirm(complaint_id=answered.pk).version == confirmed.version
        assert [name for name, _payload in events()][-2:] == ["complaint_expired", "complaint_confirmed"]
        with pytest.raises(InvalidState):
            complaints.expire(complaint_id=answered.pk)

    def test_an_open_case_can_be_neither_confirmed_nor_expired(self, complaint: Complaint) -> None:
        for call in (complaints.confirm, complaints.expire):
            with pytest.raises(InvalidState):
                call(complaint_id=complaint.pk)
        assert fresh(complaint).closed_at is None

    def test_what_was_referred_is_over(self, complaint: Complaint) -> None:
        with pytest.raises(ComplaintInvalid):
            complaints.refer(complaint_id=complaint.pk, note=" ")
        referred = complaints.refer(complaint_id=complaint.pk, note="Hội Bảo vệ người tiêu dùng")
        assert (referred.state, referred.closed_at is not None) == ("referred_external", True)
        with override("en"), pytest.raises(InvalidState) as refused:
            complaints.start_work(complaint_id=complaint.pk)
        assert str(refused.value) == (
            f"Not possible any more: case {complaint.number} is “referred to an outside body”."
        )
        assert events("complaint_referred") == [("complaint_referred", {"complaint_id": str(complaint.pk)})]


class TestReopen:
    def test_the_customers_words_are_kept(self, answered: Complaint) -> None:
        with acting_as(Actor("customer", answered.customer_id)):
            reopened = complaints.reopen(complaint_id=answered.pk, words="Chưa nhận được tiền")
            complaints.reopen(complaint_id=answered.pk, words="Chưa nhận được tiền")
            again = complaints.reopen(complaint_id=answered.pk, words="Gọi cho tôi đi")
        assert (reopened.state, reopened.reopened_count) == ("reopened", 1)
        assert (reopened.first_contact_at, reopened.resolved_at, reopened.closed_at) == (None, None, None)
        assert again.reopened_count == 1
        notes = answered.notes.order_by("created_at", "pk").values_list("body", "from_customer")
        assert list(notes) == [("Chưa nhận được tiền", True), ("Gọi cho tôi đi", True)]
        assert len(events("complaint_reopened")) == 1
        assert told(answered)[-2:] == [("complaint.reopened", "in"), ("complaint.note", "in")]

    def test_customers_have_thirty_days_staff_have_no_limit(self, answered: Complaint) -> None:
        complaints.confirm(complaint_id=answered.pk)
        with time_machine.travel(now() + timedelta(days=30, minutes=1)):
            with acting_as(Actor("customer", answered.customer_id)), pytest.raises(ReopenWindowClosed):
                complaints.reopen(complaint_id=answered.pk)
            assert fresh(answered).state == "closed_confirmed"
            assert complaints.reopen(complaint_id=answered.pk).state == "reopened"

    def test_on_the_last_day_a_customer_still_may(self, answered: Complaint) -> None:
        complaints.expire(complaint_id=answered.pk)
        with (
            time_machine.travel(now() + timedelta(days=29, hours=23)),
            acting_as(Actor("customer", answered.customer_id)),
        ):
            assert complaints.reopen(complaint_id=answered.pk).state == "reopened"

    def test_an_open_case_has_nothing_to_reopen(self, complaint: Complaint) -> None:
        with pytest.raises(InvalidState):
            complaints.reopen(complaint_id=complaint.pk)


@pytest.mark.parametrize(
    "call",
    [
        lambda pk: complaints.acknowledge(complaint_id=pk),
        lambda pk: complaints.assess(complaint_id=pk, severity="S1"),
        lambda pk: complaints.assign(complaint_id=pk, owner_id=uuid4()),
        lambda pk: complaints.add_note(complaint_id=pk, body="x"),
        lambda pk: complaints.refer(complaint_id=pk, note="x"),
    ],
)
def test_an_unknown_complaint_is_not_found(call: Callable[[Any], Any]) -> None:
    with pytest.raises(NotFound):
        call(uuid4())
