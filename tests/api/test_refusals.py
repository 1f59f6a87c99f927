"""Whatever goes wrong reads the same: code, message, data."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import Http404, HttpRequest
from django.test import Client
from django.utils import translation
from rest_framework import exceptions

from cxcrm.core import errors
from cxcrm.core.api.exceptions import TooLarge, fields_of, handle, no_such_address, server_error
from cxcrm.core.context import TenantRef
from tests.api.conftest import JSON, World
from tests.api.endpoints import ENDPOINTS
from tests.api.test_scopes import rows

C = "/api/v1/customers/"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.InvalidInput(), 400, "invalid"),
        (errors.DomainError(), 400, "error"),
        (errors.NotAllowed(), 403, "not_allowed"),
        (errors.LimitReached(), 403, "limit_reached"),
        (errors.TooOften(retry_after=7), 429, "too_often"),
        (errors.NotFound(), 404, "not_found"),
        (errors.Conflict(code="thing.busy"), 409, "thing.busy"),
        (errors.Gone(), 410, "gone"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
        (SuspiciousOperation(), 400, "malformed"),
        (ValidationError("no"), 400, "invalid"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.PermissionDenied(), 403, "not_allowed"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.ParseError(), 400, "malformed"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (TooLarge(), 413, "too_large"),
    ],
)
def test_every_family_has_its_status(error: Exception, status: int, code: str) -> None:
    response = handle(error, {})
    assert response is not None
    assert response.status_code == status
    assert set(response.data) == {"code", "message", "data"}
    assert response.data["code"] == code
    assert isinstance(response.data["message"], str)
    assert response.data["message"]


def test_what_is_not_a_refusal_stays_a_fault() -> None:
    assert handle(RuntimeError("boom"), {}) is None
    body = json.loads(server_error(HttpRequest()).content)
    assert (body["code"], body["data"]) == ("server_error", {})


def test_waiting_is_told_in_whole_seconds() -> None:
    response = handle(exceptions.Throttled(wait=4.2), {})
    assert response is not None
    assert (response.status_code, response["Retry-After"], response.data["code"]) == (429, "5", "throttled")


def test_a_domain_errors_data_is_handed_on() -> None:
    response = handle(errors.Conflict(current="decided", allowed=["resolve"]), {})
    assert response is not None
    assert response.data["data"] == {"current": "decided", "allowed": ["resolve"]}


def test_problems_are_flattened_to_paths() -> None:
    detail = exceptions.ValidationError(
        {"phones": {0: ["bad"]}, "windows": {"0": [["late"], []]}, "rows": [{}, {"name": ["none"]}], "a": ["x", "y"]}
    ).detail
    assert {path: [one["message"] for one in found] for path, found in fields_of(detail).items()} == {
        "phones.0": ["bad"],
        "windows.0.0": ["late"],
        "rows.1.name": ["none"],
        "a": ["x", "y"],
    }
    assert list(fields_of(exceptions.ValidationError({"non_field_errors": ["one"]}).detail)) == ["body"]
    assert list(fields_of(exceptions.ValidationError("whole").detail)) == ["body"]


def test_required_and_unknown_fields_are_named(api: Client) -> None:
    response = api.post(C, {"fullname": "Lê An", "id": "x"}, content_type="application/json", HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 400
    assert response.json() == {
        "code": "invalid",
        "message": "Please check what you entered.",
        "data": {
            "fields": {
                "fullname": [{"code": "unknown_field", "message": "This field is not known here."}],
                "id": [{"code": "unknown_field", "message": "This field is not known here."}],
            }
        },
    }
    response = api.post(C, {}, content_type="application/json", HTTP_ACCEPT_LANGUAGE="en")
    assert response.json()["data"] == {
        "fields": {"full_name": [{"code": "required", "message": "This field is required."}]}
    }


# What a caller might hope to set: keys, who and when, counters, states nobody may jump to, and names of Python's own.
NEVER_TAKEN = (
    "id", "pk", "created_at", "updated_at", "is_sample", "erased_at", "search_text", "sort_key", "tenant",
    "tenant_id", "schema_name", "epoch", "owner_email", "password", "is_superuser", "is_staff", "last_login", "number",
    "reopened_count", "acknowledged_at", "closed_at", "resolved_at", "sent_at", "expires_at", "dedupe_key",
    "message_id", "attempts", "actor_kind", "actor_id", "__class__", "_state", "objects", "customer__id",
)  # fmt: skip


def test_no_endpoint_takes_what_the_server_decides(api: Client, alpha: TenantRef, world: World) -> None:
    """Each address that writes, with its own good body and all of these: refused by name, and nothing happened."""
    before, found = rows(alpha), {}
    for endpoint in ENDPOINTS:
        good = endpoint.body(world) if endpoint.method != "GET" and endpoint.body else {}
        if endpoint.method in {"GET", "DELETE"} or "file" in good:
            continue
        own = set(NEVER_TAKEN) & set(good)
        body = {**dict.fromkeys(NEVER_TAKEN, "x"), **good}
        answer = api.generic(endpoint.method, endpoint.url(world), json.dumps(body).encode(), JSON)
        # Only a refusal names fields; whoever takes all that answers with rows, or with nothing at all.
        fields = answer.json()["data"].get("fields", {}) if answer.status_code >= 400 else {}
        unknown = {name for name, problems in fields.items() if problems[0]["code"] == "unknown_field"}
        if answer.status_code != 400 or unknown != set(NEVER_TAKEN) - own:
            found[str(endpoint)] = (answer.status_code, sorted(set(NEVER_TAKEN) - own - unknown), answer.text[:200])
    assert found == {}
    assert rows(alpha) == before


def test_messages_are_in_the_callers_language(api: Client) -> None:
    wanted = {"vi": "Vui lòng", "en": "Please"}
    for language, beginning in wanted.items():
        response = api.post(C, {}, content_type="application/json", HTTP_ACCEPT_LANGUAGE=language)
        assert response["Content-Language"] == language
        with translation.override(language):
            assert response.json()["message"] == str(errors.InvalidInput.message)
        if language == "en":
            assert response.json()["message"].startswith(beginning)


@pytest.mark.parametrize("method", ["put", "delete", "options", "trace"])
def test_a_method_that_is_not_served(api: Client, method: str) -> None:
    response = getattr(api, method)(C)
    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"
    assert response["Allow"] == "GET, HEAD, POST"


def test_head_is_like_get_without_a_body(api: Client) -> None:
    response = api.head(C)
    assert (response.status_code, response.content) == (200, b"")


def test_only_json_is_answered(api: Client) -> None:
    response = api.get(C, HTTP_ACCEPT="application/xml")
    assert response.status_code == 406
    assert response.json()["code"] == "not_acceptable"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "x"])
def test_only_json_is_read(api: Client, kind: str) -> None:
    response = api.generic("POST", C, b"full_name=An", kind)
    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


def test_a_form_is_no_json(api: Client) -> None:
    response = api.post(C, {"full_name": "Lê An"})
    assert response.status_code == 415


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/api/", None),
        ("/api/v1/", None),
        ("/api/v2/customers/", None),
        ("/api/v1/nothing/", None),
        ("/api/v1/customers/42/", None),
        ("/api/v1/customers/not-a-uuid/", None),
        ("/api/v1/customers/../me/", None),
        ("/api/v1/%00/", None),
        ("/api/v1/customers", "/api/v1/customers/"),
        ("/api/v1/me", "/api/v1/me/"),
        ("/api/v1/nothing", None),
    ],
)
def test_an_unknown_address(api: Client, path: str, meant: str | None) -> None:
    for client_method in (api.get, api.post):
        response = client_method(path)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/json"
        body = response.json()
        assert (body["code"], body["data"]) == ("not_found", {"meant": meant} if meant else {})


def test_the_public_and_the_platform_host_have_no_api(api: Client) -> None:
    for host in ("localhost", "nobody.localhost"):
        assert api.get(C, HTTP_HOST=host).status_code == 404


def test_no_such_address_does_not_point_at_itself() -> None:
    request = HttpRequest()
    request.path = "/api/nowhere"
    assert json.loads(no_such_address(request).content)["data"] == {}


def test_a_filter_nobody_knows_is_refused(api: Client, world: World) -> None:
    response = api.get("/api/v1/complaints/?sate=received&open=true")
    assert response.status_code == 400
    assert list(response.json()["data"]["fields"]) == ["sate"]
    assert response.json()["data"]["fields"]["sate"][0]["code"] == "unknown_parameter"


@pytest.mark.parametrize(
    "query",
    [
        "owner=42",
        "owner=%00",
        "kind=robot",
        "language=fr",
        "created_since=yesterday",
        "created_since=2026-13-45T00:00:00Z",
        "created_until=99999-01-01",
        "tag=%00",
        "external_id=%00",
        "search=%00",
        "search=" + "x" * 101,
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=ten",
        "limit=%D9%A1",
        "limit=" + "9" * 5000,
        "ordering=password",
        "ordering=-id",
        "cursor=abc",
        "cursor=%00",
        "cursor=" + "A" * 5000,
    ],
)
def test_a_filter_that_cannot_be_read(api: Client, query: str) -> None:
    response = api.get(f"{C}?{query}")
    assert response.status_code == 400, response.content
    assert list(response.json()["data"]["fields"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("complaints/?open=maybe", "open"),
        ("complaints/?open=2", "open"),
        ("complaints/?state=nowhere", "state"),
        ("touchpoints/?unowned=nobody", "unowned"),
        ("alerts/?open=%00", "open"),
        ("responses/?score_from=NaN", "score_from"),
        ("responses/?score_to=11", "score_to"),
        ("absences/?on=01/02/2027", "on"),
        ("accountabilities/?on=yesterday", "on"),
        ("events/?actor_kind=god", "actor_kind"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_filter_half_understood_is_refused_too(api: Client, path: str, field: str, language: str) -> None:
    response = api.get(f"/api/v1/{path}", HTTP_ACCEPT_LANGUAGE=language)
    assert response.status_code == 400, response.content
    assert list(response.json()["data"]["fields"]) == [field]


def test_nothing_of_the_api_is_cached(api: Client, world: World) -> None:
    for url in (C, f"{C}{world['customer']}/", f"{C}{world['alert']}/", "/api/v1/me/"):
        assert api.get(url)["Cache-Control"] == "no-store"


def test_the_shape_of_a_refusal_by_a_service(api: Client, world: World) -> None:
    url = f"/api/v1/complaints/{world['complaint']}/reopen/"
    response = api.post(url, {}, content_type="application/json")
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"]) == (409, "complaint.invalid_state")
    assert body["data"]["current"] == "received"
    assert body["data"]["allowed"] == ["acknowledge", "assess", "investigate", "decide", "resolve", "refer"]


def test_whoever_has_no_key_is_not_told_what_exists(api_alpha: Callable[..., Client], world: World) -> None:
    anonymous = api_alpha()
    real = anonymous.get(f"{C}{world['customer']}/")
    unreal = anonymous.get(f"{C}{world['complaint']}/")
    assert real.status_code == unreal.status_code == 401
    assert real.content == unreal.content
