"""Who may leave, as it is read: the card on a customer's page, the list, and the test the forecast took."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from customers.health_words import in_words
from customers.logic import backtest
from customers.models import ChurnModel, Customer, CustomerHealth, Purchase, RiskSpell
from customers.services.customers import create_customer
from customers.services.health import tend, train_forecast
from customers.services.purchases import change_purchase, record_purchase
from cxcrm.core.clock import now
from tenants.staff.selectors.firm import firm_today

LEAVING, FORECAST = "/admin/customers/customer/leaving/", "/admin/customers/customer/forecast/"
TRAIN = f"{FORECAST}train/"


@pytest.fixture
def counted(in_alpha):
    """Five customers by how long they are away, counted by the rule of thumb."""
    made = [create_customer(full_name=f"Trần {name}") for name in ("An", "Bình", "Chi", "Dung", "Em")]
    Purchase.objects.bulk_create(
        Purchase(
            customer=one, amount=50_000, currency="VND", occurred_at=now() - timedelta(days=ago + 20 * number),
            created_at=now() - timedelta(days=ago + 20 * number),
        )
        for number, one in enumerate(made)
        for ago in (5, 60, 100)
    )  # fmt: skip
    tend(model_id=train_forecast().pk)
    CustomerHealth.objects.update(is_held_out=False)
    return made


def page_of(customer):
    return f"/admin/customers/customer/{customer.pk}/change/"


def proven(**more):
    """The run in use as one that stood its test."""
    cut = {
        "trained": "2026-06-01", "tested": "2026-08-30",
        **backtest.judged([0.9, 0.8, 0.6, 0.3, 0.2], [5, 3, 4, 2, 1], [True, True, True, False, False]),
    }  # fmt: skip
    column = {"feature": "orders", "coefficient": -0.8, "mean": 1.0, "deviation": 0.5}
    ChurnModel.objects.update(
        basis="model", verdict="accepted", report=[cut, cut], horizon=90,
        coefficients={"intercept": 0, "shift": 0, "judged": [], "columns": [column]}, **more,
    )  # fmt: skip


def test_a_customers_page_says_how_likely_they_leave_and_why(staff_client_alpha, counted):
    answer = staff_client_alpha.get(page_of(counted[-1]))
    card = answer.context["health_card"]
    assert (float(card["found"].health), card["tone"], card["risk"]) == (10, "bad", None)
    assert card["reasons"][0] == {
        "words": "Lần mua gần nhất cách đây 85 ngày; thường 48 ngày mua một lần.", "is_up": True, "code": "away",
    }  # fmt: skip
    page = answer.content.decode()
    assert "có nguy cơ rời bỏ" in page
    assert f"Tính lúc {now():%H}"[:8] in page
    CustomerHealth.objects.filter(customer=counted[-1]).update(
        flag="critical_case", band="at_risk", is_held_out=True, health=None, reasons=[]
    )
    card = staff_client_alpha.get(page_of(counted[-1])).context["health_card"]
    assert [one["code"] for one in card["reasons"]] == ["critical_case"]
    assert not card["is_left_alone"]


@pytest.mark.parametrize(
    ("part", "quarter", "words"),
    [
        (0.4, 0, "Mua vào 7 ngày trong 12 tháng, trong đó 0 ngày ở 3 tháng cuối."),
        (-0.4, 0, "Mua vào 7 ngày trong 12 tháng."),
        (-0.4, 2, "Mua vào 7 ngày trong 12 tháng, trong đó 2 ngày ở 3 tháng cuối."),
    ],
)
def test_what_speaks_for_staying_says_nothing_against_it(part, quarter, words):
    assert in_words({"code": "often", "year": 7, "quarter": quarter, "part": part}, lambda: "VND") == words


def test_money_with_cents_is_told(in_alpha):
    """Kept as a plain number, as everything a sentence needs."""
    with translation.override("en"):
        told = in_words({"code": "spend", "spent": 116.5, "part": 0.2}, lambda: "SGD")
        assert told == "Spent S$116.50 in 12 months."


def test_who_came_once_is_told_what_is_counted_and_before_the_first_night_nothing_is(staff_client_alpha, in_alpha):
    new = create_customer(full_name="Lê Mới")
    assert "health_card" not in staff_client_alpha.get(page_of(new)).context
    ChurnModel.objects.create(stage="done", trained_at=now(), basis="cold_start", verdict="short_history", horizon=90)
    answer = staff_client_alpha.get(page_of(new))
    assert answer.context["health_card"]["found"] is None
    assert "ít nhất hai ngày" in answer.context["health_card"]["counted"]
    ChurnModel.objects.update(basis="nothing")
    assert "health_card" not in staff_client_alpha.get(page_of(new)).context


def test_the_list_begins_with_who_spends_most(staff_client_alpha, counted):
    answer = staff_client_alpha.get(LEAVING)
    assert [row["customer"].full_name for row in answer.context["rows"]] == ["Trần Dung", "Trần Em"] or [
        row["customer"].full_name for row in answer.context["rows"]
    ] == ["Trần Em", "Trần Dung"]
    CustomerHealth.objects.filter(customer=counted[3]).update(spent=900_000)
    answer = staff_client_alpha.get(LEAVING)
    assert [row["customer"].full_name for row in answer.context["rows"]] == ["Trần Dung", "Trần Em"]
    assert (answer.context["bands"].at_risk, answer.context["listed"]) == (2, 2)
    assert "900.000" in answer.content.decode()
    CustomerHealth.objects.filter(customer=counted[3]).update(is_held_out=True)
    answer = staff_client_alpha.get(LEAVING)
    assert [row["customer"].full_name for row in answer.context["rows"]] == ["Trần Em"]
    assert "Còn 1 khách có nguy cơ" in answer.content.decode()
    CustomerHealth.objects.filter(customer=counted[4]).update(risk=0.83)
    assert "83 %" in staff_client_alpha.get(LEAVING).content.decode()


def test_the_day_a_plan_ends_is_said_where_they_are_looked_after(staff_client_alpha, counted):
    until = firm_today() - timedelta(days=25)
    plan, _new = record_purchase(
        customer_id=counted[4].pk, kind="contract", occurred_at=now() - timedelta(days=90), covers_until=until
    )
    tend(model_id=train_forecast().pk)
    CustomerHealth.objects.update(is_held_out=False)
    shown = f"{until:%d/%m/%Y}"
    page = staff_client_alpha.get(LEAVING).content.decode()
    assert f"Gói đã trả đến {shown}" in page
    assert "gói hoặc hợp đồng" in page
    answer = staff_client_alpha.get(page_of(counted[4]))
    assert answer.context["health_card"]["found"].covered_until == until
    assert f"Gói đã trả đến {shown}" in answer.content.decode()
    assert f"Gói của khách đã hết hạn ngày {shown}." in answer.content.decode()
    assert "ai hết hạn mà chưa gia hạn" in staff_client_alpha.get(FORECAST).content.decode()
    listed = "/admin/customers/purchase/"
    assert "covered" in staff_client_alpha.get(listed).context["cl"].list_display
    change_purchase(purchase_id=plan.pk, covers_until=None)
    assert "covered" not in staff_client_alpha.get(listed).context["cl"].list_display


def test_customers_are_found_by_their_band(staff_client_alpha, counted):
    answer = staff_client_alpha.get("/admin/customers/customer/", {"band": "at_risk"})
    assert answer.context["cl"].result_count == 2
    assert staff_client_alpha.get("/admin/customers/customer/", {"band": "gone"}).status_code in {200, 302}


def test_the_report_says_in_ten_seconds_whether_to_trust_it(staff_client_alpha, counted):
    answer = staff_client_alpha.get(FORECAST)
    assert answer.context["figures"] is None
    assert "chưa lùi đủ xa" in answer.content.decode()
    proven()
    answer = staff_client_alpha.get(FORECAST)
    figures = answer.context["figures"]
    assert (figures["named"], figures["simple"], round(figures["blind"])) == (100, 100, 60)
    page = answer.content.decode()
    assert "có, đang được dùng" in page
    assert page.count("cx-bar-forecast") == 6
    assert answer.context["cuts"][0]["day"] == date(2026, 8, 30)
    assert answer.context["columns"][0]["is_up"] is False
    ChurnModel.objects.create(stage="done", trained_at=now(), basis="cold_start", verdict="off", horizon=90)
    answer = staff_client_alpha.get(FORECAST)
    assert [one["run"].verdict for one in answer.context["runs"]] == ["off", "accepted"]


def test_whether_looking_after_them_helps(staff_client_alpha, counted):
    page = staff_client_alpha.get(FORECAST).content.decode()
    assert "Chưa đủ người" in page
    assert "2 khách còn đang được theo dõi" in page
    ended = now() - timedelta(days=3)
    people = Customer.objects.bulk_create(Customer(full_name=f"K {n}", sort_key=f"k{n}") for n in range(30))
    RiskSpell.objects.bulk_create(
        RiskSpell(customer=one, began_at=ended - timedelta(days=60), ends_at=ended, is_held_out=number < 10)
        for number, one in enumerate(people)
    )
    Purchase.objects.bulk_create(
        Purchase(customer=one, amount=1, currency="VND", occurred_at=ended - timedelta(days=9)) for one in people[8:]
    )
    page = staff_client_alpha.get(FORECAST).content.decode()
    assert "Thêm 80 trên 100 khách quay lại" in page
    assert "20 trên 20 khách đã mua lại" in page
    assert "2 trên 10 khách đã mua lại" in page


def test_before_the_first_night_and_without_purchases_it_says_so(staff_client_alpha, in_alpha):
    for url in (LEAVING, FORECAST):
        assert "Chưa tính gì cả." in staff_client_alpha.get(url).content.decode()
    tend(model_id=train_forecast().pk)
    for url in (LEAVING, FORECAST):
        assert "Chưa có gì để tính" in staff_client_alpha.get(url).content.decode()


def test_managers_train_anew_and_others_do_not(client_as, in_alpha):
    manager, agent = client_as("manager"), client_as("agent")
    assert agent.get(TRAIN).status_code == agent.post(TRAIN).status_code == 403
    assert not ChurnModel.objects.exists()
    assert "Học lại" in manager.get(TRAIN).content.decode()
    assert not ChurnModel.objects.exists()
    assert manager.post(TRAIN)["Location"] == FORECAST
    assert manager.post(TRAIN).status_code == 302
    assert ChurnModel.objects.get().asked_by is not None
    assert "Dự báo đang chạy nền" in manager.get(FORECAST).content.decode()
    assert Customer.objects.count() == 0
