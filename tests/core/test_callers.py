"""A call with a key and no cookie is spared what browsers need, and nothing of its answer changes by that."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.test import Client, RequestFactory
from rest_framework.views import APIView

from customers.services.customers import create_customer
from cxcrm.core.api.callers import is_by_key
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.selectors.hosts import forget_hosts
from tests.conftest import FirmClient

CHANGING = {"X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset", "X-Plan-Api-Calls-Remaining"}
# As a browser would send by itself; it names no session.
COOKIE = {"HTTP_COOKIE": "theme=dark"}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/v1/customers/", {}),
    ("GET", "/api/v1/complaints/?limit=1", {"HTTP_ACCEPT_LANGUAGE": "en"}),
    ("GET", "/api/v1/complaints/?limit=0", {}),
    ("GET", "/api/v1/responses/?limit=1&limit=2", {}),
    ("GET", "/api/v1/surveys/?cursor=made.up", {}),
    ("GET", "/api/v1/customers/?cursor=", {"HTTP_ACCEPT": "application/json"}),
    ("GET", "/api/v1/customers/", {"HTTP_AUTHORIZATION": "Bearer"}),
    ("GET", "/api/v1/imports/", {}),
    ("GET", "/api/v1/me/", {}),
    ("GET", "/api/v1/customers/?lang=en&misspelt=1", {}),
    ("GET", "/api/v1/customers/?created_since=gestern&kind=cat", {}),
    ("GET", "/api/v1/customers", {}),
    ("GET", "/api/v1/nothing/", {}),
    ("GET", "/api/v1/alerts/", {}),
    ("GET", "/api/v1/customers/", {"HTTP_AUTHORIZATION": "Bearer cx_wrong"}),
    ("GET", "/api/v1/customers/", {"HTTP_ACCEPT": "text/html"}),
    ("HEAD", "/api/v1/customers/", {}),
    ("PUT", "/api/v1/customers/", {}),
    ("POST", "/api/v1/customers/", {"data": "{}", "content_type": "application/json"}),
    ("POST", "/api/v1/customers/", {"data": "{", "content_type": "application/json"}),
    ("GET", "/api/docs/", {}),
]


@pytest.fixture
def partner(api_alpha: Callable[..., Client]) -> Client:
    return api_alpha(["customers:write", "feedback:read"])


def answer(client: Client, method: str, path: str, extra: dict[str, Any]) -> tuple[int, bytes, dict[str, str], str]:
    client.cookies.clear()
    response = client.generic(method, path, **extra)
    headers = {name: text for name, text in response.headers.items() if name not in CHANGING}
    assert CHANGING & response.headers.keys() >= {"X-Request-ID"}
    return response.status_code, response.content, headers, response.cookies.output(attrs=[])


@pytest.mark.parametrize(("method", "path", "extra"), CALLS)
def test_the_answer_is_the_same_letter_by_letter(
    partner: Client, alpha: TenantRef, method: str, path: str, extra: dict[str, Any]
) -> None:
    spared = answer(partner, method, path, extra)
    checked = answer(partner, method, path, {**extra, **COOKIE})
    assert spared == checked
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Vary"):
        assert spared[2][name]


def test_a_firm_at_rest_refuses_programs_as_before(partner: Client, alpha: TenantRef) -> None:
    Tenant.objects.filter(pk=alpha.id).update(state="suspended")
    forget_hosts()
    spared = answer(partner, "GET", "/api/v1/customers/", {})
    assert spared == answer(partner, "GET", "/api/v1/customers/", COOKIE)
    assert spared[0] != 200
    assert b"results" not in spared[1]


def test_no_session_is_asked_for(partner: Client, alpha: TenantRef, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, request: HttpRequest) -> None:
        raise AssertionError("a session")

    monkeypatch.setattr(SessionMiddleware, "process_request", refuse)
    assert partner.get("/api/v1/customers/").status_code == 200
    with pytest.raises(AssertionError, match="a session"):
        partner.get("/api/v1/customers/", **COOKIE)


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("/api/v1/customers/", {}),
        ("/api/v1/customers/", {"HTTP_AUTHORIZATION": "Basic YTpi"}),
        ("/api/v1/customers/", {"HTTP_AUTHORIZATION": "Bearer cx_1", "HTTP_COOKIE": "cx_session=1"}),
        ("/admin/", {"HTTP_AUTHORIZATION": "Bearer cx_1"}),
        ("/apiary/", {"HTTP_AUTHORIZATION": "Bearer cx_1"}),
    ],
)
def test_anything_else_is_a_browser(path: str, extra: dict[str, str]) -> None:
    assert not is_by_key(RequestFactory().get(path, **extra))


def test_a_key_opens_no_form_of_the_admin(alpha: TenantRef) -> None:
    browser = FirmClient(alpha, enforce_csrf_checks=True, HTTP_AUTHORIZATION="Bearer cx_1")
    assert browser.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 403


def test_a_plain_page_is_answered_at_once(
    api_alpha: Callable[..., Client], alpha: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The framework is not asked, and what it would have said is what is said, from one page to the next."""
    with in_tenant(alpha):
        for name in ("Lê Thị Hoa", "Trần Văn Bảy", "Võ Tư"):
            create_customer(full_name=name, phones=["0905123456"])
    key = api_alpha(["customers:read", "contacts:read", "feedback:read"])
    page = answer(key, "GET", "/api/v1/customers/?limit=1", {})
    following = "/api/" + json.loads(page[1])["next"].partition("/api/")[2]
    usual = answer(key, "GET", following, COOKIE)
    assert b"+84905123456" in usual[1]

    def refuse(self: Any, *_: Any, **__: Any) -> None:
        raise AssertionError("the framework")

    monkeypatch.setattr(APIView, "dispatch", refuse)
    assert answer(key, "GET", following, {}) == usual
    for path in ("/api/v1/complaints/", "/api/v1/responses/", "/api/v1/surveys/"):
        assert key.get(path).status_code == 200
    for path in ("/api/v1/customers/?kind=person", f"/api/v1/imports/{alpha.id}/", "/api/v1/customers/?limit=x"):
        with pytest.raises(AssertionError, match="the framework"):
            key.get(path)


def test_who_calls_too_fast_is_refused_at_once_as_well(
    partner: Client, alpha: TenantRef, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.API_RATE, settings.API_BURST = 1, 3
    codes = [partner.get("/api/v1/customers/").status_code for _call in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = partner.get("/api/v1/customers/")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_often")
    assert refused.headers["Retry-After"] == "1"
