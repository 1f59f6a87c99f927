"""Pages stay whole while rows come and go, and nobody can build a cursor by hand."""

from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.test import Client

from customers.models import Customer
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tests.api.conftest import World, results

C = "/api/v1/customers/"


def make(tenant: TenantRef, *names: str) -> list[UUID]:
    with in_tenant(tenant):
        return [create_customer(full_name=name).id for name in names]


def pages(client: Client, url: str, after_each: Any = lambda: None) -> list[list[str]]:
    found, address = [], url
    while address:
        response = client.get(address)
        found.append([row["id"] for row in results(response)])
        address = response.json()["next"]
        after_each()
    return found


def test_a_short_list_has_no_next_page(api: Client, alpha: TenantRef) -> None:
    assert api.get(C).json() == {"results": [], "next": None}
    ids = make(alpha, "Một", "Hai")
    body = api.get(f"{C}?limit=2").json()
    assert [row["id"] for row in body["results"]] == [str(ids[1]), str(ids[0])]
    assert body["next"] is None


def test_every_row_comes_once_newest_first(api: Client, alpha: TenantRef) -> None:
    ids = make(alpha, *(f"Khách {number}" for number in range(7)))
    assert pages(api, f"{C}?limit=3") == [
        [str(i) for i in reversed(ids[4:])],
        [str(i) for i in reversed(ids[1:4])],
        [str(ids[0])],
    ]


def test_rows_made_in_the_same_instant_are_not_lost(api: Client, alpha: TenantRef) -> None:
    ids = make(alpha, *(f"Khách {number}" for number in range(9)))
    with in_tenant(alpha):
        Customer.objects.update(created_at=now())
    seen = [ident for page in pages(api, f"{C}?limit=2") for ident in page]
    assert seen == [str(i) for i in sorted(ids, reverse=True)]


@pytest.mark.parametrize("ordering", ["-created_at", "created_at", "name", "-name"])
def test_rows_coming_and_going_move_no_other(api: Client, alpha: TenantRef, ordering: str) -> None:
    ids = make(alpha, *(f"Khách {letter}" for letter in "bcdefghik"))
    doomed = ids[4]
    turn = iter(range(100))

    def meanwhile() -> None:
        number = next(turn)
        make(alpha, f"A mới {number}", f"Z mới {number}")
        with in_tenant(alpha):
            Customer.objects.filter(pk=doomed).delete()
        assert number < 50

    with in_tenant(alpha):
        stable = {str(i) for i in ids if i != doomed}
    seen: list[str] = []
    address: str | None = f"{C}?limit=2&ordering={ordering}"
    while address and len(seen) < 60:
        response = api.get(address)
        seen += [row["id"] for row in results(response)]
        address = response.json()["next"]
        meanwhile()
        if stable <= set(seen):
            break
    assert stable <= set(seen)
    assert len(seen) == len(set(seen))


def test_orders_are_as_named(api: Client, alpha: TenantRef) -> None:
    make(alpha, "Trần Bình", "Đỗ Ân", "Lê Cường")
    names = {
        ordering: [row["full_name"] for row in results(api.get(f"{C}?ordering={ordering}"))]
        for ordering in ("created_at", "-created_at", "name", "-name")
    }
    assert names["created_at"] == ["Trần Bình", "Đỗ Ân", "Lê Cường"]
    assert names["-created_at"] == names["created_at"][::-1]
    assert names["name"] == ["Đỗ Ân", "Trần Bình", "Lê Cường"]
    assert names["-name"] == names["name"][::-1]


def test_the_next_page_keeps_the_filters(api: Client, alpha: TenantRef) -> None:
    with in_tenant(alpha):
        for number in range(5):
            create_customer(full_name=f"Khách {number}", tags=["vip"] if number % 2 else [])
    seen = [ident for page in pages(api, f"{C}?limit=1&tag=vip&ordering=name") for ident in page]
    assert len(seen) == 2
    following = api.get(f"{C}?limit=1&tag=vip&ordering=name").json()["next"]
    assert following.startswith("http://alpha.localhost/api/v1/customers/?")
    assert "tag=vip" in following
    assert "ordering=name" in following


def test_a_cursor_belongs_to_its_order(api: Client, alpha: TenantRef) -> None:
    make(alpha, "Một", "Hai")
    cursor = api.get(f"{C}?limit=1").json()["next"].split("cursor=")[1].partition("&")[0]
    response = api.get(f"{C}?limit=1&ordering=name&cursor={cursor}")
    assert response.status_code == 400
    assert response.json()["data"]["fields"]["cursor"][0]["code"] == "cursor_invalid"


@pytest.mark.parametrize(
    "content",
    [
        [],
        [""],
        ["", "2026-01-01T00:00:00Z"],
        ["", "not a time", "not an id"],
        ["", None, None],
        ["", "2026-01-01T00:00:00Z", "not an id"],
        ["name", "2026-01-01T00:00:00Z", "01920000-0000-7000-8000-000000000000"],
    ],
)
def test_a_signed_cursor_of_another_shape_is_refused(api: Client, content: list[Any]) -> None:
    cursor = signing.Signer(salt="cxcrm.api.cursor").sign_object(content)
    response = api.get(C, {"cursor": cursor})
    assert response.status_code == 400, response.content
    assert list(response.json()["data"]["fields"]) == ["cursor"]


def test_a_changed_cursor_is_refused(api: Client, alpha: TenantRef) -> None:
    make(alpha, "Một", "Hai")
    cursor = api.get(f"{C}?limit=1").json()["next"].split("cursor=")[1].partition("&")[0]
    assert api.get(C, {"cursor": "A" + cursor[1:]}).status_code == 400


def test_every_ordering_pages_to_the_end(api: Client, world: World) -> None:
    """Lists ordered by days, numbers, foreign keys and texts: page by page gives what one page gives."""
    for path in (
        "events/",
        "stages/",
        "touchpoints/",
        "accountabilities/",
        "root-causes/",
        "sla-policies/",
        f"customers/{world['customer']}/timeline/",
        f"surveys/{world['survey']}/questions/",
        f"escalation-policies/{world['policy']}/levels/",
        f"calendars/{world['calendar']}/days/",
    ):
        url = f"/api/v1/{path}"
        whole = [row["id"] for row in results(api.get(f"{url}?limit=200"))]
        assert whole, path
        assert [ident for page in pages(api, f"{url}?limit=4") for ident in page] == whole
