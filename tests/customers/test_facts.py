"""What customers told and showed: noted once, heard again, withdrawn; guesses and sensitive data count for nothing."""

from datetime import timedelta

import pytest

from customers import errors
from customers.models import Fact, Interaction, Quote, Understanding, UnderstandingItem
from customers.selectors.facts import counts_by_kind, facts_visible_to, most_about, standing_facts, told_just_now
from customers.services.customers import create_customer
from customers.services.erasure import erase_customer
from customers.services.facts import confirm_fact, note_fact, note_from_entry, withdraw_fact
from customers.services.interactions import record_interaction
from customers.timeline import describe
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from tenants.staff.models import User
from tenants.staff.services.accounts import create_user
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def ha(in_alpha):
    return create_customer(full_name="Nguyễn Thu Hà")


def known(customer):
    return dict(UnderstandingItem.objects.filter(customer=customer).order_by("item").values_list("item", "share"))


def test_a_fact_keeps_who_told_what_and_stands_on_the_timeline(ha):
    user = User.objects.first()
    with acting_as(Actor("user", user.pk, user.full_name)):
        fact = note_fact(
            customer_id=ha.id, kind="unexpected_use", text="  Bã cà phê xin về  ủ gốc hồng ", about="bã cà phê"
        )
    fact.refresh_from_db()
    assert (fact.text, fact.about, fact.source, fact.noted_by) == (
        "Bã cà phê xin về ủ gốc hồng", "bã cà phê", "declared", user,
    )  # fmt: skip
    entry = Interaction.objects.get(what="fact.noted")
    assert (entry.direction, entry.body, entry.subject_id) == ("in", fact.text, fact.pk)
    assert describe(entry) == "Khách kể: cách dùng bất ngờ"
    assert Event.objects.get(name="customers.fact_noted").payload == {
        "customer_id": str(ha.id), "fact_id": str(fact.pk),
    }  # fmt: skip
    assert known(ha) == {"seen": 1.0, "usage": 1.0}
    assert told_just_now(standing_facts(ha.id))


def test_said_again_it_is_the_same_fact_and_fresh(ha):
    first = note_fact(customer_id=ha.id, kind="preference", text="Ít đá", stated_at=now() - timedelta(days=300))
    again = note_fact(customer_id=ha.id, kind="preference", text="ít ĐÁ")
    assert (again.pk, again.stated_at) == (first.pk, first.stated_at)
    assert again.confirmed_at - first.confirmed_at > timedelta(days=299)
    assert known(ha)["preferences"] == 0.5
    note_fact(customer_id=ha.id, kind="value", text="Hàng Việt")
    assert known(ha)["preferences"] == 1.0
    assert Interaction.objects.filter(what="fact.noted").count() == 2


def test_a_guess_counts_for_nothing_until_the_customer_says_yes(ha):
    guess = note_fact(customer_id=ha.id, kind="need", text="Muốn lấy nhanh", source="guess")
    assert known(ha) == {}
    assert note_fact(customer_id=ha.id, kind="need", text="Muốn lấy nhanh", source="guess").confirmed_at == (
        guess.confirmed_at
    )
    true = confirm_fact(fact_id=guess.pk)
    assert (true.source, true.guessed_at) == ("declared", guess.stated_at)
    assert known(ha) == {"need": 1.0, "prediction": 1.0}
    seen = note_fact(customer_id=ha.id, kind="usage", text="Mang đi", source="guess")
    assert confirm_fact(fact_id=seen.pk, source="observed").source == "observed"
    assert confirm_fact(fact_id=seen.pk).source == "declared"
    assert confirm_fact(fact_id=seen.pk, source="observed").source == "declared"  # their word is worth more


def test_withdrawn_it_does_not_count_and_cannot_be_heard_again(ha):
    fact = note_fact(customer_id=ha.id, kind="need", text="Gói 20 ly", source="observed")
    assert not Interaction.objects.filter(what="fact.noted").exists()
    gone = withdraw_fact(fact_id=fact.pk)
    assert withdraw_fact(fact_id=fact.pk).withdrawn_at == gone.withdrawn_at
    assert known(ha) == {}
    with pytest.raises(errors.FactIsWithdrawn):
        confirm_fact(fact_id=fact.pk)
    assert note_fact(customer_id=ha.id, kind="need", text="Gói 20 ly").pk != fact.pk


def test_sensitive_data_is_marked_and_counts_for_nothing(ha):
    assert note_fact(customer_id=ha.id, kind="preference", text="Bị tiểu đường, không đường").is_sensitive
    assert note_fact(customer_id=ha.id, kind="first_source", text="Qua nhóm bạn", is_sensitive=True).is_sensitive
    assert known(ha) == {"seen": 1.0}


@pytest.mark.parametrize(
    ("told", "error", "field"),
    [
        ({"kind": "mood"}, errors.ChoiceInvalid, "kind"),
        ({"text": " "}, errors.FactTextMissing, "text"),
        ({"text": "x" * 301}, errors.TextInvalid, "text"),
        ({"about": "x" * 81}, errors.TextInvalid, "about"),
        ({"source": "heard"}, errors.ChoiceInvalid, "source"),
        ({"kind": "why_like"}, errors.FactReasonMissing, "reason"),
        ({"kind": "why_like", "reason": "weather"}, errors.ChoiceInvalid, "reason"),
        ({"kind": "value", "source": "observed"}, errors.FactNotObservable, "source"),
        ({"stated_at": now() + timedelta(days=400)}, errors.MomentInvalid, "stated_at"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_place(ha, told, error, field):
    with pytest.raises(error) as refusal:
        note_fact(**{"customer_id": ha.id, "kind": "need", "text": "Gói 20 ly", **told})
    assert refusal.value.data["field"] == field
    assert not Fact.objects.exists()
    assert known(ha) == {}


def test_nobody_and_erased_ones_and_other_refusals(ha):
    other = create_customer(full_name="Minh Khôi")
    quote = Quote.objects.create(
        customer=other, text="Ít đá", said_at=now(),
        interaction=record_interaction(customer_id=other.id, kind="chat", what="note", direction="in", body="Ít đá"),
    )  # fmt: skip
    with pytest.raises(errors.ReferenceUnknown):
        note_fact(customer_id=ha.id, kind="need", text="Ít đá", quote_id=quote.pk)
    with pytest.raises(errors.CustomerNotFound):
        note_fact(customer_id=quote.pk, kind="need", text="Ít đá")
    for call in (confirm_fact, withdraw_fact):
        with pytest.raises(errors.FactNotFound):
            call(fact_id=quote.pk)
    value = note_fact(customer_id=ha.id, kind="value", text="Hàng Việt", source="guess")
    with pytest.raises(errors.FactNotObservable):
        confirm_fact(fact_id=value.pk, source="observed")
    with pytest.raises(errors.ChoiceInvalid):
        confirm_fact(fact_id=value.pk, source="guess")
    fact = note_fact(customer_id=ha.id, kind="need", text="Gói 20 ly", about="thẻ")
    erase_customer(customer_id=ha.id)
    with pytest.raises(errors.CustomerIsErased):
        note_fact(customer_id=ha.id, kind="need", text="Ít đá")
    fact.refresh_from_db()
    assert (fact.text, fact.about) == ("(đã xoá)", "")
    assert not Understanding.objects.filter(customer=ha).exists()


def test_from_an_entry_the_words_become_the_quote(ha):
    entry = record_interaction(
        customer_id=ha.id, kind="survey", what="note", direction="in", body="Giá mà có gói 20 ly trả trước.",
        occurred_at=now() - timedelta(days=40),
    )  # fmt: skip
    fact = note_from_entry(interaction_id=entry.pk, words="gói 20 ly trả trước", kind="need")
    assert (fact.text, fact.quote.text, fact.stated_at) == ("gói 20 ly trả trước", fact.text, entry.occurred_at)
    same = note_from_entry(interaction_id=entry.pk, words="gói 20 ly", text="gói 20 ly trả trước", kind="need")
    assert (same.pk, Quote.objects.count()) == (fact.pk, 2)
    assert not Interaction.objects.filter(what="fact.noted").exists()
    with pytest.raises(errors.QuoteNotSaid):
        note_from_entry(interaction_id=entry.pk, words="gói 30 ly", kind="need")
    assert Fact.objects.count() == 1


def test_kinds_are_counted_and_what_they_are_mostly_about(ha):
    khoi = create_customer(full_name="Minh Khôi")
    for customer, text, about in (
        (ha, "ủ gốc hồng", "bã cà phê"),
        (khoi, "bón cây", "bã cà phê"),
        (khoi, "túi bút", "túi vải"),
    ):
        note_fact(customer_id=customer.id, kind="unexpected_use", text=text, about=about)
    note_fact(customer_id=ha.id, kind="need", text="nhanh", source="guess")
    assert counts_by_kind() == {"unexpected_use": 3}
    assert most_about("unexpected_use") == [("bã cà phê", 2), ("túi vải", 1)]
    steward = create_user(email="s@alpha.example", full_name="S", role="brand_steward")
    assert facts_visible_to(steward).count() == 4
    steward.role = "nobody"
    assert facts_visible_to(steward).count() == 0
