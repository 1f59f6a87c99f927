"""Understanding in the database: counted from its sources, reckoned as the logic does, faded by night, repaired."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import errors
from customers.logic.understanding import ITEMS, Known, assess
from customers.models import Customer, Understanding, UnderstandingDay, UnderstandingItem
from customers.selectors import asking
from customers.selectors.understanding import firm_understanding, limits_the_firm, understanding_of
from customers.services import understanding_levels, understanding_nights, understanding_sources
from customers.services.beliefs import state_belief
from customers.services.consents import state_consent
from customers.services.contacts import log_contact
from customers.services.customers import create_customer, mark_undeliverable, update_customer
from customers.services.erasure import erase_customer
from customers.services.facts import confirm_known, note_fact
from customers.services.imports import check_file, start_import, undo_import
from customers.services.merging import merge_customers, undo_merge
from customers.services.purchases import change_purchase, record_purchase
from customers.services.understanding import confirm_item, recount_customers, withdraw_item
from customers.services.understanding_nights import begin_night, count_import, recount_everybody, take_slice, tend
from customers.services.understanding_sources import derives
from cxcrm.core.clock import now
from tenants.services.agenda import Later, NotYet
from tenants.staff.models import Branch, User
from tenants.staff.services.configuration import save_branch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def ha(in_alpha):
    return create_customer(full_name="Nguyễn Thu Hà")


@pytest.fixture
def own_sources(monkeypatch):
    """Only what this room itself tells: what floors above register decides on the same items."""
    own = {name: one for name, one in understanding_sources._sources.items() if name.startswith("customers.")}
    monkeypatch.setattr(understanding_sources, "_sources", own)


def items(customer):
    return dict(UnderstandingItem.objects.filter(customer=customer).order_by("item").values_list("item", "share"))


def row(customer):
    return Understanding.objects.get(customer=customer)


def test_a_new_customer_has_a_row_and_every_change_moves_it(ha):
    assert (items(ha), row(ha).level, row(ha).progress, row(ha).seen_at) == ({}, 1, 0, None)
    branch = save_branch(branch=Branch(name="Tân Định"))
    update_customer(
        customer_id=ha.id, salutation="chi", salutation_source="declared", phones=["0912345678"], branch=branch,
        emails=["ha@khach.example"], street_line="12 Lê Lợi", ward="Phường Tân Định", province_code="79",
    )  # fmt: skip
    assert items(ha) == {"contact": 1.0, "name": 1.0, "origin": 0.5, "place": 1.0}
    assert (row(ha).known, row(ha).level) == (Decimal("70.0"), 2)
    state_consent(customer_id=ha.id, purpose="survey", granted=True, method="staff")
    assert row(ha).known == Decimal("85.0")
    state_consent(customer_id=ha.id, purpose="survey", granted=False, method="page")
    assert (row(ha).known, "consent" in items(ha)) == (Decimal("70.0"), False)
    update_customer(customer_id=ha.id, ward="", salutation_source="inferred", phones=[], formal_title="Kế toán")
    assert items(ha) == {"birth": 1.0, "contact": 1.0, "origin": 0.5}
    mark_undeliverable(email="ha@khach.example")
    assert items(ha) == {"birth": 1.0, "origin": 0.5}


def test_companies_need_no_salutation_and_people_of_a_company_no_ward(in_alpha):
    firm = create_customer(full_name="Quán Góc Nhỏ", kind="organization", address="5 Hai Bà Trưng, Đà Lạt")
    person = create_customer(full_name="Chị Hạnh", salutation="chi", salutation_source="staff", organization=firm)
    assert items(firm) == {"name": 1.0, "place": 1.0}
    assert items(person) == {"name": 1.0, "place": 1.0}


def test_purchases_count_in_thirds_and_cancelled_ones_not(ha, run_agenda):
    bought = [record_purchase(customer_id=ha.id, external_id=f"HD{n}", amount=59_000)[0] for n in range(2)]
    assert items(ha) == {}  # tills do not wait
    run_agenda()
    assert items(ha) == {"purchases": 2 / 3, "seen": 1.0}
    assert (row(ha).understood, row(ha).seen_at) == (Decimal("16.7"), bought[1].occurred_at)
    change_purchase(purchase_id=bought[0].id, state="cancelled")
    run_agenda()
    assert (items(ha)["purchases"], row(ha).understood) == (1 / 3, Decimal("8.3"))


def test_who_was_reached_can_be_reached_and_who_was_checked_still_lives_there(ha, advance):
    update_customer(customer_id=ha.id, phones=["0912345678"], ward="Phường Tân Định", province_code="79")
    advance(timedelta(days=400))
    log_contact(customer_id=ha.id, how="call", outcome="no_answer")
    assert {piece.item.code for piece in understanding_of(ha.id).pieces if piece.state == "faded"} == {"contact"}
    log_contact(customer_id=ha.id, how="call", outcome="reached")
    known = {piece.item.code: piece for piece in understanding_of(ha.id).pieces}
    assert (known["contact"].state, known["contact"].credit) == ("fresh", 30.0)
    assert known["place"].credit == pytest.approx(11.645)
    confirm_known(customer_id=ha.id, item="place")
    assert {piece.item.code: piece.credit for piece in understanding_of(ha.id).pieces}["place"] == 15.0
    with pytest.raises(errors.ChoiceInvalid):
        confirm_known(customer_id=ha.id, item="birth")


def test_floors_above_confirm_and_withdraw(ha, own_sources):
    confirm_item(customer_id=ha.id, item="emotion", confirmed_at=now() - timedelta(days=180))
    assert row(ha).empathised == Decimal("12.5")
    confirm_item(customer_id=ha.id, item="emotion", confirmed_at=now() - timedelta(days=900))  # an older word
    assert row(ha).empathised == Decimal("12.5")
    recount_customers(customer_ids=[ha.id])  # no source decides on it
    assert row(ha).empathised == Decimal("12.5")
    withdraw_item(customer_id=ha.id, item="emotion")
    withdraw_item(customer_id=ha.id, item="emotion")
    assert row(ha).empathised == 0
    for item, share in (("mood", 1.0), ("emotion", 0.0), ("emotion", 1.1)):
        with pytest.raises(ValueError, match="no such item"):
            confirm_item(customer_id=ha.id, item=item, share=share)
    erase_customer(customer_id=ha.id)
    with pytest.raises(errors.CustomerNotFound):
        confirm_item(customer_id=ha.id, item="emotion")
    assert not UnderstandingItem.objects.exists()
    with pytest.raises(ValueError, match="no such items"):
        derives("x", "mood", sql="")


def test_the_database_and_the_logic_agree_to_the_last_digit(in_alpha):
    rng, at = random.Random(42), now()
    codes = [*(item.code for item in ITEMS), "seen"]
    people = Customer.objects.bulk_create(Customer(full_name=f"Khách {n}") for n in range(300))
    rows = [
        UnderstandingItem(
            customer=one,
            item=code,
            confirmed_at=at - timedelta(seconds=rng.choice((-90_000, 0, 86_400, 86_399, rng.randrange(10**8)))),
            share=rng.choice((1.0, 1.0, 0.5, 1 / 3, 2 / 3, rng.uniform(0.01, 1))),
            expires_at=rng.choice((None, None, None, at, at + timedelta(days=1))),
        )
        for one in people
        for code in rng.sample(codes, rng.randrange(len(codes) + 1))
    ]
    UnderstandingItem.objects.bulk_create(rows)
    understanding_levels.set_levels([one.id for one in people], at)
    seen_levels = set()
    for one in people:
        known = [Known(i.item, i.confirmed_at, i.share, i.expires_at) for i in rows if i.customer_id == one.id]
        wanted, stored = assess(known, at), row(one)
        assert (stored.known, stored.understood, stored.empathised, stored.progress) == tuple(
            Decimal(tenths) / 10 for tenths in (wanted.known, wanted.understood, wanted.empathised, wanted.progress)
        )
        assert (stored.level, stored.next_question) == (wanted.level, wanted.next_question)
        seen_levels.add(stored.level)
    assert seen_levels == {1, 2, 3, 4}
    later = at + timedelta(days=97)
    assert understanding_levels.fade(None, 1_000, later) == max(one.id for one in people)
    for one in people[:100]:
        known = [Known(i.item, i.confirmed_at, i.share, i.expires_at) for i in rows if i.customer_id == one.id]
        assert (row(one).progress, row(one).level) == (
            Decimal(assess(known, later).progress) / 10, assess(known, later).level,
        )  # fmt: skip


class TestNights:
    def test_the_first_night_counts_everybody_and_later_ones_only_fade(self, ha, advance, run_agenda, monkeypatch):
        monkeypatch.setattr(understanding_nights, "FADING", 1)
        note_fact(customer_id=ha.id, kind="need", text="Gói 20 ly trả trước")
        Understanding.objects.all().delete()
        UnderstandingItem.objects.all().delete()
        begin_night()
        run_agenda()
        first = UnderstandingDay.objects.get()
        assert (first.stage, first.is_recount, first.see, first.active) == ("done", True, 1, 1)
        assert row(ha).empathised == Decimal("20.0")
        begin_night()  # twice in one night is once
        assert UnderstandingDay.objects.count() == 1
        create_customer(full_name="Minh Khôi")
        advance(timedelta(days=365))
        recounted = []
        monkeypatch.setattr(
            understanding_nights, "recount_customers", lambda *, customer_ids: recounted.extend(customer_ids)
        )
        begin_night()
        run_agenda()
        assert (row(ha).empathised, row(ha).next_question) == (Decimal("10.0"), "emotion")
        night = UnderstandingDay.objects.latest("day")
        assert (night.is_recount, night.stage, night.active) == (False, "done", 0)  # nobody was heard of for a year
        assert len(recounted) == len(set(recounted)) == 2  # whose timelines moved since the first night

    def test_slices_go_on_where_they_stopped(self, in_alpha, monkeypatch):
        monkeypatch.setattr(understanding_nights, "COUNTED", 2)
        people = [create_customer(full_name=f"Khách {n}") for n in range(5)]
        Understanding.objects.all().delete()
        day = recount_everybody()
        counts = []
        while take_slice(day_id=day.id):
            counts.append(Understanding.objects.count())
        assert counts == [2, 4, 5]
        assert not take_slice(day_id=day.id)
        assert recount_everybody().pk == day.pk
        assert isinstance(tend(day_id=day.id, budget=0), Later)
        day.refresh_from_db()
        assert (day.stage, day.reached) == ("recount", sorted(one.id for one in people)[1])
        assert tend(day_id=day.id) is None
        with pytest.raises(NotYet):
            take_slice(day_id=people[0].id)

    def test_who_was_counted_since_the_night_began_is_left_alone(self, ha):
        note_fact(customer_id=ha.id, kind="need", text="Gói 20 ly")
        stood = row(ha)
        assert understanding_levels.fade(None, 10, stood.as_of - timedelta(days=-0.0)) == ha.id
        UnderstandingItem.objects.all().delete()
        understanding_levels.fade(None, 10, stood.as_of)
        assert row(ha).empathised == Decimal("20.0")
        understanding_levels.fade(None, 10, stood.as_of + timedelta(seconds=1))
        assert row(ha).empathised == 0
        assert understanding_levels.fade(ha.id, 10, now()) is None

    def test_a_long_file_counts_everybody_a_short_one_its_own(self, in_alpha, run_agenda, monkeypatch):
        job = check_file(data="Tên,Điện thoại,Ngày sinh\nLê An,0911222333,\n".encode(), file_name="k.csv")
        start_import(job_id=job.id)
        run_agenda()
        an = Customer.objects.get()
        assert items(an) == {"contact": 1.0}
        assert not UnderstandingDay.objects.exists()
        undo_import(job_id=job.id)
        run_agenda()
        assert not Customer.objects.exists()
        assert not Understanding.objects.exists()
        monkeypatch.setattr("customers.services.understanding.AT_ONCE", 0)
        count_import(job_id=job.id)
        assert UnderstandingDay.objects.get().stage == "recount"


def test_a_merge_makes_one_and_its_undoing_two(ha):
    twin = create_customer(full_name="Thu Hà", phones=["0912345678"])
    note_fact(customer_id=twin.id, kind="usage", text="Mang đi mỗi sáng")
    record = merge_customers(survivor_id=ha.id, merged_id=twin.id)
    assert items(ha) == {"contact": 1.0, "seen": 1.0, "usage": 1.0}
    assert not Understanding.objects.filter(customer=twin).exists()
    assert items(twin) == {}
    undo_merge(merge_id=record.id)
    assert items(ha) == {}
    assert items(twin) == {"contact": 1.0, "seen": 1.0, "usage": 1.0}


def test_one_change_asks_the_database_three_things(ha):
    with CaptureQueriesContext(connection) as asked:
        recount_customers(customer_ids=[ha.id])
    assert len([q for q in asked if not q["sql"].startswith(("SET", "SAVEPOINT", "RELEASE"))]) == 3
    with CaptureQueriesContext(connection) as asked:
        recount_customers(customer_ids=[])
    assert not [q for q in asked if not q["sql"].startswith(("SET", "SAVEPOINT", "RELEASE"))]


def test_the_firm_by_levels_branches_and_beside_what_it_believes(ha, monkeypatch):
    branch = save_branch(branch=Branch(name="Tân Định"))
    khoi = create_customer(full_name="Minh Khôi", branch=branch)
    quiet = create_customer(full_name="Lặng Lẽ")
    for one in (ha, khoi):
        log_contact(customer_id=one.id, how="visit", outcome="came_by")
    at = now()
    for item in ITEMS:
        if item.dimension in "KU":
            confirm_item(customer_id=khoi.id, item=item.code, confirmed_at=at)
    found = firm_understanding()
    assert (found.whole.levels, found.whole.share, found.level) == ((1, 0, 1, 0), 50.0, 3)
    assert [(one.label, one.levels) for one in found.branches] == [("Tân Định", (0, 0, 1, 0)), ("", (1, 0, 0, 0))]
    assert (found.belief, found.gap, list(found.asked)) == (None, None, [("emotion", 2)])
    owner = User.objects.first()
    state_belief(share=83, stated_by_id=owner.id)
    assert (firm_understanding().gap, firm_understanding().belief.stated_by) == (33.0, owner)
    for share in (-1, 101):
        with pytest.raises(errors.BeliefInvalid):
            state_belief(share=share)
    limits: list = []
    monkeypatch.setattr("customers.selectors.understanding._limits", limits)
    limits_the_firm(lambda: 2)
    limits_the_firm(lambda: None)
    assert firm_understanding().level == 2
    assert row(quiet).seen_at is None


def test_whoever_may_not_be_asked_is_asked_only_for_what_serves_them(ha, monkeypatch):
    monkeypatch.setattr(asking, "_checks", [])
    asking.holds_back(lambda customer_id: "")
    check = asking.holds_back(lambda customer_id: "Asked last week." if customer_id == ha.id else "")
    asking.holds_back(check)
    found = understanding_of(ha.id)
    assert (found.question, found.hold, found.standing.next_question) == ("contact", "Asked last week.", "emotion")
    assert understanding_of(create_customer(full_name="Khôi").id).question == "emotion"
