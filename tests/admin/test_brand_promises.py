"""The register of the brand's promises: written down, settled where they stand, read by everybody."""

from datetime import timedelta
from uuid import uuid4

import pytest

from cxcrm.core.clock import now
from journeys.models import Touchpoint
from tenants.staff.models import User
from tenants.staff.roles import Role
from workflows.models import Promise

PAGE = "/admin/workflows/promise/brand/"


@pytest.fixture
def fields(in_alpha):
    return {
        "text": "5 phút có nước",
        "said_where": "Biển ở quầy",
        "touchpoint": Touchpoint.objects.filter(is_active=True).first().pk,
        "due_at": (now() + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M"),
        "renews_months": "3",
    }


def test_from_writing_down_to_the_next_period(client_as, fields):
    steward, agent = client_as(Role.BRAND_STEWARD), client_as(Role.AGENT)
    assert "Chưa ghi lời hứa nào" in steward.get(PAGE).content.decode()
    assert [agent.get(f"{PAGE}make/").status_code, agent.post(PAGE, {}).status_code] == [403, 403]
    owner = User.objects.get(role=Role.BRAND_STEWARD)
    page = steward.get(f"{PAGE}make/")
    assert page.status_code == 200
    wrong = steward.post(f"{PAGE}make/", {**fields, "owner": owner.pk, "due_at": "2001-01-02T10:00"})
    assert "trong vòng một năm" in wrong.content.decode()
    assert steward.post(f"{PAGE}make/", {**fields, "owner": User.objects.get(role=Role.AGENT).pk}).status_code == 200
    assert not Promise.objects.exists()
    assert steward.post(f"{PAGE}make/", {**fields, "owner": owner.pk})["Location"] == PAGE
    row = Promise.objects.get()
    assert (row.customer, row.said_where, row.renews_months) == (None, "Biển ở quầy", 3)
    assert "5 phút có nước" in steward.get("/admin/").content.decode()
    assert "5 phút có nước" not in steward.get("/admin/workflows/promise/?show=all").content.decode()
    for told in ({"do": "erase", "promise": row.pk}, {"do": "kept", "promise": "x"}):
        assert steward.post(PAGE, told).status_code == 404
    for told in ({"promise": row.pk, "words": " "}, {"promise": uuid4(), "words": "a"}):
        assert steward.post(PAGE, {"do": "kept", **told})["Location"] == PAGE
    assert Promise.objects.get().state == "open"
    steward.post(PAGE, {"do": "kept", "promise": row.pk, "words": "Đo 4 phút"})
    row.refresh_from_db()
    assert (row.state, Promise.objects.get(follows=row).state) == ("kept", "open")
    shown = agent.get(PAGE).content.decode()
    assert ("Đo 4 phút" in shown, 'name="do"' in shown, "0 khiếu nại" in shown) == (True, False, True)
    steward.post(PAGE, {"do": "withdraw", "promise": Promise.objects.get(follows=row).pk, "words": "Bỏ biển"})
    assert "Không còn hứa nữa" in agent.get(PAGE).content.decode()
