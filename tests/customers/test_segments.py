"""Segments: filled by their rule in one statement, by hand, counted every day, and put away."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import translation

from customers import group_errors as errors
from customers.errors import TextInvalid
from customers.models import Customer, CustomField, Segment, SegmentMember, SegmentSize
from customers.selectors import segments as selectors
from customers.selectors.segments import Counted, count_matching, in_segment, look, members_of, segments_of
from customers.services import segments as services
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer, update_customer
from customers.services.erasure import erase_customer
from customers.services.merging import merge_customers
from customers.services.purchases import record_purchase
from customers.services.segments import (
    add_to_segment,
    change_segment,
    create_segment,
    recount_segment,
    refresh_segment,
    remove_from_segment,
)
from cxcrm.core.clock import now
from cxcrm.core.conditions.errors import ConditionInvalid
from cxcrm.core.ids import new_id
from tenants.services import nights
from tenants.staff.models import User
from tests.support.race import race
from workflows.models import Event

VIP = {"field": "tags", "op": "any_of", "value": ["vip"]}


class Reads:
    """Somebody who reads customers and sees phones only where it says so."""

    def __init__(self, contacts: bool = True) -> None:
        self.contacts = contacts

    def allows(self, room, level):
        return room == "customers" or self.contacts


def make(**told):
    return create_segment(**{"name": "Khách VIP", "condition": VIP, "reader": Reads(), **told})


def names(segment):
    return sorted(member.customer.full_name for member in members_of(segment.pk))


@pytest.fixture
def three(in_alpha):
    return [create_customer(full_name=f"Khách {tag}", tags=[tag], parse_name=False) for tag in ("vip", "sỉ", "lẻ")]


@pytest.mark.django_db
class TestByRule:
    def test_it_is_filled_at_once_follows_its_rule_and_keeps_its_history(self, three):
        segment = make()
        assert (segment.size, names(segment), segment.condition) == (1, ["Khách vip"], VIP)
        first = SegmentMember.objects.get()
        update_customer(customer_id=three[1].pk, tags=["sỉ", "vip"])
        assert names(segment) == ["Khách vip"]
        refreshed = refresh_segment(segment_id=segment.pk)
        assert (refreshed.size, names(segment)) == (2, ["Khách sỉ", "Khách vip"])
        assert first.pk in set(SegmentMember.objects.values_list("pk", flat=True))
        update_customer(customer_id=three[0].pk, tags=[])
        with time_machine.travel(now() + timedelta(days=1)):
            assert refresh_segment(segment_id=segment.pk).size == 1
        assert list(SegmentSize.objects.values_list("size", flat=True)) == [1, 2]
        told = Event.objects.filter(name="customers.segment_refreshed").order_by("occurred_at")
        assert [(one.payload["came"], one.payload["went"]) for one in told] == [(1, 0), (1, 0), (0, 1)]

    def test_a_new_rule_is_asked_at_once_and_an_old_version_is_refused(self, three):
        segment = make()
        wholesale = {"all": [{"field": "tags", "op": "any_of", "value": ["sỉ"]}]}
        changed = change_segment(segment_id=segment.pk, reader=Reads(), version=1, condition=wholesale, name=" Sỉ ")
        assert (changed.version, changed.name, names(changed)) == (2, "Sỉ", ["Khách sỉ"])
        with pytest.raises(errors.SegmentChanged) as refused:
            change_segment(segment_id=segment.pk, reader=Reads(), version=1, name="Khác")
        assert refused.value.data == {"version": 2}
        assert Segment.objects.get().name == "Sỉ"

    def test_merged_and_erased_customers_leave(self, three):
        segment = make(condition={"field": "tags", "op": "filled"})
        assert segment.size == 3
        merge_customers(survivor_id=three[0].pk, merged_id=three[1].pk)
        assert len(names(segment)) == 2
        erase_customer(customer_id=three[2].pk)
        assert names(segment) == ["Khách vip"]
        assert refresh_segment(segment_id=segment.pk).size == 1
        assert SegmentMember.objects.count() == 1

    def test_a_rule_whose_field_is_gone_is_said_to_be_broken_and_keeps_its_customers(self, three):
        field = save_custom_field(field=CustomField(label_vi="Hạng"))
        Customer.objects.filter(pk=three[0].pk).update(custom={field.key: "vàng"})
        segment = make(condition={"field": f"own.{field.key}", "op": "filled"})
        assert segment.size == 1
        field.is_active = False
        save_custom_field(field=field)
        with pytest.raises(errors.SegmentBroken):
            refresh_segment(segment_id=segment.pk)
        services.refresh_or_say(segment_id=segment.pk)
        segment.refresh_from_db()
        assert (segment.is_broken, segment.size, names(segment)) == (True, 1, ["Khách vip"])
        assert not change_segment(segment_id=segment.pk, reader=Reads(), condition=VIP).is_broken

    def test_in_a_firm_of_very_many_it_is_counted_in_the_background(self, three, run_agenda, monkeypatch):
        monkeypatch.setattr(selectors, "_about_how_many", lambda: 60_000)
        segment = make()
        assert (segment.refreshed_at, names(segment)) == (None, [])
        run_agenda()
        segment.refresh_from_db()
        assert (segment.refreshed_at is not None, segment.size, names(segment)) == (True, 1, ["Khách vip"])
        again = recount_segment(segment_id=segment.pk)
        assert (again.refreshed_at, again.size, names(again)) == (None, 1, ["Khách vip"])
        Segment.objects.filter(pk=segment.pk).update(condition={"field": "gone", "op": "filled"})
        with pytest.raises(errors.SegmentBroken):
            recount_segment(segment_id=segment.pk)
        change_segment(segment_id=segment.pk, reader=Reads(), is_active=False)
        with pytest.raises(errors.SegmentArchived):
            recount_segment(segment_id=segment.pk)

    def test_every_night_all_in_use_are_asked_anew(self, three, run_agenda):
        used, away = make(), make(name="Cũ", condition={"field": "tags", "op": "filled"})
        change_segment(segment_id=away.pk, reader=Reads(), is_active=False)
        Customer.objects.filter(pk=three[1].pk).update(tags=["vip"])
        assert services.refresh_all_later in nights._tidiers
        for _night in range(2):
            assert services.refresh_all_later() == 1
            run_agenda()
        used.refresh_from_db()
        assert used.size == 2
        services.refresh_or_say(segment_id=away.pk)
        services.refresh_or_say(segment_id=new_id())

    @pytest.mark.parametrize(
        ("told", "error"),
        [
            ({"name": "  "}, TextInvalid),
            ({"name": "x" * 81}, TextInvalid),
            ({"condition": None}, ConditionInvalid),
            ({"condition": {"field": "shoe", "op": "is", "value": 1}}, ConditionInvalid),
            ({"kind": "static"}, errors.SegmentIsByRule),
            ({"name": "Đã có"}, errors.SegmentNameTaken),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_kept(self, in_alpha, told, error):
        make(name="Đã có")
        with pytest.raises(error):
            make(**told)
        assert Segment.objects.count() == 1

    def test_who_sees_numbers_masked_may_not_ask_for_their_digits(self, three):
        for value, path in (("0912", "value"), ("a@b", "value")):
            with pytest.raises(ConditionInvalid) as refused:
                make(condition={"field": "ward", "op": "contains", "value": value}, reader=Reads(contacts=False))
            assert [(one.path, one.code) for one in refused.value.problems] == [(path, "hidden")]
        deep = {"any": [VIP, {"all": [{"field": "purchases.items", "op": "contains", "value": "091"}]}]}
        with pytest.raises(ConditionInvalid) as refused:
            make(condition=deep, reader=Reads(contacts=False))
        assert refused.value.problems[0].path == "any.1.all.0.value"
        make(condition={"field": "ward", "op": "contains", "value": "Tân"}, reader=Reads(contacts=False))


@pytest.mark.django_db
class TestByHand:
    def test_customers_come_and_go(self, three):
        segment = make(kind="static", condition=None)
        chosen = [one.pk for one in three[:2]]
        assert add_to_segment(segment_id=segment.pk, customers=chosen) == 2
        assert add_to_segment(segment_id=segment.pk, customers=Customer.objects.all()) == 1
        assert add_to_segment(segment_id=segment.pk, customers=[*chosen, new_id()]) == 0
        assert remove_from_segment(segment_id=segment.pk, customers=chosen[:1]) == 1
        segment.refresh_from_db()
        assert (segment.size, names(segment)) == (2, ["Khách lẻ", "Khách sỉ"])
        assert refresh_segment(segment_id=segment.pk).size == 2
        assert [one.pk for one in segments_of(three[1].pk)] == [segment.pk]
        assert set(in_segment(Customer.objects.all(), segment.pk)) == set(three[1:])

    def test_rules_and_hands_are_kept_apart(self, three):
        by_rule, by_hand = make(), make(name="Tay", kind="static", condition=None)
        for act in (add_to_segment, remove_from_segment):
            with pytest.raises(errors.SegmentIsByRule):
                act(segment_id=by_rule.pk, customers=[three[1].pk])
            with pytest.raises(errors.SegmentNotFound):
                act(segment_id=new_id(), customers=[three[1].pk])
        with pytest.raises(errors.SegmentIsByRule):
            change_segment(segment_id=by_hand.pk, reader=Reads(), condition=VIP)
        with pytest.raises(errors.SegmentKindFixed):
            change_segment(segment_id=by_hand.pk, reader=Reads(), kind="rule")
        assert names(by_rule) == ["Khách vip"]

    def test_put_away_it_rests_and_its_name_is_free(self, three):
        segment = make(kind="static", condition=None)
        change_segment(segment_id=segment.pk, reader=Reads(), is_active=False, description="cũ")
        for act in (
            lambda: refresh_segment(segment_id=segment.pk),
            lambda: add_to_segment(segment_id=segment.pk, customers=[three[0].pk]),
        ):
            with pytest.raises(errors.SegmentArchived):
                act()
        assert not segments_of(three[0].pk)
        again = make(kind="static", condition=None)
        with pytest.raises(errors.SegmentNameTaken):
            change_segment(segment_id=segment.pk, reader=Reads(), is_active=True)
        assert again.is_active


@pytest.mark.django_db
class TestLooking:
    def test_it_counts_and_shows_what_was_asked(self, three):
        record_purchase(customer_id=three[0].pk, amount=59_000, items="bạc xỉu 0912345678")
        node = selectors.condition_of(
            {
                "all": [
                    {"field": "purchases.spent", "op": "at_least", "value": 1},
                    {"field": "purchases.items", "op": "filled"},
                ]
            }
        )
        with translation.override("en"):
            found = look(node, reader=Reads(contacts=False))
        assert found.counted == Counted(1)
        (sample,) = found.samples
        assert sample.customer == three[0]
        shown = dict(sample.values)
        assert shown["money spent"] == "₫59,000"
        assert "0912345678" not in shown["what was bought"]
        assert "bạc xỉu" in shown["what was bought"]
        assert count_matching(selectors.condition_of({"field": "ward", "op": "filled"})) == Counted(0)

    def test_of_very_many_it_is_reckoned_and_says_so(self, three, monkeypatch):
        """A firm too large to count in time: the number comes from a sample, which is the whole table here."""
        monkeypatch.setattr(selectors, "_about_how_many", lambda: 300_000)
        monkeypatch.setattr(selectors, "LOOKED_AT", 300_000)
        node = selectors.condition_of({"field": "tags", "op": "any_of", "value": ["vip", "sỉ"]})
        assert look(node).counted == Counted(2)

        monkeypatch.setattr(selectors, "_within_time", lambda find: None)
        found = look(node)
        everybody = Customer.objects.count()
        assert found.counted == Counted(round(2 / everybody * 300_000), is_exact=False, looked_at=everybody)
        assert {sample.customer for sample in found.samples} == set(three[:2])
        monkeypatch.setattr(selectors, "_within_time", lambda find: found if type(found := find()) is int else None)
        found = look(node)  # counted in time, but looking for some of them took too long
        assert (found.counted, len(found.samples)) == (Counted(2), 2)
        monkeypatch.setattr(selectors, "_within_time", lambda find: None)
        monkeypatch.setattr(selectors, "_picked", lambda total: [])
        assert look(node).counted == Counted(0, is_exact=False)

    def test_counting_is_broken_off_in_time_and_work_goes_on(self, in_alpha):
        def slow():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")

        assert selectors._within_time(slow) is None
        assert selectors._within_time(lambda: 7) == 7
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
            with pytest.raises(Exception, match="no_such"):
                selectors._within_time(lambda: cursor.execute("SELECT no_such"))

    def test_who_may_not_read_customers_sees_none(self, three):
        make()
        assert selectors.visible_to(User.objects.get(role="owner")).count() == 1

        class Nobody:
            def allows(self, room, level):
                return False

        assert not selectors.visible_to(Nobody())


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_do_not_fight(alpha, in_alpha):
    for number in range(30):
        create_customer(full_name=f"Khách {number}", tags=["vip"], parse_name=False)
    segment = make()
    Customer.objects.filter(full_name__endswith="1").update(tags=[])
    Customer.objects.filter(full_name__endswith="2").update(tags=["vip"])
    outcomes = race(alpha, *[lambda: refresh_segment(segment_id=segment.pk).size for _turn in range(4)])
    assert outcomes == [27] * 4
    assert SegmentMember.objects.filter(segment=segment).count() == 27
