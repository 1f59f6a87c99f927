"""Customers through the API: what is sent, what is stored, what is shown."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from customers.models import Consent, Customer, Interaction
from customers.services.customers import create_customer, mark_undeliverable
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tests.api.conftest import JSON, World, build_world, results
from workflows.models import Event

C = "/api/v1/customers/"


@pytest.fixture
def world(alpha: TenantRef, scene: Callable[..., Any]) -> World:
    return scene("world of one customer", lambda: build_world(alpha, merges=False))


def post(client: Client, url: str, body: Any) -> Any:
    return client.post(url, body, content_type=JSON)


def patch(client: Client, url: str, body: Any) -> Any:
    return client.patch(url, json.dumps(body), content_type=JSON)


def test_a_customer_is_shown_whole(api: Client, alpha: TenantRef, world: World) -> None:
    shown = api.get(f"{C}{world['customer']}/").json()
    with in_tenant(alpha):
        stored = Customer.objects.get()
    assert shown == {
        "id": str(stored.id),
        "kind": "person",
        "full_name": "Nguyễn Thị Hương",
        "given_name": "Hương",
        "name_order": "family_first",
        "salutation": "",
        "salutation_source": "",
        "formal_title": "",
        "language": "vi",
        "organization": None,
        "owner": None,
        "branch": None,
        "tags": ["vip"],
        "address": "",
        "street_line": "",
        "ward": "",
        "province_code": "",
        "legacy_address": "",
        "custom": {},
        "contact_role": "",
        "contact_channel": "",
        "contact_hours": "",
        "surveys_seldom": False,
        "referred_by": None,
        "note": "",
        "phones": ["+84912345678"],
        "emails": ["huong@example.com"],
        "undeliverable": [],
        "external_ids": {"pos": "KH-1"},
        "consents": {"survey": True},
        "version": 1,
        "created_at": stored.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": stored.updated_at.isoformat().replace("+00:00", "Z"),
    }
    assert results(api.get(C)) == [shown]


def test_a_customer_is_made_as_people_write_it(api: Client, alpha: TenantRef, world: World) -> None:
    response = post(
        api,
        C,
        {
            "full_name": "C. Lan",
            "phones": ["0912 345 679", "(028) 3822 1234"],
            "emails": ["Lan@Example.com"],
            "external_ids": {"pos": "KH-2"},
            "tags": ["VIP", "vip", "quen"],
            "owner": world["user"],
            "branch": world["branch"],
            "language": "en",
            "note": "Thích trà\r\nkhông đường",
        },
    )
    assert response.status_code == 201, response.content
    shown = response.json()
    assert (shown["full_name"], shown["salutation"]) == ("Lan", "chi")
    assert shown["phones"] == ["+84912345679", "+842838221234"]
    assert shown["emails"] == ["lan@example.com"]
    assert shown["external_ids"] == {"pos": "KH-2"}
    assert shown["tags"] == ["VIP", "quen"]
    assert (shown["owner"], shown["branch"], shown["language"]) == (world["user"], world["branch"], "en")
    assert shown["note"] == "Thích trà\nkhông đường"
    assert shown["consents"] == {}
    assert api.get(f"{C}{shown['id']}/").json() == shown


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"full_name": "An", "phones": ["12"]}, "customer.phone_invalid", "phones"),
    ({"full_name": "An", "emails": ["an@"]}, "customer.email_invalid", "emails"),
    ({"full_name": "An", "owner": str(uuid4())}, "customer.reference_unknown", "owner"),
    ({"full_name": "An", "branch": str(uuid4())}, "customer.reference_unknown", "branch"),
    ({"full_name": "An", "organization": str(uuid4())}, "customer.reference_unknown", "organization"),
    ({"full_name": "An", "external_ids": {"pos": "KH-1"}}, "customer.external_id_taken", "external_ids"),
]


def test_what_the_service_refuses(api: Client, alpha: TenantRef, world: World) -> None:
    for body, code, field in REFUSED:
        response = post(api, C, body)
        assert response.status_code == (409 if code.endswith("taken") else 400), body
        assert (response.json()["code"], response.json()["data"]["field"]) == (code, field)
    with in_tenant(alpha):
        assert Customer.objects.count() == 1


def test_only_what_is_sent_is_changed(api: Client, world: World) -> None:
    url = f"{C}{world['customer']}/"
    before = api.get(url).json()
    changed = patch(api, url, {"note": "Gọi buổi chiều", "phones": ["0987654321", "0912345678"]}).json()
    assert changed["phones"] == ["+84987654321", "+84912345678"]
    assert changed["version"] == 2
    untouched = set(before) - {"note", "phones", "version", "updated_at"}
    assert {name: changed[name] for name in untouched} == {name: before[name] for name in untouched}
    assert patch(api, url, {"phones": [], "emails": [], "external_ids": {}, "tags": []}).json()["phones"] == []


def test_the_second_editor_is_told(api: Client, alpha: TenantRef, world: World) -> None:
    url = f"{C}{world['customer']}/"
    assert patch(api, url, {"version": 1, "note": "Người thứ nhất"}).status_code == 200
    response = patch(api, url, {"version": 1, "note": "Người thứ hai"})
    assert (response.status_code, response.json()["code"]) == (409, "customer.version_conflict")
    assert response.json()["data"] == {"version": 2}
    assert api.get(url).json()["note"] == "Người thứ nhất"
    assert patch(api, url, {"note": "Không hỏi phiên bản"}).status_code == 200


def test_a_customer_cannot_be_deleted(api: Client, world: World) -> None:
    url = f"{C}{world['customer']}/"
    assert api.delete(url).status_code == 405
    assert api.get(url).status_code == 200


FOUND = {
    "search=nguyen thi huong": ["Nguyễn Thị Hương"],
    "search=HƯƠNG": ["Nguyễn Thị Hương"],
    "search=345 678": ["Nguyễn Thị Hương"],
    "search=0912": ["Nguyễn Thị Hương"],
    "search=huong@example": ["Nguyễn Thị Hương"],
    "search=khong co ai": [],
    "search=": ["Đỗ Minh", "Nguyễn Thị Hương"],
    "tag=vip": ["Nguyễn Thị Hương"],
    "tag=vi": [],
    "external_id=KH-1": ["Nguyễn Thị Hương"],
    "external_id=KH": [],
    "language=en": ["Đỗ Minh"],
    "kind=organization": [],
    "owner={user}": ["Đỗ Minh"],
    "branch={branch}": ["Đỗ Minh"],
    "owner={customer}": [],
    "created_since=2020-01-01T00:00:00Z": ["Đỗ Minh", "Nguyễn Thị Hương"],
    "created_until=2020-01-01T00:00:00Z": [],
    "language=en&tag=vip": [],
}


def test_search_and_filters(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        create_customer(full_name="Đỗ Minh", language="en", owner=world["user"], branch=world["branch"])
    ids = {name: str(ident) for name, ident in world.ids.items()}
    found = {query: [row["full_name"] for row in results(api.get(f"{C}?{query.format(**ids)}"))] for query in FOUND}
    assert found == FOUND


def test_refused_addresses_are_marked(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        mark_undeliverable(email="huong@example.com")
    shown = api.get(f"{C}{world['customer']}/").json()
    assert (shown["emails"], shown["undeliverable"]) == (["huong@example.com"], ["huong@example.com"])


def test_consents_are_a_ledger(api: Client, alpha: TenantRef, world: World) -> None:
    url = f"{C}{world['customer']}/consents/"
    response = post(
        api,
        url,
        {"purpose": "survey", "granted": False, "evidence": "Nói qua điện thoại", "text_version": "2026-1"},
    )
    assert response.status_code == 201
    stated = response.json()
    assert {name: stated[name] for name in ("purpose", "granted", "method", "evidence", "text_version")} == {
        "purpose": "survey",
        "granted": False,
        "method": "api",
        "evidence": "Nói qua điện thoại",
        "text_version": "2026-1",
    }
    assert [row["granted"] for row in results(api.get(url))] == [False, True]
    assert api.get(f"{C}{world['customer']}/").json()["consents"] == {"survey": False}
    refused = post(api, url, {"purpose": "survey", "granted": True, "stated_at": "2999-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (400, "consent.time_invalid")
    with in_tenant(alpha):
        assert Consent.objects.count() == 2


def test_an_older_statement_does_not_win(api: Client, world: World) -> None:
    url = f"{C}{world['customer']}/consents/"
    assert post(api, url, {"purpose": "survey", "granted": False, "stated_at": "2020-01-01T07:00:00+07:00"}).json()[
        "stated_at"
    ] == ("2020-01-01T00:00:00Z")
    assert api.get(f"{C}{world['customer']}/").json()["consents"] == {"survey": True}


@pytest.mark.parametrize(("kind", "what"), [("call", "call.logged"), ("visit", "visit.logged"), ("note", "note")])
def test_what_staff_and_partners_write_is_on_the_timeline(
    api: Client, alpha: TenantRef, world: World, kind: str, what: str
) -> None:
    body = {"kind": kind, "body": "Hỏi giờ mở cửa", "direction": "in", "occurred_at": "2026-11-20T03:00:00Z"}
    response = post(api, f"{C}{world['customer']}/interactions/", body)
    assert response.status_code == 201
    written = response.json()
    assert {name: written[name] for name in body} == body
    assert (written["what"], written["actor_kind"], written["actor_label"]) == (what, "api_key", "test")
    timeline = results(api.get(f"{C}{world['customer']}/timeline/"))
    assert written in timeline
    assert timeline == sorted(timeline, key=lambda entry: entry["occurred_at"], reverse=True)


def test_a_partner_cannot_pretend_the_firm_did_something(api: Client, alpha: TenantRef, world: World) -> None:
    url = f"{C}{world['customer']}/interactions/"
    with in_tenant(alpha):
        before = Interaction.objects.count()
    for body in ({"kind": "complaint"}, {"kind": "call", "what": "complaint.resolved"}, {"kind": "survey"}):
        assert post(api, url, body).status_code == 400
    with in_tenant(alpha):
        assert Interaction.objects.count() == before


def test_the_timeline_speaks_the_readers_language(api: Client, world: World) -> None:
    url = f"{C}{world['customer']}/timeline/?limit=200"
    said = {
        language: [entry["text"] for entry in results(api.get(url, HTTP_ACCEPT_LANGUAGE=language))]
        for language in ("en", "vi")
    }
    assert "Added as a customer" in said["en"]
    assert len(said["en"]) == len(said["vi"])


def test_a_customer_is_erased_once_and_stays_in_the_list_as_nobody(
    api: Client, alpha: TenantRef, api_alpha: Callable[..., Client]
) -> None:
    with in_tenant(alpha):
        customer = create_customer(full_name="Trần Thị Quên", phones=["0912 345 678"], emails=["quen@khach.example"])
    url = f"{C}{customer.id}/erase/"
    refused = api_alpha(["customers:write"]).post(url, content_type=JSON)
    assert (refused.status_code, refused.json()["data"]) == (403, {"needs": "customers:manage"})
    first, again = (api.post(url, content_type=JSON) for _twice in range(2))
    assert (first.status_code, first.json()) == (200, again.json())
    shown = api.get(f"{C}{customer.id}/").json()
    assert (shown["full_name"], shown["phones"], shown["emails"]) == ("Khách đã xoá dữ liệu", [], [])
    assert results(api.get(f"{C}?search=quen")) == []
    assert patch(api, f"{C}{customer.id}/", {"note": "x"}).json()["code"] == "customer.erased"
    with in_tenant(alpha):
        assert Event.objects.filter(name="customers.customer_erased").count() == 1
        whats = Interaction.objects.filter(customer=customer).values_list("what", flat=True)
        assert sorted(whats) == ["customer.created", "customer.erased"]


def test_names_with_the_accents_as_typed_come_first_page_after_page(api: Client, alpha: TenantRef) -> None:
    with in_tenant(alpha):
        for name in ("Trần Hà", "Trần Ha", "Trần Hạ", "Lê Hà", "Lê Hả"):
            create_customer(full_name=name)
    found, url = [], "/api/v1/customers/?search=H%C3%A0&limit=2"
    while url:
        page = api.get(url).json()
        found += [row["full_name"] for row in page["results"]]
        url = (page["next"] or "").replace("http://alpha.localhost", "")
    assert found == ["Lê Hà", "Trần Hà", "Lê Hả", "Trần Hạ", "Trần Ha"]
    asked = api.get("/api/v1/customers/?search=H%C3%A0&ordering=name").json()["results"]
    assert [row["full_name"] for row in asked][-1] == "Trần Hạ"
    plain = api.get("/api/v1/customers/?search=ha").json()["results"]
    assert [row["full_name"] for row in plain] == ["Lê Hả", "Lê Hà", "Trần Hạ", "Trần Ha", "Trần Hà"]
