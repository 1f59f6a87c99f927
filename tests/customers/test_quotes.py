"""Quotes: taken word for word from what a customer said, once, by who may read it."""

import pytest

from customers import errors
from customers.models import Interaction, Quote
from customers.selectors.quotes import quotes_visible_to, uses_of
from customers.services.contacts import log_contact
from customers.services.customers import create_customer
from customers.services.erasure import erase_customer
from customers.services.interactions import record_interaction
from customers.services.merging import merge_customers
from customers.services.quotes import take_quote
from cxcrm.core.context import Actor, acting_as
from feedback.services.complaints import open_complaint
from tenants.staff.services.accounts import create_user
from tests.support.race import race
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
TOLD = "Sáng chậm 5 phút là cả ngày cuống. Gọi tôi: 0912 345 678."


@pytest.fixture
def person(in_alpha):
    def make(role, name="Lê Văn Thử", **fields):
        return create_user(email=f"{role}@alpha.example", full_name=name, role=role, **fields)

    return make


@pytest.fixture
def ha(in_alpha):
    return create_customer(full_name="Nguyễn Thu Hà")


@pytest.fixture
def entry(ha):
    return record_interaction(customer_id=ha.id, kind="chat", what="note", direction="in", body=TOLD)


def test_a_quote_keeps_the_words_who_said_them_and_when(person, ha, entry):
    staff = person("agent")
    with acting_as(Actor("user", staff.pk, staff.full_name)):
        quote = take_quote(interaction_id=entry.id, text="“sáng chậm 5 phút”", feedback_type="usage")
    quote.refresh_from_db()
    assert (quote.text, quote.customer_id, quote.interaction_id) == ("sáng chậm 5 phút", ha.id, entry.id)
    assert (quote.said_at, quote.feedback_type, quote.taken_by_id) == (entry.occurred_at, "usage", staff.pk)
    event = Event.objects.get(name="customers.quote_taken")
    assert event.payload == {"quote_id": str(quote.pk), "customer_id": str(ha.id)}
    assert uses_of([quote.pk]) == {quote.pk: 0}


def test_without_words_all_of_a_short_entry_is_taken_and_numbers_are_starred(entry):
    assert take_quote(interaction_id=entry.id).text == "Sáng chậm 5 phút là cả ngày cuống. Gọi tôi: 091*****78."


def test_taken_again_it_is_the_same_quote_and_learns_what_it_is_about(entry):
    first = take_quote(interaction_id=entry.id, text="cả ngày cuống")
    same = take_quote(interaction_id=entry.id, text="“cả ngày  cuống”", feedback_type="complaint")
    kept = take_quote(interaction_id=entry.id, text="cả ngày cuống")
    assert first.pk == same.pk == kept.pk
    assert Quote.objects.get().feedback_type == "complaint"
    assert Event.objects.filter(name="customers.quote_taken").count() == 1


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"text": "Sáng chậm 10 phút"}, errors.QuoteNotSaid),
        ({"text": "ok"}, errors.QuoteNotSaid),
        ({"text": "x" * 501}, errors.TextInvalid),
        ({"text": "cả ngày\x00"}, errors.TextInvalid),
        ({"text": "cả ngày cuống", "feedback_type": "gossip"}, errors.ChoiceInvalid),
    ],
)
def test_what_was_not_said_is_refused(entry, told, refusal):
    with pytest.raises(refusal):
        take_quote(interaction_id=entry.id, **told)
    assert not Quote.objects.exists()


def test_only_the_customers_side_is_quoted(ha):
    ours = record_interaction(customer_id=ha.id, kind="mail", what="mail.sent", direction="out", body=TOLD)
    inside = record_interaction(customer_id=ha.id, kind="note", what="note", body=TOLD)
    silent = record_interaction(customer_id=ha.id, kind="chat", what="note", direction="in")
    bought = record_interaction(customer_id=ha.id, kind="order", what="purchase.recorded", direction="in", body=TOLD)
    for entry in (ours, inside, silent, bought):
        with pytest.raises(errors.QuoteNotSaid):
            take_quote(interaction_id=entry.id, text="Sáng chậm 5 phút")
    with pytest.raises(errors.EntryNotFound):
        take_quote(interaction_id=ha.id)
    called = log_contact(customer_id=ha.id, how="call", outcome="reached", body="Chị nói: bánh giòn lắm")
    assert called.direction == Interaction.Direction.OUT
    assert take_quote(interaction_id=called.id, text="bánh giòn lắm").text == "bánh giòn lắm"


def test_a_case_out_of_reach_is_not_quoted(person, ha):
    complaint = open_complaint(customer_id=ha.id, description="Nước nguội ngắt", channel="staff")
    entry = Interaction.objects.get(what="complaint.opened", subject_id=complaint.pk)
    near = person("agent", "Lê Gần", reach="own")
    with pytest.raises(errors.EntryNotFound):
        take_quote(interaction_id=entry.pk, reader=near)
    assert take_quote(interaction_id=entry.pk, reader=person("manager")).text == "Nước nguội ngắt"


def test_quotes_go_with_a_merge_and_are_forgotten_with_the_person(ha, entry, person):
    quote = take_quote(interaction_id=entry.id)
    other = create_customer(full_name="Nguyễn Thu Hà")
    merge_customers(survivor_id=other.id, merged_id=ha.id)
    assert Quote.objects.get(pk=quote.pk).customer_id == other.id
    erase_customer(customer_id=other.id)
    assert Quote.objects.get(pk=quote.pk).text == "(đã xoá)"
    assert quotes_visible_to(person("agent")).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_words_take_one_quote(alpha, ha, entry):
    taken = race(alpha, *[lambda: take_quote(interaction_id=entry.id, text="cả ngày cuống").pk] * 4)
    assert len(set(taken)) == 1
    assert Quote.objects.count() == 1
