"""A call with an idempotency key is carried out once, and answered the same every time."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.staff.models import RepeatableCall
from tenants.staff.services.repeats import forget_old_calls
from tests.api.conftest import JSON, World

C = "/api/v1/customers/"
BODY = {"full_name": "Lê Văn Ân"}


def post(client: Client, key: str, body: Any = BODY, url: str = C) -> Any:
    return client.post(url, body, content_type=JSON, headers={"Idempotency-Key": key})


def people(tenant: TenantRef) -> int:
    with in_tenant(tenant):
        return Customer.objects.count()


def test_a_repeated_call_makes_nothing_new_and_reads_the_same(api: Client, alpha: TenantRef) -> None:
    first, again = post(api, "k-1"), post(api, "k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again["Idempotency-Replayed"] == "true"
    assert people(alpha) == 1
    assert post(api, "k-2").json()["id"] != first.json()["id"]
    assert people(alpha) == 2


def test_a_refusal_is_an_answer_too(api: Client, alpha: TenantRef) -> None:
    refused = post(api, "k", {"full_name": ""})
    assert refused.status_code == 400
    again = post(api, "k", {"full_name": ""})
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (400, refused.json(), "true")


def test_another_call_under_the_same_key_is_refused(api: Client, alpha: TenantRef, world: World) -> None:
    assert post(api, "k").status_code == 201
    before = people(alpha)
    for url, body in ((C, {"full_name": "Ai đó"}), ("/api/v1/complaints/", BODY), (f"{C}?lang=en", BODY)):
        other = post(api, "k", body, url)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")
    assert people(alpha) == before


def test_keys_belong_to_who_calls(
    api: Client, api_alpha: Callable[..., Client], api_beta: Callable[..., Client], alpha: TenantRef, beta: TenantRef
) -> None:
    made = {
        post(client, "same").json()["id"]
        for client in (api, api_alpha(["customers:write"]), api_beta(["customers:write"]))
    }
    assert len(made) == 3
    assert (people(alpha), people(beta)) == (2, 1)


@pytest.mark.parametrize("key", ["", "   ", "x" * 256, "tab\tin it", "ô"])
def test_what_is_no_key_is_refused(api: Client, alpha: TenantRef, key: str) -> None:
    refused = api.post(C, BODY, content_type=JSON, HTTP_IDEMPOTENCY_KEY=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert people(alpha) == 0


def test_who_may_not_call_uses_up_no_key(api_alpha: Callable[..., Client], alpha: TenantRef) -> None:
    assert post(api_alpha(), "k").status_code == 401
    assert post(api_alpha(["customers:read"]), "k").status_code == 403
    with in_tenant(alpha):
        assert RepeatableCall.objects.count() == 0


def test_a_fault_of_ours_is_no_answer(api: Client, alpha: TenantRef, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the effect nor the key stays, so the same call may be sent again."""
    from customers.api import views

    good = views.create_customer

    def half(**values: Any) -> Any:
        good(**values)
        raise RuntimeError("power cut")

    monkeypatch.setattr(views, "create_customer", half)
    with pytest.raises(RuntimeError):
        post(api, "k")
    assert people(alpha) == 0
    monkeypatch.setattr(views, "create_customer", good)
    answered = post(api, "k")
    assert (answered.status_code, "Idempotency-Replayed" in answered.headers) == (201, False)


def test_reading_needs_no_key_and_changing_may_have_one(api: Client, alpha: TenantRef, world: World) -> None:
    assert api.get(C, headers={"Idempotency-Key": "k"}).status_code == 200
    url = f"{C}{world['customer']}/"
    headers = {"Idempotency-Key": "p"}
    first = api.patch(url, json.dumps({"note": "Trà"}), content_type=JSON, headers=headers)
    api.patch(url, json.dumps({"note": "Cà phê"}), content_type=JSON)
    again = api.patch(url, json.dumps({"note": "Trà"}), content_type=JSON, headers=headers)
    assert (first.status_code, again.json()) == (200, first.json())
    assert api.get(url).json()["note"] == "Cà phê"


def test_keys_are_forgotten_after_two_days(api: Client, alpha: TenantRef) -> None:
    post(api, "old")
    post(api, "new")
    with in_tenant(alpha):
        RepeatableCall.objects.filter(key="old").update(created_at=now() - timedelta(days=2, minutes=1))
        assert forget_old_calls() == 1
        assert RepeatableCall.objects.get().key == "new"
