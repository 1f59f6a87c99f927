"""Visits of stages and the ways they make, through the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from customers.services.customers import create_customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from journeys.models import Stage, StageVisit, VisitRule
from tenants.context import in_tenant
from tests.api.conftest import JSON, World, build_world, results

pytestmark = pytest.mark.usefixtures("nothing_expires")
V1 = "/api/v1/"


@pytest.fixture
def world(alpha: TenantRef, scene: Callable[..., Any]) -> World:
    return scene("world of one customer", lambda: build_world(alpha, merges=False))


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"{V1}{path}", body or {}, content_type=JSON)


def test_a_batch_is_taken_one_by_one_and_seen_as_a_way(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        stages = [str(row.pk) for row in Stage.objects.filter(journey=world["journey"]).order_by("position")[:2]]
        people = [str(create_customer(full_name=f"Khách {n}", external_ids={"pos": f"K{n}"}).pk) for n in range(6)]
    day = now() - timedelta(days=10)
    sent = [
        {"customer_number": f"K{n}", "stage": stages[0], "source": "pos", "external_id": f"a{n}",
         "visited_at": day.isoformat()}
        for n in range(6)
    ] + [
        {"customer": people[n], "stage": stages[1], "source": "pos", "external_id": f"b{n}",
         "visited_at": (day + timedelta(days=2)).isoformat()}
        for n in range(3)
    ] + [{"customer_number": "K9", "stage": stages[1], "external_id": "c", "visited_at": day.isoformat()}]  # fmt: skip
    answer = post(api, "stage-visit-batches/", {"visits": sent})
    assert answer.status_code == 200
    assert [one["outcome"] for one in answer.json()["results"]] == ["created"] * 9 + ["refused"]
    assert answer.json()["results"][-1]["error"]["code"] == "visit.invalid"
    again = post(api, "stage-visit-batches/", {"visits": sent})
    assert [one["outcome"] for one in again.json()["results"]] == ["known"] * 9 + ["refused"]
    shown = api.get(f"{V1}journeys/{world['journey']}/paths/").json()
    way = next(one for one in shown["ways"] if (one["start"], one["end"]) == (stages[0], stages[1]))
    assert (way["n"], way["came"], way["kind"], way["next"], way["seconds"]) == (7, 3, "designed", 3, 172_800.0)
    assert (round(way["share"], 3), round(way["low"], 3), round(way["high"], 3)) == (0.429, 0.158, 0.75)
    assert shown["most_frequent"] == [{"stages": stages, "count": 3}]
    assert (shown["visits"], shown["customers"], shown["paths"]) == (10, 7, 7)
    listed = results(api.get(f"{V1}stage-visits/?stage={stages[1]}&told=true"))
    assert sorted(one["external_id"] for one in listed) == ["b0", "b1", "b2"]
    query = "since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z"
    assert api.get(f"{V1}journeys/{world['journey']}/paths/?{query}").status_code == 400


def test_who_may_not_see_customers_cannot_tell_of_them(
    api_alpha: Callable[..., Client], alpha: TenantRef, world: World
) -> None:
    body = {"customer": str(world["customer"]), "stage": str(world["stage"]), "external_id": "x",
            "visited_at": "2026-01-02T03:04:05Z"}  # fmt: skip
    answer = post(api_alpha(["journeys:write"]), "stage-visit-batches/", {"visits": [body]})
    assert [one["outcome"] for one in answer.json()["results"]] == ["refused"]
    with in_tenant(alpha):
        assert StageVisit.objects.count() == 1


def test_rules_are_kept_through_the_api(api: Client, alpha: TenantRef, world: World) -> None:
    refused = post(api, "visit-rules/", {"kind": "order"})
    assert (refused.status_code, refused.json()["code"]) == (400, "visit_rule.invalid")
    made = post(api, "visit-rules/", {"kind": "order", "channel": "app", "stage": str(world["stage"])})
    assert made.status_code == 201
    rule = made.json()
    assert (
        post(api, "visit-rules/", {"kind": "order", "channel": "app", "stage": str(world["stage"])}).status_code == 409
    )
    url = f"{V1}visit-rules/{rule['id']}/"
    assert api.patch(url, {"channel": ""}, content_type=JSON).json()["channel"] == ""
    assert api.delete(url).status_code == 204
    with in_tenant(alpha):
        assert [str(row.pk) for row in VisitRule.objects.all()] == [str(world["visit_rule"])]
