"""Facts and understanding through the API: the same services, the same refusals, the same numbers."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from customers.models import Fact
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tests.api.conftest import JSON, World, build_world, results

pytestmark = pytest.mark.usefixtures("nothing_expires")


@pytest.fixture
def world(alpha: TenantRef, scene: Callable[..., Any]) -> World:
    return scene("world of one customer", lambda: build_world(alpha, merges=False))


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type=JSON)


def test_a_fact_is_noted_heard_again_and_withdrawn(api: Client, alpha: TenantRef, world: World) -> None:
    told = {"customer": world["customer"], "kind": "why_dislike", "text": "Chờ lâu", "about": "hàng chờ"}
    refused = post(api, "facts/", told)
    assert (refused.status_code, refused.json()["code"], refused.json()["data"]) == (
        400, "fact.reason_missing", {"field": "reason"},
    )  # fmt: skip
    made = post(api, "facts/", told | {"reason": "speed", "source": "guess"})
    shown = made.json()
    assert made.status_code == 201
    assert {name: shown[name] for name in ("kind", "text", "about", "reason", "source", "withdrawn_at")} == {
        "kind": "why_dislike", "text": "Chờ lâu", "about": "hàng chờ", "reason": "speed", "source": "guess",
        "withdrawn_at": None,
    }  # fmt: skip
    heard = post(api, f"facts/{shown['id']}/confirm/").json()
    assert (heard["source"], heard["guessed_at"]) == ("declared", shown["stated_at"])
    assert post(api, f"facts/{shown['id']}/withdraw/").json()["withdrawn_at"] is not None
    assert post(api, f"facts/{shown['id']}/confirm/").json()["code"] == "fact.withdrawn"
    assert [one["id"] for one in results(api.get("/api/v1/facts/?standing=true"))] == [world["fact"]]
    assert [one["id"] for one in results(api.get("/api/v1/facts/?about=hàng chờ&kind=why_dislike"))] == [shown["id"]]
    assert results(api.get("/api/v1/facts/?search=cho lau")) == results(api.get("/api/v1/facts/?reason=speed"))
    assert post(api, "facts/", {**told, "customer": str(uuid4())}).status_code == 400
    from_entry = post(
        api, "facts/from-entry/", {"interaction": world["entry"], "kind": "preference", "words": "bánh giòn"}
    )
    assert (from_entry.status_code, from_entry.json()["text"]) == (201, "bánh giòn")
    with in_tenant(alpha):
        assert Fact.objects.count() == 3


def test_numbers_in_facts_are_masked_for_who_may_not_see_them(
    api: Client, api_alpha: Callable[..., Client], world: World
) -> None:
    told = {"customer": world["customer"], "kind": "need", "text": "Gọi 0987654321", "about": "0987654321"}
    assert post(api, "facts/", told).json()["text"] == "Gọi 0987654321"
    masked = results(api_alpha(["customers:read"]).get("/api/v1/facts/?kind=need"))[0]
    assert (masked["text"], masked["about"]) == ("Gọi 098*****21", "098*****21")


def test_one_customers_understanding_says_what_it_is_made_of(api: Client, world: World) -> None:
    url = f"/api/v1/customers/{world['customer']}/understanding/"
    shown = api.get(url).json()
    pieces = {piece["item"]: piece for piece in shown["items"]}
    assert len(pieces) == 18
    assert pieces["preferences"] | {"confirmed_at": ""} == {
        "item": "preferences", "dimension": "U", "weight": 20, "half_life_days": 365, "share": 0.5, "credit": 10.0,
        "state": "faded", "confirmed_at": "",
    }  # fmt: skip
    sums = {
        dimension: round(sum(one["credit"] for one in pieces.values() if one["dimension"] == dimension), 1)
        for dimension in "KUE"
    }
    assert (shown["known"], shown["understood"], shown["empathised"]) == (sums["K"], sums["U"], sums["E"])
    assert shown["level"] == 1
    assert "vụ việc" in shown["hold"]  # their case is open: only what serves them is asked
    assert (shown["question"], shown["question_words"] != "") == ("name", True)
    checked = post(api, f"customers/{world['customer']}/understanding/", {"item": "contact"})
    assert (checked.status_code, checked.json()["customer"]) == (200, world["customer"])
    assert post(api, f"customers/{world['customer']}/understanding/", {"item": "name"}).status_code == 400
    level = shown["level"]
    assert world["customer"] in [one["id"] for one in results(api.get(f"/api/v1/customers/?level={level}"))]
    assert results(api.get(f"/api/v1/customers/?level={level + 1}")) == []


def test_the_firm_beside_what_it_believes(api: Client, api_alpha: Callable[..., Client], world: World) -> None:
    shown = api.get("/api/v1/understanding/").json()
    assert (shown["active"], shown["levels"], shown["percent_understood"]) == (
        1, {"see": 1, "know": 0, "understand": 0, "empathise": 0}, 0.0,
    )  # fmt: skip
    assert (shown["believed"], shown["gap"], shown["level"], shown["days"]) == (None, None, 1, [])
    assert [(one["branch"], one["active"]) for one in shown["branches"]] == [(None, 1)]
    assert post(api_alpha(["customers:write"]), "understanding/believe/", {"share": 80}).status_code == 403
    assert post(api, "understanding/believe/", {"share": 101}).status_code == 400
    stated = post(api, "understanding/believe/", {"share": 80}).json()
    assert (stated["believed"], stated["gap"]) == (80, 80.0)
    assert post(api, "understanding/recount/").status_code == 202
