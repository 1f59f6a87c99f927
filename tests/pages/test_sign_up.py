"""The public host: a form, a mail, one button, and the owner is inside."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from cxcrm.core.clock import now
from tenants.context import in_tenant, ref_of
from tenants.models import Domain, SignUp, Tenant
from tenants.pages import views
from tenants.services import provisioning
from tenants.staff.models import User

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Quán Gió",
    "slug": "",
    "owner_name": "Lê Gió",
    "owner_email": "gio@example.com",
    "country": "VN",
    "language": "vi",
}
PASSWORD = "một mật khẩu thật dài"


@pytest.fixture
def public() -> Client:
    return Client(enforce_csrf_checks=True, HTTP_HOST=django_settings.BASE_DOMAIN, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def platform(db):
    return provisioning.ensure_platform("op@example.com", "Operator")


@pytest.fixture
def asked(platform, public, run_agenda) -> str:
    """Somebody has sent the form; the path of the link in their mail."""
    assert public.post("/signup/", FORM).status_code == 303
    run_agenda()
    [sent] = [sent for sent in mail.outbox if sent.to == ["gio@example.com"]]
    return re.search(r"http://localhost:8000(/s/[\w-]{43}/)", sent.body)[1]


def test_from_the_form_to_the_password(asked, public):
    before = Tenant.objects.count()
    page = public.get(asked)
    assert page.status_code == 200
    assert "quan-gio.localhost" in page.content.decode()
    assert "gio@example.com" in page.content.decode()
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert public.head(asked).status_code == 200
    assert Tenant.objects.count() == before  # opening it makes nothing: mail programs open links too
    pressed = public.post(asked, {"confirm": "1"})
    tenant = Tenant.objects.get(slug="quan-gio")
    with in_tenant(ref_of(tenant)):
        owner = User.objects.get()
    assert pressed.status_code == 303
    assert pressed["Location"].startswith(f"http://quan-gio.localhost:8000/welcome/{owner.id}/")
    inside = Client(HTTP_HOST="quan-gio.localhost")
    path = pressed["Location"].removeprefix("http://quan-gio.localhost:8000")
    assert inside.get(path).status_code == 200
    assert inside.post(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    with in_tenant(ref_of(tenant)):
        assert User.objects.get().check_password(PASSWORD)


def test_the_button_pressed_again_leads_inside_and_makes_nothing(asked, public):
    first = public.post(asked, {"confirm": "1"})
    again = public.post(asked, {"confirm": "1"})
    assert again.status_code == 303
    assert first["Location"].rpartition("/welcome/")[2][:36] == again["Location"].rpartition("/welcome/")[2][:36]
    assert Tenant.objects.filter(owner_email="gio@example.com").count() == 1
    ready = public.get(asked).content.decode()
    assert "Quán Gió is there" in ready
    with in_tenant(ref_of(Tenant.objects.get(slug="quan-gio"))):
        owner = User.objects.get()
        owner.set_password(PASSWORD)
        owner.save()
    assert public.post(asked)["Location"] == "http://quan-gio.localhost:8000/admin/"
    SignUp.objects.update(expires_at=now() - timedelta(seconds=1))
    late = public.post(asked)
    assert late.status_code == 200
    assert 'href="http://quan-gio.localhost:8000/admin/"' in late.content.decode()
    assert "<form" not in late.content.decode()


def test_the_page_with_the_button_may_end_at_the_new_firms_host_and_no_other_page_may(asked, public):
    def form_action(path: str) -> str:
        rules = public.get(path)["Content-Security-Policy"].split(";")
        return next(rule.strip() for rule in rules if rule.strip().startswith("form-action"))

    assert form_action(asked) == "form-action 'self' http://*.localhost:8000"
    assert form_action("/signup/") == "form-action 'self'"


def test_the_answer_tells_where_the_mail_went_and_lets_it_be_mended(platform, public):
    posted = public.post("/signup/", FORM)
    assert re.fullmatch(r"/signup/[\w-]{43}/", posted["Location"])
    page = public.get(posted["Location"]).content.decode()
    assert "gio@example.com" in page
    assert "quan-gio.localhost" in page
    form = public.get(re.search(r'href="(/signup/\?again=[\w-]{43})"', page)[1]).content.decode()
    for value in ("Quán Gió", "quan-gio", "Lê Gió", "gio@example.com"):
        assert f'value="{value}"' in form
    assert '<option value="VN" selected>' in form
    sent_token = posted["Location"].split("/")[2]
    assert public.get(f"/s/{sent_token}/").status_code == 404  # it shows, it does not confirm
    assert public.post(f"/s/{sent_token}/").status_code == 404
    assert not Tenant.objects.filter(slug="quan-gio").exists()


def test_who_owns_a_firm_already_cannot_be_found_out(platform, alpha, public):
    answers = [public.post("/signup/", {**FORM, "owner_email": who}) for who in ("chu@alpha.example", "x@y.example")]
    assert [answer.status_code for answer in answers] == [303, 303]
    pages = [public.get(answer["Location"]).content.decode() for answer in answers]
    same = [re.sub(r"again=[\w-]+|chu@alpha.example|x@y.example", "", page) for page in pages]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    ("wrong", "field", "sentence", "kept"),
    [
        ({"name": ""}, "name", "Please type the name of your firm.", ""),
        ({"name": "寿司"}, "slug", "No address can be made from this name.", ""),
        ({"name": "Win www.spam.example"}, "name", "Please leave web addresses out of names.", ""),
        ({"owner_name": "see https://spam"}, "owner_name", "Please leave web addresses out of names.", ""),
        ({"slug": "admin"}, "slug", "“admin-2” is free", "admin-2"),
        ({"slug": "platform"}, "slug", "“platform-2” is free", "platform-2"),
        ({"slug": "a_b"}, "slug", "“a-b” is free", "a-b"),
        ({"slug": "-x y"}, "slug", "“x-y” is free", "x-y"),
        ({"slug": "Cà phê Sương Mai"}, "slug", "“ca-phe-suong-mai” is free", "ca-phe-suong-mai"),
        ({"slug": "xn--caf-dma"}, "slug", "“xn-caf-dma” is free", "xn-caf-dma"),
        ({"slug": "x" * 60}, "slug", f"“{'x' * 40}” is free", "x" * 40),
        ({"slug": "alpha"}, "slug", "“alpha-2” is free", "alpha-2"),
        ({"slug": "https://alpha.localhost:8000/admin/"}, "slug", "“alpha-2” is free", "alpha-2"),
        ({"slug": "寿司"}, "slug", "Use 2 to 40 lower-case letters", "寿司"),
        ({"slug": "y" * 121}, "slug", "at most 120", "y" * 121),
        ({"owner_email": "no"}, "owner_email", "This e-mail address is not complete.", ""),
        ({"owner_name": ""}, "owner_name", "Please type your name.", ""),
        ({"country": ""}, "country", "Please choose the country of your firm.", ""),
        ({"country": "XX"}, "country", "XX", ""),
        ({"language": "fr"}, "language", "fr", ""),
        ({"name": "a\x00b"}, "name", "Null characters", ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(wrong, field, sentence, kept, platform, alpha, public):
    response = public.post("/signup/", {**FORM, **wrong})
    page = response.content.decode()
    assert response.status_code == 400
    assert 'role="alert"' in page
    assert sentence in page
    assert f'href="#id_{field}"' in page
    for name in {"name", "owner_name", "owner_email"} - set(wrong):
        assert f'value="{FORM[name]}"' in page
    if kept:
        assert f'value="{kept}"' in page
    assert not SignUp.objects.exists()
    assert mail.outbox == []


def test_a_proposal_is_accepted_by_sending_the_form_once_more(platform, alpha, public):
    refused = public.post("/signup/", {**FORM, "slug": "alpha"}).content.decode()
    proposal = re.search(r'name="slug" value="([a-z0-9-]+)"', refused)[1]
    assert public.post("/signup/", {**FORM, "slug": proposal}).status_code == 303
    assert SignUp.objects.get().slug == "alpha-2"


def test_an_address_left_to_us_is_a_free_one(platform, alpha, public):
    assert public.post("/signup/", {**FORM, "name": "Alpha"}).status_code == 303
    assert SignUp.objects.get().slug == "alpha-2"


def test_who_comes_second_reads_one_sentence_and_taps_once_more(asked, alpha, public):
    Domain.objects.create(tenant_id=alpha.id, domain="quan-gio.localhost", is_primary=False)
    opened = public.get(asked).content.decode()
    assert "“quan-gio-2” is free" in opened  # seen at once, not only after the tap
    pressed = public.post(asked, {"confirm": "1"})
    assert pressed.status_code == 409
    assert 'value="quan-gio-2"' in pressed.content.decode()
    assert "gio@example.com" in pressed.content.decode()
    assert public.post(asked, {"confirm": "1", "slug": "no good"}).status_code == 409
    assert public.post(asked, {"confirm": "1", "slug": ""}).status_code == 400
    assert not Tenant.objects.filter(owner_email="gio@example.com").exists()
    done = public.post(asked, {"confirm": "1", "slug": "quan-gio-2"})
    assert done["Location"].startswith("http://quan-gio-2.localhost:8000/welcome/")


def test_an_outlived_link_says_so_and_gives_back_what_was_typed(asked, public):
    SignUp.objects.update(expires_at=now() - timedelta(seconds=1))
    for response in (public.get(asked), public.post(asked, {"confirm": "1"})):
        assert response.status_code == 410
        assert "Quán Gió was not made" in response.content.decode()
    again = re.search(r'href="(/signup/\?again=[\w-]{43})"', response.content.decode())[1]
    assert 'value="gio@example.com"' in public.get(again).content.decode()
    assert not Tenant.objects.filter(slug="quan-gio").exists()


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "…", "A" * 500])
def test_bad_links_are_friendly_and_do_nothing(token, asked, public):
    for path in (f"/s/{token}/", f"/signup/{token}/"):
        for response in (public.get(path), public.post(path, {"confirm": "1"})):
            assert response.status_code in {404, 405}
    assert "This link does not work" in public.get(f"/s/{token}/").content.decode()
    assert public.get(f"/signup/?again={token}").status_code == 200
    assert not Tenant.objects.filter(slug="quan-gio").exists()


def test_a_forgotten_request_is_an_unknown_link(asked, public):
    SignUp.objects.all().delete()
    assert public.get(asked).status_code == 404
    assert public.post(asked).status_code == 404


def test_one_connection_and_one_mailbox_are_held_back(platform, public, monkeypatch):
    monkeypatch.setattr(views, "is_over_limit", lambda *_args, **_options: True)
    held = public.post("/signup/", FORM)
    assert held.status_code == 429
    assert 'value="gio@example.com"' in held.content.decode()
    monkeypatch.undo()
    for number in range(5):
        assert public.post("/signup/", {**FORM, "slug": f"quan-{number}"}).status_code == 303
    flooded = public.post("/signup/", {**FORM, "slug": "quan-9"})
    assert flooded.status_code == 429
    assert "several times within the hour" in flooded.content.decode()
    assert SignUp.objects.count() == 5


def test_the_language_can_be_switched_half_way(asked, platform, public):
    half = public.post("/signup/?lang=vi", {"show_in": "vi", "name": "Quán", "country": "SG"})
    assert half.status_code == 200
    assert 'value="Quán"' in half.content.decode()
    assert '<option value="SG" selected>' in half.content.decode()
    assert SignUp.objects.count() == 1
    shown = public.post(f"{asked}?lang=vi", {"show_in": "vi", "confirm": "1"})
    assert shown.status_code == 200
    assert not Tenant.objects.filter(slug="quan-gio").exists()


def test_the_form_begins_with_what_the_browser_speaks(platform, public):
    vietnamese = public.get("/signup/?lang=vi").content.decode()
    assert '<option value="VN" selected>' in vietnamese
    assert '<option value="vi" selected>' in vietnamese
    english = public.get("/signup/?lang=en").content.decode()
    assert '<option value="" selected>' in english
    assert '<option value="en" selected>' in english


def test_before_the_first_template_the_owner_waits_at_the_firms_own_host(asked, public, monkeypatch):
    monkeypatch.setattr(provisioning.templates, "ready_template", lambda: None)
    assert public.post(asked)["Location"] == "http://quan-gio.localhost:8000/admin/"
    assert Client(HTTP_HOST="quan-gio.localhost").get("/admin/").status_code == 503
