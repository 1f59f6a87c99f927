"""Who one is, and the people of the firm, through the API."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.staff.models import Absence, ApiKey
from tenants.staff.roles import SCOPES
from tenants.staff.services.accounts import create_user
from tests.api.conftest import JSON, World, results

V1 = "/api/v1/"
FIRM = {
    "name": "Cà phê Alpha",
    "brand": "Cà phê Alpha",
    "language": "vi",
    "country": "VN",
    "currency": "VND",
    "time_zone": "Asia/Ho_Chi_Minh",
}


def test_a_key_learns_who_it_is(api_alpha: Callable[..., Client], alpha: TenantRef) -> None:
    client = api_alpha(["customers:write", "feedback:read"])
    with in_tenant(alpha):
        key = ApiKey.objects.get()
    assert client.get(f"{V1}me/").json() == {
        "kind": "api_key",
        "id": str(key.id),
        "name": "test",
        "scopes": ["customers:read", "customers:write", "feedback:read"],
        "firm": FIRM,
    }


def test_a_person_learns_who_they_are(staff_client_alpha: Client, owner_alpha: Any) -> None:
    assert staff_client_alpha.get(f"{V1}me/").json() == {
        "kind": "user",
        "id": str(owner_alpha.id),
        "name": "Trần Thị Chủ",
        "scopes": list(SCOPES),
        "firm": FIRM,
    }


def test_people_are_shown_without_their_secrets(api: Client, alpha: TenantRef, world: World) -> None:
    shown = api.get(f"{V1}users/{world['user']}/").json()
    assert set(shown) == {
        "id", "email", "full_name", "given_name", "salutation", "job_title", "language", "role", "department", "branch",
        "manager", "reach", "authority_limit", "is_active", "created_at",
    }  # fmt: skip
    assert (shown["email"], shown["role"], shown["authority_limit"]) == ("chu@alpha.example", "owner", "0.00")
    with in_tenant(alpha):
        create_user(email="lan@alpha.example", full_name="Lê Lan", role="agent", department_id=world["department"])
    assert [row["full_name"] for row in results(api.get(f"{V1}users/?role=agent&is_active=true"))] == ["Lê Lan"]
    assert len(results(api.get(f"{V1}users/?department={world['department']}"))) == 1
    assert results(api.get(f"{V1}users/?branch={world['branch']}")) == []
    assert api.post(f"{V1}users/", {}, content_type=JSON).status_code == 405


def test_units_are_shown(api: Client, world: World) -> None:
    assert api.get(f"{V1}departments/{world['department']}/").json()["lead"] == world["user"]
    branch = api.get(f"{V1}branches/{world['branch']}/").json()
    assert {name: branch[name] for name in ("name", "address", "province", "manager", "is_active")} == {
        "name": "Quận 1",
        "address": "",
        "province": "",
        "manager": world["user"],
        "is_active": True,
    }


def test_an_absence_is_noted(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        deputy = create_user(email="pho@alpha.example", full_name="Vũ Phó")
    body = {"user": world["user"], "starts_on": "2027-02-01", "ends_on": "2027-02-03", "deputy": str(deputy.id)}
    response = api.post(f"{V1}absences/", body, content_type=JSON)
    assert response.status_code == 201, response.content
    assert {name: response.json()[name] for name in body} == body
    assert [row["id"] for row in results(api.get(f"{V1}absences/?on=2027-02-03"))] == [response.json()["id"]]
    assert results(api.get(f"{V1}absences/?on=2027-02-04")) == []
    assert len(results(api.get(f"{V1}absences/?user={world['user']}"))) == 2
    again = api.post(f"{V1}absences/", body, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "absence.overlaps")


@pytest.mark.parametrize(
    "change",
    [
        {"user": str(uuid4())},
        {"deputy": str(uuid4())},
        {"deputy": "{user}"},
        {"ends_on": "2027-01-01"},
        {"starts_on": "Tết"},
        {"user": None},
        {"created_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_an_absence_that_cannot_be(api: Client, alpha: TenantRef, world: World, change: dict[str, Any]) -> None:
    change = {name: value.format(user=world["user"]) if value else value for name, value in change.items()}
    body = {"user": world["user"], "starts_on": "2027-02-01", "ends_on": "2027-02-03", **change}
    assert api.post(f"{V1}absences/", body, content_type=JSON).status_code == 400
    with in_tenant(alpha):
        assert Absence.objects.count() == 1
