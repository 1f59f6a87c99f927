"""A complaint through the API, from receipt to reopening, with its clocks, ladder and notes."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from feedback.models import Complaint, ComplaintNote
from feedback.services.complaints import open_complaint
from tenants.context import in_tenant
from tenants.staff.services.accounts import create_user
from tests.api.conftest import JSON, World, results

URL = "/api/v1/complaints/"


def act(client: Client, world: World, action: str, **body: Any) -> Any:
    return client.post(f"{URL}{world['complaint']}/{action}/", body, content_type=JSON)


def test_a_complaint_is_opened_by_a_partner(api: Client, alpha: TenantRef, world: World) -> None:
    response = api.post(
        URL,
        {
            "customer": world["customer"],
            "description": "Chờ quét mã QR mười phút không được.",
            "touchpoint": world["touchpoint"],
            "branch": world["branch"],
            "remedy_sought": "Xin lỗi",
        },
        content_type=JSON,
    )
    assert response.status_code == 201, response.content
    shown = response.json()
    with in_tenant(alpha):
        stored = Complaint.objects.get(pk=shown["id"])
    assert shown == {
        "id": str(stored.id),
        "number": stored.number,
        "customer": world["customer"],
        "response": None,
        "touchpoint": world["touchpoint"],
        "branch": world["branch"],
        "channel": "api",
        "state": "received",
        "severity": stored.severity,
        "severity_reasons": stored.severity_reasons,
        "subject": "Chờ quét mã QR mười phút không được.",
        "description": "Chờ quét mã QR mười phút không được.",
        "remedy_sought": "Xin lỗi",
        "owner": str(stored.owner_id),
        "remedy": None,
        "root_cause": None,
        "action_taken": "",
        "is_open": True,
        "received_at": stored.received_at.isoformat().replace("+00:00", "Z"),
        "acknowledged_at": None,
        "first_contact_at": None,
        "resolved_at": None,
        "closed_at": None,
        "reopened_count": 0,
        "tags": [],
        "version": 1,
    }
    assert api.get(f"{URL}{shown['id']}/").json() == shown
    assert results(api.get(URL))[0] == shown


@pytest.mark.parametrize(
    ("field", "code"),
    [("customer", "does_not_exist"), ("touchpoint", "does_not_exist"), ("branch", "does_not_exist")],
)
def test_what_it_is_about_must_exist(api: Client, alpha: TenantRef, world: World, field: str, code: str) -> None:
    body = {"customer": world["customer"], "description": "Nguội", field: str(uuid4())}
    response = api.post(URL, body, content_type=JSON)
    assert response.status_code == 400
    assert response.json()["data"]["fields"][field][0]["code"] == code
    with in_tenant(alpha):
        assert Complaint.objects.count() == 1


def test_an_owner_must_work_here(api: Client, world: World) -> None:
    body = {"customer": world["customer"], "description": "Nguội", "owner": str(uuid4())}
    response = api.post(URL, body, content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (400, "complaint.person_not_working")
    assert act(api, world, "assign", owner=str(uuid4())).json()["code"] == "complaint.person_not_working"


def test_the_whole_way(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        agent = create_user(email="lan@alpha.example", full_name="Lê Lan", role="agent")
    assert act(api, world, "assess", severity="S2").json()["severity"] == "S2"
    assert act(api, world, "assign", owner=str(agent.id), note="Lan quen khách").json()["owner"] == str(agent.id)
    assert act(api, world, "start").json()["state"] == "investigating"
    decided = act(api, world, "choose-remedy", remedy=world["remedy"]).json()
    assert (decided["state"], decided["remedy"]) == ("decided", world["remedy"])
    told = {"root_cause": world["root_cause"], "action_taken": "Hoàn tiền và thay máy quét."}
    refused = act(api, world, "resolve", **told)
    assert (refused.status_code, refused.json()["code"]) == (409, "complaint.perspective_missing")
    side = {"trying": "mua sáng", "happened": "bị trừ hai lần", "feeling": "annoyed", "good_end": "nhận lại tiền"}
    assert api.post(f"{URL}{world['complaint']}/perspective/", side, content_type="application/json").status_code == 201
    resolved = act(api, world, "resolve", **told).json()
    assert (resolved["state"], resolved["is_open"]) == ("communicated", False)
    assert resolved["root_cause"] == world["root_cause"]
    assert resolved["resolved_at"].endswith("Z")
    reopened = act(api, world, "reopen", words="Chưa nhận được tiền").json()
    assert (reopened["state"], reopened["reopened_count"], reopened["resolved_at"]) == ("reopened", 1, None)
    referred = act(api, world, "refer", note="Hội bảo vệ người tiêu dùng").json()
    assert referred["state"] == "referred_external"
    again = act(api, world, "start")
    assert (again.status_code, again.json()["code"]) == (409, "complaint.invalid_state")
    assert again.json()["data"] == {"current": "referred_external", "action": "investigate", "allowed": []}
    notes = [note["body"] for note in results(api.get(f"{URL}{world['complaint']}/notes/"))]
    assert notes == ["Đã gọi", "Lan quen khách", "Chưa nhận được tiền", "Hội bảo vệ người tiêu dùng"]


NEEDS = [
    ("assess", {}, ["severity"]),
    ("assess", {"severity": "S9"}, ["severity"]),
    ("assign", {}, ["owner"]),
    ("choose-remedy", {}, ["remedy"]),
    ("resolve", {}, ["action_taken", "root_cause"]),
    ("resolve", {"action_taken": " ", "root_cause": "42"}, ["action_taken", "root_cause"]),
    ("refer", {}, ["note"]),
    ("start", {"hurry": True}, ["hurry"]),
]


def test_an_action_says_what_it_needs(api: Client, alpha: TenantRef, world: World) -> None:
    for action, body, missing in NEEDS:
        response = act(api, world, action, **body)
        assert response.status_code == 400, (action, body)
        assert sorted(response.json()["data"]["fields"]) == missing
    with in_tenant(alpha):
        assert (Complaint.objects.get().state, Complaint.objects.get().version) == ("received", 1)


def test_an_option_and_a_cause_must_be_on_offer(api: Client, world: World) -> None:
    assert act(api, world, "choose-remedy", remedy=str(uuid4())).json()["code"] == "complaint.remedy_not_offered"
    response = act(api, world, "resolve", root_cause=str(uuid4()), action_taken="Đã sửa")
    assert (response.status_code, response.json()["code"]) == (400, "complaint.cause_not_in_use")


def test_notes_stay_inside_unless_told_otherwise(api: Client, alpha: TenantRef, world: World) -> None:
    inside = act(api, world, "notes", body="Khách đang giận")
    reply = act(api, world, "notes", body="Chúng tôi xin lỗi anh/chị.", is_internal=False)
    assert (inside.status_code, reply.status_code) == (201, 201)
    assert {name: inside.json()[name] for name in ("author", "author_label", "is_internal", "from_customer")} == {
        "author": None,
        "author_label": "test",
        "is_internal": True,
        "from_customer": False,
    }
    assert reply.json()["is_internal"] is False
    assert api.get(f"{URL}{world['complaint']}/").json()["first_contact_at"] is not None
    assert act(api, world, "notes", body="").status_code == 400
    with in_tenant(alpha):
        assert ComplaintNote.objects.count() == 3


NARROWED = {
    "open=true": ["Nguội", "Chờ lâu"],
    "open=false": ["Bẩn"],
    "state=referred_external": ["Bẩn"],
    "state=referred_external&state=received": ["Bẩn", "Nguội", "Chờ lâu"],
    "severity=S1": ["Nguội"],
    "severity=S2&severity=S4": [],
    "customer={customer}": ["Bẩn", "Chờ lâu"],
    "touchpoint={touchpoint}": ["Chờ lâu"],
    "owner={user}": ["Bẩn", "Nguội", "Chờ lâu"],
    "owner={customer}": [],
    "channel=staff": ["Nguội", "Chờ lâu"],
    "number=KN-1999-00001": [],
    "received_since=2020-01-01T00:00:00Z&open=false": ["Bẩn"],
    "received_until=2020-01-01T00:00:00Z": [],
}


def test_the_list_is_narrowed(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        other = create_customer(full_name="Trần Nam")
        open_complaint(customer_id=other.id, description="Nguội", channel="staff", severity="S1")
    body = {"customer": world["customer"], "description": "Bẩn", "severity": "S3"}
    made = api.post(URL, body, content_type=JSON).json()
    api.post(f"{URL}{made['id']}/refer/", {"note": "Sở Y tế"}, content_type=JSON)
    ids = {name: str(ident) for name, ident in world.ids.items()}
    found = {
        query: [row["description"] for row in results(api.get(f"{URL}?{query.format(**ids)}"))] for query in NARROWED
    }
    assert found == NARROWED


def test_clocks_ladder_and_decisions_are_told(
    api: Client, alpha: TenantRef, world: World, run_agenda: Callable[..., int]
) -> None:
    run_agenda()
    base = f"{URL}{world['complaint']}"
    clocks = results(api.get(f"{base}/clocks/"))
    assert [(clock["kind"], clock["run"], clock["state"]) for clock in clocks] == [
        ("first_contact", 1, "running"),
        ("resolve", 1, "running"),
    ]
    assert clocks[0]["due_at"] < clocks[1]["due_at"]
    assert set(clocks[0]) == {
        "id", "kind", "run", "state", "started_at", "due_at", "breached_at", "stopped_at", "late_by",
    }  # fmt: skip
    (ladder,) = results(api.get(f"{base}/ladders/"))
    assert (ladder["run"], ladder["state"], ladder["held_until"]) == (1, "climbing", None)
    assert [step["audience"] for step in ladder["steps"]] == ["owner", "manager", "executive", "chief"]
    assert {step["state"] for step in ladder["steps"]} == {"waiting"}
    assert results(api.get(f"{base}/decisions/")) == []
