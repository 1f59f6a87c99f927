"""A call with a key and no cookie is spared what browsers need, and nothing of its answer changes by that."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.test import Client, RequestFactory

from cxcrm.core.api.callers import is_by_key
from cxcrm.core.context import TenantRef
from tenants.models import Tenant
from tenants.selectors.hosts import forget_hosts
from tests.conftest import FirmClient

CHANGING = {"X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset", "X-Plan-Api-Calls-Remaining"}
# As a browser would send by itself; it names no session.
COOKIE = {"HTTP_COOKIE": "theme=dark"}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/v1/customers/", {}),
    ("GET", "/api/v1/complaints/?limit=1", {"HTTP_ACCEPT_LANGUAGE": "en"}),
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
