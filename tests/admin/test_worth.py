"""What customers are worth, on its page and through the API: spent, expected, at risk, again, after a complaint."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from customers.models import ChurnModel, Customer, CustomerHealth, Purchase
from customers.selectors import worth as selectors
from cxcrm.core.clock import now
from feedback.models import Complaint
from tenants.context import in_tenant
from tenants.staff.models import User

PAGE, ADDRESS = "/admin/feedback/response/worth/", "/api/v1/customers-worth/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-30T05:00:00Z", tick=False):
        yield


def people(count, name="Khách Mua"):
    return Customer.objects.bulk_create(Customer(full_name=name) for _number in range(count))


def buy(customers, *days_ago, amount=100_000, **more):
    Purchase.objects.bulk_create(
        Purchase(
            customer=one, occurred_at=now() - timedelta(days=days), amount=amount, **{"currency": "VND", **more}
        )
        for one in customers
        for days in days_ago
    )  # fmt: skip


@pytest.fixture
def shop(alpha):
    """Known for 370 days: 20 bought then and half of them again lately, each for the same; 3 came in May and stayed."""
    with in_tenant(alpha):
        stayed, gone, may = people(10), people(10), people(3)
        buy([*stayed, *gone], 370, 350)
        buy(stayed, 100)
        buy(may, 190, 100)
        buy(stayed[:1], 10, currency="USD")
        buy(stayed[:1], 20, state="cancelled")
        model = ChurnModel.objects.create(stage="done", trained_at=now(), basis="model")
        for customer, risk in ((stayed[0], 0.5), (stayed[1], None)):
            CustomerHealth.objects.create(customer=customer, model=model, risk=risk, band="at_risk", spent=200_000)
        return stayed, gone


def test_figures_and_their_formula(shop, alpha, client_as):
    with in_tenant(alpha):
        user = User.objects.order_by("created_at").first()
        found = selectors.worth(user)
    assert (found.active, found.spent, found.stretch_days) == (23, Decimal(3_600_000), 182)
    # Of 2,000,000 by the twenty and 300,000 by the three, 1,300,000 came again.
    assert found.kept == Decimal(1_300_000) / Decimal(2_300_000)
    assert round(found.expected) == round(Decimal(1_300_000) * (found.kept + found.kept**2))
    assert (found.bands.at_risk, found.bands.spent_at_risk, found.lost) == (2, 400_000, 100_000)
    assert (found.one_in, found.is_mixed, found.currency) == (1, True, "VND")
    assert [(one.begins.isoformat(), one.again, one.n) for one in found.cohorts] == [("2026-05-01", 3, 3)]


def test_the_page_and_the_api(shop, alpha, client_as):
    client = client_as("executive")
    page = client.get(PAGE).text
    for words in ("23", "3.600.000", "400.000", "100.000", "182 ngày"):
        assert words in page, words
    shown = client.get(ADDRESS).json()
    assert (shown["active"], shown["spent"], shown["at_risk"], shown["lost"]) == (23, "3600000.00", 2, "100000.00")
    assert shown["after_complaint"] == {
        "n": 0, "left": 0, "others": 56, "others_left": None, "difference": None, "low": None, "high": None,
    }  # fmt: skip
    assert PAGE in client.get("/admin/customers/customer/leaving/").text


def test_who_left_after_a_complaint(alpha, client_as):
    with in_tenant(alpha):
        unhappy, others, friends = people(10), people(100), people(40)
        buy([*unhappy, *others], 100)
        buy([*unhappy[8:], *others[20:]], 30)
        buy(friends, 130, 120, 110, 100)  # came oftener than any who complained: no comparison
        buy(unhappy[:1], 95, covers_until=(now() + timedelta(days=30)).date())
        owner = User.objects.order_by("created_at").first()
        Complaint.objects.bulk_create(
            Complaint(
                number=f"KN-{number}", customer=one, owner=owner, channel="staff", severity="S3", subject="Nguội",
                description="Nguội", received_at=now() - timedelta(days=98),
            )
            for number, one in enumerate(unhappy)
        )  # fmt: skip
    client = client_as("executive")
    after = client.get(ADDRESS).json()["after_complaint"]
    # One came twice and has a plan, so of nine like the others seven left; of the others twenty of a hundred.
    assert (after["n"], after["left"], after["others"], after["others_left"]) == (9, 7, 140, 20.0)
    assert [round(after[name]) for name in ("difference", "low", "high")] == [58, 24, 75]
    page = client.get(PAGE).text
    assert "100 khách khiếu nại thì bỏ đi nhiều hơn 58 người" in page
    with in_tenant(alpha):
        Purchase.objects.filter(customer__in=unhappy[5:]).delete()
        Purchase.objects.filter(customer__in=unhappy[1:4], occurred_at__gt=now() - timedelta(days=40)).delete()
    assert client.get(ADDRESS).json()["after_complaint"]["difference"] is None


def test_a_large_firm_is_read_by_lot(shop, alpha, client_as, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_READ", 8)
    with in_tenant(alpha):
        user = User.objects.order_by("created_at").first()
        every = -(-Customer.objects.count() // 8)
        found = selectors.worth(user)
    assert found.one_in == every > 1
    assert found.active % every == 0
    assert f"một trong {every} khách" in client_as("executive").get(PAGE).text


def test_a_firm_without_purchases_is_told_what_to_do(client_as):
    client = client_as("executive")
    assert "Trong 12 tháng qua chưa thấy ai mua gì" in client.get(PAGE).text
    found = client.get(ADDRESS).json()
    assert (found["active"], found["expected"], found["kept"], found["cohorts"]) == (0, None, None, [])
