"""Health of a customer, those at risk, and the forecasts, by the API."""

from datetime import timedelta

import pytest

from customers.models import ChurnModel, CustomerHealth, Purchase
from customers.services.customers import create_customer
from customers.services.health import rescore_customers, tend, train_forecast
from cxcrm.core.clock import now
from tenants.context import in_tenant


@pytest.fixture
def people(alpha):
    with in_tenant(alpha):
        made = [create_customer(full_name=f"Trần {name}") for name in ("An", "Bình", "Chi")]
        Purchase.objects.bulk_create(
            Purchase(customer=one, amount=50_000, currency="VND", occurred_at=now() - timedelta(days=ago + 30 * number))
            for number, one in enumerate(made)
            for ago in (5, 60)
        )
        tend(model_id=train_forecast().pk)
        CustomerHealth.objects.update(is_held_out=False)
        return made


def test_a_customers_health_with_reasons_in_the_callers_language(api, people):
    found = api.get(f"/api/v1/customers/{people[2].pk}/health/", headers={"accept-language": "en"}).json()
    assert (found["health"], found["risk"], found["band"], found["flag"]) == (16.7, None, "at_risk", "")
    assert (found["basis"], found["horizon_days"], found["is_held_out"]) == ("cold_start", 60, False)
    assert found["reasons"][0] == {
        "code": "away", "words": "Came last 65 days ago; comes every 55 days as a rule.", "speaks_for": "leaving",
    }  # fmt: skip
    vi = api.get(f"/api/v1/customers/{people[2].pk}/health/", headers={"accept-language": "vi"}).json()
    assert vi["reasons"][0]["words"] == "Lần mua gần nhất cách đây 65 ngày; thường 55 ngày mua một lần."


def test_who_has_no_number_says_so(api, people, alpha):
    with in_tenant(alpha):
        new = create_customer(full_name="Lê Mới")
    found = api.get(f"/api/v1/customers/{new.pk}/health/").json()
    assert (found["health"], found["band"], found["reasons"], found["basis"]) == (None, None, [], "cold_start")
    with in_tenant(alpha):
        ChurnModel.objects.all().delete()
    assert api.get(f"/api/v1/customers/{new.pk}/health/").json()["basis"] is None


def test_until_when_a_customer_is_covered(api, people, alpha):
    sent = {
        "customer": str(people[0].pk), "kind": "contract", "occurred_at": "2026-11-01T02:00:00Z", "external_id": "P1",
        "covers_until": "2026-12-15",
    }  # fmt: skip
    made = api.post("/api/v1/purchases/", sent, content_type="application/json").json()
    assert made["covers_until"] == "2026-12-15"
    where = f"/api/v1/purchases/{made['id']}/"
    refused = api.patch(where, {"covers_until": "2026-10-31"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "purchase.cover_invalid")
    assert api.patch(where, {"note": "x"}, content_type="application/json").json()["covers_until"] == "2026-12-15"
    ending = "/api/v1/purchases/?covers_since=2026-12-01&covers_before=2026-12-15"
    assert api.get(ending).json()["results"] == []
    assert [one["id"] for one in api.get(f"{ending[:-2]}16").json()["results"]] == [made["id"]]
    base = f"/api/v1/customers/{people[0].pk}"
    assert api.get(f"{base}/purchase-figures/").json()["covered_until"] == "2026-12-15"
    with in_tenant(alpha):
        rescore_customers(customer_ids=[people[0].pk])
    assert api.get(f"{base}/health/").json()["covered_until"] == "2026-12-15"
    assert api.patch(where, {"covers_until": None}, content_type="application/json").json()["covers_until"] is None


def test_those_at_risk_and_the_filter_of_customers(api, people, alpha):
    found = api.get("/api/v1/at-risk/").json()["results"]
    assert [one["customer_name"] for one in found] == ["Trần Chi"]
    assert (found[0]["customer"], found[0]["spent"]) == (str(people[2].pk), "100000.00")
    assert [one["id"] for one in api.get("/api/v1/customers/?band=at_risk").json()["results"]] == [str(people[2].pk)]
    with in_tenant(alpha):
        CustomerHealth.objects.update(is_held_out=True)
    assert api.get("/api/v1/at-risk/").json()["results"] == []


def test_forecasts_and_training_one(api, people, alpha):
    (one,) = api.get("/api/v1/churn-models/").json()["results"]
    assert (one["verdict"], one["basis"], one["summary"], one["report"]) == ("short_history", "cold_start", None, [])
    assert one["verdict_words"]
    assert api.get("/api/v1/churn-models/trial/").json() == {
        "listed": {"came": 0, "n": 0}, "left_alone": {"came": 0, "n": 0},
        "difference": None, "low": None, "high": None, "running": 1,
    }  # fmt: skip
    assert api.get(f"/api/v1/churn-models/{one['id']}/").json() == one
    assert api.post("/api/v1/churn-models/train/", {}, content_type="application/json").status_code == 202
    assert api.post("/api/v1/churn-models/train/", {}, content_type="application/json").status_code == 202
    with in_tenant(alpha):
        assert ChurnModel.objects.filter(stage="train").count() == 1
