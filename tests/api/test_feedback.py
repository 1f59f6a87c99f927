"""Surveys, sending, answers and scores through the API."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from feedback.models import Complaint, Dispatch, Invitation, Response, Survey
from tenants.context import in_tenant
from tests.api.conftest import JSON, World, results

V1 = "/api/v1/"


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"{V1}{path}", body, content_type=JSON)


def asked_for(tenant: TenantRef, name: str, email: str, consent: bool | None = True) -> str:
    with in_tenant(tenant):
        customer = create_customer(full_name=name, emails=[email] if email else [])
        if consent is not None:
            state_consent(customer_id=customer.id, purpose="survey", granted=consent, method="staff")
        return str(customer.id)


def test_a_survey_is_shown_with_its_questions(api: Client, world: World) -> None:
    shown = api.get(f"{V1}surveys/{world['survey']}/").json()
    assert set(shown) == {
        "id", "name", "metric", "cadence", "touchpoint", "is_active", "expires_after_days", "questions", "created_at",
    }  # fmt: skip
    assert [question["item"] for question in shown["questions"]] == ["", "", "understood", "trust"]
    assert shown["questions"][0]["kind"] == "nps"
    assert set(shown["questions"][0]) == {
        "id", "position", "kind", "text_vi", "text_en", "low_vi", "low_en", "high_vi", "high_en", "choices", "required",
        "item", "is_mirror", "touchpoint",
    }  # fmt: skip


def test_a_survey_is_made_and_changed(api: Client, world: World) -> None:
    body = {"name": "Sau giao hàng", "metric": "csat", "cadence": "transactional", "touchpoint": world["touchpoint"]}
    survey = post(api, "surveys/", body).json()
    assert {name: survey[name] for name in body} == body
    assert survey["questions"] == []
    first = {"position": 1, "kind": "csat", "text_vi": "Hài lòng không?", "text_en": "Satisfied?"}
    assert post(api, f"surveys/{survey['id']}/questions/", {**first, "kind": "nps"}).json()["code"] == (
        "survey.first_question"
    )
    made = post(api, f"surveys/{survey['id']}/questions/", first)
    assert made.status_code == 201, made.content
    choices = [{"value": "ship", "vi": "Giao", "en": "Delivery"}]
    second = {"position": 2, "kind": "choice", "text_vi": "Ở đâu?", "text_en": "Where?", "choices": choices}
    question = post(api, f"surveys/{survey['id']}/questions/", second).json()
    assert question["choices"] == choices
    third = {"position": 3, "kind": "text", "text_en": "Why?"}
    assert post(api, f"surveys/{survey['id']}/questions/", {**third, "text_en": ""}).status_code == 400
    wordless = {"position": 3, "kind": "text"}
    assert post(api, f"surveys/{survey['id']}/questions/", wordless).json()["code"] == "question.no_wording"
    trust = post(api, f"surveys/{survey['id']}/questions/", {"position": 4, "item": "trust"}).json()
    assert (trust["item"], trust["kind"], trust["text_en"]) == ("trust", "csat", "I trust {brand}.")
    again = post(api, f"surveys/{survey['id']}/questions/", {"position": 5, "item": "trust", "kind": "text"})
    assert (again.status_code, again.json()["code"]) == (400, "question.item_kind")
    assert api.delete(f"{V1}surveys/{survey['id']}/questions/{trust['id']}/").status_code == 204
    only = post(api, f"surveys/{survey['id']}/questions/", third).json()
    assert (only["text_vi"], only["text_en"]) == ("Why?", "Why?")
    assert api.delete(f"{V1}surveys/{survey['id']}/questions/{only['id']}/").status_code == 204
    url = f"{V1}surveys/{survey['id']}/questions/{question['id']}/"
    changed = api.patch(url, json.dumps({"required": True}), content_type=JSON).json()
    assert (changed["required"], changed["choices"]) == (True, choices)
    assert api.delete(url).status_code == 204
    assert api.delete(url).status_code == 404
    assert [q["position"] for q in api.get(f"{V1}surveys/{survey['id']}/").json()["questions"]] == [1]
    other = f"{V1}surveys/{world['survey']}/questions/{made.json()['id']}/"
    assert api.get(other).status_code == 404


def test_what_an_answered_survey_measures_stays(api: Client, world: World) -> None:
    response = api.patch(f"{V1}surveys/{world['survey']}/", json.dumps({"metric": "ces"}), content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (409, "survey.answered")


def test_a_preview_counts_and_sends_nothing(api: Client, alpha: TenantRef, world: World) -> None:
    people = [
        asked_for(alpha, "Người một", "mot@example.com"),
        asked_for(alpha, "Người hai", "hai@example.com", consent=None),
        asked_for(alpha, "Người ba", "ba@example.com", consent=False),
        asked_for(alpha, "Người bốn", ""),
        world["customer"],
    ]
    response = post(api, f"surveys/{world['survey']}/preview/", {"customers": [*people, people[0]]})
    assert response.status_code == 200, response.content
    assert response.json() == {
        "matched": 5,
        "sendable": 1,
        "skipped": {"no_consent": 1, "opted_out": 1, "no_email": 1, "open_complaint": 1},
    }
    with in_tenant(alpha):
        assert Dispatch.objects.count() == 1


def test_sending_invites_those_who_may_be_asked(api: Client, alpha: TenantRef, world: World) -> None:
    willing = asked_for(alpha, "Người một", "mot@example.com")
    silent = asked_for(alpha, "Người hai", "hai@example.com", consent=None)
    body = {"customers": [willing, silent], "touchpoint": world["touchpoint"]}
    response = post(api, f"surveys/{world['survey']}/send/", body)
    assert response.status_code == 201, response.content
    sent = response.json()
    assert (sent["matched"], sent["invited"], sent["skipped"]) == (2, 1, {"no_consent": 1})
    assert (sent["survey"], sent["touchpoint"], sent["sent_by"]) == (world["survey"], world["touchpoint"], None)
    assert api.get(f"{V1}dispatches/{sent['id']}/").json() == sent
    (invitation,) = results(api.get(f"{V1}invitations/?dispatch={sent['id']}"))
    assert (invitation["customer"], invitation["state"], invitation["email"]) == (willing, "queued", "mot@example.com")
    assert set(invitation) == {
        "id", "dispatch", "survey", "customer", "email", "touchpoint", "state", "skip_reason", "sent_at", "expires_at",
        "created_at",
    }  # fmt: skip


@pytest.mark.parametrize("customers", [[], [str(uuid4())], ["42"], None, "all", [None]])
def test_an_audience_must_exist(api: Client, alpha: TenantRef, world: World, customers: Any) -> None:
    for action in ("preview", "send"):
        response = post(api, f"surveys/{world['survey']}/{action}/", {"customers": customers})
        assert response.status_code == 400
    with in_tenant(alpha):
        assert Dispatch.objects.count() == 1


def test_a_survey_out_of_use_is_not_sent(api: Client, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        Survey.objects.filter(pk=world["survey"]).update(is_active=False)
    willing = asked_for(alpha, "Người một", "mot@example.com")
    response = post(api, f"surveys/{world['survey']}/send/", {"customers": [willing]})
    assert (response.status_code, response.json()["code"]) == (409, "survey.inactive")


def _invite(api: Client, alpha: TenantRef, world: World) -> str:
    willing = asked_for(alpha, "Người một", "mot@example.com")
    sent = post(api, f"surveys/{world['survey']}/send/", {"customers": [willing]}).json()
    return str(results(api.get(f"{V1}invitations/?dispatch={sent['id']}"))[0]["id"])


def test_an_answer_collected_elsewhere_is_one_answer(api: Client, alpha: TenantRef, world: World) -> None:
    path = f"invitations/{_invite(api, alpha, world)}/response/"
    body = {"score": 3, "words": "Chờ quét mã QR mười phút.", "contact_me": True, "touchpoint": world["touchpoint"]}
    response = post(api, path, body)
    assert response.status_code == 201, response.content
    shown = response.json()
    assert {name: shown[name] for name in body} == body
    assert (shown["metric"], shown["language"], shown["changed_at"], shown["is_imported"]) == ("nps", "vi", None, False)
    assert set(shown) == {
        "id", "invitation", "survey", "customer", "touchpoint", "metric", "score", "words", "contact_me", "language",
        "answered_at", "changed_at", "answers", "is_imported", "odd", "set_aside_at", "set_aside_by",
        "set_aside_because",
    }  # fmt: skip
    again = post(api, path, {**body, "score": 4}).json()
    assert (again["id"], again["score"]) == (shown["id"], 4)
    assert again["changed_at"] is not None
    with in_tenant(alpha):
        assert Response.objects.count() == 2
        complaint = Complaint.objects.get(response_id=shown["id"])
        assert str(complaint.touchpoint_id) == world["touchpoint"]
    assert api.get(f"{V1}responses/{shown['id']}/").json() == again


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "invalid"),
    ({"score": 11}, "invalid"),
    ({"score": -1}, "invalid"),
    ({"score": "nine"}, "invalid"),
    ({"score": 9, "answers": {"42": "x"}}, "invalid"),
    ({"score": 9, "answers": {str(uuid4()): "x"}}, "answer.invalid"),
    ({"score": 9, "answers": {str(uuid4()): [1]}}, "invalid"),
    ({"score": 9, "answers": {str(uuid4()): True}}, "invalid"),
    ({"score": 9, "touchpoint": str(uuid4())}, "answer.invalid"),
    ({"score": 9, "words": "x" * 4001}, "invalid"),
]


def test_an_answer_that_cannot_be_is_refused(api: Client, alpha: TenantRef, world: World) -> None:
    invitation = _invite(api, alpha, world)
    for body, code in REFUSED:
        response = post(api, f"invitations/{invitation}/response/", body)
        assert (response.status_code, response.json()["code"]) == (400, code), body
    with in_tenant(alpha):
        assert Response.objects.count() == 1
        assert Invitation.objects.get(pk=invitation).state == "queued"


def test_an_expired_invitation_is_gone(api: Client, alpha: TenantRef, world: World) -> None:
    invitation = _invite(api, alpha, world)
    with in_tenant(alpha):
        Invitation.objects.filter(pk=invitation).update(expires_at="2020-01-01T00:00:00Z")
    response = post(api, f"invitations/{invitation}/response/", {"score": 9})
    assert (response.status_code, response.json()["code"]) == (410, "invitation.expired")


NARROWED = {
    "score_from=9": 1,
    "score_to=8": 0,
    "metric=nps&contact_me=false": 1,
    "metric=csat": 0,
    "survey={survey}&customer={customer}&touchpoint={touchpoint}&invitation={invitation}": 1,
    "answered_since=2020-01-01T00:00:00Z&answered_until=2099-01-01T00:00:00Z": 1,
    "answered_until=2020-01-01T00:00:00Z": 0,
}


def test_answers_are_narrowed(api: Client, world: World) -> None:
    ids = {name: str(ident) for name, ident in world.ids.items()}
    found = {query: len(results(api.get(f"{V1}responses/?{query.format(**ids)}"))) for query in NARROWED}
    assert found == NARROWED


def test_a_score_comes_with_its_interval(api: Client, world: World) -> None:
    body = api.get(f"{V1}metrics/?metric=nps").json()
    assert set(body) == {"metric", "value", "low", "high", "n", "enough", "mean", "alert", "response_rate"}
    assert (body["metric"], body["value"], body["n"], body["enough"]) == ("nps", 100.0, 1, "hidden")
    assert body["low"] < body["high"]
    assert body["response_rate"] == 1.0
    narrowed = f"{V1}metrics/?metric=nps&touchpoint={world['touchpoint']}&survey={world['survey']}"
    assert api.get(f"{narrowed}&since=2020-01-01T00:00:00Z").json()["n"] == 1
    empty = api.get(f"{V1}metrics/?metric=csat&until=2020-01-01T00:00:00Z").json()
    assert (empty["value"], empty["n"], empty["mean"], empty["response_rate"]) == (None, 0, None, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "metric"),
        ("metric=enps", "metric"),
        ("metric=none", "metric"),
        ("metric=nps&since=soon", "since"),
        ("metric=nps&touchpoint=0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d10", "touchpoint"),
        ("metric=nps&survey=%00", "survey"),
        ("metric=nps&form=1", "form"),
    ],
)
def test_a_score_that_cannot_be_asked_for(api: Client, query: str, field: str) -> None:
    response = api.get(f"{V1}metrics/?{query}")
    assert response.status_code == 400
    assert list(response.json()["data"]["fields"]) == [field]


def test_root_causes_have_two_levels(api: Client, world: World) -> None:
    child = post(api, "root-causes/", {"name": "Máy quét", "name_en": "Scanner", "parent": world["root_cause"]}).json()
    assert {name: child[name] for name in ("parent", "name", "name_en", "is_active")} == {
        "parent": world["root_cause"],
        "name": "Máy quét",
        "name_en": "Scanner",
        "is_active": True,
    }
    third = post(api, "root-causes/", {"name": "Pin", "parent": child["id"]})
    assert (third.status_code, third.json()["code"]) == (400, "root_cause.depth")
    twin = post(api, "root-causes/", {"name": "Máy quét", "parent": world["root_cause"]})
    assert (twin.status_code, twin.json()["code"]) == (400, "setting.invalid")
    assert [row["name"] for row in results(api.get(f"{V1}root-causes/?parent={world['root_cause']}&limit=1"))]


def test_a_remedy_costs_money(api: Client, world: World) -> None:
    made = post(api, "remedies/", {"name": "Voucher", "cost": "50000", "touchpoint": world["touchpoint"]})
    assert made.status_code == 201, made.content
    assert (made.json()["cost"], made.json()["is_recommended"]) == ("50000.00", False)
    for cost in ("-1", "NaN", "1e20", "0.001", "viele"):
        assert post(api, "remedies/", {"name": "Voucher", "cost": cost}).status_code == 400, cost
    off = api.patch(f"{V1}remedies/{made.json()['id']}/", json.dumps({"is_active": False}), content_type=JSON)
    assert off.json()["is_active"] is False
    assert made.json()["id"] in {row["id"] for row in results(api.get(f"{V1}remedies/?is_active=false"))}
