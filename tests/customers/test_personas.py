"""Personas: short, true, one live a segment; whom they stand for, by rule and by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from customers import group_errors as errors
from customers.errors import CustomerNotFound, ReferenceUnknown, TextInvalid
from customers.models import Customer, CustomerPersona, Persona, PersonaQuote
from customers.selectors.activity import active_customers
from customers.selectors.group_figures import figures_of
from customers.selectors.personas import (
    assignments_visible_to,
    live_personas,
    persona_of,
    quotes_of,
    quotes_to_cite,
    readiness_of,
    shares_by_persona,
    visible_to,
)
from customers.selectors.quotes import uses_of
from customers.services.customers import create_customer, update_customer
from customers.services.erasure import erase_customer
from customers.services.interactions import record_interaction
from customers.services.merging import merge_customers
from customers.services.personas import (
    assign_persona,
    change_persona,
    cite_quote,
    discard_draft,
    draft_persona,
    drop_quote,
    publish_persona,
    retire_persona,
)
from customers.services.purchases import record_purchase
from customers.services.quotes import take_quote
from customers.services.segments import change_segment, create_segment, refresh_segment
from cxcrm.core.clock import now
from cxcrm.core.ids import new_id
from tenants.staff.models import User
from tests.support.race import race
from workflows.models import Event

WORDS = {
    "name": "Chị Thu Hà", "who": "Kế toán, 31 tuổi", "need": "Mua nhanh trước giờ làm",
    "expectation": "Đúng món, đúng giờ", "emotion": "sốt ruột", "channel": "Zalo",
}  # fmt: skip


def owner():
    return User.objects.get(role="owner")


def segment_of(tag):
    condition = {"field": "tags", "op": "any_of", "value": [tag]}
    return create_segment(name=f"Nhóm {tag}", condition=condition, reader=owner())


def said(customer, words="Sáng chậm 5 phút là cả ngày cuống."):
    entry = record_interaction(customer_id=customer.pk, kind="call", what="call.logged", body=words)
    return take_quote(interaction_id=entry.pk)


def publish(segment, customer, **words):
    draft = draft_persona(segment_id=segment.pk, **{**WORDS, **words})
    quotes = [said(customer) for _number in range(5)]
    for quote in quotes:
        cite_quote(persona_id=draft.pk, quote_id=quote.pk)
    change_persona(persona_id=draft.pk, sentence=quotes[0].pk)
    return publish_persona(persona_id=draft.pk)


@pytest.fixture
def people(in_alpha):
    return [create_customer(full_name=f"Khách {number}", tags=["vp"] if number < 3 else ["sv"]) for number in range(4)]


@pytest.mark.django_db
class TestPublishing:
    def test_it_takes_five_quotes_of_five_conversations_and_every_field(self, people):
        segment = segment_of("vp")
        draft = draft_persona(segment_id=segment.pk)
        assert (draft.number, draft.state, draft.name) == (1, "draft", "Nhóm vp")
        entry = record_interaction(
            customer_id=people[0].pk, kind="call", what="call.logged", body="một hai ba bốn năm sáu bảy"
        )
        for word in ("một", "hai", "bốn", "năm", "sáu"):
            cite_quote(persona_id=draft.pk, quote_id=take_quote(interaction_id=entry.pk, text=word).pk)
        with pytest.raises(errors.PersonaIncomplete) as refused:
            publish_persona(persona_id=draft.pk)
        assert refused.value.data["quotes"], refused.value.data["conversations"] == (5, 1)
        assert [one["code"] for one in refused.value.data["lacks"]] == [
            *["field_missing"] * 5, "sentence_missing", "too_few_conversations",
        ]  # fmt: skip
        assert not live_personas()
        for _number in range(4):
            cite_quote(persona_id=draft.pk, quote_id=said(people[0]).pk)
        change_persona(persona_id=draft.pk, sentence=quotes_of(draft.pk)[0].pk, **WORDS)
        live = publish_persona(persona_id=draft.pk)
        assert (live.state, list(live_personas())) == ("live", [live])
        ready = readiness_of(live)
        assert (ready.quotes, ready.conversations, ready.lacks) == (9, 5, [])
        assert {one.persona_id for one in CustomerPersona.objects.all()} == {live.pk}
        assert Event.objects.filter(name="customers.persona_published").count() == 1
        assert uses_of([quotes_of(live.pk)[0].pk]) == {quotes_of(live.pk)[0].pk: 1}

    def test_a_hundred_and_twenty_words_is_the_end(self, people):
        segment = segment_of("vp")
        draft = draft_persona(segment_id=segment.pk, **WORDS)
        spent = readiness_of(draft).words
        change_persona(persona_id=draft.pk, need=" ".join(["a"] * 110), expectation="")
        with pytest.raises(errors.PersonaTooLong) as refused:
            change_persona(persona_id=draft.pk, expectation=" ".join(["b"] * 100))
        assert refused.value.data["limit"] == 120
        draft.refresh_from_db()
        assert (draft.expectation, spent < 30) == ("", True)
        with pytest.raises(errors.PersonaTooLong):
            publish_long(draft, people[0])
        assert not live_personas()

    def test_a_new_version_begins_as_the_live_one_and_takes_its_customers_over(self, people):
        segment = segment_of("vp")
        first = publish(segment, people[0])
        assign_persona(customer_id=people[3].pk, persona_id=first.pk, confidence="0.7")
        second = draft_persona(segment_id=segment.pk, who="Kế toán trưởng")
        assert (second.number, second.need, second.sentence_id) == (2, first.need, first.sentence_id)
        assert PersonaQuote.objects.filter(persona=second).count() == 5
        with pytest.raises(errors.PersonaDrafted):
            draft_persona(segment_id=segment.pk)
        publish_persona(persona_id=second.pk)
        first.refresh_from_db()
        assert (first.state, first.retired_at is not None) == ("retired", True)
        held = CustomerPersona.objects.values_list("customer_id", "persona_id", "by")
        assert set(held) == {
            *((one.pk, second.pk, "rule") for one in people[:3]), (people[3].pk, second.pk, "hand"),
        }  # fmt: skip
        for act in (change_persona, publish_persona, discard_draft):
            with pytest.raises(errors.PersonaNotDraft):
                act(persona_id=first.pk)

    def test_what_is_cited_can_be_dropped_and_the_sentence_is_one_of_it(self, people):
        segment = segment_of("vp")
        draft = draft_persona(segment_id=segment.pk)
        quote, other = said(people[0]), said(people[1], "Chờ lâu quá")
        assert set(quotes_to_cite(draft)) == {quote, other}
        cite_quote(persona_id=draft.pk, quote_id=quote.pk)
        cite_quote(persona_id=draft.pk, quote_id=quote.pk)
        with pytest.raises(ReferenceUnknown):
            change_persona(persona_id=draft.pk, sentence=other.pk)
        with pytest.raises(ReferenceUnknown):
            cite_quote(persona_id=draft.pk, quote_id=new_id())
        with pytest.raises(ReferenceUnknown):
            change_persona(persona_id=draft.pk, position=1001)
        change_persona(persona_id=draft.pk, sentence=quote.pk)
        assert set(quotes_to_cite(draft)) == {other}
        drop_quote(persona_id=draft.pk, quote_id=quote.pk)
        drop_quote(persona_id=draft.pk, quote_id=other.pk)
        draft.refresh_from_db()
        assert (draft.sentence_id, readiness_of(draft).quotes) == (None, 0)
        discard_draft(persona_id=draft.pk)
        assert not Persona.objects.exists()

    def test_what_cannot_be_is_refused_and_nothing_is_kept(self, people):
        segment = segment_of("vp")
        with pytest.raises(errors.SegmentNotFound):
            draft_persona(segment_id=new_id())
        with pytest.raises(TextInvalid):
            draft_persona(segment_id=segment.pk, who="x" * 241)
        assert not Persona.objects.exists()
        live = publish(segment, people[0])
        with pytest.raises(errors.SegmentNeeded) as refused:
            change_segment(segment_id=segment.pk, reader=owner(), is_active=False)
        assert refused.value.data == {"persona": "Chị Thu Hà"}
        draft = draft_persona(segment_id=segment.pk)
        with pytest.raises(errors.PersonaChanged):
            change_persona(persona_id=draft.pk, version=99)
        with pytest.raises(errors.PersonaNotFound):
            publish_persona(persona_id=new_id())
        with pytest.raises(errors.PersonaNotLive):
            retire_persona(persona_id=draft.pk)
        retire_persona(persona_id=live.pk)
        assert not CustomerPersona.objects.exists()
        assert not change_segment(segment_id=segment.pk, reader=owner(), is_active=False).is_active
        with pytest.raises(errors.SegmentArchived):
            draft_persona(segment_id=segment.pk)


def publish_long(draft, customer):
    """A sentence of many words makes a portrait too long that was not without it."""
    quote = said(customer, " ".join(["c"] * 40))
    cite_quote(persona_id=draft.pk, quote_id=quote.pk)
    Persona.objects.filter(pk=draft.pk).update(sentence=quote)
    publish_persona(persona_id=draft.pk)


@pytest.mark.django_db
class TestWhoIsWho:
    def test_rules_assign_hands_win_and_of_several_the_first_counts(self, people):
        office, students = segment_of("vp"), segment_of("sv")
        first = publish(office, people[0])
        second = publish(students, people[3], name="Bạn Khôi")
        update_customer(customer_id=people[2].pk, tags=["vp", "sv"])
        refresh_segment(segment_id=students.pk)
        assert {one.customer_id: one.persona_id for one in CustomerPersona.objects.all()} == {
            people[0].pk: first.pk, people[1].pk: first.pk, people[2].pk: second.pk, people[3].pk: second.pk,
        }  # fmt: skip
        given = assign_persona(customer_id=people[0].pk, persona_id=second.pk, confidence=0.55)
        assert (given.by, given.confidence) == ("hand", Decimal("0.55"))
        refresh_segment(segment_id=office.pk)
        assert persona_of(people[0].pk).persona_id == second.pk
        update_customer(customer_id=people[1].pk, tags=[])
        refresh_segment(segment_id=office.pk)
        assert persona_of(people[1].pk) is None
        back = assign_persona(customer_id=people[0].pk, persona_id=None)
        assert (back.persona_id, back.by) == (first.pk, "rule")
        assert assign_persona(customer_id=people[1].pk, persona_id=None) is None
        told = Event.objects.filter(name="customers.persona_assigned").order_by("occurred_at")
        assert [one.payload["persona_id"] for one in told] == [str(second.pk), None, None]
        assert assignments_visible_to(owner()).count() == 3

    @pytest.mark.parametrize("confidence", ["1.01", "-0.1", "NaN", "viel"])
    def test_confidence_is_a_share(self, people, confidence):
        live = publish(segment_of("vp"), people[0])
        with pytest.raises(errors.ConfidenceInvalid):
            assign_persona(customer_id=people[3].pk, persona_id=live.pk, confidence=confidence)
        with pytest.raises(errors.PersonaNotLive):
            assign_persona(customer_id=people[3].pk, persona_id=new_id())
        with pytest.raises(CustomerNotFound):
            assign_persona(customer_id=new_id(), persona_id=live.pk)
        assert persona_of(people[3].pk) is None

    def test_shares_are_of_active_customers_who_are_surely_known(self, people):
        first, second = publish(segment_of("vp"), people[0]), publish(segment_of("sv"), people[3], name="Bạn Khôi")
        everybody = shares_by_persona()
        assert (everybody.by_persona, everybody.known) == ({first.pk: 0.75, second.pk: 0.25}, 4)
        assert everybody.active == Customer.objects.count()
        for one in (people[0], people[1], people[3]):
            record_purchase(customer_id=one.pk, amount=1)
        record_purchase(customer_id=people[2].pk, amount=1, occurred_at=now() - timedelta(days=181))
        assert set(active_customers()) == {people[0], people[1], people[3]}
        assign_persona(customer_id=people[1].pk, persona_id=first.pk, confidence="0.5")
        shares = shares_by_persona()
        assert (shares.by_persona, shares.counts) == ({first.pk: 0.5, second.pk: 0.5}, {first.pk: 1, second.pk: 1})
        assert (shares.known, shares.active, shares.coverage) == (2, 3, 2 / 3)
        assert sum(shares.by_persona.values()) == 1

    def test_merging_and_erasing_leave_no_stranger_behind(self, people):
        live = publish(segment_of("vp"), people[0])
        assign_persona(customer_id=people[3].pk, persona_id=live.pk)
        merge_customers(survivor_id=people[0].pk, merged_id=people[1].pk)
        assert persona_of(people[0].pk).by == "rule"
        assert assignments_visible_to(owner()).count() == 3
        merge_customers(survivor_id=create_customer(full_name="Mới").pk, merged_id=people[3].pk)
        assert persona_of(Customer.objects.get(full_name="Mới").pk).by == "hand"
        erase_customer(customer_id=people[0].pk)
        assert persona_of(people[0].pk) is None
        assert set(visible_to(owner())) == {live}

    def test_what_is_known_of_a_group_says_what_it_is_made_of(self, people):
        ids = Customer.objects.filter(pk__in=[one.pk for one in people]).values("pk")
        nps, cases = figures_of(owner(), ids)
        assert (nps.value, nps.n, nps.code) == (None, 0, "nps")
        assert (cases.value, cases.n) == (None, 4)


@pytest.mark.django_db(transaction=True)
def test_two_publishing_at_once_leave_one_live(alpha, in_alpha):
    customer = create_customer(full_name="Hà", tags=["vp"])
    segment = segment_of("vp")
    draft = draft_persona(segment_id=segment.pk, **WORDS)
    quotes = [said(customer) for _number in range(5)]
    for quote in quotes:
        cite_quote(persona_id=draft.pk, quote_id=quote.pk)
    change_persona(persona_id=draft.pk, sentence=quotes[0].pk)
    outcomes = race(
        alpha,
        *[lambda: publish_persona(persona_id=draft.pk)] * 2,
        lambda: refresh_segment(segment_id=segment.pk),
        lambda: draft_persona(segment_id=segment.pk),
    )
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert {type(one) for one in refused} <= {errors.PersonaNotDraft, errors.PersonaDrafted}
    assert sum(isinstance(one, errors.PersonaNotDraft) for one in refused) == 1
    assert Persona.objects.filter(state="live").count() == 1
    assert CustomerPersona.objects.get().persona.state == "live"
