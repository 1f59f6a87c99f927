"""Promises: remembered, broken at their time, heard of by the manager, and counted."""

from datetime import timedelta

import pytest

from customers.models import Interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import NotFound
from cxcrm.core.ids import new_id
from feedback.services import complaints
from tenants.services.agenda import NotYet
from tenants.staff.models import Absence, Department, User
from tenants.staff.selectors.people import working_user
from workflows.errors import PromiseInvalid, PromiseSettled
from workflows.models import Alert, Message, Promise
from workflows.selectors.promises import evidence_for, kept_share, open_promises, proposed
from workflows.services.promises import break_promise, keep_promise, make_promise, withdraw_promise

HOUR = timedelta(hours=1)


@pytest.fixture
def promise(complaint, crew):
    return make_promise(
        complaint_id=complaint.id, text="Gọi lại cho chị", due_at=now() + 3 * HOUR, owner_id=crew.owner.id
    )


def mails(promise):
    rows = Message.objects.filter(ref=promise.pk).order_by("created_at", "id")
    return [(row.kind, row.user.full_name, row.state) for row in rows]


def test_reminded_broken_and_raised(promise, wait, mailoutbox):
    wait(hours=2.1)
    assert mails(promise) == [("promise_due", "Lý Gia Hân", "sent")]
    wait(hours=1)
    promise.refresh_from_db()
    assert (promise.state, mails(promise)[1:]) == ("broken", [("promise_broken", "Lý Gia Hân", "sent")])
    wait(hours=1)
    assert mails(promise)[2:] == [("promise_broken", "Ngô Thanh Tùng", "sent")]
    assert "Gọi lại cho chị" in mailoutbox[-1].body
    assert "Lý Gia Hân" in mailoutbox[-1].subject
    keep_promise(promise_id=promise.pk, evidence="Đã gọi 15:20")
    promise.refresh_from_db()
    assert (promise.state, promise.evidence) == ("kept_late", "Đã gọi 15:20")
    whats = (
        Interaction.objects.filter(what__startswith="promise.").order_by("occurred_at").values_list("what", flat=True)
    )
    assert list(whats) == ["promise.made", "promise.broken", "promise.kept"]


def test_a_kept_one_reminds_nobody(promise, crew, wait):
    with acting_as(Actor("user", crew.owner.pk, crew.owner.full_name)):
        keep_promise(promise_id=promise.pk)
    wait(hours=6)
    promise.refresh_from_db()
    assert (promise.state, promise.settled_by, mails(promise)) == ("kept", crew.owner, [])
    for again in (keep_promise, withdraw_promise):
        with pytest.raises(PromiseSettled):
            again(promise_id=promise.pk, evidence="x")
    assert break_promise(promise.pk) is None


def test_whoever_stands_in_is_reminded_and_a_gap_is_shown(complaint, crew, wait):
    today = now().date()
    Absence.objects.create(
        user=crew.owner, starts_on=today - timedelta(days=2), ends_on=today + timedelta(days=2), deputy=crew.spare
    )
    crew.owner.manager = None
    crew.owner.save()
    row = make_promise(complaint_id=complaint.id, text="Gửi ảnh", due_at=now() + HOUR, owner_id=crew.owner.id)
    wait(hours=0.6)
    wait(hours=3)
    assert {(kind, name) for kind, name, _state in mails(row)} == {
        ("promise_due", "Vũ Khánh Linh"), ("promise_broken", "Vũ Khánh Linh"),
    }  # fmt: skip
    assert Alert.objects.get(ref=row.pk).kind == "nobody_found"


def test_beside_a_complaint_and_withdrawn(customer, crew, wait):
    lead = Department.objects.create(name="Kho", lead=crew.spare)
    crew.chief.department = lead
    crew.chief.save()
    row = make_promise(customer_id=customer.pk, text="Gửi mẫu", due_at=now() + HOUR / 20, owner_id=crew.chief.id)
    wait(hours=2)
    assert [(kind, name) for kind, name, _state in mails(row)] == [
        ("promise_broken", "Trần Quốc Bảo"), ("promise_broken", "Vũ Khánh Linh"),
    ]  # fmt: skip
    with pytest.raises(PromiseInvalid):
        withdraw_promise(promise_id=row.pk, evidence=" ")
    assert withdraw_promise(promise_id=row.pk, evidence="Chị không cần nữa").state == "withdrawn"


def test_what_is_refused_changes_nothing(complaint, crew):
    good = {"complaint_id": complaint.id, "text": "Gọi", "due_at": now() + HOUR, "owner_id": crew.owner.id}
    for fields in (
        {"text": " "},
        {"text": "x" * 301},
        {"due_at": now()},
        {"due_at": now() + timedelta(days=400)},
        {"owner_id": new_id()},
    ):
        with pytest.raises(PromiseInvalid):
            make_promise(**{**good, **fields})
    for fields in (
        {"complaint_id": new_id()},
        {"complaint_id": None},
        {"note_id": new_id()},
        {"complaint_id": None, "customer_id": new_id()},
    ):
        with pytest.raises(NotFound):
            make_promise(**{**good, **fields})
    with pytest.raises(NotFound):
        keep_promise(promise_id=new_id())
    with pytest.raises(NotYet):
        break_promise(new_id())
    assert Promise.objects.count() == 0
    row = make_promise(**good)
    with pytest.raises(PromiseInvalid):
        keep_promise(promise_id=row.pk, evidence="x" * 501)
    assert break_promise(row.pk).due_at == row.due_at
    assert working_user(row.owner_id) == crew.owner


def test_what_a_reply_promises_and_what_shows_it(complaint, crew, wait):
    [found] = proposed("Em sẽ gọi lại cho chị trong 2 giờ.")
    row = make_promise(complaint_id=complaint.id, text=found.text, due_at=found.due_at, owner_id=crew.owner.id)
    assert evidence_for(row) == ""
    with acting_as(Actor("user", crew.owner.pk, crew.owner.full_name)):
        complaints.log_contact(complaint_id=complaint.id, how="call", body="Đã gọi, chị đồng ý.")
    assert "Lý Gia Hân" in evidence_for(row)


def test_the_share_that_was_kept(promise, complaint, crew, wait):
    in_time = make_promise(complaint_id=complaint.id, text="Hai", due_at=now() + 2 * HOUR, owner_id=crew.owner.id)
    keep_promise(promise_id=in_time.pk)
    gone = make_promise(complaint_id=complaint.id, text="Ba", due_at=now() + 2 * HOUR, owner_id=crew.owner.id)
    withdraw_promise(promise_id=gone.pk, evidence="không cần")
    make_promise(complaint_id=complaint.id, text="Bốn", due_at=now() + 90 * HOUR, owner_id=crew.manager.id)
    wait(hours=5)
    [line] = kept_share("owner", reader=User(role="owner"), since=now() - timedelta(days=3), until=now())
    assert (line.who, line.due, line.kept, line.percent) == ("Lý Gia Hân", 2, 1, 50)
    assert [row.text for row in open_promises(crew.owner.pk)] == ["Gọi lại cho chị"]
    [other] = kept_share("department", reader=User(role="owner"), since=now() - timedelta(days=3), until=now())
    assert (other.who, other.percent) == ("", 50)
