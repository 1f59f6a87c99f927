"""A firm rests, moves and ends: nothing customers send is lost, and nothing that opened the old one opens the next."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from customers.models import Consent
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.pages.views import is_for_customers
from cxcrm.core.tokens import make_token
from feedback.models import Complaint, Response
from tenants.context import in_tenant, ref_of
from tenants.errors import AddressInvalid, AddressTaken, NotInThisState, OperatorsOwn
from tenants.models import AgendaItem, Domain, SentRecord, SignUp, Tenant
from tenants.selectors.hosts import forget_hosts, tenant_at
from tenants.services import lifecycle, provisioning
from tenants.services.running import run_now
from tenants.staff.services.api_keys import create_api_key, find_api_key
from tests.conftest import FirmClient
from tests.pages.conftest import _fresh_limits, invitation, link
from tests.workflows.conftest import cause, complaint, crew, customer, opened
from workflows.models import Event, Message

__all__ = ["_fresh_limits", "cause", "complaint", "crew", "customer", "invitation", "link", "opened"]
pytestmark = pytest.mark.django_db
SENT = {"full_name": "Lê Thị Hoa", "contact": "hoa@khach.example", "description": "Cà phê nguội, chờ 40 phút."}


@pytest.fixture
def operators(beta: TenantRef) -> TenantRef:
    """beta becomes the operators' own tenant."""
    Tenant.objects.filter(pk=beta.id).update(is_platform=True)
    forget_hosts()
    return ref_of(Tenant.objects.get(pk=beta.id))


def row(tenant: TenantRef) -> Tenant:
    return Tenant.objects.get(pk=tenant.id)


def say(verb: str, *words: str, **options: Any) -> str:
    from io import StringIO

    out = StringIO()
    call_command("firm", verb, *words, stdout=out, **options)
    return out.getvalue()


# Suspended


def test_only_pages_of_customers_are_marked(alpha):
    found = {
        str(entry.pattern)
        for resolver in get_resolver("cxcrm.urls").url_patterns
        for entry in getattr(resolver, "url_patterns", [])
        if getattr(entry, "callback", None) and is_for_customers(entry.callback)
    }
    own, community = {"m/", "m/<token>/"}, {"q/", "q/<token>/", "q/photo/<token>/"}
    assert found == {"", "brand.css", "c/", "s/<token>/", "u/<token>/", "r/<token>/", "t/<token>/"} | own | community


def test_staff_and_programs_of_a_suspended_firm_read_why(alpha, staff_client_alpha, api_alpha):
    key = api_alpha(["customers:read"])
    lifecycle.suspend(tenant_id=alpha.id, reason="Chưa thanh toán tháng 10")
    page = staff_client_alpha.get("/admin/")
    assert (page.status_code, page["Retry-After"], page["Content-Language"]) == (503, "3600", "vi")
    assert "Chưa thanh toán tháng 10" in page.content.decode()
    stranger = Client(HTTP_HOST=alpha.host, HTTP_ACCEPT_LANGUAGE="en").get("/admin/login/")
    assert stranger.status_code == 503
    assert "This firm is suspended" in stranger.content.decode()
    assert "Chưa thanh toán" not in stranger.content.decode()
    for method in ("get", "post"):
        answer = getattr(key, method)("/api/v1/customers/")
        assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "tenant.suspended", "3600")
    tried = FirmClient(alpha).post("/admin/login/", {"username": "chu@alpha.example", "password": "mật khẩu dài 2026"})
    assert (tried.status_code, dict(tried.cookies)) == (503, {})
    assert FirmClient(alpha).get("/forgot/").status_code == 503


def test_what_customers_of_a_suspended_firm_send_is_kept_and_done_later(
    alpha, in_alpha, client_alpha, invitation, complaint, link, run_agenda
):
    run_agenda()
    survey, follow, leave = (
        link("survey", invitation.id),
        link("track", complaint.id),
        link("opt-out", invitation.customer_id),
    )
    lifecycle.suspend(tenant_id=alpha.id, reason="Hết hạn")
    known, mails = Complaint.objects.count(), Message.objects.count()
    assert client_alpha.post("/c/", SENT).status_code == 303
    assert client_alpha.post(survey, {"score": "3", "words": "Chậm quá"}).status_code in {200, 303}
    assert client_alpha.post(follow, {"body": "Vẫn chưa ai gọi"}).status_code in {200, 303}
    assert client_alpha.post(leave, {"List-Unsubscribe": "One-Click"}).status_code in {200, 303}
    for path in ("/", "/c/", "/brand.css"):
        assert client_alpha.get(path).status_code == 200
    assert Complaint.objects.filter(description=SENT["description"]).count() == 1
    assert Response.objects.filter(invitation=invitation).count() == 1
    assert complaint.notes.filter(body__contains="Vẫn chưa ai gọi").count() == 1
    assert Consent.objects.latest("stated_at").granted is False
    waiting = AgendaItem.objects.filter(tenant_id=alpha.id, state="pending", due_at__lte=now()).count()
    assert waiting > 0
    assert run_agenda() == 0
    assert Message.objects.count() == mails
    lifecycle.resume(tenant_id=alpha.id)
    assert run_agenda() >= waiting
    assert Complaint.objects.count() > known
    assert Message.objects.filter(kind="acknowledgement", customer__full_name="Lê Thị Hoa", state="sent").count() == 1


def test_suspending_is_checked_and_may_be_repeated(alpha, operators):
    with pytest.raises(InvalidInput):
        lifecycle.suspend(tenant_id=alpha.id, reason="  ")
    with pytest.raises(OperatorsOwn):
        lifecycle.suspend(tenant_id=operators.id, reason="x")
    with pytest.raises(NotFound):
        lifecycle.suspend(tenant_id=Event(name="x").id, reason="x")
    assert row(alpha).state == "active"
    for reason in ("one", "two"):
        assert lifecycle.suspend(tenant_id=alpha.id, reason=reason).suspension_reason == reason
    for _ in range(2):
        assert lifecycle.resume(tenant_id=alpha.id).state == "active"
    assert row(alpha).suspension_reason == ""
    with in_tenant(operators):
        actions = Event.objects.filter(name="core.setting_changed", payload__object_id=str(alpha.id))
        assert [event.payload["action"] for event in actions.order_by("occurred_at", "id")] == [
            "suspended", "suspended", "resumed", "resumed",
        ]  # fmt: skip


def test_a_firm_being_set_up_cannot_be_suspended(alpha):
    Tenant.objects.filter(pk=alpha.id).update(state="provisioning")
    with pytest.raises(NotInThisState) as caught:
        lifecycle.suspend(tenant_id=alpha.id, reason="x")
    assert caught.value.data == {"state": "provisioning"}


# Another address


def test_a_firm_moves_at_once_and_the_old_address_leads_there(alpha, operators, in_alpha, complaint, link, settings):
    settings.PUBLIC_PORT = 8000
    follow = link("track", complaint.id)
    moved = lifecycle.rename_address(tenant_id=alpha.id, slug="Quan-Moi")
    forget_hosts()
    assert (moved.slug, ref_of(moved).host) == ("quan-moi", "quan-moi.localhost")
    old, new = Client(HTTP_HOST="alpha.localhost"), Client(HTTP_HOST="quan-moi.localhost")
    for path in ("/", f"{follow}?lang=en", "/admin/customers/", "/no/such/page"):
        for method in (old.get, old.head):
            answer = method(path)
            assert (answer.status_code, answer["Location"]) == (301, f"http://quan-moi.localhost:8000{path}")
            assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert new.get(follow).status_code == 200
    assert tenant_at("alpha.localhost") == tenant_at("quan-moi.localhost")


def test_nothing_posted_to_an_old_address_is_lost(alpha, operators, in_alpha, complaint, link, api_alpha):
    follow, key = link("track", complaint.id), api_alpha(["customers:read"])
    lifecycle.rename_address(tenant_id=alpha.id, slug="quan-moi")
    old = Client(HTTP_HOST="alpha.localhost")
    assert old.post(follow, {"body": "Gửi vào địa chỉ cũ"}).status_code in {200, 303}
    with in_tenant(alpha):
        assert complaint.notes.filter(body__contains="địa chỉ cũ").count() == 1
    broken = old.post("/c/", {"full_name": "x"})
    assert broken.status_code == 400  # the form comes back where it was sent, and so does all it loads
    assert old.get("/brand.css").status_code == 200
    assert key.get("/api/v1/customers/").status_code == 200  # a client would drop its key on the way to another host


def test_an_old_address_is_nobody_elses_until_it_was_let_go(alpha, operators, run_agenda, advance):
    lifecycle.rename_address(tenant_id=alpha.id, slug="quan-moi")
    new_firm = {"name": "Khác", "owner_email": "a@khac.example", "owner_name": "A"}
    with pytest.raises(AddressTaken):
        provisioning.request_firm(slug="alpha", **new_firm)
    advance(lifecycle.REDIRECTS_FOR - timedelta(minutes=1))
    assert tenant_at("alpha.localhost").id == alpha.id
    advance(timedelta(minutes=2))
    forget_hosts()
    assert tenant_at("alpha.localhost") is None
    assert Client(HTTP_HOST="alpha.localhost").get("/").status_code == 404
    Domain.objects.filter(domain="alpha.localhost").update(redirects_until=now() - timedelta(days=100))
    assert run_agenda() >= 1
    assert [domain.domain for domain in Domain.objects.filter(tenant_id=alpha.id)] == ["quan-moi.localhost"]
    assert provisioning.request_firm(slug="alpha", **new_firm).slug == "alpha"


def test_a_firm_may_come_back_to_its_old_address(alpha, operators, run_agenda, advance):
    lifecycle.rename_address(tenant_id=alpha.id, slug="quan-moi")
    back = lifecycle.rename_address(tenant_id=alpha.id, slug="alpha")
    assert {(d.domain, d.is_primary) for d in Domain.objects.filter(tenant_id=alpha.id)} == {
        ("alpha.localhost", True),
        ("quan-moi.localhost", False),
    }
    assert lifecycle.rename_address(tenant_id=alpha.id, slug="alpha").slug == back.slug == "alpha"
    Domain.objects.filter(domain="quan-moi.localhost").update(redirects_until=now() - timedelta(days=100))
    advance(timedelta(days=91))
    run_agenda()
    assert [domain.domain for domain in Domain.objects.filter(tenant_id=alpha.id)] == ["alpha.localhost"]


def test_addresses_that_cannot_be_leave_the_firm_where_it_is(alpha, operators):
    for slug, refusal in (("beta", AddressTaken), ("www", AddressInvalid), ("a--b", AddressInvalid)):
        with pytest.raises(refusal):
            lifecycle.rename_address(tenant_id=alpha.id, slug=slug)
    assert (row(alpha).slug, Domain.objects.get(tenant_id=alpha.id).domain) == ("alpha", "alpha.localhost")


# Revoked


def test_raising_the_epoch_ends_sessions_links_and_keys(
    alpha, in_alpha, staff_client_alpha, api_alpha, complaint, link
):
    follow, key = link("track", complaint.id), api_alpha(["customers:read"])
    assert [staff_client_alpha.get("/admin/").status_code, key.get("/api/v1/customers/").status_code] == [200, 200]
    assert lifecycle.raise_epoch(tenant_id=alpha.id).epoch == alpha.epoch + 1
    forget_hosts()
    assert staff_client_alpha.get("/admin/").status_code == 302
    assert key.get("/api/v1/customers/").status_code == 401
    assert Client(HTTP_HOST=alpha.host).get(follow).status_code == 404
    fresh = api_alpha(["customers:read"])  # made under the old number: this test still remembers it
    assert fresh.get("/api/v1/customers/").status_code == 401
    with in_tenant(ref_of(row(alpha))):
        _key, text = create_api_key(name="new", scopes=["customers:read"])
        assert find_api_key(text) is not None
    assert (
        Client(HTTP_HOST=alpha.host, HTTP_AUTHORIZATION=f"Bearer {text}").get("/api/v1/customers/").status_code == 200
    )
    with pytest.raises(NotFound):
        lifecycle.raise_epoch(tenant_id=_key.id)


# Closed


def test_a_closing_firm_rests_and_may_be_reopened(alpha, operators, staff_client_alpha, client_alpha, api_alpha):
    key = api_alpha(["customers:read"])
    closing = lifecycle.close_firm(tenant_id=alpha.id)
    forget_hosts()
    assert timedelta(days=29) < closing.closes_at - now() <= timedelta(days=30)
    page = staff_client_alpha.get("/admin/?lang=en")
    assert page.status_code == 503
    assert "everything here is deleted for good" in page.content.decode()
    assert key.get("/api/v1/customers/").json()["code"] == "tenant.closing"
    assert client_alpha.post("/c/", SENT).status_code == 303
    with pytest.raises(NotInThisState):
        lifecycle.rename_address(tenant_id=alpha.id, slug="quan-moi")
    assert lifecycle.reopen(tenant_id=alpha.id).state == "active"
    forget_hosts()
    assert staff_client_alpha.get("/admin/").status_code == 200
    with pytest.raises(NotInThisState):
        lifecycle.reopen(tenant_id=alpha.id)


def test_a_firm_that_was_suspended_before_is_so_again(alpha, operators):
    lifecycle.suspend(tenant_id=alpha.id, reason="Chưa thanh toán")
    lifecycle.close_firm(tenant_id=alpha.id)
    assert lifecycle.reopen(tenant_id=alpha.id).state == "suspended"


def test_a_reopened_firm_is_not_dropped_when_the_day_comes(alpha, operators, run_agenda, advance):
    lifecycle.close_firm(tenant_id=alpha.id, notice=timedelta(0))
    lifecycle.reopen(tenant_id=alpha.id)
    assert run_agenda() == 1
    assert row(alpha).state == "active"
    lifecycle.close_firm(tenant_id=alpha.id, notice=timedelta(0))
    lifecycle.close_firm(tenant_id=alpha.id, notice=timedelta(days=5))
    assert run_agenda() == 0
    assert row(alpha).state == "closing"


@pytest.mark.django_db(transaction=True)
def test_a_closed_firm_is_gone_and_its_address_opens_nothing_old(operators, run_agenda, advance, settings):
    """The whole way: a firm with credentials of every kind closes; another one takes the address."""
    settings.CACHES = {"default": {**settings.CACHES["default"]}}
    values = {"name": "Gamma", "owner_email": "chi@gamma.example", "owner_name": "Đỗ Thị Chi"}
    first = run_now(provisioning.request_firm(slug="gamma", **values))
    SignUp.objects.create(
        **values, slug="gamma", language="vi", time_zone="UTC", country="VN", expires_at=now(), tenant=first
    )
    ref = ref_of(first)
    with in_tenant(ref):
        from tenants.staff.models import User
        from tenants.staff.services.accounts import password_links

        owner = User.objects.get()
        tokens = {purpose: make_token(purpose, owner.id) for purpose in ("survey", "track", "opt-out", "solved")}
        password_link = f"/welcome/{owner.id}/{password_links.make_token(owner)}/"
        _key, key_text = create_api_key(name="old", scopes=["customers:read"])
    browser = FirmClient(ref)
    browser.force_login(owner)
    SentRecord.objects.create(tenant=first, dedupe_key="x", message_id="<x@y>")
    lifecycle.close_firm(tenant_id=first.id, notice=timedelta(0))
    assert run_agenda() >= 1
    closed = Tenant.objects.get(pk=first.id)
    assert (closed.state, closed.owner_email, closed.owner_name, closed.epoch) == ("closed", "", "", ref.epoch + 1)
    assert (closed.schema_name, closed.slug) == (ref.schema_name, f"x--{first.id.hex}")
    for model in (Domain, SentRecord, SignUp, AgendaItem):
        assert not model.objects.filter(tenant=first).exists()
    assert schema_exists(ref.schema_name)  # whoever still remembers the firm is not met by an error
    advance(lifecycle.FORGOTTEN_AFTER)
    run_agenda()
    assert not schema_exists(ref.schema_name)
    forget_hosts()
    assert browser.get("/").status_code == 404
    second = run_now(provisioning.request_firm(slug="gamma", **values))
    assert second.schema_name != ref.schema_name
    forget_hosts()
    assert browser.get("/admin/").status_code == 302
    partner = Client(HTTP_HOST=ref.host, HTTP_AUTHORIZATION=f"Bearer {key_text}")
    assert partner.get("/api/v1/customers/").status_code == 401
    letters = {"survey": "s", "track": "t", "opt-out": "u", "solved": "r"}
    assert {browser.get(f"/{letters[p]}/{token}/").status_code for p, token in tokens.items()} == {404}
    assert browser.get(password_link).status_code == 404
    with pytest.raises(NotInThisState):
        lifecycle.close_firm(tenant_id=first.id)


def schema_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [name])
        return bool(cursor.fetchone()[0])


# By command


def test_operators_do_it_by_command(alpha, operators):
    assert say("suspend", "alpha", reason="Chưa thanh toán") == "Cà phê Alpha is suspended.\n"
    assert say("resume", "alpha") == "Cà phê Alpha goes on.\n"
    assert "http://quan-moi.localhost" in say("rename", "alpha", "quan-moi")
    assert "is dead" in say("revoke", "quan-moi")
    assert "closes for good on" in say("close", "quan-moi", days=3)
    assert say("reopen", "quan-moi") == "Cà phê Alpha is open again.\n"
    assert (row(alpha).state, row(alpha).epoch, row(alpha).slug) == ("active", alpha.epoch + 1, "quan-moi")


def test_operators_do_it_from_inside_their_own_tenant(alpha, operators):
    """As their pages do: the registry's rows refuse to be saved there, so each service sets its columns."""
    with in_tenant(operators):
        lifecycle.suspend(tenant_id=alpha.id, reason="x")
        lifecycle.resume(tenant_id=alpha.id)
        lifecycle.rename_address(tenant_id=alpha.id, slug="quan-moi")
        lifecycle.raise_epoch(tenant_id=alpha.id)
        lifecycle.close_firm(tenant_id=alpha.id)
        assert lifecycle.reopen(tenant_id=alpha.id).state == "active"
        assert AgendaItem.objects.filter(tenant_id=operators.id, kind__in=["tenants.free_address"]).count() == 1
    assert (row(alpha).slug, row(alpha).epoch) == ("quan-moi", alpha.epoch + 1)


def test_a_command_refuses_in_one_sentence(alpha, operators):
    for verb, words in (
        ("resume", ["nobody"]),
        ("reopen", ["alpha"]),
        ("rename", ["alpha", "beta"]),
        ("close", ["beta"]),
    ):
        with pytest.raises(CommandError):
            say(verb, *words)
    assert row(alpha).state == "active"
