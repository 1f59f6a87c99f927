"""My account: profile, password, sessions; and proving oneself anew before what is dangerous."""

import re
from datetime import timedelta

import pytest
import time_machine

from cxcrm.core.clock import now
from tenants.context import in_tenant
from tenants.staff.models import ApiKey, Passkey, Session, User
from tenants.staff.services import configuration
from tests.conftest import PASSWORD
from workflows.models import Event

pytestmark = pytest.mark.django_db
NEW = "một mật khẩu khác 2027"
QUARTER = timedelta(minutes=15, seconds=1)


@pytest.fixture
def browser(visitor, lan):
    browser = visitor()
    browser.log_in(lan.email)
    return browser


def test_the_page_and_the_profile(browser, lan, alpha):
    page = browser.get("/admin/account/")
    html = page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for text in (lan.email, "203.0.113.7", "Firefox · Linux", "/admin/account/app/"):
        assert text in html
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>[^<]*passkey", html)
    form = {"full_name": " Trần Lan ", "given_name": "", "language": "en"}
    assert browser.post("/admin/account/", form)["Location"] == "/admin/account/"
    assert browser.post("/admin/account/", {**form, "language": "fr"}).status_code == 200
    with in_tenant(alpha):
        user = User.objects.get(pk=lan.pk)
        assert (user.full_name, user.given_name, user.language) == ("Trần Lan", "", "en")
    assert "My account" in browser.get("/admin/account/").content.decode()


def test_ending_sessions(browser, visitor, lan, owner_alpha, alpha):
    others = [visitor(f"198.51.100.{number}") for number in range(3)]
    for other in others:
        other.log_in(lan.email)
    owner = visitor()
    owner.log_in(owner_alpha.email)
    html = browser.get("/admin/account/").content.decode()
    assert html.count('name="session"') == 3
    with in_tenant(alpha):
        one = Session.objects.get(address="198.51.100.1")
        foreign = Session.objects.get(user=owner_alpha)
    browser.post("/admin/account/sessions/end/", {"session": str(one.pk)})
    browser.post("/admin/account/sessions/end/", {"session": str(foreign.pk)})
    browser.post("/admin/account/sessions/end/", {"session": "nonsense"})
    assert [other.is_in() for other in others] == [True, False, True]
    browser.post("/admin/account/sessions/end/")
    assert [other.is_in() for other in others] == [False] * 3
    assert browser.is_in()
    assert owner.is_in()


def test_a_new_password_ends_all_other_sessions(browser, visitor, lan, alpha):
    other = visitor()
    other.log_in(lan.email)
    form = {"password": NEW, "again": NEW}
    for wrong in ({**form, "again": "x"}, {"password": "short", "again": "short"}, {}):
        assert browser.post("/admin/password_change/", wrong).status_code == 200
    assert other.is_in()
    old = browser.cookie
    assert browser.post("/admin/password_change/", form)["Location"] == "/admin/account/"
    assert browser.is_in()
    assert browser.cookie != old
    assert not other.is_in()
    assert visitor().log_in(lan.email).status_code == 400
    assert visitor().log_in(lan.email, NEW).status_code == 302
    with in_tenant(alpha):
        assert Event.objects.filter(name="staff.password_changed").count() == 1


@pytest.mark.parametrize("change", [{"role": "manager"}, {"is_active": False}, {"email": "lan2@alpha.example"}])
def test_another_role_ends_the_sessions(change, browser, lan, alpha):
    with in_tenant(alpha):
        user = User.objects.get(pk=lan.pk)
        user.job_title = "Ca trưởng"
        configuration.save_user(user=user)
    assert browser.is_in()
    with in_tenant(alpha):
        for name, value in change.items():
            setattr(user, name, value)
        configuration.save_user(user=user)
    assert not browser.is_in()


def dangerous(owner_id, lan_id, passkey_id):
    return [
        "/admin/staff/apikey/add/",
        "/admin/staff/user/add/",
        f"/admin/staff/user/{lan_id}/change/",
        f"/admin/staff/user/{lan_id}/password-link/",
        f"/admin/staff/user/{lan_id}/reset-second-factor/",
        "/admin/staff/identityprovider/add/",
        "/admin/password_change/",
        "/admin/account/app/",
        "/admin/account/app/remove/",
        "/admin/account/codes/",
        f"/admin/account/passkeys/{passkey_id}/remove/",
    ]


def test_what_is_dangerous_asks_again(visitor, lan, owner_alpha, alpha):
    browser = visitor()
    browser.log_in(owner_alpha.email)
    device = browser.add_passkey()
    with in_tenant(alpha):
        paths = dangerous(owner_alpha.pk, lan.pk, Passkey.objects.get().pk)
    for path in paths:
        assert browser.get(path).status_code in {200, 302}, path
    with time_machine.travel(now() + QUARTER, tick=False):
        for path in paths:
            for response in (browser.get(path), browser.post(path, {"name": "x", "room_staff": "staff:read"})):
                assert response.status_code == 302, path
                assert response["Location"].startswith("/admin/account/confirm/?next=%2Fadmin%2F"), path
        with in_tenant(alpha):
            assert not ApiKey.objects.exists()
        assert browser.get("/admin/staff/user/").status_code == 200
        confirm = "/admin/account/confirm/?next=/admin/staff/apikey/add/"
        assert browser.get(confirm).status_code == 200
        assert browser.post(confirm, {"proof": PASSWORD}).status_code == 200  # whoever has a key proves it by the key
        assert browser.get("/admin/staff/apikey/add/").status_code == 302
        old, answer = browser.cookie, device.get(browser.question())
        done = browser.post(confirm, {"credential": answer, "next": "/admin/staff/apikey/add/"})
        assert done["Location"] == "/admin/staff/apikey/add/"
        assert browser.cookie != old
        assert browser.get("/admin/staff/apikey/add/").status_code == 200


def test_whoever_has_a_password_only_proves_it_by_that(browser):
    with time_machine.travel(now() + QUARTER, tick=False):
        confirm = "/admin/account/confirm/?next=/admin/account/app/"
        assert browser.post(confirm, {"proof": "wrong"}).status_code == 200
        assert browser.get("/admin/account/app/").status_code == 302
        assert browser.post(confirm, {"proof": PASSWORD, "next": "//evil.example"})["Location"] == "/admin/"
        assert browser.get("/admin/account/app/").status_code == 200


def test_whoever_has_an_app_proves_it_by_code(visitor, lan, phone):
    browser = visitor()
    browser.log_in(lan.email)
    browser.post("/admin/login/code/", {"code": phone.code()})
    with time_machine.travel(now() + QUARTER, tick=False):
        confirm = "/admin/account/confirm/?next=/admin/account/codes/"
        assert browser.post(confirm, {"proof": PASSWORD, "next": "/admin/account/codes/"}).status_code == 200
        assert browser.get("/admin/account/codes/").status_code == 302
        assert browser.post(confirm, {"proof": phone.code(), "next": "/admin/account/codes/"}).status_code == 302
        assert browser.get("/admin/account/codes/").status_code == 200


def test_somebody_elses_passkey_proves_nothing_here(browser, visitor, owner_alpha):
    owner = visitor()
    owner.log_in(owner_alpha.email)
    device = owner.add_passkey()
    with time_machine.travel(now() + QUARTER, tick=False):
        answer = device.get(browser.question())
        assert browser.post("/admin/account/confirm/", {"credential": answer}).status_code == 200
        assert browser.get("/admin/account/app/").status_code == 302


def test_a_colleagues_passkey_is_not_mine_to_touch(browser, visitor, owner_alpha, alpha):
    owner = visitor()
    owner.log_in(owner_alpha.email)
    owner.add_passkey()
    with in_tenant(alpha):
        ident = Passkey.objects.get().pk
    assert browser.post(f"/admin/account/passkeys/{ident}/rename/", {"name": "x"}).status_code == 404
    assert browser.post(f"/admin/account/passkeys/{ident}/remove/").status_code == 404
    with in_tenant(alpha):
        assert Passkey.objects.get().name == "Điện thoại"
