"""The log-in as people meet it: a phone without scripts, and a browser with a passkey."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.staff.models import Firm, IdentityProvider, Passkey, User
from tenants.staff.services.accounts import create_user
from tests.conftest import PASSWORD
from tests.support.live import PHONE, LiveSite
from tests.support.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
SIZES = {"phone": PHONE, "desk": DESK}
# Where to leave pictures of the pages, for whoever wants to look at them.
PICTURES = os.environ.get("CXCRM_TEST_PICTURES", "")


@pytest.fixture
def person(alpha: TenantRef) -> User:
    with in_tenant(alpha):
        return create_user(
            email="lan@alpha.example", full_name="Trần Thị Lan", password=PASSWORD, role="owner", language="en"
        )


def picture(page: Any, name: str) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), name
    if PICTURES:
        language = page.get_attribute("html", "lang")
        page.screenshot(
            path=Path(PICTURES) / f"accounts-{name}-{language}-{page.viewport_size['width']}.png", full_page=True
        )


def log_in(page: Any, live_site: LiveSite) -> None:
    page.goto(live_site.url("/admin/"))
    page.fill("input[name=username]", "lan@alpha.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")


@pytest.mark.matrix(2)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_two_steps_without_scripts(
    size: str, language: str, live_site: LiveSite, browser: Any, person: User, alpha: TenantRef
) -> None:
    with in_tenant(alpha):
        IdentityProvider.objects.create(
            name="Google", issuer="https://accounts.google.com", client_id="x", email_domains=["alpha.example"]
        )
        User.objects.filter(pk=person.pk).update(language=language)
        phone = Phone(person)
        phone.forget_last()
    page = browser.new_context(**SIZES[size], java_script_enabled=False).new_page()
    page.goto(live_site.url(f"/admin/login/?lang={language}"))
    picture(page, "log-in")
    page.fill("input[name=username]", "lan@alpha.example")
    page.fill("input[name=password]", "wrong")
    page.click("#login-form button[type=submit]")
    expect(page.locator("[role=alert]:visible")).to_have_count(1)
    assert page.input_value("input[name=username]") == "lan@alpha.example"
    picture(page, "wrong")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    picture(page, "code")
    page.click("a[href*=recovery]")
    picture(page, "recovery")
    page.go_back()
    page.fill("input[name=code]", phone.code())
    page.click("#code-form button[type=submit]")
    assert page.url == live_site.url("/admin/")
    page.goto(live_site.url("/admin/account/"))
    page.context.close()


@pytest.mark.matrix(2)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_my_account_with_a_real_passkey(
    size: str, language: str, live_site: LiveSite, browser: Any, person: User, alpha: TenantRef
) -> None:
    with in_tenant(alpha):
        User.objects.filter(pk=person.pk).update(language=language)
        Firm.objects.update(second_factor="leaders")
    context = browser.new_context(**SIZES[size])
    page = context.new_page()
    page.set_default_timeout(10_000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda note: troubles.append(note.text) if note.type == "error" else None)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(live_site.url(f"/admin/login/?lang={language}"))
    page.wait_for_selector("form.passkey button")
    picture(page, "log-in-passkey")
    log_in(page, live_site)
    assert page.url.endswith("/admin/account/second-factor/")
    picture(page, "asked")
    page.fill("form[data-passkey] input[name=name]", "iPhone")
    page.click("form[data-passkey] button")
    page.wait_for_selector(".cx-codes")
    expect(page.locator(".cx-codes li")).to_have_count(10)
    picture(page, "recovery-codes")
    page.click("a.cx-btn-main")
    page.wait_for_url(live_site.url("/admin/account/"))
    picture(page, "account")
    page.goto(live_site.url("/admin/account/app/"))
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.inner_text("#app-key"))
    picture(page, "app")
    for name, path in (
        ("password", "/admin/password_change/"),
        ("confirm", "/admin/account/confirm/"),
        ("new-codes", "/admin/account/codes/"),
        ("provider", "/admin/staff/identityprovider/add/"),
        ("firm", "/admin/staff/firm/"),
    ):
        page.goto(live_site.url(path))
        picture(page, name)
    context.clear_cookies()
    page.goto(live_site.url("/admin/login/?next=/admin/customers/customer/"))
    page.click("form.passkey button")
    page.wait_for_url(live_site.url("/admin/customers/customer/"))
    page.goto(live_site.url("/admin/account/"))
    with in_tenant(alpha):
        assert Passkey.objects.get().uses >= 1
    assert troubles == []
    context.close()
