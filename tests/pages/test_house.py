"""The firm's own pages, the public host, and refusals of the whole site."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from cxcrm.core.colour import contrast, readable_on, text_on
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.staff.models import Firm, User
from tenants.staff.services.accounts import create_user, password_links
from tests.support.tables import fingerprint
from workflows.models import Message

PASSWORD = "một mật khẩu thật dài"


@pytest.fixture
def newcomer(in_alpha: TenantRef) -> User:
    return create_user(email="moi@alpha.example", full_name="Người Mới")


@pytest.fixture
def welcome(newcomer: User) -> str:
    return f"/welcome/{newcomer.id}/{password_links.make_token(newcomer)}/"


@pytest.fixture
def public() -> Client:
    return Client(HTTP_HOST=django_settings.BASE_DOMAIN)


def test_choosing_a_password(welcome: str, newcomer: User, client_alpha: Any) -> None:
    for _ in range(3):
        page = client_alpha.get(welcome)
        assert page.status_code == 200
        assert client_alpha.head(welcome).status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    for body in (
        {},
        {"password": PASSWORD},
        {"password": PASSWORD, "again": PASSWORD + "!"},
        {"password": "ngan", "again": "ngan"},
        {"password": "password123", "again": "password123"},
        {"password": "a\x00" + PASSWORD, "again": "a\x00" + PASSWORD},
    ):
        assert client_alpha.post(welcome, body).status_code == 400
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()
    assert client_alpha.post(welcome, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)
    assert client_alpha.get(welcome).status_code == 410
    assert client_alpha.post(welcome, {"password": "ein anderes Wort", "again": "ein anderes Wort"}).status_code == 410
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)


def test_foreign_and_forged_password_links(welcome: str, newcomer: User, client_alpha: Any, client_beta: Any) -> None:
    body = {"password": PASSWORD, "again": PASSWORD}
    assert client_beta.post(welcome, body).status_code == 404
    *_rest, ident, token, _end = welcome.split("/")
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", "abc-123", "ệ"):
        assert client_alpha.post(f"/welcome/{ident}/{forged}/", body).status_code == 410
    assert client_alpha.post(f"/welcome/not-a-uuid/{token}/", body).status_code == 404
    newcomer.is_active = False
    newcomer.save()
    assert client_alpha.post(welcome, body).status_code == 404
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


def test_the_operators_host_has_password_links_too(welcome: str, client_alpha: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = settings.PLATFORM_URLCONF
    assert client_alpha.get(welcome).status_code == 200
    assert client_alpha.get(welcome.rsplit("/", 2)[0] + "/abc-123/").status_code == 410
    assert client_alpha.get("/nothing/").status_code == 404


def test_a_forgotten_password_tells_nothing(newcomer: User, client_alpha: Any) -> None:
    answers = [
        client_alpha.post("/forgot/", {"email": email}).content.decode().replace(email, "")
        for email in ("MOI@alpha.example", "nobody@alpha.example")
    ]
    assert answers[0].replace("MOI@alpha.example", "") == answers[1]
    assert Message.objects.filter(kind="welcome", ref=newcomer.id).count() == 1
    assert client_alpha.post("/forgot/", {"email": "nobody"}).status_code == 400


@pytest.mark.parametrize("colour", ["#0f766e", "#ffffff", "#000000", "#ffee00", "#7f7f7f", "#fe01aa"])
def test_any_brand_colour_stays_readable(colour: str, client_alpha: Any, in_alpha: TenantRef) -> None:
    assert contrast(text_on(colour), colour) >= 4.5
    for ground in ("#ffffff", "#1f1d1b", "#f6f4f1"):
        assert contrast(readable_on(colour, ground), ground) >= 4.5
    Firm.objects.update(colour=colour)
    sheet = client_alpha.get("/brand.css")
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    text = sheet.content.decode()
    assert f"--brand: {colour};" in text
    (ink, night_ink), (tint, night_tint) = (re.findall(rf"--brand-{name}: (#\w+);", text) for name in ("ink", "tint"))
    assert min(contrast(ink, ground) for ground in ("#ffffff", "#f6f4f1", tint)) >= 4.5
    assert min(contrast(night_ink, ground) for ground in ("#1f1d1b", "#141211", night_tint)) >= 4.5


def test_a_colour_that_is_none_is_not_served(client_alpha: Any, in_alpha: TenantRef) -> None:
    Firm.objects.update(colour="red;}*{")
    sheet = client_alpha.get("/brand.css").content.decode()
    assert "--brand: #0f766e;" in sheet
    assert "red" not in sheet


def test_the_front_door(client_alpha: Any, client_beta: Any, alpha: TenantRef) -> None:
    page = client_alpha.get("/").content.decode()
    assert "/c/" in page
    assert "Cà phê Alpha" in page
    assert client_beta.get("/")["Content-Language"] == "en"
    assert client_beta.get("/", headers={"Accept-Language": "vi,en;q=0.5"})["Content-Language"] == "vi"
    assert client_beta.get("/", headers={"Accept-Language": "fr"})["Content-Language"] == "en"


def test_refusals_are_pages_or_api_answers(client_alpha: Any, alpha: TenantRef) -> None:
    page = client_alpha.get("/nothing/", headers={"Accept-Language": "en"})
    assert page.status_code == 404
    assert "This page does not exist" in page.content.decode()
    assert client_alpha.put("/c/", {}).status_code == 405


def test_landing(public: Client, db: None) -> None:
    for language in ("vi", "en"):
        page = public.get("/", {"lang": language})
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.content.decode()
        assert "<script" not in page.content.decode()


def test_opening_writes_nothing(
    public: Client, client_alpha: Any, alpha: TenantRef, welcome: str, link: Callable[..., str]
) -> None:
    before, firms = fingerprint(alpha), Tenant.objects.count()
    for path in ("/", "/c/", "/forgot/", "/brand.css", welcome, welcome + "?done=1"):
        for query in ("", "?lang=en"):
            client_alpha.get(path + ("&lang=en" if "?" in path and query else query))
            client_alpha.head(path)
    for path in ("/", "/signup/"):
        public.get(path)
    with in_tenant(alpha):
        assert fingerprint(alpha) == before
    assert Tenant.objects.count() == firms


def test_an_old_password_link(welcome: str, client_alpha: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    later = password_links._now() + timedelta(days=4)
    monkeypatch.setattr(password_links, "_now", lambda: later)
    assert client_alpha.get(welcome).status_code == 410
