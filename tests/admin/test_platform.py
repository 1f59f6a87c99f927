"""The operators' site: firms are paused and resumed, given-up work starts again."""

import pytest

from cxcrm.core.ids import new_id
from tenants.context import in_tenant
from tenants.models import AgendaItem, Plan, Tenant
from workflows.models import Event


@pytest.fixture
def dead(alpha):
    return AgendaItem.objects.create(
        tenant_id=alpha.id, kind="workflows.send", ref=new_id(), dedupe_key="dead", state="dead", last_error="SMTP"
    )


@pytest.mark.parametrize("path", ["", "tenants/tenant/", "tenants/agendaitem/", "tenants/plan/", "staff/user/"])
def test_pages_open(operator_client, path, dead):
    assert operator_client.get(f"/admin/{path}").status_code == 200


def test_pausing_asks_first_and_is_written_down(operator_client, platform, alpha):
    url = f"/admin/tenants/tenant/{alpha.id}/pause/"
    assert operator_client.get(url).status_code == 200
    assert not Tenant.objects.get(pk=alpha.id).paused
    operator_client.post(url)
    assert Tenant.objects.get(pk=alpha.id).paused
    with in_tenant(platform):
        assert Event.objects.get(name="core.setting_changed").payload["object_id"] == str(alpha.id)
    operator_client.post(f"/admin/tenants/tenant/{alpha.id}/resume/")
    assert not Tenant.objects.get(pk=alpha.id).paused


def test_given_up_items_start_again(operator_client, dead):
    operator_client.post(f"/admin/tenants/agendaitem/{dead.pk}/replay/")
    assert AgendaItem.objects.get(pk=dead.pk).state == "pending"


def test_many_given_up_items_start_again(operator_client, dead):
    chosen = {"action": "replay_items", "_selected_action": [dead.pk], "index": 0, "select_across": 0}
    operator_client.post("/admin/tenants/agendaitem/", chosen)
    assert AgendaItem.objects.get(pk=dead.pk).state == "pending"


def test_a_new_default_plan_replaces_the_old_one(operator_client):
    form = {"name": "Large", "code": "large", "is_default": "on"}
    answer = operator_client.post("/admin/tenants/plan/add/", form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert list(Plan.objects.filter(is_default=True).values_list("code", flat=True)) == ["large"]


def test_a_firm_is_neither_made_nor_edited_here(operator_client, alpha):
    assert operator_client.get("/admin/tenants/tenant/add/").status_code == 403
    assert operator_client.post(f"/admin/tenants/tenant/{alpha.id}/change/", {"name": "X"}).status_code == 403
    assert operator_client.post(f"/admin/tenants/tenant/{alpha.id}/delete/", {"post": "yes"}).status_code == 403
    assert Tenant.objects.get(pk=alpha.id).name == "Cà phê Alpha"
