"""Keys without contacts:read: the same answers with phones and addresses masked; and addresses by parts."""

import json
from typing import Any

from django.test import Client

from tests.api.conftest import JSON, World, results


def test_contacts_are_masked_everywhere_and_found_by_the_whole_number(
    api: Client, api_alpha: Any, world: World
) -> None:
    partner = api_alpha(["customers:read", "feedback:read", "workflows:read"])
    for client, phones, emails in (
        (partner, ["091*****78"], ["h***@example.com"]),
        (api, ["+84912345678"], ["huong@example.com"]),
    ):
        one = client.get(f"/api/v1/customers/{world['customer']}/").json()
        assert (one["phones"], one["emails"]) == (phones, emails)
        assert one in results(client.get("/api/v1/customers/"))
        assert {row["email"] for row in results(client.get("/api/v1/invitations/"))} == set(emails)
        assert set(emails) <= {row["email"] for row in results(client.get("/api/v1/messages/"))}
        message = client.get(f"/api/v1/messages/{world['message']}/").json()
        assert message["email"] == emails[0]
    found = {
        text: len(results(partner.get("/api/v1/customers/", {"search": text})))
        for text in (
            "0912",
            "345678",
            "example.com",
            "vip",
            "0912 345 678",
            "huong@example.com",
            "huong",
            "hương nguyễn",
        )
    }
    assert found == {
        "0912": 0, "345678": 0, "example.com": 0, "vip": 0, "0912 345 678": 1, "huong@example.com": 1, "huong": 1,
        "hương nguyễn": 1,
    }  # fmt: skip


def test_who_may_write_and_not_see_cannot_write_masks_back(api_alpha: Any, world: World) -> None:
    partner = api_alpha(["customers:write"])
    url = f"/api/v1/customers/{world['customer']}/"
    one = partner.get(url).json()
    for name in ("phones", "emails"):
        refused = partner.generic("PATCH", url, json.dumps({name: one[name]}), JSON)
        assert refused.status_code == 400, name
    changed = partner.generic("PATCH", url, json.dumps({"note": "Thích trà"}), JSON)
    assert (changed.status_code, changed.json()["phones"]) == (200, one["phones"])


def test_an_address_goes_in_by_parts_or_as_a_line(api: Client, world: World) -> None:
    url = f"/api/v1/customers/{world['customer']}/"
    parts = {"street_line": "12 Lê Lợi", "ward": "bến thành", "province_code": "TP HCM"}
    told = api.generic("PATCH", url, json.dumps(parts), JSON).json()
    assert told["address"] == "12 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh"
    assert (told["ward"], told["province_code"]) == ("Phường Bến Thành", "79")
    line = api.generic("PATCH", url, json.dumps({"address": "3 Hạ Long, TP Vũng Tàu"}), JSON).json()
    assert (line["street_line"], line["province_code"], line["legacy_address"]) == ("", "79", "3 Hạ Long, TP Vũng Tàu")
    assert [row["id"] for row in results(api.get("/api/v1/customers/?province=79"))] == [world["customer"]]
    assert api.generic("PATCH", url, json.dumps({"province_code": "Atlantis"}), JSON).status_code == 400


def test_people_of_an_organisation_with_their_roles(api: Client) -> None:
    made = api.post("/api/v1/customers/", {"full_name": "Sen Vàng", "kind": "organization"}, JSON).json()
    person = {"full_name": "Lê An", "organization": made["id"], "contact_role": "both", "formal_title": "Giám đốc"}
    told = api.post("/api/v1/customers/", person, JSON)
    assert (told.status_code, told.json()["contact_role"]) == (201, "both")
    asked = f"/api/v1/customers/?organization={made['id']}&contact_role=both"
    assert [row["id"] for row in results(api.get(asked))] == [told.json()["id"]]
    assert results(api.get(f"/api/v1/customers/?organization={made['id']}&contact_role=user")) == []
