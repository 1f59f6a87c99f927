"""A firm's own fields through the API: set up, filled in, asked for."""

import json
from typing import Any

from django.test import Client

from tests.api.conftest import JSON, World, results

URL = "/api/v1/custom-fields/"
LEVELS = [{"value": "gold", "vi": "Vàng", "en": "Gold"}, {"value": "tin", "vi": "Thiếc", "en": "Tin"}]


def send(client: Client, method: str, url: str, body: Any) -> Any:
    return client.generic(method, url, json.dumps(body), JSON)


def test_a_field_is_made_filled_in_and_asked_for(api: Client, world: World) -> None:
    made = send(api, "POST", URL, {"label_vi": "Hạng", "kind": "choice", "choices": LEVELS})
    assert made.status_code == 201, made.content
    assert made.json()["key"] == "hang"
    customer = f"/api/v1/customers/{world['customer']}/"
    refused = send(api, "PATCH", customer, {"custom": {"hang": "wood"}})
    assert (refused.status_code, refused.json()["code"]) == (400, "customer.custom_invalid")
    assert refused.json()["data"] == {"field": "custom", "key": "hang", "problem": "unknown_choice"}
    changed = send(api, "PATCH", customer, {"custom": {"hang": "Vàng"}})
    assert (changed.status_code, changed.json()["custom"]) == (200, {"hang": "gold"})
    assert [row["id"] for row in results(api.get("/api/v1/customers/?custom=hang:gold"))] == [world["customer"]]
    for asked in ("hang:tin", "hang:wood", "hang:", "hang", "nothing:gold", ":"):
        assert results(api.get(f"/api/v1/customers/?custom={asked}")) == []
    field = f"{URL}{made.json()['id']}/"
    less = send(api, "PATCH", field, {"choices": LEVELS[1:]})
    assert less.json()["choices"] == [{**LEVELS[1], "retired": False}, {**LEVELS[0], "retired": True}]
    assert api.delete(field).json()["code"] == "custom_field.has_values"
    assert send(api, "PATCH", customer, {"custom": {"hang": None}}).json()["custom"] == {}
    assert api.delete(field).status_code == 204
