"""Calendars, promised times, ladders, and what went out, through the API."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.api.conftest import JSON, World, results
from workflows.models import Alert, ClockSegment, Compensation, Message, Promise

V1 = "/api/v1/"


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"{V1}{path}", body, content_type=JSON)


def patch(client: Client, path: str, body: Any) -> Any:
    return client.patch(f"{V1}{path}", json.dumps(body), content_type=JSON)


def test_a_calendar_is_made_and_becomes_the_default(api: Client, world: World) -> None:
    body = {"name": "Cuối tuần", "time_zone": "Asia/Ho_Chi_Minh", "windows": {"5": [["08:00", "24:00"]]}}
    calendar = post(api, "calendars/", body).json()
    assert {name: calendar[name] for name in body} == body
    assert set(calendar) == {"id", "name", "time_zone", "windows", "is_default", "created_at"}
    assert patch(api, f"calendars/{calendar['id']}/", {"is_default": True}).json()["is_default"] is True
    assert api.get(f"{V1}calendars/{world['calendar']}/").json()["is_default"] is False
    alone = patch(api, f"calendars/{calendar['id']}/", {"is_default": False})
    assert (alone.status_code, alone.json()["code"]) == (400, "calendar.no_default")


@pytest.mark.parametrize(
    "windows",
    [
        None,
        [],
        "08:00-12:00",
        {"7": []},
        {"monday": []},
        {"0": "08:00"},
        {"0": [["08:00"]]},
        {"0": [["8:00", "12:00"]]},
        {"0": [["08:00", "25:00"]]},
        {"0": [["12:00", "08:00"]]},
        {"0": [["08:00", "12:00"], ["11:00", "13:00"]]},
        {"0": [["08:00", "08:30"]] * 7},
    ],
)
def test_opening_hours_that_cannot_be(api: Client, world: World, windows: Any) -> None:
    before = api.get(f"{V1}calendars/{world['calendar']}/").json()
    assert patch(api, f"calendars/{world['calendar']}/", {"windows": windows}).status_code == 400
    assert api.get(f"{V1}calendars/{world['calendar']}/").json() == before


def test_days_unlike_the_week(api: Client, world: World) -> None:
    base = f"calendars/{world['calendar']}/days/"
    swapped = {"day": "2031-02-01", "name": "Làm bù", "windows": [["08:00", "12:00"]]}
    day = post(api, base, swapped).json()
    assert {name: day[name] for name in swapped} == swapped
    twin = post(api, base, {"day": "2031-02-01"})
    assert (twin.status_code, twin.json()["code"]) == (400, "setting.invalid")
    assert patch(api, f"{base}{day['id']}/", {"windows": []}).json()["windows"] == []
    assert api.delete(f"{V1}{base}{day['id']}/").status_code == 204
    assert day["id"] not in {row["id"] for row in results(api.get(f"{V1}{base}?limit=200"))}


def test_promised_times_are_iso_durations(api: Client, world: World) -> None:
    policies = results(api.get(f"{V1}sla-policies/"))
    assert [policy["severity"] for policy in policies] == ["S1", "S2", "S3", "S4"]
    assert policies[2]["first_contact"] == "P0DT08H00M00S"
    url = f"sla-policies/{world['sla_policy']}/"
    changed = patch(api, url, {"first_contact": "PT2H", "resolve": "P1DT30M", "calendar": world["calendar"]}).json()
    assert (changed["first_contact"], changed["resolve"], changed["calendar"]) == (
        "P0DT02H00M00S",
        "P1DT00H30M00S",
        world["calendar"],
    )
    order = patch(api, url, {"first_contact": "P9D"})
    assert (order.status_code, order.json()["code"]) == (400, "sla.order")
    for wrong in ("soon", "", None, "P", -1, "PT99999999999999H"):
        assert patch(api, url, {"first_contact": wrong}).status_code == 400, wrong
    assert post(api, "sla-policies/", {}).status_code == 405
    assert patch(api, url, {"severity": "S1"}).json()["data"]["fields"]["severity"][0]["code"] == "unknown_field"


def test_a_ladder_and_its_rungs(api: Client, world: World) -> None:
    policy = api.get(f"{V1}escalation-policies/{world['policy']}/").json()
    assert [(level["position"], level["audience"]) for level in policy["levels"]] == [
        (1, "owner"),
        (2, "manager"),
        (3, "executive"),
        (4, "chief"),
    ]
    assert (policy["levels"][0]["share"], policy["levels"][0]["after_breach"]) == ("0.500", None)
    base = f"escalation-policies/{world['policy']}/levels/"
    both = patch(api, f"{base}{world['level']}/", {"share": "0.9"})
    assert (both.status_code, both.json()["code"]) == (400, "ladder.rung_time")
    moved = patch(api, f"{base}{world['level']}/", {"share": "0.9", "after_breach": None})
    assert (moved.status_code, moved.json()["share"]) == (200, "0.900")
    assert post(api, base, {"position": 1, "audience": "chief", "share": "0.1"}).status_code == 400
    assert post(api, base, {"position": 6, "audience": "god", "share": "0.1"}).status_code == 400
    assert api.delete(f"{V1}{base}{world['level']}/").status_code == 204
    assert len(results(api.get(f"{V1}{base}"))) == 3


def test_the_audit_log_says_who_did_what(api: Client, alpha: TenantRef, world: World) -> None:
    me = api.get(f"{V1}me/").json()
    note = post(api, f"complaints/{world['complaint']}/notes/", {"body": "Hẹn gọi lại"}).json()
    (event,) = results(api.get(f"{V1}events/?name=feedback.complaint_noted&actor_kind=api_key"))
    assert event == {
        "id": event["id"],
        "name": "feedback.complaint_noted",
        "version": 1,
        "payload": {"complaint_id": world["complaint"], "note_id": note["id"], "is_internal": True},
        "occurred_at": event["occurred_at"],
        "actor_kind": "api_key",
        "actor_id": me["id"],
        "actor_label": "test",
        "causation_id": None,
        "depth": 0,
    }
    assert results(api.get(f"{V1}events/?actor_id={me['id']}")) == [event]
    assert results(api.get(f"{V1}events/?occurred_until=2020-01-01T00:00:00Z")) == []
    assert api.patch(f"{V1}events/{event['id']}/", b"{}", content_type=JSON).status_code == 405


def test_mails_are_shown_as_they_are(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        Message.objects.filter(pk=world["message"]).update(state="uncertain", subject="Trả lời", text="Xin chào")
    (listed,) = results(api.get(f"{V1}messages/?state=uncertain&state=refused"))
    assert listed["id"] == world["message"]
    assert "text" not in listed
    assert api.get(f"{V1}messages/{world['message']}/").json() == {**listed, "text": "Xin chào"}
    assert results(api.get(f"{V1}messages/?kind=escalation")) == []
    assert len(results(api.get(f"{V1}messages/?customer={world['customer']}&ref={listed['ref']}"))) == 1


def test_an_alert_is_settled_once(api: Client, alpha: TenantRef, world: World) -> None:
    assert [alert["id"] for alert in results(api.get(f"{V1}alerts/?open=true"))] == [world["alert"]]
    settled = post(api, f"alerts/{world['alert']}/settle/", {}).json()
    assert settled["settled_at"].endswith("Z")
    assert settled["settled_by"] is None
    assert post(api, f"alerts/{world['alert']}/settle/", {}).json() == settled
    assert results(api.get(f"{V1}alerts/?open=true")) == []
    assert results(api.get(f"{V1}alerts/?open=false&kind=nobody_found&complaint={world['complaint']}")) == [settled]
    with in_tenant(alpha):
        assert Alert.objects.count() == 1


def test_a_person_settles_in_their_name(
    staff_client_alpha: Client, owner_alpha: Any, world: World, run_agenda: Callable[..., int]
) -> None:
    settled = post(staff_client_alpha, f"alerts/{world['alert']}/settle/", {}).json()
    assert settled["settled_by"] == str(owner_alpha.id)


def test_the_sums_of_the_reports(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        owner = User.objects.get(pk=world.ids["user"])
        common = {"customer_id": world.ids["customer"], "owner": owner, "text": "Gọi lại", "created_at": now()}
        for state in ("kept", "kept_late", "withdrawn"):
            Promise.objects.create(state=state, due_at=now() - timedelta(hours=1), **common)
        Compensation.objects.update(decided_at=now(), amount=150_000)
        ClockSegment.objects.create(
            complaint_id=world.ids["complaint"],
            holder=owner,
            started_at=now() - timedelta(hours=3),
            ended_at=now() - timedelta(hours=1),
            spent=timedelta(hours=2),
        )
    get = lambda path: api.get(f"/api/v1/reports/{path}")  # noqa: E731
    assert get("promises-kept/").json() == [
        {"id": world["user"], "who": owner.full_name, "due": 2, "kept": 1, "percent": 50}
    ]
    assert get("promises-kept/?by=department").json()[0] | {"id": 1} == {
        "id": 1, "who": "", "due": 2, "kept": 1, "percent": 50,
    }  # fmt: skip
    assert [(row["count"], row["total"]) for row in get("compensations/").json()] == [(1, "150000.00")]
    month = get("compensations/?by=month").json()[0]["what"]
    assert month == now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%m/%Y")
    (spent,) = get("time-spent/").json()
    assert (spent["who"], spent["cases"], spent["spent"], spent["each"]) == (
        owner.full_name, 1, "P0DT02H00M00S", "P0DT02H00M00S",
    )  # fmt: skip
    old = "since=2025-01-01T00:00:00Z&until=2025-02-01T00:00:00Z"
    assert [get(f"{one}/?{old}").json() for one in ("promises-kept", "compensations", "time-spent")] == [[], [], []]
    for wrong in ("by=month", "since=x", "until=2025-01-01T00:00:00Z&since=2025-02-01T00:00:00Z", "who=me"):
        assert get(f"time-spent/?{wrong}").status_code == 400, wrong
