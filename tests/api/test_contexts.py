"""Special contexts by the API."""

from datetime import timedelta

import pytest

from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.models import ContextEvent

pytestmark = pytest.mark.django_db
URL = "/api/v1/contexts/"


def test_it_is_declared_looked_at_changed_and_ended(api_alpha, owner_alpha, in_alpha):
    client = api_alpha(["feedback:write", "customers:read"])
    create_customer(full_name="Lê Thị Hà", province_code="48")
    body = {
        "name": "Bão số 5", "kind": "storm", "starts_at": (now() - timedelta(hours=1)).isoformat(),
        "ends_at": (now() + timedelta(days=2)).isoformat(), "provinces": ["48"], "accountable": str(owner_alpha.pk),
    }  # fmt: skip
    made = client.post(URL, body, content_type="application/json")
    assert made.status_code == 201
    told = made.json()
    assert (told["provinces"], told["pauses"], told["declared_by"], told["ended_at"]) == (["48"], "all", None, None)
    one = f"{URL}{told['id']}/"
    assert client.get(f"{one}held/").json() == {
        "standing": "on", "customers": 1, "unknown": 0, "waiting": 0, "left_after": 0, "too_late": 0, "dropped": 0,
    }  # fmt: skip
    assert client.get(f"{one}outreach/").json() == []
    assert [row["id"] for row in client.get(URL, {"on_at": now().isoformat()}).json()["results"]] == [told["id"]]
    assert client.get(URL, {"on_at": (now() - timedelta(days=1)).isoformat()}).json()["results"] == []
    changed = client.patch(one, {"provinces": [], "version": 1}, content_type="application/json").json()
    assert (changed["provinces"], changed["version"]) == ([], 2)
    refused = client.patch(one, {"provinces": ["00"]}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "context.province_unknown")
    assert client.post(f"{one}end/", {}, content_type="application/json").json()["version"] == 3
    again = client.post(f"{one}end/", {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "context.over")
    assert ContextEvent.objects.get().provinces == []
