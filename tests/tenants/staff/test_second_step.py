"""The second step: codes that open once, recovery codes, passkeys, and the firm that asks for one."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from cxcrm.core.clock import now
from tenants.context import in_tenant
from tenants.services.domains import url_for
from tenants.staff.models import AuthenticatorApp, Firm, Passkey, RecoveryCode, Session, User
from tests.support.authenticator import Authenticator
from tests.support.phone import Phone
from workflows.models import Event

pytestmark = pytest.mark.django_db
CODE = "/admin/login/code/"


def second_step(browser, email):
    response = browser.log_in(email, next="/admin/feedback/complaint/")
    assert response["Location"] == CODE
    assert not browser.is_in()
    return response


def events(name):
    return [
        (row.payload.get("what"), row.payload.get("action")) for row in Event.objects.filter(name=name).order_by("id")
    ]


def test_a_code_opens_once(visitor, lan, phone):
    browser = visitor()
    second_step(browser, lan.email)
    assert browser.get(CODE).status_code == 200
    code = phone.code()
    response = browser.post(CODE, {"code": f"{code[:3]} {code[3:]}"})
    assert (response.status_code, response["Location"]) == (302, "/admin/feedback/complaint/")
    assert browser.is_in()
    shoulder = visitor()
    second_step(shoulder, lan.email)
    assert shoulder.post(CODE, {"code": code}).status_code == 400
    assert shoulder.post(CODE, {"code": phone.code(-1)}).status_code == 400
    assert not shoulder.is_in()
    assert shoulder.post(CODE, {"code": phone.code(1)}).status_code == 302


def test_guessing_codes_is_slowed_from_here_and_in_all(visitor, lan, phone, alpha):
    browser = visitor()
    second_step(browser, lan.email)
    wrong = "000000" if phone.code() != "000000" else "111111"
    assert [browser.post(CODE, {"code": wrong}).status_code for _ in range(7)] == [400] * 5 + [429] * 2
    statuses = []
    for number in range(6):
        other = visitor(f"198.51.100.{number}")
        second_step(other, lan.email)
        statuses += [other.post(CODE, {"code": wrong}).status_code for _ in range(5)]
    assert statuses == [400] * 25 + [429] * 5
    with time_machine.travel(now() + timedelta(seconds=901), tick=False):
        late = visitor("198.51.100.99")
        second_step(late, lan.email)
        assert late.post(CODE, {"code": phone.code()}).status_code == 302


def test_recovery_codes_open_once_each(visitor, lan, phone, alpha):
    first, second = phone.recovery_codes[:2]
    with in_tenant(alpha):
        stored = str(list(RecoveryCode.objects.values())) + str(list(AuthenticatorApp.objects.values()))
        assert not any(code in stored or code.replace("-", "") in stored for code in phone.recovery_codes)
        assert phone.secret not in stored
    browser = visitor()
    second_step(browser, lan.email)
    assert "k7qm" in browser.get(f"{CODE}?recovery=1").content.decode()
    assert browser.post(f"{CODE}?recovery=1", {"code": first.upper().replace("-", " ")}).status_code == 302
    again = visitor()
    second_step(again, lan.email)
    assert again.post(f"{CODE}?recovery=1", {"code": first}).status_code == 400
    assert again.post(CODE, {"code": second}).status_code == 302
    with in_tenant(alpha):
        assert RecoveryCode.objects.filter(user=lan, used_at=None).count() == 8
        assert events("staff.second_factor_changed")[-2:] == [("recovery_codes", "used")] * 2


def test_waiting_for_the_code_ends(visitor, lan, phone, alpha):
    browser = visitor()
    second_step(browser, lan.email)
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1), tick=False):
        assert browser.post(CODE, {"code": phone.code()})["Location"] == "/admin/login/"
    second_step(browser, lan.email)
    with in_tenant(alpha):
        User.objects.filter(pk=lan.pk).update(password="!")
    assert browser.post(CODE, {"code": phone.code()})["Location"] == "/admin/login/"
    assert visitor().get(CODE)["Location"] == "/admin/login/"


def test_setting_up_the_app(visitor, lan, alpha):
    from tenants.staff.logic.totp import code_at, step_at

    browser = visitor()
    browser.log_in(lan.email)
    page = browser.get("/admin/account/app/").content.decode()
    key = re.search(r'id="app-key">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert "<svg" in page
    assert key in browser.get("/admin/account/app/").content.decode().replace(" ", "")
    assert browser.post("/admin/account/app/", {"code": "12"}).status_code == 200
    with in_tenant(alpha):
        assert not AuthenticatorApp.objects.exists()
    page = browser.post("/admin/account/app/", {"code": code_at(key, step_at(now().timestamp()))}).content.decode()
    codes = re.findall(r"<code>([0-9a-z-]{14})</code>", page)
    assert len(codes) == 10
    with in_tenant(alpha):
        assert AuthenticatorApp.objects.get().user_id == lan.pk
        assert events("staff.second_factor_changed") == [("app", "added"), ("recovery_codes", "renewed")]
    again = browser.post("/admin/account/codes/").content.decode()
    assert not set(re.findall(r"<code>([0-9a-z-]{14})</code>", again)) & set(codes)
    other = visitor()
    second_step(other, lan.email)
    assert other.post(CODE, {"code": codes[0]}).status_code == 400
    browser.post("/admin/account/app/remove/")
    with in_tenant(alpha):
        assert not AuthenticatorApp.objects.exists()
        assert not RecoveryCode.objects.exists()
    assert visitor().log_in(lan.email)["Location"] == "/admin/"


@pytest.fixture
def keyed(visitor, lan):
    """Lan's browser and the passkey she made with it."""
    browser = visitor()
    browser.log_in(lan.email)
    return browser, browser.add_passkey()


def test_a_passkey_alone_is_enough(visitor, lan, keyed, alpha):
    browser, device = keyed
    with in_tenant(alpha):
        passkey = Passkey.objects.get()
        assert (passkey.user_id, passkey.name, passkey.host) == (lan.pk, "Điện thoại", "alpha.localhost")
        assert RecoveryCode.objects.filter(user=lan).count() == 10
    fresh = visitor()
    response = fresh.use_passkey(device, next="/admin/customers/customer/")
    assert (response.status_code, response["Location"]) == (302, "/admin/customers/customer/")
    assert fresh.is_in()
    after_password = visitor()
    second_step(after_password, lan.email)
    assert after_password.use_passkey(device)["Location"] == "/admin/feedback/complaint/"
    browser.post(f"/admin/account/passkeys/{passkey.pk}/rename/", {"name": "Máy tính"})
    browser.post(f"/admin/account/passkeys/{passkey.pk}/rename/", {"name": " "})
    with in_tenant(alpha):
        assert Passkey.objects.get().name == "Máy tính"
    assert browser.get(f"/admin/account/passkeys/{passkey.pk}/remove/").status_code == 200
    browser.post(f"/admin/account/passkeys/{passkey.pk}/remove/")
    assert visitor().use_passkey(device).status_code == 400
    with in_tenant(alpha):
        assert not RecoveryCode.objects.exists()


def test_an_answer_is_good_for_one_question(visitor, keyed):
    _browser, device = keyed
    browser = visitor()
    answer = device.get(browser.question())
    assert browser.post("/admin/login/passkey/", {"credential": answer}).status_code == 302
    thief = visitor()
    thief.question()
    for _ in range(2):
        assert thief.post("/admin/login/passkey/", {"credential": answer}).status_code == 400
    assert visitor().post("/admin/login/passkey/", {"credential": answer}).status_code == 400
    assert not thief.is_in()


def forged(device, question, **changes):
    other = Authenticator(changes.get("origin", device.origin), verifies=changes.get("verifies", True))
    other.key, other.ident, other.handle, other.count = device.key, device.ident, device.handle, device.count
    if "rp_id" in changes:
        other.rp_id = changes["rp_id"]
    if changes.get("stranger"):
        other.key = Authenticator(device.origin).key
    if "count" in changes:
        other.count = changes["count"]
    return other.get(question, handle=changes.get("handle"))


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "http://beta.localhost"},
        {"origin": "https://alpha.localhost.evil.example", "rp_id": "alpha.localhost"},
        {"rp_id": "localhost"},
        {"verifies": False},
        {"stranger": True},
        {"handle": b"somebody else..."},
        {"count": 0},
    ],
    ids=str,
)
def test_forged_answers(changes, visitor, keyed):
    _browser, device = keyed
    assert visitor().use_passkey(device).status_code == 302  # the counter stands at 1
    browser = visitor()
    answer = forged(device, browser.question(), **changes)
    assert browser.post("/admin/login/passkey/", {"credential": answer}).status_code == 400
    assert not browser.is_in()


@pytest.mark.parametrize(
    "answer",
    ["", "{", "[]", "1", "{}", '{"rawId": "AA"}', '{"rawId": 1, "response": []}', "x" * 30_000],
    ids=lambda a: a[:12],
)
def test_rubbish_for_an_answer(answer, visitor, keyed):
    browser = visitor()
    browser.question()
    assert browser.post("/admin/login/passkey/", {"credential": answer}).status_code == 400
    owner, device = keyed
    good = json.loads(device.get(browser.question()))
    for name in good["response"]:
        browser.question()
        bad = {**good, "response": {**good["response"], name: "AAAA"}}
        assert browser.post("/admin/login/passkey/", {"credential": json.dumps(bad)}).status_code == 400
    owner.question("/admin/account/passkeys/question/")
    assert owner.post("/admin/account/passkeys/", {"credential": answer}, follow=True).status_code == 200


def test_a_key_without_a_lock_is_no_passkey(visitor, lan, alpha):
    browser = visitor()
    browser.log_in(lan.email)
    browser.add_passkey(verifies=False)
    with in_tenant(alpha):
        assert not Passkey.objects.exists()


def test_who_left_is_out(visitor, lan, keyed, alpha):
    _browser, device = keyed
    with in_tenant(alpha):
        User.objects.filter(pk=lan.pk).update(is_active=False)
    assert visitor().use_passkey(device).status_code == 400


@pytest.mark.parametrize(("rule", "asked"), [("nobody", False), ("leaders", False), ("everybody", True)])
def test_what_the_firm_asks_of_an_agent(rule, asked, visitor, lan, alpha):
    with in_tenant(alpha):
        Firm.objects.update(second_factor=rule)
    browser = visitor()
    browser.log_in(lan.email)
    page = browser.get("/admin/")
    sent_to = "/admin/account/second-factor/" if asked else None
    assert (page.status_code, page.get("Location")) == (302 if asked else 200, sent_to)


def test_an_owner_sets_it_up_and_goes_on(visitor, owner_alpha, alpha):
    with in_tenant(alpha):
        Firm.objects.update(second_factor="leaders")
    browser = visitor()
    browser.log_in(owner_alpha.email)
    for path in ("/admin/", "/admin/staff/user/", "/admin/password_change/"):
        assert browser.get(path)["Location"] == "/admin/account/second-factor/", path
    api = browser.get("/api/v1/me/")
    assert (api.status_code, api.json()["code"]) == (403, "staff.second_factor_missing")
    assert browser.get("/admin/account/second-factor/").status_code == 200
    assert browser.get("/c/").status_code == 200
    browser.add_passkey()
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/api/v1/me/").status_code == 200


def test_an_owner_resets_a_colleagues(visitor, lan, phone, owner_alpha, alpha):
    hers = visitor()
    second_step(hers, lan.email)
    hers.post(CODE, {"code": phone.code()})
    browser = visitor()
    browser.log_in(owner_alpha.email)
    path = f"/admin/staff/user/{lan.pk}/reset-second-factor/"
    assert browser.get(path).status_code == 200
    assert hers.is_in()
    assert browser.post(path).status_code == 302
    assert not hers.is_in()
    with in_tenant(alpha):
        assert not AuthenticatorApp.objects.exists()
        [event] = Event.objects.filter(name="staff.second_factor_reset")
        assert (event.payload["user_id"], event.actor_label) == (str(lan.pk), str(owner_alpha))
        assert not Session.objects.filter(user=lan).exists()
    assert hers.log_in(lan.email)["Location"] == "/admin/"
    assert hers.get(path).status_code == 403


def test_the_only_owner_who_lost_everything_is_helped_by_the_operator(visitor, owner_alpha, alpha):
    with in_tenant(alpha):
        Phone(owner_alpha)
    out = StringIO()
    call_command("reset_second_factor", "CHU@alpha.example", firm="alpha", stdout=out)
    assert out.getvalue() == "Trần Thị Chủ logs in with the password alone now.\n"
    assert visitor().log_in(owner_alpha.email)["Location"] == "/admin/"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_second_factor", "x@alpha.example", firm="alpha")


def test_nothing_of_one_firm_opens_another(visitor, lan, keyed, phone, alpha, beta):
    """Passkey, half a log-in, code and recovery code of alpha at beta, where a copy of the account lives."""
    _browser, device = keyed
    tables = (User, AuthenticatorApp, RecoveryCode, Passkey)
    waiting = visitor()
    second_step(waiting, lan.email)
    with in_tenant(alpha):
        rows = {
            model: list(model.objects.filter(**({"pk": lan.pk} if model is User else {"user": lan})).values())
            for model in tables
        }
        sessions = list(Session.objects.values())
    with in_tenant(beta):
        for model, values in rows.items():
            model.objects.bulk_create([model(**value) for value in values])
        Session.objects.bulk_create([Session(**value) for value in sessions])
    intruder = visitor(tenant=beta)
    intruder.cookies["cx_session"] = waiting.cookie
    assert intruder.post(CODE, {"code": phone.code()})["Location"] == "/admin/login/"
    assert visitor(tenant=beta).use_passkey(device).status_code == 400
    there = Authenticator(url_for(beta.host, ""))
    there.key, there.ident, there.handle, there.count = device.key, device.ident, device.handle, 9
    assert visitor(tenant=beta).use_passkey(there).status_code == 400
    honest = visitor(tenant=beta)
    assert honest.log_in(lan.email)["Location"] == CODE  # the copied password hash is the same, of course
    assert honest.post(CODE, {"code": phone.code(1)}).status_code == 400  # but the key cannot be read there
    assert not honest.is_in()
