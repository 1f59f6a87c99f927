"""The desk by API: queues, tags, and the same done to many."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from feedback.models import Complaint
from feedback.services import complaints
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.api.conftest import JSON, World, results
from workflows.services.pauses import pause
from workflows.services.promises import make_promise


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type=JSON)


def test_tags_are_put_on_found_and_taken_off(api: Client, world: World) -> None:
    path = f"complaints/{world['complaint']}/tag/"
    assert post(api, path, {"add": ["hoàn tiền", "VIP"]}).json()["tags"] == ["hoàn tiền", "VIP"]
    assert [row["id"] for row in results(api.get("/api/v1/complaints/?tag=VIP"))] == [world["complaint"]]
    assert [row["id"] for row in results(api.get("/api/v1/desk/?tag=VIP"))] == [world["complaint"]]
    assert results(api.get("/api/v1/complaints/?tag=vi")) == []
    assert post(api, path, {"remove": ["vip"]}).json()["tags"] == ["hoàn tiền"]
    assert post(api, path, {"add": ["x" * 41]}).status_code == 400


def test_many_at_once_say_what_became_of_each(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        other = complaints.open_complaint(customer_id=world.ids["customer"], description="Nguội", channel="staff")
        complaints.refer(complaint_id=other.pk, note="Toà án")
    both = [world["complaint"], str(other.pk)]
    answer = post(api, "complaints/bulk/", {"do": "assess", "complaints": both, "severity": "S1"}).json()
    assert answer["done"] == [world["complaint"]]
    assert [(one["complaint"], one["number"], one["code"]) for one in answer["refused"]] == [
        (str(other.pk), other.number, "complaint.invalid_state")
    ]
    assert other.number in answer["refused"][0]["message"]
    done = post(api, "complaints/bulk/", {"do": "assign", "complaints": both[:1], "owner": world["user"]}).json()
    assert done == {"done": both[:1], "refused": []}
    wrong = {
        "owner": {"do": "assign", "complaints": both},
        "severity": {"do": "tag", "complaints": both, "severity": "S1"},
        "complaints": {"do": "start", "complaints": [world["customer"]]},
        "do": {"do": "delete", "complaints": both},
    }
    for field, body in wrong.items():
        refused = post(api, "complaints/bulk/", body)
        assert (refused.status_code, list(refused.json()["data"]["fields"])) == (400, [field]), body
    with in_tenant(alpha):
        assert set(Complaint.objects.values_list("severity", "state")) == {
            ("S1", "assessed"),
            (other.severity, "referred_external"),
        }


def test_queues_are_the_readers_own(
    api: Client, staff_client_alpha: Client, alpha: TenantRef, world: World, run_agenda: Any
) -> None:
    run_agenda()
    with in_tenant(alpha):
        complaints.assign(complaint_id=world.ids["complaint"], owner_id=world.ids["user"])
    (row,) = results(staff_client_alpha.get("/api/v1/desk/?queue=mine"))
    assert (row["id"], row["next_due"], row["is_open"]) == (world["complaint"], "first_contact", True)
    clocks = {one["kind"]: one["due_at"] for one in results(api.get(f"/api/v1/complaints/{row['id']}/clocks/"))}
    assert row["next_due_at"] == clocks["first_contact"]
    assert (row["paused_until"], row["pause_reason"]) == (None, None)
    with in_tenant(alpha):
        owner = User.objects.get(pk=world.ids["user"])
        due_at = now() + timedelta(seconds=30)
        make_promise(complaint_id=world.ids["complaint"], text="Gọi lại", due_at=due_at, owner_id=owner.pk)
        held = pause(complaint_id=world.ids["complaint"], reason_id=world.ids["pause_reason"], by=owner)
    (row,) = results(api.get("/api/v1/desk/?queue=paused"))
    assert (row["next_due"], row["pause_reason"]) == ("promised", world["pause_reason"])
    assert (datetime.fromisoformat(row["next_due_at"]), datetime.fromisoformat(row["paused_until"])) == (
        due_at, held.until,
    )  # fmt: skip
    assert results(api.get("/api/v1/desk/?queue=mine")) == []  # a key owns nothing
    assert results(api.get("/api/v1/desk/?queue=overdue")) == []
    assert [one["id"] for one in results(api.get("/api/v1/desk/"))] == [world["complaint"]]
    assert api.get("/api/v1/desk/?queue=everything").status_code == 400
