"""Requests between departments through the API: asked and answered as a person, with the evidence each may see."""

from datetime import timedelta
from typing import Any

from django.test import Client

from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tests.api.conftest import JSON, World, results
from tests.conftest import FirmClient
from workflows.models import ChangeRequest

URL = "/api/v1/change-requests/"


def logged_in(alpha: TenantRef, user: User) -> Client:
    client: Client = FirmClient(alpha)
    client.force_login(user)
    return client


def test_from_asking_to_the_share_in_time(alpha: TenantRef, api: Client, world: World) -> None:
    with in_tenant(alpha):
        keeper = User.objects.get(email="kho@example.com")
        department = Department.objects.get(pk=world.ids["department"])
        asker = create_user(email="tn@example.com", full_name="Thu Ngân", role="agent", department=department)
        User.objects.filter(pk=keeper.pk).update(reach="own")
        keeper.refresh_from_db()
    asking, answering = logged_in(alpha, asker), logged_in(alpha, keeper)
    told = {
        "subject": "Đổi nắp ly",
        "hurts": "Ly đổ, gọi 0912 654 321",
        "to_department": world["other_department"],
        "complaints": [world["complaint"]],
    }
    refused = asking.post(URL, {**told, "to_department": world["department"]}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "workflows.own_department")
    made = asking.post(URL, told, content_type=JSON).json()
    assert (made["accountable"], made["state"], "complaints" in made) == (str(keeper.pk), "waiting", False)
    one = f"{URL}{made['id']}/"
    assert asking.get(one).json()["complaints"] == [world["complaint"]]
    seen = answering.get(one).json()
    assert (seen["complaints"], seen["hurts"]) == ([], told["hurts"])
    for wrong in ({"answer": "done", "words": "x"}, {"answer": "countered", "words": "x"}, {"answer": "declined"}):
        assert answering.post(f"{one}answer/", wrong, content_type=JSON).status_code == 400, wrong
    with in_tenant(alpha):
        assert ChangeRequest.objects.get(pk=made["id"]).state == "waiting"
        yes = {"answer": "agreed", "due_on": str(firm_today() + timedelta(days=3))}
    over = {"from_person": str(keeper.pk), "to_person": world["user"], "words": "Nghỉ phép"}
    assert answering.post(f"{one}hand-over/", {**over, "words": ""}, content_type=JSON).status_code == 400
    assert answering.post(f"{one}hand-over/", over, content_type=JSON).json()["accountable"] == world["user"]
    assert answering.get(one).status_code == 404  # it was within reach by being accountable only
    with in_tenant(alpha):
        boss = logged_in(alpha, User.objects.get(pk=world["user"]))
    twice = boss.post(f"{one}hand-over/", over, content_type=JSON)
    assert (twice.status_code, twice.json()["code"], twice.json()["data"]) == (
        409, "workflows.handed_over", {"accountable": world["user"]},
    )  # fmt: skip
    back = {"from_person": world["user"], "to_person": str(keeper.pk), "words": "Chị ấy đã về"}
    assert boss.post(f"{one}hand-over/", back, content_type=JSON).json()["accountable"] == str(keeper.pk)
    assert answering.post(f"{one}answer/", yes, content_type=JSON).json()["due_on"] == yes["due_on"]
    late = answering.post(f"{one}answer/", yes, content_type=JSON)
    assert (late.status_code, late.json()["code"]) == (409, "workflows.change_over")
    with in_tenant(alpha):
        later = {"due_on": str(firm_today() + timedelta(days=9)), "words": "Chờ hàng, gọi 0912 654 321"}
    assert answering.post(f"{one}propose-day/", later, content_type=JSON).json()["new_day"] == later["due_on"]
    for path, wrong in (("propose-day", {"due_on": "", "words": "x"}), ("accept-day", {"day": "mai"})):
        assert asking.post(f"{one}{path}/", wrong, content_type=JSON).status_code == 400
    gone = asking.post(f"{one}accept-day/", {"day": yes["due_on"]}, content_type=JSON)
    assert (gone.status_code, gone.json()["code"]) == (409, "workflows.no_day_proposed")
    moved = asking.post(f"{one}accept-day/", {"day": later["due_on"]}, content_type=JSON).json()
    assert (moved["due_on"], moved["promised_on"], moved["new_day"]) == (later["due_on"], yes["due_on"], None)
    refused = asking.post(f"{one}refuse-day/", {}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "workflows.no_day_proposed")
    steps = asking.get(one).json()["history"]
    handed, back_again, *steps = steps
    assert (handed["kind"], handed["person"], handed["from_person"], handed["to_person"], handed["words"]) == (
        "answer_passed", str(keeper.pk), str(keeper.pk), world["user"], "Nghỉ phép",
    )  # fmt: skip
    assert (back_again["person"], back_again["words"]) == (world["user"], "Chị ấy đã về")
    assert [(step["kind"], step["day"]) for step in steps] == [
        ("promised", yes["due_on"]), ("day_proposed", later["due_on"]), ("day_moved", later["due_on"]),
    ]  # fmt: skip
    assert (steps[1]["person"], steps[1]["words"]) == (str(keeper.pk), later["words"])
    assert answering.post(f"{one}finish/", {"words": "Đã đổi"}, content_type=JSON).json()["done_by"] == str(keeper.pk)
    assert asking.post(f"{one}judge/", {"has_helped": True}, content_type=JSON).json()["has_helped"] is True
    with in_tenant(alpha):
        ChangeRequest.objects.filter(pk=made["id"]).update(
            answer_by=now() - timedelta(hours=1), answered_at=now() - timedelta(hours=2)
        )
    assert asking.get("/api/v1/reports/changes-answered/").json() == [
        {
            "id": world["other_department"], "who": "Kho", "due": 1, "in_time": 1, "percent": 100, "done": 1,
            "helped": 1, "promised": 1, "kept": 1, "moved": 0, "kept_percent": 100,
        }
    ]  # fmt: skip
    assert [row["id"] for row in results(api.get(f"{URL}?state=done&accountable={keeper.pk}"))] == [made["id"]]


def test_a_key_only_reads_and_masked(api: Client, api_alpha: Any, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        ChangeRequest.objects.update(hurts="Gọi 0912 654 321")
    partner = api_alpha(["journeys:read"])
    (row,) = results(partner.get(URL))
    assert "654 321" not in row["hurts"]
    assert "654 321" in results(api.get(URL))[0]["hurts"]
    one = partner.get(f"{URL}{row['id']}/").json()
    assert (one["complaints"], [step["words"] for step in one["history"]]) == ([], ["Gọi 091*****78"])
    refused = api.post(f"{URL}{row['id']}/withdraw/", {}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "workflows.change_personal")
    with in_tenant(alpha):
        assert ChangeRequest.objects.get().state == "waiting"
