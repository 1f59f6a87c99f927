"""What insights and decisions tell of how well customers are understood."""

import pytest

from customers.models import UnderstandingItem
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from journeys.models import Stage
from journeys.services.decisions import log_decision
from journeys.services.emotions import report_emotion
from journeys.services.insights import add_evidence, remove_evidence, retire_insight, validate_insight, write_insight
from journeys.services.understanding import decided_without_customers
from tenants.staff.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def quoted():
    return set(UnderstandingItem.objects.filter(item="insight").values_list("customer__full_name", flat=True))


def test_whose_words_bear_out_what_holds_are_better_understood(in_alpha, run_agenda):
    insight = write_insight(
        want="một buổi sáng có kiểm soát", but="hàng chờ làm tôi bị động", because="5 phút là trễ", feeling="impatient",
        good_end="biết còn mấy phút",
    )  # fmt: skip
    quotes = []
    for name in ("Hà", "Khôi", "Việt", "Loan"):
        customer = create_customer(full_name=name)
        entry = record_interaction(
            customer_id=customer.id, kind="chat", what="note", direction="in", body="Chờ lâu quá"
        )
        quotes.append(take_quote(interaction_id=entry.id))
        add_evidence(insight_id=insight.id, quote_id=quotes[-1].id)
    run_agenda()
    assert quoted() == set()
    validate_insight(insight_id=insight.id)
    run_agenda()
    assert quoted() == {"Hà", "Khôi", "Việt", "Loan"}
    remove_evidence(insight_id=insight.id, quote_id=quotes[0].id)
    assert quoted() == {"Khôi", "Việt", "Loan"}
    remove_evidence(insight_id=insight.id, quote_id=quotes[1].id)  # two are not enough
    run_agenda()
    assert quoted() == set()
    add_evidence(insight_id=insight.id, quote_id=quotes[1].id)
    validate_insight(insight_id=insight.id)
    run_agenda()
    assert quoted() == {"Khôi", "Việt", "Loan"}
    retire_insight(insight_id=insight.id, why="có làn lấy nhanh")
    run_agenda()
    assert quoted() == set()


def test_who_decides_without_customers_does_not_understand_them(in_alpha):
    assert decided_without_customers() is None
    log_decision(topic="Đổi logo", basis="boss_preference", decider_id=User.objects.first().pk)
    assert decided_without_customers() == 2
    customer = create_customer(full_name="Hà")
    entry = record_interaction(customer_id=customer.id, kind="chat", what="note", direction="in", body="Chờ lâu quá")
    log_decision(
        topic="Mở quầy thứ hai", basis="customer_evidence", quote_ids=[take_quote(interaction_id=entry.id).pk],
        decider_id=User.objects.first().pk,
    )  # fmt: skip
    assert decided_without_customers() is None


def test_who_told_how_it_felt_is_felt_with(in_alpha, run_agenda):
    customer = create_customer(full_name="Hà")
    report_emotion(stage_id=Stage.objects.first().pk, valence=1, source="stated", customer_id=customer.id)
    report_emotion(stage_id=Stage.objects.first().pk, valence=-1, source="stated")  # nobody knows who
    run_agenda()
    assert list(UnderstandingItem.objects.filter(item="emotion").values_list("customer_id", flat=True)) == [customer.id]
