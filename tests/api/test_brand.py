"""The brand through the API: what it stands for, how it looks and calls itself, and how it sounds."""

from typing import Any

import pytest
from django.test import Client

from cxcrm.core.context import TenantRef
from journeys.models import BrandProfile
from tenants.context import in_tenant
from tenants.staff.selectors.firm import the_firm
from tests.api.conftest import JSON, results

URL = "/api/v1/brand/"
TOLD = {
    "positioning": "Ly cà phê tử tế", "majority": "Người đi làm", "preset": "friendly",
    "traits": [{"name": name} for name in ("Gần gũi", "Mộc mạc", "Nhanh nhẹn")],
}  # fmt: skip

pytestmark = pytest.mark.django_db


def post(client: Client, **told: Any) -> Any:
    return client.post(URL, {**TOLD, **told}, content_type=JSON)


def test_colour_name_and_voice_are_written_and_read(api: Client, alpha: TenantRef) -> None:
    made = post(api, colour="#0F766E", self_pronoun=" Sương  Mai ")
    shown = made.json()
    assert made.status_code == 201
    assert (shown["colour"], shown["self_pronoun"], shown["preset"]) == ("#0f766e", "Sương Mai", "friendly")
    assert set(shown["voice"]) == {"vi", "en"}
    assert set(shown["voice"]["vi"]) == set(shown["voice"]["en"]) == {
        "opening", "ask", "lead", "thanks", "received", "receipt", "done", "signing", "tell", "heard", "follow", "told",
        "solved", "glad", "thanking", "remind", "leave", "left", "handed",
    }  # fmt: skip
    vi = " ".join(shown["voice"]["vi"].values())
    assert "Sương Mai" in vi or "{xh}" in vi
    assert not any(mark in vi for mark in ("{we}", "{We}", "{brand}"))
    assert results(api.get(URL)) == [shown] == [api.get(f"{URL}{shown['id']}/").json()]
    # Left out, they stay; a character of one's own has no ready lines.
    again = post(api, preset="own", version=1).json()
    assert (again["colour"], again["self_pronoun"], again["voice"]) == ("#0f766e", "Sương Mai", {})


def test_what_is_refused_changes_nothing(api: Client, alpha: TenantRef) -> None:
    with in_tenant(alpha):
        before = the_firm()
    for told, code, data in (
        ({"colour": "#ffff00"}, "firm.colour_pale", {"field": "colour"}),
        ({"colour": "#0f766"}, "firm.colour", {"field": "colour"}),
        ({"colour": "#0f766e0"}, "invalid", {}),
        ({"self_pronoun": "x" * 41}, "invalid", {}),
        ({"self_pronoun": "   "}, "invalid", {}),
    ):
        refused = post(api, **told)
        answer = refused.json()
        assert (refused.status_code, bool(answer["message"])) == (400, True), answer
        if data:
            assert answer["code"] == code
            assert data.items() <= answer["data"].items()
    pale = post(api, colour="#ffff00").json()["data"]["darker"]
    with in_tenant(alpha):
        firm = the_firm()
        assert (firm.colour, firm.self_pronoun) == (before.colour, before.self_pronoun)
        assert not BrandProfile.objects.exists()
    assert post(api, colour=pale).status_code == 201
