"""The door: one answer for every wrong try, slower and slower, and never closed to the owner of the account."""

import re
from datetime import timedelta
from unittest import mock
from urllib.parse import quote

import pytest
import time_machine

from cxcrm.core.clock import now
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.selectors.hosts import forget_hosts
from tenants.staff.backends import StaffBackend
from tenants.staff.errors import TooManyTries, WrongPassword
from tenants.staff.models import Session, Tries, User
from tenants.staff.services.accounts import prove_password
from tenants.staff.sessions import key_digest
from tests.conftest import PASSWORD
from tests.tenants.staff.conftest import LOG_IN

pytestmark = pytest.mark.django_db


def blotted(response):
    """The page without what differs by nature: the CSRF token and what was typed."""
    text = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return response.status_code, re.sub(r'value="[^"]*@[^"]*"', "", text)


def test_the_page_is_the_firms_own(visitor):
    page = visitor().get(LOG_IN, headers={"accept-language": "en"})
    assert page.status_code == 200
    html = page.content.decode()
    assert "Cà phê Alpha" in html
    assert 'lang="en"' in html
    assert "Log in" in html
    assert page["Cache-Control"].startswith("max-age=0")
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert " on" + "click=" not in html


def test_in_and_out(visitor, lan, alpha):
    browser = visitor()
    browser.get(LOG_IN)
    response = browser.log_in("LAN@alpha.example", next="/admin/customers/customer/")
    assert (response.status_code, response["Location"]) == (302, "/admin/customers/customer/")
    assert browser.is_in()
    with in_tenant(alpha):
        row = Session.objects.get(user=lan)
        assert (row.address, row.device) == ("203.0.113.7", "Firefox · Linux")
        assert row.key_digest == key_digest(browser.cookie)
        assert browser.cookie not in str(Session.objects.values().get())
    assert browser.get(LOG_IN)["Location"] == "/admin/"
    out = browser.post("/admin/logout/")
    assert out["Location"] == "/admin/login/?out=1&lang=vi"
    assert "Anh/chị đã đăng xuất" in browser.get(out["Location"]).content.decode()
    assert not browser.is_in()
    with in_tenant(alpha):
        assert not Session.objects.filter(user=lan).exists()


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_nobody_is_led_away(path, visitor, lan):
    assert visitor().log_in(lan.email, next=path)["Location"] == "/admin/"
    assert (
        visitor().post(f"{LOG_IN}?next={quote(path)}", {"username": lan.email, "password": PASSWORD})["Location"]
        == "/admin/"
    )


def test_a_cookie_from_before_the_log_in_is_dead(visitor, lan):
    browser, thief = visitor(), visitor()
    browser.question()  # an anonymous session
    planted = browser.cookie
    browser.log_in(lan.email)
    assert browser.cookie != planted
    thief.cookies["cx_session"] = planted
    assert not thief.is_in()
    assert browser.is_in()


def test_a_wrong_log_in_says_the_same_of_everybody(visitor, lan, alpha):
    with in_tenant(alpha):
        User.objects.create(email="left@alpha.example", full_name="X", password=lan.password, is_active=False)
    answers = {
        blotted(visitor(f"198.51.100.{number}").log_in(email, password))
        for number, (email, password) in enumerate(
            [(lan.email, "wrong"), ("nobody@alpha.example", PASSWORD), ("left@alpha.example", PASSWORD), ("x@y", "y")]
        )
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 400


def test_everybody_costs_one_hash(visitor, lan, alpha):
    """Unknown, without a password, wrong: the hasher works once each."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with in_tenant(alpha):
        User.objects.create(email="sso@alpha.example", full_name="Only Sso", password="!unusable")
    work = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def counted(self, *args, real=real, **kwargs):
            work.append(1)
            return real(self, *args, **kwargs)

        mock.patch.object(Argon2PasswordHasher, name, counted).start()
    try:
        for number, email in enumerate([lan.email, "nobody@alpha.example", "sso@alpha.example"]):
            work.clear()
            visitor(f"198.51.100.{number}").log_in(email, "wrong")
            assert len(work) == 1, email
    finally:
        mock.patch.stopall()


@pytest.fixture
def looked_at():
    """How many tries reached the password check."""
    with mock.patch.object(StaffBackend, "authenticate", autospec=True, side_effect=lambda *a, **k: None) as check:
        yield lambda: check.call_count


def test_a_thousand_wrong_passwords(visitor, lan, in_alpha, looked_at):
    """At most ten in fifteen minutes are looked at, from one address; an unknown account is slowed alike."""
    for email in (lan.email, "nobody@alpha.example"):
        before, refused = looked_at(), []
        with time_machine.travel(now(), tick=False) as clock:
            for number in range(1000):
                with pytest.raises((WrongPassword, TooManyTries)) as caught:
                    prove_password(email=email, password=f"guess {number}", visitor=f"ip of {email}")
                refused.append(caught.type)
                clock.shift(timedelta(seconds=0.9))
        assert looked_at() - before == refused.count(WrongPassword) <= 10


def test_the_owner_gets_in_from_elsewhere_and_the_attacker_waits_a_quarter_of_an_hour_at_most(visitor, lan):
    attacker = visitor("198.51.100.9")
    for number in range(5):
        assert attacker.log_in(lan.email, f"guess {number}").status_code == 400
    refused = attacker.log_in(lan.email)  # even the right one
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 30
    assert visitor("203.0.113.7").log_in(lan.email).status_code == 302
    with time_machine.travel(now() + timedelta(seconds=901), tick=False):
        assert visitor("198.51.100.9").log_in(lan.email).status_code == 302


def test_a_right_password_clears_the_count(visitor, lan, alpha):
    browser = visitor()
    for _ in range(3):
        for number in range(4):
            browser.log_in(lan.email, f"guess {number}")
        assert browser.log_in(lan.email).status_code == 302
        browser.post("/admin/logout/")


def test_one_connection_trying_everybody_is_slowed(visitor, looked_at):
    browser = visitor("198.51.100.9")
    with time_machine.travel(now(), tick=False):
        statuses = [browser.log_in(f"user{number}@alpha.example", "Alpha2026!").status_code for number in range(70)]
    assert statuses == [400] * 60 + [429] * 10
    assert looked_at() == 60


def test_an_office_behind_one_address_is_not_slowed_by_logging_in(visitor, lan):
    with time_machine.travel(now(), tick=False), mock.patch.object(StaffBackend, "authenticate", return_value=lan):
        assert {visitor("198.51.100.9").log_in(lan.email).status_code for _ in range(70)} == {302}


def test_without_the_cache_tries_are_counted_and_people_get_in(visitor, lan, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    attacker = visitor("198.51.100.9")
    assert [attacker.log_in(lan.email, "guess").status_code for _ in range(7)] == [400] * 5 + [429] * 2
    assert visitor().log_in(lan.email).status_code == 302


def test_counts_are_each_firms_own_and_tidied_away(visitor, lan, alpha, beta):
    for _ in range(6):
        visitor("198.51.100.9").log_in(lan.email, "guess")
    with in_tenant(beta):
        assert not Tries.objects.exists()
    with in_tenant(alpha):
        assert Tries.objects.count() == 2
        assert lan.email not in str(list(Tries.objects.values()))
        Tries.objects.update(last_at=now() - timedelta(days=3))
    visitor("198.51.100.10").log_in("x@alpha.example", "guess")
    with in_tenant(alpha):
        assert Tries.objects.count() == 2


def test_eight_hours_without_a_click_and_seven_days_in_any_case(visitor, lan, alpha):
    browser = visitor()
    browser.log_in(lan.email)
    start = now()
    for hours in range(7, 7 * 24, 7):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert browser.is_in(), hours
    with time_machine.travel(start + timedelta(days=7, seconds=5), tick=False):
        assert not browser.is_in()
    idle = visitor()
    idle.log_in(lan.email)
    with time_machine.travel(now() + timedelta(hours=8, minutes=1), tick=False):
        assert not idle.is_in()
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        visitor().log_in(lan.email)
        with in_tenant(alpha):
            assert Session.objects.filter(user=lan).count() == 1  # what is over was tidied away


def test_the_epoch_ends_every_session(visitor, lan, alpha):
    browser = visitor()
    browser.log_in(lan.email)
    assert browser.is_in()
    Tenant.objects.filter(pk=alpha.id).update(epoch=alpha.epoch + 1)
    forget_hosts()
    assert not browser.is_in()


def test_the_form_needs_its_token(visitor, lan):
    browser = visitor()
    browser.handler.enforce_csrf_checks = True
    assert browser.log_in(lan.email).status_code == 403
    assert browser.post("/admin/login/passkey/question/").status_code == 403


def test_operators_have_the_same_door(visitor, beta, owner_beta):
    Tenant.objects.filter(pk=beta.id).update(is_platform=True)
    forget_hosts()
    browser = visitor(tenant=beta)
    assert 'id="login-form"' in browser.get(LOG_IN).content.decode()
    assert browser.log_in(owner_beta.email)["Location"] == "/admin/"
    assert browser.is_in()
