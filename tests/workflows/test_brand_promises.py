"""Promises of the brand: reminded of, settled with what one can see, laid again, and counted apart."""

from datetime import date, timedelta

import pytest

from customers.models import Interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import NotFound
from cxcrm.core.ids import new_id
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_zone
from workflows.errors import BrandPromiseEvidence, BrandPromiseInvalid, BrandPromiseNotBegun, PromiseSettled
from workflows.logic.renewal import next_day
from workflows.models import Message, Promise
from workflows.selectors.brand_promises import register_of
from workflows.selectors.promises import kept_share, open_promises, promises_visible_to
from workflows.services.brand_promises import make_brand_promise, settle_brand_promise, withdraw_brand_promise
from workflows.services.promises import keep_promise

DAY = timedelta(days=1)
READER = User(role="owner")


@pytest.fixture
def lay(crew):
    def make(**fields):
        values = {"text": "5 phút có nước", "said_where": "Biển ở quầy", "due_at": now() + 20 * DAY}
        return make_brand_promise(
            **{**values, "owner_id": crew.executive.id, "touchpoint_id": crew.touchpoint.id, **fields}
        )

    return make


def settle(row, outcome="kept", evidence="Đo 3 buổi sáng: 4 phút"):
    return settle_brand_promise(promise_id=row.pk, outcome=outcome, evidence=evidence)


@pytest.mark.parametrize(
    ("due", "months", "today", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 1, 30), date(2026, 2, 28)),
        (date(2026, 1, 31), 3, date(2026, 4, 29), date(2026, 4, 30)),
        (date(2026, 1, 31), 3, date(2026, 4, 30), date(2026, 7, 31)),
        (date(2026, 11, 30), 12, date(2026, 12, 1), date(2027, 11, 30)),
    ],
)
def test_the_next_day_comes_after_today(due, months, today, expected):
    assert next_day(due, months, today) == expected


def test_it_reminds_is_settled_and_comes_back(lay, opened, crew, wait, mailoutbox):
    row = lay(renews_months=3)
    assert (row.department, row.is_of_brand) == (crew.executive.department, True)
    opened()
    wait(days=14)
    [reminder] = Message.objects.filter(ref=row.pk)
    assert (reminder.kind, reminder.user) == ("promise_due", crew.executive)
    wait(days=7)
    row.refresh_from_db()
    told = [mail.body for mail in mailoutbox if "Biển ở quầy" in mail.body]
    assert (row.state, row.is_open, ["/admin/workflows/promise/brand/" in body for body in told]) == (
        "broken", True, [True, True],
    )  # fmt: skip
    assert [one.pk for one in open_promises(crew.executive.pk)] == [row.pk]
    settle(row, "broken", "Sáng thứ hai chờ 12 phút")
    row.refresh_from_db()
    assert (row.state, row.is_open, row.evidence) == ("broken", False, "Sáng thứ hai chờ 12 phút")
    following = Promise.objects.get(follows=row)
    assert (following.text, following.owner, following.renews_months) == (row.text, crew.executive, 3)
    due, laid, today = (one.astimezone(firm_zone()).date() for one in (row.due_at, following.due_at, now()))
    assert laid == next_day(due, 3, today)
    assert [one.pk for one in open_promises(crew.executive.pk)] == [following.pk]
    with pytest.raises(PromiseSettled):
        settle(row)
    settle(following)
    third = Promise.objects.get(follows=following)
    with pytest.raises(BrandPromiseNotBegun):
        settle(third)
    [entry] = register_of(READER).current
    assert (entry.latest.promise, entry.latest.has_begun, entry.latest.complaints) == (third, False, None)
    assert [(one.promise.state, one.complaints) for one in entry.before] == [("kept", 0), ("broken", 1)]
    withdraw_brand_promise(promise_id=third.pk, evidence="Bỏ biển ở quầy")
    found = register_of(READER)
    assert ([one.is_over for one in found.over], found.current) == ([True], [])
    assert (found.of_brand.n, found.of_brand.of, found.to_customers.of) == (0, 1, 0)
    assert not Interaction.objects.filter(what__startswith="promise.").exists()


def test_shares_are_told_apart_and_late_is_late(lay, crew, wait):
    once = lay(touchpoint_id=None)
    wait(days=21)
    assert settle(once).state == "kept_late"
    assert not Promise.objects.filter(follows=once).exists()
    assert register_of(READER).over[0].latest.complaints is None
    assert not promises_visible_to(READER).exists()
    span = {"reader": READER, "since": now() - 30 * DAY, "until": now()}
    [line] = kept_share("owner", of="brand", **span)
    assert (line.who, line.due, line.kept) == ("Lê Thị Mỹ Duyên", 1, 0)
    assert kept_share("owner", **span) == []


def test_whoever_settles_takes_over_from_who_is_gone(lay, crew):
    row = lay(renews_months=1)
    User.objects.filter(pk=crew.executive.pk).update(is_active=False)
    with acting_as(Actor("user", crew.chief.pk, crew.chief.full_name)):
        settle(row)
    assert Promise.objects.get(follows=row).owner == crew.chief


def test_what_is_refused_changes_nothing(lay, crew):
    for fields in (
        {"text": " "},
        {"text": "x" * 301},
        {"said_where": ""},
        {"said_where": "x" * 121},
        {"due_at": now()},
        {"due_at": now() + 400 * DAY},
        {"renews_months": 0},
        {"renews_months": 13},
        {"owner_id": new_id()},
        {"owner_id": crew.owner.id},  # works on cases, leads nothing
        {"touchpoint_id": new_id()},
    ):
        with pytest.raises(BrandPromiseInvalid) as refused:
            lay(**fields)
        assert refused.value.data["field"] in {name.removesuffix("_id") for name in fields}
    assert not Promise.objects.exists()
    row = lay(renews_months=1)
    for evidence in (" ", "x" * 501):
        with pytest.raises(BrandPromiseEvidence):
            settle(row, "kept", evidence)
        with pytest.raises(BrandPromiseEvidence):
            withdraw_brand_promise(promise_id=row.pk, evidence=evidence)
    with pytest.raises(NotFound):
        keep_promise(promise_id=row.pk)
    with pytest.raises(NotFound):
        settle_brand_promise(promise_id=new_id(), outcome="kept", evidence="x")
    assert Promise.objects.get().state == "open"
