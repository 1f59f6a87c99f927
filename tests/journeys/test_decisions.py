"""The decision log: its ground is named, saved cost is thought through, and somebody looks back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import localdate

from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from journeys import errors
from journeys.logic import checklists
from journeys.models import Decision, DecisionQuote
from journeys.selectors.decisions import customer_based_rate, to_look_back_at
from journeys.services.decisions import log_decision, look_back
from journeys.wording import CHECKLIST
from tenants.staff.models import User
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
DAY = date(2026, 11, 2)


@pytest.fixture
def owner(in_alpha):
    return User.objects.get(role="owner")


@pytest.fixture
def quote(in_alpha):
    person = create_customer(full_name="Thu Hà")
    entry = record_interaction(customer_id=person.id, kind="chat", what="note", direction="in", body="Chờ lâu quá")
    return take_quote(interaction_id=entry.id)


def test_a_decision_is_logged_by_who_writes_it(owner, quote):
    with acting_as(Actor("user", owner.pk, owner.full_name)):
        decision = log_decision(
            topic="Mở quầy thứ hai buổi sáng", basis="customer_evidence", who_they_are="Dân văn phòng",
            what_they_need="đi ngay", quote_ids=[quote.pk, quote.pk], decided_on=DAY,
        )  # fmt: skip
    decision.refresh_from_db()
    assert (decision.decider_id, decision.check_back_on) == (owner.pk, DAY + timedelta(days=90))
    assert list(DecisionQuote.objects.values_list("decision_id", "quote_id")) == [(decision.pk, quote.pk)]
    assert Event.objects.get(name="journeys.decision_logged").payload == {"decision_id": str(decision.pk)}


def test_saving_cost_is_thought_through_and_looked_at_sooner(owner):
    told = {"topic": "Bỏ ly sứ", "basis": "cost", "kind": "cost_cut", "decider_id": owner.pk, "decided_on": DAY}
    for given, field in (
        ({}, "effect_on_customers"),
        ({"effect_on_customers": "Ngồi lâu thấy rẻ tiền"}, "effect_on_staff"),
    ):
        with pytest.raises(errors.EffectMissing) as refusal:
            log_decision(**told, **given)
        assert refusal.value.data["field"] == field
    assert not Decision.objects.exists()
    decision = log_decision(**told, effect_on_customers="Thấy rẻ tiền", effect_on_staff="Đỡ rửa")
    assert decision.check_back_on == DAY + timedelta(days=60)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"topic": " "}, "topic"),
        ({"basis": "stars"}, "basis"),
        ({"kind": "party"}, "kind"),
        ({"basis": "customer_evidence"}, "quotes"),
        ({"quote_ids": [uuid4()]}, "quotes"),
        ({"insight_id": uuid4()}, "insight"),
        ({"decider_id": None}, "decider"),
        ({"decider_id": uuid4()}, "decider"),
        ({"check_back_on": DAY}, "check_back_on"),
        ({"check_back_on": DAY + timedelta(days=367)}, "check_back_on"),
        ({"kind": "email", "marks": [4, 4, 4, 4, 4, 4]}, "marks"),
        ({"kind": "email", "marks": [5]}, "marks"),
        ({"marks": [1]}, "marks"),
    ],
)
def test_bad_input_names_its_field(owner, told, field):
    given = {"topic": "Đổi ly", "basis": "cost", "decider_id": owner.pk, "decided_on": DAY, **told}
    with pytest.raises(InvalidInput) as refusal:
        log_decision(**given)
    assert refusal.value.data["field"] == field
    assert not Decision.objects.exists()


def test_looking_back_is_done_once(owner):
    decision = log_decision(topic="Đổi ly", basis="cost", decider_id=owner.pk, decided_on=DAY)
    day = decision.check_back_on
    assert list(to_look_back_at(day)) == [decision]
    assert not to_look_back_at(day - timedelta(days=1)).exists()
    with pytest.raises(InvalidInput):
        look_back(decision_id=decision.pk, outcome="better", learning="")
    with pytest.raises(InvalidInput):
        look_back(decision_id=decision.pk, outcome="great", learning="x")
    told = look_back(decision_id=decision.pk, outcome="worse", learning="Khách chê ly mỏng")
    assert (told.outcome, told.learning, told.checked_at is not None) == ("worse", "Khách chê ly mỏng", True)
    assert not to_look_back_at(day).exists()
    with pytest.raises(errors.AlreadyChecked):
        look_back(decision_id=decision.pk, outcome="better", learning="x")
    with pytest.raises(NotFound):
        look_back(decision_id=uuid4(), outcome="better", learning="x")
    assert Decision.objects.get(pk=decision.pk).outcome == "worse"


def test_how_many_decisions_rest_on_customers(owner, quote):
    today = localdate(now())
    assert customer_based_rate(today).value is None
    said = {"decider_id": owner.pk, "topic": "x"}
    for basis, quotes, days in (
        ("customer_evidence", [quote.pk], 0),
        ("customer_evidence", [quote.pk], 364),
        ("customer_evidence", [quote.pk], 365),  # too long ago
        ("boss_preference", [quote.pk], 1),  # a quote beside it does not make it the ground
        ("cost", [], 2),
    ):
        seen = "company" if basis == "cost" else ""
        log_decision(**said, basis=basis, quote_ids=quotes, decided_on=today - timedelta(days=days), viewpoint=seen)
    with pytest.raises(InvalidInput):
        log_decision(**said, basis="cost", viewpoint="boss")
    rate = customer_based_rate(today)
    assert (rate.value, rate.n, rate.grounded) == (50.0, 4, 2)
    assert rate.by_basis == {"customer_evidence": 2, "boss_preference": 1, "cost": 1}
    assert rate.one_sided == 1


def test_the_five_checklists():
    assert set(checklists.LINES) == {"supplier", "email", "hiring", "training", "policy"}
    assert {code for lines in checklists.LINES.values() for code in lines} == set(CHECKLIST)
    assert checklists.score("email", [4, 3, None, 2, 1]) == 62
    assert checklists.score("email", [None, None]) is None
    assert checklists.score("general", []) is None
