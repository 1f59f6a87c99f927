"""How customers found us: one way at a time, nobody in a circle, and what it comes to by quarter."""

from datetime import date, timedelta

import pytest

from customers import errors
from customers.logic.finding import came
from customers.logic.ways import way_of
from customers.models import Customer, Fact
from customers.selectors.depth import depth_of
from customers.selectors.finding import new_by_quarter, talk_and_listen, together, top_referrers
from customers.selectors.segment_fields import CUSTOMER_FIELDS
from customers.selectors.segments import matching
from customers.services.customers import create_customer, update_customer
from customers.services.erasure import erase_customer
from customers.services.facts import note_fact
from customers.services.interactions import record_interaction
from customers.services.merging import merge_customers, undo_merge
from customers.services.purchases import record_purchase
from cxcrm.core.clock import now
from cxcrm.core.conditions.tree import parse
from tests.customers.test_import_run import take
from tests.customers.test_import_undo import undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def person(name, **more):
    return create_customer(full_name=name, silent=True, **more)


def buys(customer, days=1):
    record_purchase(customer_id=customer.pk, amount=50_000, occurred_at=now() - timedelta(days=days), silent=True)


def came_by(customer, way, **more):
    return note_fact(customer_id=customer.pk, kind="first_source", way=way, **more)


def test_a_way_needs_no_words_and_the_latest_alone_holds():
    ha = person("Nguyễn Thu Hà")
    first = came_by(ha, "tiktok")
    assert (first.text, first.way) == ("TikTok", "tiktok")
    guess = came_by(ha, "advert", source="guess")
    second = came_by(ha, "friends", text="Chị cùng phòng rủ")
    for fact in (first, guess):
        fact.refresh_from_db()
        assert fact.withdrawn_at is not None
    again = note_fact(customer_id=ha.pk, kind="first_source", text="chị cùng phòng rủ", way="map")
    assert (again.pk, again.way) == (second.pk, "map")
    told = note_fact(customer_id=ha.pk, kind="need", text="Bãi xe", way="map")
    assert told.way == ""
    with pytest.raises(errors.FactTextMissing):
        note_fact(customer_id=ha.pk, kind="first_source")
    with pytest.raises(errors.ChoiceInvalid):
        came_by(ha, "teleport")


def test_nobody_brings_themselves_nor_whom_they_came_by():
    ha, nam, lan = person("Hà"), person("Nam"), person("Lan")
    update_customer(customer_id=nam.pk, referred_by=ha.pk)
    update_customer(customer_id=lan.pk, referred_by=nam.pk)
    for target in (ha, lan, nam):
        with pytest.raises(errors.ReferralCircle):
            update_customer(customer_id=ha.pk, referred_by=target.pk)
    assert Customer.objects.get(pk=ha.pk).referred_by is None
    assert depth_of(ha.pk) == 3
    buys(nam)
    assert [(one.name, one.came, one.bought) for one in top_referrers()] == [("Hà", 1, 1), ("Nam", 1, 0)]


def test_a_merge_keeps_who_brought_whom_and_ties_no_circle():
    ha, nam, lan = person("Hà"), person("Nam"), person("Lan")
    update_customer(customer_id=nam.pk, referred_by=ha.pk)
    update_customer(customer_id=lan.pk, referred_by=nam.pk)
    record = merge_customers(survivor_id=lan.pk, merged_id=ha.pk)
    nam.refresh_from_db()
    lan.refresh_from_db()
    assert (nam.referred_by_id, lan.referred_by_id) == (lan.pk, None)
    undo_merge(merge_id=record.pk)
    nam.refresh_from_db()
    lan.refresh_from_db()
    assert (nam.referred_by_id, lan.referred_by_id) == (ha.pk, nam.pk)
    merge_customers(survivor_id=nam.pk, merged_id=ha.pk)
    assert Customer.objects.get(pk=nam.pk).referred_by is None


def test_erasing_unties():
    ha, nam = person("Hà"), person("Nam")
    update_customer(customer_id=nam.pk, referred_by=ha.pk)
    erase_customer(customer_id=ha.pk)
    assert Customer.objects.get(pk=nam.pk).referred_by is None


def test_new_customers_by_quarter_and_by_way():
    ways = ("friends", "map", "review", "tried", "advert", "tiktok", None)
    for number, way in enumerate(ways):
        customer = person(f"Khách {number}")
        buys(customer)
        buys(customer, days=3)
        if way:
            came_by(customer, way)
    note_fact(customer_id=customer.pk, kind="convinced_by", way="friends")
    came_by(customer, "kol", source="guess")
    quarters = new_by_quarter()
    whole = together([one.found for one in quarters])
    assert (whole.total, whole.unknown, whole.earned, whole.bought, whole.share) == (7, 1, 4, 1, 80.0)
    assert [round(end) for end in whole.interval] == [38, 96]
    assert together([one.convinced for one in quarters]).ways == {"friends": 1}
    assert len(quarters) == 6
    assert {one.first_day.day for one in quarters} == {1}
    assert quarters[-1].first_day.month in (1, 4, 7, 10)
    assert came({"friends": 1}, earned=("friends",), bought=("advert",)).share is None


def test_talking_beside_listening():
    ha = person("Hà")
    for what, kind, direction in (
        ("advert.sent", "mail", "out"), ("call.logged", "call", "out"), ("call.logged", "call", "in"),
        ("visit.logged", "visit", "in"), ("consent.granted", "consent", "in"), ("complaint.reply", "complaint", "out"),
    ):  # fmt: skip
        record_interaction(customer_id=ha.pk, kind=kind, what=what, direction=direction)
    *before, this = talk_and_listen()
    assert (this.adverts, this.said, this.heard, this.ratio) == (1, 1, 2, 1.0)
    assert before[0].ratio is None
    assert all(isinstance(one.first_day, date) for one in before)


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("Bạn bè giới thiệu", "friends"), ("QUẢNG CÁO Facebook", "advert"), ("FB", "social"), ("Google Maps", "map"),
        ("đi ngang qua", "walked_past"), ("A friend", "friends"), ("trời mưa", "other"),
    ],
)  # fmt: skip
def test_what_the_words_of_a_list_say(words, way):
    assert way_of(words) == way


def test_who_brought_and_by_which_way_pick_customers_out():
    ha, nam = person("Hà"), person("Nam")
    came_by(nam, "friends")
    update_customer(customer_id=nam.pk, referred_by=ha.pk)
    for condition, found in (
        ({"field": "found_by", "op": "is", "value": "friends"}, nam),
        ({"field": "brought", "op": "at_least", "value": 1}, ha),
    ):
        assert list(matching(parse(condition, CUSTOMER_FIELDS.fields()))) == [found]
    assert Fact.objects.get(customer=nam).is_guess is False


def test_a_file_says_how_they_came_where_nobody_knows_and_the_undo_takes_it_back():
    known = person("Lan", phones=["0912345678"])
    came_by(known, "tiktok")
    other = person("Huy", phones=["0912345679"])
    job = take(
        "Lan,0912345678,Bạn bè", "Huy,0912345679,Google Maps", "An,0912345670,Quảng cáo FB", "Bo,0912345671,",
        header="Tên,SĐT,Nguồn khách",
    )  # fmt: skip
    ways = dict(Fact.objects.order_by().values_list("customer__full_name", "way"))
    assert ways == {"Lan": "tiktok", "Huy": "map", "An": "advert"}
    assert Fact.objects.get(customer=other).text == "Google Maps"
    assert undo(job).kept_count == 0
    assert list(Fact.objects.values_list("way", flat=True)) == ["tiktok"]
    assert set(Customer.objects.values_list("full_name", flat=True)) == {"Lan", "Huy"}
