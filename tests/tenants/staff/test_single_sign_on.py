"""Log-in by the firm's identity provider, through a real one in a process of its own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from cxcrm.core.clock import now
from cxcrm.core.errors import InvalidInput
from tenants.context import in_tenant
from tenants.staff.models import Firm, Identity, IdentityProvider, Session, User
from tenants.staff.services.accounts import create_user
from tenants.staff.services.single_sign_on import save_provider
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, IdentityService, identity_service
from workflows.models import Event

pytestmark = pytest.mark.django_db
CALLBACK = "/admin/login/callback/"
LAN = {"sub": "42", "email": "Lan@alpha.example", "email_verified": True, "name": "Trần Thị Lan"}


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityService]:
    with identity_service() as service:
        yield service


@pytest.fixture
def service(running: IdentityService, settings: Any) -> IdentityService:
    settings.OUTBOUND_PRIVATE = True
    running.script(claims=LAN)
    return running


@pytest.fixture
def provider(service: IdentityService, alpha: Any) -> IdentityProvider:
    with in_tenant(alpha):
        return configured(service)


def configured(service: IdentityService, **changes: Any) -> IdentityProvider:
    values = {"name": "Keycloak", "issuer": service.issuer, "client_id": CLIENT_ID}
    row = IdentityProvider(**{**values, "email_domains": ["alpha.example"], **changes})
    return save_provider(provider=row, secret=CLIENT_SECRET)


@pytest.fixture
def arrive(service: IdentityService, provider: IdentityProvider) -> Callable[..., Any]:
    """The whole way there and back; returns what the firm says at the end."""

    def go(browser: Any, next_path: str = "/admin/customers/customer/") -> Any:
        left = browser.get(f"/admin/login/with/{provider.pk}/?next={next_path}")
        assert left.status_code == 302
        back = urlsplit(service.visit(left["Location"]))
        return browser.get(f"{back.path}?{back.query}")

    return go


def test_the_button_and_what_leaves_the_house(visitor, provider, service):
    browser = visitor()
    assert f"/admin/login/with/{provider.pk}/" in browser.get("/admin/login/").content.decode()
    left = browser.get(f"/admin/login/with/{provider.pk}/")
    query = parse_qs(urlsplit(left["Location"]).query)
    assert left["Location"].startswith(f"{service.issuer}/authorize?")
    assert query["redirect_uri"] == ["http://alpha.localhost:8000/admin/login/callback/"]
    assert query["code_challenge_method"] == ["S256"]
    assert {len(query[name][0]) for name in ("state", "nonce")} == {32}
    cookie = left.cookies["cx_sign_on"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", CALLBACK, "")
    assert not any(query[name][0] in cookie.value for name in ("state", "nonce"))


def test_in_by_a_verified_address_and_later_by_the_same_subject(visitor, arrive, service, lan, alpha):
    browser = visitor()
    response = arrive(browser)
    assert (response.status_code, response["Location"]) == (302, "/admin/customers/customer/")
    assert browser.is_in()
    with in_tenant(alpha):
        assert Identity.objects.get().user_id == lan.pk
        assert Event.objects.filter(name="staff.identity_linked").count() == 1
    service.script(claims={**LAN, "email": "lan.moi@alpha.example"})
    renamed = visitor()
    arrive(renamed)
    assert renamed.is_in()
    with in_tenant(alpha):
        assert set(Session.objects.filter(user__isnull=False).values_list("user_id", flat=True)) == {lan.pk}
    service.script(claims={**LAN, "sub": "43"})  # somebody else took over the address
    assert arrive(visitor()).status_code == 400


REFUSED = {
    "not verified": {"claims": {**LAN, "email_verified": False}},
    "other domain": {"claims": {**LAN, "email": "lan@evil.example"}},
    "unknown address": {"claims": {**LAN, "email": "new@alpha.example"}},
    "foreign nonce": {"claims": {**LAN, "nonce": "x" * 32}},
    "other audience": {"claims": {**LAN, "aud": "somebody"}},
    "other issuer": {"claims": {**LAN, "iss": "http://127.0.0.1:1"}},
    "too old": {"claims": {**LAN, "exp": 1_000_000_000}},
    "no expiry": {"claims": {**LAN, "exp": None}},
    "no subject": {"claims": {**LAN, "sub": None}},
    "stranger's signature": {"claims": LAN, "sign": "stranger"},
    "signed with the client secret": {"claims": LAN, "sign": "secret"},
    "not signed": {"claims": LAN, "sign": "none"},
    "unknown key": {"claims": LAN, "kid": "k2"},
}


@pytest.mark.parametrize("script", REFUSED.values(), ids=REFUSED)
def test_who_does_not_get_in(script, visitor, arrive, service, lan, alpha):
    service.script(**script)
    browser = visitor()
    response = arrive(browser)
    assert response.status_code == 400
    assert "Keycloak" in response.content.decode()
    assert not browser.is_in()
    with in_tenant(alpha):
        assert not Identity.objects.exists()
        assert User.objects.count() == 2


def test_state_and_luggage_are_good_for_one_arrival(visitor, provider, service, lan):
    browser = visitor()
    left = browser.get(f"/admin/login/with/{provider.pk}/")
    back = urlsplit(service.visit(left["Location"]))
    query = parse_qs(back.query)
    assert browser.get(CALLBACK, {"code": query["code"][0], "state": "x" * 32}).status_code == 400
    assert not browser.is_in()  # and the luggage is gone with it
    assert browser.get(f"{back.path}?{back.query}")["Location"] == "/admin/login/"
    stranger = visitor()
    assert stranger.get(f"{back.path}?{back.query}")["Location"] == "/admin/login/"
    late = visitor()
    left = late.get(f"/admin/login/with/{provider.pk}/")
    back = urlsplit(service.visit(left["Location"]))
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert late.get(f"{back.path}?{back.query}")["Location"] == "/admin/login/"
    assert visitor().get(f"{CALLBACK}?error=access_denied")["Location"] == "/admin/login/"
    assert visitor().get("/admin/login/with/018f0000-0000-7000-8000-000000000000/")["Location"] == "/admin/login/"


def test_luggage_of_one_firm_is_rubbish_at_another(visitor, provider, service, lan, alpha, beta, owner_beta):
    """Also where the other firm has the same provider under the same id."""
    with in_tenant(alpha):
        row = IdentityProvider.objects.values().get()
    with in_tenant(beta):
        IdentityProvider.objects.bulk_create([IdentityProvider(**row)])
        create_user(email=lan.email, full_name="Twin")
    browser, other = visitor(), visitor(tenant=beta)
    left = browser.get(f"/admin/login/with/{provider.pk}/")
    back = urlsplit(service.visit(left["Location"]))
    other.cookies["cx_sign_on"] = left.cookies["cx_sign_on"].value
    assert other.get(f"{back.path}?{back.query}")["Location"] == "/admin/login/"
    assert not other.is_in()
    honest = other.get(f"/admin/login/with/{provider.pk}/")
    back = urlsplit(service.visit(honest["Location"]))
    assert other.get(f"{back.path}?{back.query}").status_code == 400  # the copied client secret cannot be read there
    assert not other.is_in()


def test_a_second_factor_is_still_asked_for_unless_the_provider_counts_as_one(visitor, arrive, lan, phone, alpha):
    browser = visitor()
    assert arrive(browser)["Location"] == "/admin/login/code/"
    assert browser.post("/admin/login/code/", {"code": phone.code()})["Location"] == "/admin/customers/customer/"
    with in_tenant(alpha):
        IdentityProvider.objects.update(is_second_factor=True)
        Firm.objects.update(second_factor="everybody")
    trusted = visitor()
    assert arrive(trusted)["Location"] == "/admin/customers/customer/"
    assert trusted.get("/admin/customers/customer/").status_code == 200


def test_accounts_made_at_the_first_log_in(visitor, arrive, service, alpha):
    with in_tenant(alpha):
        IdentityProvider.objects.update(creates_accounts=True, role="agent")
    service.script(claims={**LAN, "email": "hoa@alpha.example", "name": "Lê Thị Hoa"})
    browser = visitor()
    arrive(browser)
    assert browser.is_in()
    with in_tenant(alpha):
        user = User.objects.get(email="hoa@alpha.example")
        assert (user.full_name, user.role, user.language) == ("Lê Thị Hoa", "agent", "vi")
        assert not user.has_usable_password()
        User.objects.filter(pk=user.pk).update(is_active=False)
    assert arrive(visitor()).status_code == 400


def test_the_secret_is_sealed_and_an_inner_address_is_never_called(provider, service, alpha, settings):
    with in_tenant(alpha):
        assert CLIENT_SECRET not in str(IdentityProvider.objects.values().get())
        settings.OUTBOUND_PRIVATE = False
        for issuer in (service.issuer, "https://localhost", "https://169.254.169.254", "https://[::1]", "ftp://x", ""):
            with pytest.raises(InvalidInput) as caught:
                configured(service, name="Inner", issuer=issuer)
            assert caught.value.code == "provider.issuer"
        settings.OUTBOUND_PRIVATE = True
        service.script(discovery={"issuer": "https://accounts.google.com"})
        with pytest.raises(InvalidInput):
            configured(service, name="Liar")
        assert IdentityProvider.objects.count() == 1


def test_the_provider_is_down(visitor, provider, alpha):
    with in_tenant(alpha):
        IdentityProvider.objects.update(issuer="http://127.0.0.1:9")
    assert visitor().get(f"/admin/login/with/{provider.pk}/").status_code == 400


def test_an_owner_sets_it_up_in_the_admin(visitor, service, owner_alpha, lan, alpha):
    browser = visitor()
    browser.log_in(owner_alpha.email)
    form = {
        "name": "Google",
        "issuer": service.issuer,
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "email_domains": "alpha.example, Example.VN",
        "role": "agent",
        "is_active": "on",
    }
    add = "/admin/staff/identityprovider/add/"
    assert "http://alpha.localhost:8000/admin/login/callback/" in browser.get(add).content.decode()
    assert browser.post(add, {**form, "role": "owner"}).status_code == 200
    assert browser.post(add, {**form, "secret": ""}).status_code == 200
    assert browser.post(add, form).status_code == 302
    with in_tenant(alpha):
        row = IdentityProvider.objects.get()
        assert (row.name, row.email_domains) == ("Google", ["alpha.example", "example.vn"])
        sealed = row.client_secret
    path = f"/admin/staff/identityprovider/{row.pk}/change/"
    assert CLIENT_SECRET not in browser.get(path).content.decode()
    assert sealed not in browser.get(path).content.decode()
    assert browser.post(path, {**form, "name": "Google 2", "secret": ""}).status_code == 302
    with in_tenant(alpha):
        assert IdentityProvider.objects.values_list("name", "client_secret").get() == ("Google 2", sealed)
    agent = visitor()
    agent.log_in(lan.email)
    assert agent.get(path).status_code == 403
    browser.post(f"/admin/staff/identityprovider/{row.pk}/delete/", {"post": "yes"})
    with in_tenant(alpha):
        assert not IdentityProvider.objects.exists()
