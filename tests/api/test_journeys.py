"""Journeys, and who is accountable, through the API."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cxcrm.core.context import TenantRef
from journeys.models import Accountability, Touchpoint
from tenants.context import in_tenant
from tenants.staff.services.accounts import create_user
from tests.api.conftest import JSON, World, results

V1 = "/api/v1/"


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"{V1}{path}", body, content_type=JSON)


def patch(client: Client, path: str, body: Any) -> Any:
    return client.patch(f"{V1}{path}", json.dumps(body), content_type=JSON)


def test_a_journey_is_drawn(api: Client) -> None:
    journey = post(api, "journeys/", {"name": "Khách sỉ", "name_en": "Wholesale"}).json()
    assert set(journey) == {"id", "name", "name_en", "is_default", "state", "created_at"}
    assert journey["is_default"] is False
    for name in ("Hỏi giá", "Đặt hàng"):
        assert post(api, "stages/", {"journey": journey["id"], "name": name}).status_code == 201
    first = post(api, "stages/", {"journey": journey["id"], "name": "Nghe nói", "position": 1}).json()
    assert set(first) == {
        "id", "journey", "code", "position", "name", "name_en", "customer_goal", "viewpoint", "created_at",
    }  # fmt: skip
    stages = results(api.get(f"{V1}stages/?journey={journey['id']}"))
    assert [(stage["position"], stage["name"]) for stage in stages] == [
        (1, "Nghe nói"),
        (2, "Hỏi giá"),
        (3, "Đặt hàng"),
    ]
    moved = patch(api, f"stages/{first['id']}/", {"position": 3, "name": "Nghe kể"}).json()
    assert (moved["position"], moved["name"]) == (3, "Nghe kể")
    touchpoint = post(api, "touchpoints/", {"stage": first["id"], "name": "Zalo của shop", "code": "zalo"}).json()
    assert set(touchpoint) == {
        "id", "stage", "position", "code", "name", "name_en", "department", "channel", "is_moment_of_truth",
        "has_own_feeling", "customer_outcome", "is_public", "is_active", "created_at",
    }  # fmt: skip
    assert (touchpoint["code"], touchpoint["is_public"], touchpoint["is_active"]) == ("zalo", True, True)
    assert results(api.get(f"{V1}touchpoints/?journey={journey['id']}")) == [touchpoint]
    assert results(api.get(f"{V1}touchpoints/?stage={first['id']}&code=zalo")) == [touchpoint]
    twin = post(api, "touchpoints/", {"stage": first["id"], "name": "Zalo", "code": "zalo"})
    assert (twin.status_code, twin.json()["code"]) == (409, "journey.code_taken")
    off = patch(api, f"touchpoints/{touchpoint['id']}/", {"is_active": False, "department": None}).json()
    assert off["is_active"] is False


def test_one_journey_is_the_default(api: Client, world: World) -> None:
    journey = post(api, "journeys/", {"name": "Khách sỉ", "is_default": True}).json()
    assert journey["is_default"] is True
    assert api.get(f"{V1}journeys/{world['journey']}/").json()["is_default"] is False
    assert patch(api, f"journeys/{world['journey']}/", {"is_default": True}).json()["is_default"] is True


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("journeys/", {"name": ""}, "name"),
        ("stages/", {"name": "X", "journey": str(uuid4())}, "journey"),
        ("stages/", {"name": "X", "position": 0}, "journey"),
        ("touchpoints/", {"name": "X", "stage": str(uuid4())}, "stage"),
        ("touchpoints/", {"name": "X", "code": "không dấu"}, "code"),
    ],
)
def test_what_a_journey_cannot_be(api: Client, path: str, body: dict[str, Any], field: str) -> None:
    response = post(api, path, body)
    assert response.status_code == 400
    assert field in response.json()["data"]["fields"]


def test_one_executive_at_a_time(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        successor = create_user(email="gd@alpha.example", full_name="Phạm Giám Đốc", role="executive")
        deputy = create_user(email="pho@alpha.example", full_name="Vũ Phó", role="executive")
    body = {
        "executive": str(successor.id),
        "touchpoint": world["touchpoint"],
        "deputy": str(deputy.id),
        "from_day": "2026-07-01",
        "note": "Bàn giao",
    }
    response = post(api, "accountabilities/", body)
    assert response.status_code == 201, response.content
    shown = response.json()
    assert shown == {
        "id": shown["id"],
        "touchpoint": world["touchpoint"],
        "stage": None,
        "executive": str(successor.id),
        "deputy": str(deputy.id),
        "valid_from": "2026-07-01",
        "valid_to": None,
        "note": "Bàn giao",
        "created_at": shown["created_at"],
    }
    before = api.get(f"{V1}accountabilities/{world['accountability']}/").json()
    assert before["valid_to"] == "2026-07-01"
    for day, person in (("2026-06-30", world["user"]), ("2026-07-01", str(successor.id))):
        url = f"{V1}accountabilities/?touchpoint={world['touchpoint']}&on={day}"
        assert [row["executive"] for row in results(api.get(url))] == [person]
    assert results(api.get(f"{V1}accountabilities/?executive={successor.id}")) == [shown]
    assert results(api.get(f"{V1}accountabilities/?stage={world['stage']}")) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"stage": "{stage}"}, 400, "accountability.not_one_target"),
        ({"touchpoint": None}, 400, "invalid"),
        ({"touchpoint": str(uuid4())}, 400, "invalid"),
        ({"executive": str(uuid4())}, 400, "accountability.person_unfit"),
        ({"deputy": "{user}"}, 400, "accountability.person_unfit"),
        ({"from_day": "1/7/2026"}, 400, "invalid"),
    ],
)
def test_a_hand_over_that_cannot_be(
    api: Client, alpha: TenantRef, world: World, change: dict[str, Any], status: int, code: str
) -> None:
    ids = {name: str(ident) for name, ident in world.ids.items()}
    change = {name: value.format(**ids) if value else value for name, value in change.items()}
    body = {"executive": world["user"], "touchpoint": world["touchpoint"], "from_day": "2026-07-01", **change}
    response = post(api, "accountabilities/", body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    with in_tenant(alpha):
        assert Accountability.objects.count() == 1
        assert Accountability.objects.get().valid_to is None


def test_touchpoints_nobody_answers_for_are_found(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        everything = {str(pk) for pk in Touchpoint.objects.values_list("pk", flat=True)}
    unowned = {row["id"] for row in results(api.get(f"{V1}touchpoints/?unowned=true&limit=200"))}
    owned = {row["id"] for row in results(api.get(f"{V1}touchpoints/?unowned=false&limit=200"))}
    assert owned == {world["touchpoint"]}
    assert unowned == everything - owned
    day = date(2026, 1, 1).isoformat()
    for stage in results(api.get(f"{V1}stages/?limit=200")):
        body = {"executive": world["user"], "stage": stage["id"], "from_day": day}
        assert post(api, "accountabilities/", body).status_code == 201
    assert results(api.get(f"{V1}touchpoints/?unowned=true")) == []
