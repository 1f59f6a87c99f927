"""The timeline: narrowed, paged by where one stands, and calls and visits with what came of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from customers.errors import ChoiceInvalid
from customers.models import Interaction
from customers.selectors.timeline import Asked, timeline_page
from customers.services.contacts import log_contact
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.timeline import describe
from cxcrm.core.clock import now
from tenants.staff.models import User

pytestmark = pytest.mark.usefixtures("in_alpha")
OWNER = User(role="owner")


@pytest.fixture
def customer(in_alpha):
    made = create_customer(full_name="Nguyễn Thị Lan")
    Interaction.objects.all().delete()
    return made


def note(customer, body, *, ago, kind="note", what="note", direction="internal", data=None):
    return record_interaction(
        customer_id=customer.pk, kind=kind, what=what, direction=direction, body=body, data=data,
        occurred_at=now() - timedelta(days=ago),
    )  # fmt: skip


def bodies(customer, **asked):
    return [entry.body for entry in timeline_page(customer.pk, Asked(**asked), OWNER).entries]


def test_each_filter_narrows_and_text_needs_no_accents(customer):
    note(customer, "Khách hỏi giờ mở cửa", ago=1, kind="call", what="call.logged", direction="in")
    note(customer, "Gửi báo giá", ago=3, direction="out")
    note(customer, "", ago=9, kind="complaint", what="complaint.opened", data={"number": "KN-2026-00007"})
    today = now().date()
    assert bodies(customer) == ["Khách hỏi giờ mở cửa", "Gửi báo giá", ""]
    assert bodies(customer, kind="call") == bodies(customer, direction="in") == ["Khách hỏi giờ mở cửa"]
    assert bodies(customer, text="mo cua") == bodies(customer, text=" MỞ CỬA\x00") == ["Khách hỏi giờ mở cửa"]
    assert bodies(customer, text="00007") == [""]
    assert bodies(customer, text="100%") == []
    assert bodies(customer, since=today - timedelta(days=5)) == ["Khách hỏi giờ mở cửa", "Gửi báo giá"]
    assert bodies(customer, until=today - timedelta(days=5)) == [""]
    assert (Asked().narrows, Asked(kind="call").narrows) == (False, True)


def test_pages_follow_each_other_without_gap_or_twin(customer):
    moment = now()
    for number in range(7):
        record_interaction(
            customer_id=customer.pk, kind="note", what="note", body=str(number),
            occurred_at=moment - timedelta(days=number // 3),
        )  # fmt: skip
    seen, place = [], ""
    for _page in range(4):
        page = timeline_page(customer.pk, Asked(), OWNER, before=place, rows=2)
        seen += [entry.body for entry in page.entries]
        place = page.earlier
    assert (sorted(seen), len(seen), place) == (list("0123456"), 7, "")
    assert [entry.body for entry in timeline_page(customer.pk, Asked(), OWNER, rows=7).entries] == seen
    for broken in ("x", "2026-01-01~x", f"2026-01-01T00:00:00~{customer.pk}", "~"):
        assert len(timeline_page(customer.pk, Asked(), OWNER, before=broken).entries) == 7


def test_ten_thousand_entries_are_read_from_the_index(customer):
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO customers_interaction (id, created_at, customer_id, kind, what, direction, body, data,
                   occurred_at, subject_type, actor_kind, actor_label)
               SELECT gen_random_uuid(), now(), %s, 'note', 'note', 'internal', 'x', '{}',
                   now() - n * interval '1 hour', '', 'system', '' FROM generate_series(1, 10000) n""",
            [customer.pk],
        )
        cursor.execute("ANALYZE customers_interaction")
    first = timeline_page(customer.pk, Asked(), OWNER)
    far = f"{(now() - timedelta(hours=9_000)).isoformat()}~{customer.pk}"
    with CaptureQueriesContext(connection) as asked:
        timeline_page(customer.pk, Asked(), OWNER, before=far)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked.captured_queries[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "using timeline" in plan
    assert "Sort" not in plan
    assert len(timeline_page(customer.pk, Asked(), OWNER, before=far).entries) == len(first.entries) == 25


def test_a_call_and_a_visit_say_what_came_of_them(customer):
    called = log_contact(customer_id=customer.pk, how="call", outcome="no_answer")
    came = log_contact(customer_id=customer.pk, how="visit", outcome="came_by", body="Mua hai ly")
    assert (called.direction, called.body, came.direction, came.body) == ("out", "", "in", "Mua hai ly")
    with override("vi"):
        assert [describe(called), describe(came)] == ["Gọi điện: không bắt máy", "Gặp mặt: khách ghé"]
    with override("en"):
        assert [describe(called), describe(came)] == ["Phone call: no answer", "Visit: the customer came by"]
    for how, outcome in (("call", "came_by"), ("visit", "reached"), ("note", "reached"), ("call", "")):
        with pytest.raises(ChoiceInvalid):
            log_contact(customer_id=customer.pk, how=how, outcome=outcome)
    assert Interaction.objects.count() == 2
