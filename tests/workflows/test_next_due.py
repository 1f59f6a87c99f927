"""What is due next on a case, and which queue it stands in: clocks, what was promised in person, pauses."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.models import Complaint
from feedback.services import complaints
from tenants.staff.models import User
from workflows.models import PauseReason, Promise
from workflows.selectors.changes import by_touchpoint
from workflows.selectors.clocks import current_clock
from workflows.selectors.digest import digest_for
from workflows.selectors.promises import promises_to
from workflows.selectors.queues import in_queue, order_of, queue_counts, with_next_due
from workflows.selectors.tracking import tracking_of
from workflows.services.pauses import end_pause, pause
from workflows.services.promises import keep_promise, make_promise, withdraw_promise

HOUR = timedelta(hours=1)
WITHIN = timedelta(days=30)


@pytest.fixture
def reason(in_alpha):
    return PauseReason.objects.order_by("position").first()


def due(complaint):
    row = with_next_due(Complaint.objects.filter(pk=complaint.pk)).get()
    return row.next_due_kind, row.next_due_at


def promise(complaint, crew, hours, text="Gọi lại cho chị", **fields):
    return make_promise(
        complaint_id=complaint.pk, text=text, due_at=now() + hours * HOUR, owner_id=crew.owner.pk, **fields
    )


def overdue(at=None):
    return list(in_queue(Complaint.objects.all(), "overdue", None, at).values_list("pk", flat=True))


def test_the_earlier_of_clock_and_promise_is_due_next(complaint, crew, cause, run_agenda):
    first = current_clock(complaint.pk, "first_contact").due_at
    later = promise(complaint, crew, 90)
    assert due(complaint) == ("first_contact", first)
    sooner = promise(complaint, crew, 1, "Gửi ảnh")
    assert due(complaint) == ("promised", sooner.due_at)
    keep_promise(promise_id=sooner.pk)
    assert due(complaint) == ("first_contact", first)
    complaints.resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="Đã hoàn tiền.")
    run_agenda()
    assert due(complaint) == ("promised", later.due_at)  # no clock runs any more
    withdraw_promise(promise_id=later.pk, evidence="Khách không cần nữa")
    assert due(complaint) == (None, None)


def test_a_promise_that_ran_out_is_overdue_though_no_clock_is(complaint, crew, wait):
    promise(complaint, crew, 0.5)
    assert overdue() == []
    wait(hours=1)
    assert (overdue(), Promise.objects.get().state) == ([complaint.pk], "broken")
    assert queue_counts(crew.owner)["overdue"] == 1
    assert due(complaint)[0] == "promised"
    keep_promise(promise_id=Promise.objects.get().pk)
    assert overdue() == []


def test_what_stands_still_is_in_a_queue_of_its_own_and_not_overdue(complaint, opened, crew, reason, wait, run_agenda):
    other = opened()
    run_agenda()
    wait(hours=17)
    both = {complaint.pk, other.pk}
    assert set(overdue()) == both
    for one, hours in ((complaint, 40), (other, 20)):
        pause(complaint_id=one.pk, reason_id=reason.pk, by=crew.owner, until=now() + hours * HOUR)
    assert overdue() == []
    counts = queue_counts(crew.owner)
    assert (counts["paused"], counts["overdue"], counts["open"]) == (2, 0, 2)
    assert [row.late for row in by_touchpoint(crew.chief, now(), since=now() - WITHIN)] == [0]
    rows = in_queue(with_next_due(Complaint.objects.all()), "paused", None)
    assert list(rows.order_by(*order_of("paused"))) == [other, complaint]  # the next to go on first
    morning = digest_for(crew.owner)
    assert (morning.late_count, morning.today_count) == (0, 0)
    promise(complaint, crew, 0.5)
    wait(hours=1)
    assert overdue() == [complaint.pk]  # what somebody promised in person knows no pause
    end_pause(complaint_id=other.pk)
    assert set(overdue()) == both
    assert queue_counts(crew.owner)["paused"] == 1


def test_the_customer_reads_of_a_pause_only_what_the_reason_has_for_them(complaint, crew, reason):
    tracked = tracking_of(complaint, reopen_within=WITHIN)
    assert (tracked.waits_for, tracked.waits_until) == ("", None)
    row = pause(complaint_id=complaint.pk, reason_id=reason.pk, by=crew.owner, note="chờ ảnh")
    tracked = tracking_of(complaint, reopen_within=WITHIN)
    assert (tracked.waits_for, tracked.waits_until) == (reason.told, row.until)
    assert reason.name not in tracked.waits_for
    with translation.override("en"):
        assert tracking_of(complaint, reopen_within=WITHIN).waits_for == reason.told_en
    PauseReason.objects.update(told="", told_en="")
    tracked = tracking_of(complaint, reopen_within=WITHIN)
    assert (tracked.waits_for, tracked.waits_until) == ("", None)


def test_what_a_customer_was_promised_with_and_without_a_case(complaint, crew, customer):
    firm = create_customer(full_name="Công ty Góc Nhỏ", kind="organization")
    hanh = create_customer(full_name="Chị Hạnh", organization=firm.pk)
    later = promise(complaint, crew, 5)
    done = [promise(complaint, crew, 6, f"Việc {number}") for number in range(2)]
    for row in done:
        keep_promise(promise_id=row.pk)
    sooner = make_promise(customer_id=customer.pk, text="Gửi quà", due_at=now() + HOUR, owner_id=crew.owner.pk)
    theirs = make_promise(customer_id=hanh.pk, text="Giao hạt", due_at=now() + HOUR, owner_id=crew.owner.pk)
    assert promises_to(customer, reader=User(role="owner"), settled=1) == [sooner, later, done[1]]
    assert (
        promises_to(firm, reader=User(role="owner"), settled=3)
        == promises_to(hanh, reader=User(role="owner"), settled=3)
        == [theirs]
    )
