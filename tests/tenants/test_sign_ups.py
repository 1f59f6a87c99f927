"""Asking for a firm, the mail, and confirming it: once, by whoever owns the mailbox, while the link lives."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError

from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from cxcrm.core.tokens import make_public_token, make_token, read_public_token, read_token
from tenants.context import in_tenant, ref_of
from tenants.errors import AddressInvalid, AddressTaken, SignUpExpired, SignUpTooOften
from tenants.models import AgendaItem, SignUp, Tenant
from tenants.models.country import Country, time_zone_of
from tenants.services import agenda, provisioning, sign_ups
from tenants.services.sign_ups import confirm_sign_up, forget_sign_up, request_sign_up
from tenants.staff.models import Firm, User
from tests.support.race import race
from workflows.models import Calendar, Message
from workflows.services.sign_ups import mail_sign_up

pytestmark = pytest.mark.django_db
WISH = {
    "name": " Quán Gió ",
    "slug": "quan-gio",
    "owner_email": "Gio@Example.com",
    "owner_name": "Lê Gió",
    "language": "vi",
    "country": "VN",
}


@pytest.fixture
def platform(db):
    tenant = provisioning.ensure_platform("op@example.com", "Operator")
    AgendaItem.objects.all().delete()
    with in_tenant(ref_of(tenant)):
        Message.objects.all().delete()
    return tenant


def expire(sign_up: SignUp, by: timedelta = timedelta(seconds=1)) -> None:
    SignUp.objects.filter(pk=sign_up.pk).update(expires_at=now() - by)


def test_asking_makes_nothing_but_a_row_and_a_mail(platform):
    before = Tenant.objects.count()
    sign_up = request_sign_up(**WISH)
    assert (sign_up.name, sign_up.slug, sign_up.owner_email, sign_up.owner_name) == (
        "Quán Gió",
        "quan-gio",
        "gio@example.com",
        "Lê Gió",
    )
    assert (sign_up.country, sign_up.time_zone) == ("VN", "Asia/Ho_Chi_Minh")
    assert timedelta(hours=23, minutes=59) < sign_up.expires_at - now() <= timedelta(hours=24)
    assert Tenant.objects.count() == before
    items = AgendaItem.objects.filter(tenant=platform).order_by("due_at")
    assert [(item.kind, item.ref) for item in items] == [
        ("tenants.mail_sign_up", sign_up.id),
        ("tenants.forget_sign_up", sign_up.id),
    ]


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("vi", "Quán Gió", "24"), ("en", "Quán Gió: confirm and begin", "Hello Lê Gió,")],
)
def test_the_mail_leaves_through_the_delivery_machine(platform, run_agenda, language, subject, words):
    sign_up = request_sign_up(**{**WISH, "language": language})
    run_agenda()
    [sent] = mail.outbox
    assert sent.to == ["gio@example.com"]
    assert subject in sent.subject
    assert words in sent.body
    token = re.search(r"http://localhost:8000/s/([\w-]{43})/\s", sent.body)[1]
    assert read_public_token("sign-up", token) == sign_up.id
    with in_tenant(ref_of(platform)):
        message = Message.objects.get(kind="sign_up")
        assert (message.state, message.ref, message.user, message.customer) == ("sent", sign_up.id, None, None)
        assert token not in message.text
        assert message.message_id == sent.extra_headers["Message-ID"]


def test_the_same_wish_again_mends_the_row_and_mails_the_same_link(platform, run_agenda):
    first = request_sign_up(**WISH)
    expire(first)
    again = request_sign_up(**{**WISH, "name": "Quán Gió Mới", "country": "SG"})
    assert (again.id, again.name, again.time_zone, again.mails) == (first.id, "Quán Gió Mới", "Asia/Singapore", 2)
    assert again.expires_at > now()
    mail_sign_up_again = agenda.kind("tenants.mail_sign_up").handler
    run_agenda()
    with in_tenant(ref_of(platform)):
        mail_sign_up_again(first.id)
    run_agenda()
    links = [re.search(r"/s/([\w-]{43})/", sent.body)[1] for sent in mail.outbox]
    assert len(links) == 1  # both items found two wishes and one mail to send
    assert SignUp.objects.count() == 1


def test_a_mail_that_comes_too_late_is_not_sent(platform, run_agenda):
    request_sign_up(**WISH)
    expire(SignUp.objects.get())
    run_agenda()
    assert mail.outbox == []
    with in_tenant(ref_of(platform)):
        message = Message.objects.get(kind="sign_up")
        assert (message.state, message.reason) == ("skipped", "sign_up_over")


def test_a_wish_that_cannot_be_seen_yet_is_looked_for_again(platform):
    with in_tenant(ref_of(platform)), pytest.raises(agenda.NotYet):
        mail_sign_up(uuid4())


def test_one_mailbox_is_not_flooded(platform):
    for number in range(sign_ups.MAILS_PER_HOUR):
        request_sign_up(**{**WISH, "slug": f"quan-gio-{number % 2}"})
    with pytest.raises(SignUpTooOften):
        request_sign_up(**{**WISH, "slug": "khac"})
    assert sum(SignUp.objects.values_list("mails", flat=True)) == sign_ups.MAILS_PER_HOUR
    request_sign_up(**{**WISH, "owner_email": "khac@example.com"})
    SignUp.objects.update(created_at=now() - timedelta(days=1))
    with pytest.raises(SignUpTooOften):  # what counts is when they were last asked, not when first
        request_sign_up(**{**WISH, "slug": "quan-gio-0"})
    SignUp.objects.update(expires_at=now() + timedelta(hours=23))
    request_sign_up(**{**WISH, "slug": "khac"})


def test_owners_of_firms_are_answered_like_everybody(platform, alpha):
    sign_up = request_sign_up(**{**WISH, "owner_email": "chu@alpha.example"})
    assert sign_up.owner_email == "chu@alpha.example"


@pytest.mark.parametrize("slug", ["admin", "platform", "xn--caf-dma", "a" * 41, "cà-phê", "a", "a--b"])
def test_addresses_that_cannot_be_are_refused_at_once(platform, slug):
    with pytest.raises(AddressInvalid):
        request_sign_up(**{**WISH, "slug": slug})
    assert not SignUp.objects.exists()


def test_a_taken_address_is_refused_with_a_proposal(platform, alpha):
    with pytest.raises(AddressTaken) as caught:
        request_sign_up(**{**WISH, "slug": "alpha"})
    assert caught.value.data == {"slug": "alpha", "proposal": "alpha-2"}
    assert not SignUp.objects.exists()


def test_confirming_makes_the_firm_once(platform):
    sign_up = request_sign_up(**{**WISH, "country": "SG", "language": "en"})
    tenant = confirm_sign_up(sign_up_id=sign_up.id)
    assert (tenant.name, tenant.slug, tenant.state, tenant.owner_email) == (
        "Quán Gió",
        "quan-gio",
        "active",
        "gio@example.com",
    )
    assert (tenant.country, tenant.time_zone, tenant.language) == ("SG", "Asia/Singapore", "en")
    sign_up.refresh_from_db()
    assert sign_up.tenant == tenant
    assert sign_up.confirmed_at is not None
    assert confirm_sign_up(sign_up_id=sign_up.id) == tenant
    assert confirm_sign_up(sign_up_id=sign_up.id, slug="khac") == tenant
    assert Tenant.objects.filter(owner_email="gio@example.com").count() == 1
    with in_tenant(ref_of(tenant)):
        assert (Firm.objects.get().currency, Calendar.objects.get().time_zone) == ("SGD", "Asia/Singapore")
        assert User.objects.get().email == "gio@example.com"


def test_a_country_we_know_nothing_of_begins_in_utc_without_holidays(platform):
    tenant = confirm_sign_up(sign_up_id=request_sign_up(**{**WISH, "country": "ZZ"}).id)
    with in_tenant(ref_of(tenant)):
        calendar = Calendar.objects.get()
        assert (Firm.objects.get().currency, calendar.time_zone, calendar.days.count()) == ("USD", "UTC", 0)


def test_every_country_has_a_zone_that_exists():
    from zoneinfo import ZoneInfo

    assert {country for country in Country if time_zone_of(country) == "UTC"} == {Country.OTHER}
    for country in Country:
        assert ZoneInfo(time_zone_of(country))


def test_whoever_comes_second_loses_only_the_address(platform):
    first = request_sign_up(**WISH)
    second = request_sign_up(**{**WISH, "owner_email": "nhi@example.com"})
    confirm_sign_up(sign_up_id=first.id)
    with pytest.raises(AddressTaken) as caught:
        confirm_sign_up(sign_up_id=second.id)
    assert caught.value.data == {"slug": "quan-gio", "proposal": "quan-gio-2"}
    assert Tenant.objects.filter(owner_email="nhi@example.com").count() == 0
    tenant = confirm_sign_up(sign_up_id=second.id, slug="quan-gio-2")
    assert (tenant.slug, tenant.owner_email) == ("quan-gio-2", "nhi@example.com")
    with pytest.raises(AddressInvalid):
        confirm_sign_up(sign_up_id=request_sign_up(**{**WISH, "slug": "ba"}).id, slug="admin")


def test_an_outlived_or_unknown_request_makes_nothing(platform):
    sign_up = request_sign_up(**WISH)
    before = Tenant.objects.count()
    expire(sign_up)
    with pytest.raises(SignUpExpired):
        confirm_sign_up(sign_up_id=sign_up.id)
    with pytest.raises(NotFound):
        confirm_sign_up(sign_up_id=uuid4())
    assert Tenant.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_make_one_firm(platform, alpha):
    sign_up = request_sign_up(**WISH)
    outcomes = race(ref_of(platform), *[lambda: confirm_sign_up(sign_up_id=sign_up.id).id] * 4)
    assert len(set(outcomes)) == 1
    assert Tenant.objects.filter(slug="quan-gio").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_get_one_address_and_one_sentence(platform):
    both = [request_sign_up(**{**WISH, "owner_email": f"{n}@example.com"}) for n in (1, 2)]
    calls = [lambda one=one: confirm_sign_up(sign_up_id=one.id) for one in both]
    outcomes = race(ref_of(platform), *calls)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AddressTaken", "Tenant"]
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, AddressTaken)]
    assert refused.data["proposal"] == "quan-gio-2"
    assert Tenant.objects.filter(slug__startswith="quan-gio").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_form_sent_twice_at_once_is_one_request(platform):
    outcomes = race(ref_of(platform), *[lambda: request_sign_up(**WISH).id] * 3)
    assert len(set(outcomes)) == 1
    assert SignUp.objects.count() == 1
    assert AgendaItem.objects.filter(kind="tenants.forget_sign_up").count() == 1


def test_what_was_typed_is_forgotten_a_week_after_the_link(platform, run_agenda):
    kept, gone = request_sign_up(**WISH), request_sign_up(**{**WISH, "slug": "khac"})
    tenant = confirm_sign_up(sign_up_id=gone.id)
    expire(gone, timedelta(days=7, seconds=1))
    assert forget_sign_up(kept.id).due_at == kept.expires_at + timedelta(days=7)
    assert forget_sign_up(gone.id) is None
    assert forget_sign_up(gone.id) is None
    assert list(SignUp.objects.all()) == [kept]
    assert Tenant.objects.filter(pk=tenant.pk).exists()


def test_one_open_request_for_a_mailbox_and_an_address(platform):
    sign_up = request_sign_up(**WISH)
    values = {field.name: getattr(sign_up, field.name) for field in SignUp._meta.fields if field.name != "id"}
    with pytest.raises(IntegrityError):
        SignUp.objects.create(**values)


def test_links_of_the_public_host_are_no_links_of_a_firm(alpha):
    ident = uuid4()
    token = make_public_token("sign-up", ident)
    assert read_public_token("sign-up", token) == ident
    assert read_public_token("other", token) is None
    assert read_public_token("sign-up", f"{token[:-2]}AA") is None
    with in_tenant(alpha):
        assert read_token("sign-up", token) is None
        assert read_public_token("sign-up", make_token("sign-up", ident)) is None
