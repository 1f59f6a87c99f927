"""What customers use things for, what they do otherwise than before, and the state of our records; page and API."""

from datetime import timedelta

import pytest
import time_machine

from customers.logic.understanding import ITEMS
from customers.models import Customer, CustomerPersona, CustomField, Fact, Purchase, Segment
from customers.selectors.habits import habits, turned
from customers.selectors.records import Complete, Filled, records
from customers.selectors.usage import usage
from customers.services.facts import note_fact
from customers.services.understanding import recount_customers
from cxcrm.core.clock import now
from tenants.context import in_tenant
from tenants.staff.models import Branch, SavedView, User
from tests.support.quiz import two_portraits

USAGE, HABITS, RECORDS = (
    "/admin/customers/fact/usage/", "/admin/customers/fact/habits/", "/admin/customers/customer/records/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-30T05:00:00Z", tick=False):  # noon on a Monday in Sài Gòn
        yield


def people(count):
    return Customer.objects.bulk_create(Customer(full_name=f"Khách {number}") for number in range(count))


def buy(customer, days, hour, **more):
    """At ``hour`` of the shop's clock, on a Tuesday ``days`` or a little more before today."""
    day = now() - timedelta(days=days + (now() - timedelta(days=days)).weekday() - 1)
    return Purchase.objects.create(
        customer=customer, occurred_at=day + timedelta(hours=hour - 12), amount=1, currency="VND", **more
    )


def test_ways_of_using_are_counted_by_persona(alpha, client_as):
    with in_tenant(alpha):
        ha, _khoi = two_portraits()
        crowd = people(5)
        CustomerPersona.objects.bulk_create(
            CustomerPersona(customer=one, persona=ha, confidence=1, by="hand") for one in crowd
        )
        for number, one in enumerate(crowd):
            mode = "Mang đi" if number < 4 else ""
            note_fact(customer_id=one.pk, kind="usage", text="Uống trên đường", about="Bạc xỉu", mode=mode)
        note_fact(customer_id=crowd[0].pk, kind="unexpected_use", text="Làm kem", about="bạc xỉu", mode="làm kem")
        note_fact(customer_id=crowd[0].pk, kind="usage", text="Đoán", about="bạc xỉu", mode="đoán", source="guess")
        note_fact(customer_id=crowd[1].pk, kind="usage", text="Uống sáng")
        liked = note_fact(customer_id=crowd[1].pk, kind="preference", text="Ít đá", mode="mang đi")
        assert liked.mode == ""
        again = note_fact(customer_id=crowd[4].pk, kind="usage", text="uống trên đường", mode="mang đi")
        assert (again.mode, Fact.objects.filter(customer=crowd[4], kind="usage").count()) == ("mang đi", 1)
        found = usage()
    assert [(one.about, one.customers) for one in found.products] == [("Bạc xỉu", 5)]
    assert [(one.mode, one.everybody.n, one.unexpected) for one in found.products[0].modes] == [
        ("mang đi", 5, 0), ("làm kem", 1, 1),
    ]  # fmt: skip
    (own,) = found.products[0].modes[0].parts  # of the other persona nobody told
    assert (own.persona, own.n, own.of, own.percent) == (ha.pk, 5, 5, 100)
    assert (found.unplaced, found.more) == (1, 0)
    client = client_as("agent")
    page = client.get(USAGE).text
    assert {word for word in ("Bạc xỉu", "Làm kem", "100&nbsp;%") if word not in page} == set()
    sent = client_as("executive").get("/api/v1/usage-modes/").json()
    assert sent["products"][0]["modes"][0]["everybody"] == {"persona": None, "n": 5, "of": 5, "percent": 100}
    assert client.get("/admin/customers/fact/add/").status_code == 200


def test_nobody_told_how_they_use_anything(alpha, client_as):
    client = client_as("agent")
    assert "Chưa ai kể" in client.get(USAGE).text
    assert "Chưa khách nào mua" in client.get(HABITS).text


def test_whose_habit_changed_and_which_way_most_went(alpha, client_as):
    with in_tenant(alpha):
        crowd, branch = people(7), Branch.objects.order_by("name").first()
        for number, one in enumerate(crowd):
            hours = (8, 19) if number < 5 else (8, 8)
            for days in (100, 110, 120):
                buy(one, days, hours[0], items="2 x Bạc xỉu, 1 x Bánh mì", channel="Quán", branch=branch)
            for days in (10, 20, 30):
                buy(one, days, hours[1], items="Bạc xỉu\nTrà đào", channel="App")
        buy(crowd[6], 40, 19, state="cancelled")
        found = {one.code: one for one in habits().aspects}
        mine = turned(crowd[0].pk)
    assert [(one.code, one.before, one.after) for one in mine] == [
        ("hour", "morning", "evening"), ("channel", "quán", "app"),
    ]  # fmt: skip
    (move,) = found["hour"].moves
    assert (found["hour"].habits, found["hour"].changed, move.move.n, move.move.back) == (7, 5, 5, 0)
    assert move.move.is_more_than_chance
    assert {name for _pk, name in move.customers} == {f"Khách {n}" for n in range(5)}
    assert (found["day"].habits, found["day"].changed, found["branch"].habits) == (7, 0, 0)
    assert (found["item"].habits, found["item"].changed) == (7, 0)
    client = client_as("agent")
    page = client.get(HABITS).text
    assert {word for word in ("buổi tối", "nhiều hơn tình cờ") if word not in page} == set()
    assert "buổi tối" in client.get(f"/admin/customers/customer/{crowd[0].pk}/change/").text
    sent = {one["code"]: one for one in client_as("executive").get("/api/v1/changed-habits/").json()["aspects"]}
    assert sent["hour"]["moves"] == [
        {"before": "morning", "after": "evening", "n": 5, "back": 0, "is_more_than_chance": True}
    ]


def test_a_branch_that_changed_is_named(alpha):
    with in_tenant(alpha):
        (one,) = people(1)
        old, new = Branch.objects.create(name="Tân Định"), Branch.objects.create(name="Gia Định")
        for days, branch in ((100, old), (110, old), (120, old), (10, new), (20, new), (30, new)):
            buy(one, days, 8, branch=branch)
        assert [(one.before, one.after) for one in turned(one.pk)] == [("Tân Định", "Gia Định")]


def test_what_is_filled_in_and_never_asked_for(alpha, client_as):
    with in_tenant(alpha):
        crowd, branch = people(4), Branch.objects.order_by("name").first()
        field, unused = (
            CustomField.objects.create(key=key, label_vi=label)
            for key, label in (("size", "Cỡ ly"), ("milk", "Loại sữa"))
        )
        Customer.objects.filter(pk__in=[one.pk for one in crowd]).update(
            branch=branch, province_code="79", ward="Tân Định", tags=["vip"], custom={"size": "L", "milk": "yến mạch"}
        )
        rule = {
            "all": [{"field": "province", "op": "is", "value": ["79"]}, {"not": {"field": "own.size", "op": "is_set"}}]
        }
        Segment.objects.create(name="Sài Gòn", condition=rule)
        Segment.objects.create(name="Cũ", condition={"field": "ward", "op": "is_set"}, is_active=False)
        owner = User.objects.order_by("created_at").first()
        SavedView.objects.create(
            owner=owner,
            model="customers.customer",
            name="Tân Định",
            query="branch__id__exact=1&tag=vip",
            is_shared=True,
        )
        SavedView.objects.create(owner=owner, model="customers.customer", name="Riêng", query="own_milk=x")
        recount_customers(customer_ids=[one.pk for one in crowd])
        found = records()
    fields = {one.code: one for one in found.fields}
    of = found.of
    assert fields["province"].used_in == fields["size"].used_in == ("Sài Gòn",)
    assert fields["branch"].used_in == fields["tags"].used_in == ("Tân Định",)
    assert {one.code for one in found.forgotten} == {"ward", "milk"}
    assert (fields["milk"].label, fields["milk"].n, fields["owner"].is_forgotten) == ("Loại sữa", 4, False)
    place = next(one for one in found.items if one.item.code == "place")
    assert (place.known, place.fresh, place.of, found.one_in, found.has_more) == (4, 4, of, 1, False)
    page = client_as("agent").get(RECORDS).text
    assert {word for word in ("Loại sữa", "bị bỏ quên") if word not in page} == set()
    sent = client_as("executive").get("/api/v1/records/").json()
    assert {one["code"] for one in sent["fields"] if one["is_forgotten"]} == {"ward", "milk"}
    assert {field.key, unused.key} <= {one["code"] for one in sent["fields"]}


def test_of_nobody_there_is_no_share():
    assert (Complete(ITEMS[0], 0, 0, 0).percent, Filled("tags", "", 0, 0, ()).is_forgotten) == (0, False)


@pytest.mark.parametrize("page", [USAGE, HABITS, RECORDS])
def test_only_who_reads_customers_reads_them(alpha, client_as, page, monkeypatch):
    monkeypatch.setattr("tenants.staff.models.User.has_perm", lambda *_args: False)
    assert client_as("agent").get(page).status_code in (302, 403)
