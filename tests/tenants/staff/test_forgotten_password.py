"""A forgotten password: the link leads to the firm's own address, opens once, for half an hour."""

import re
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.core.cache import cache

from cxcrm.core.clock import now
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.selectors.hosts import forget_hosts
from tenants.staff.models import User
from tenants.staff.services.accounts import create_user, password_links

pytestmark = pytest.mark.django_db
NEW = "một mật khẩu khác 2027"


@pytest.fixture(autouse=True)
def _fresh_limits(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "KEY_FUNCTION": "tenants.context.cache_key",
        }
    }
    cache.clear()


def link_in(mail) -> str:
    return re.search(r"/welcome/[^\s\"]+", mail.body)[0]


def test_the_whole_way(visitor, lan, alpha, run_agenda, mailoutbox):
    logged_in, browser = visitor(), visitor()
    logged_in.log_in(lan.email)
    with time_machine.travel(now() + timedelta(seconds=1), tick=True):
        assert browser.post("/forgot/", {"email": lan.email.upper()}).status_code == 200
        run_agenda()
        [mail] = mailoutbox
        link = link_in(mail)
        assert f"http://alpha.localhost:8000{link}" in mail.body
        assert browser.get(link).status_code == 200
        assert logged_in.is_in()
        assert browser.post(link, {"password": NEW, "again": NEW}).status_code == 303
        assert not logged_in.is_in()
        assert browser.post(link, {"password": NEW, "again": NEW}).status_code == 410
        assert visitor().log_in(lan.email, NEW).status_code == 302


def test_half_an_hour_for_who_has_a_password_three_days_for_who_is_new(lan, in_alpha):
    new = create_user(email="moi@alpha.example", full_name="Người Mới")
    links = {user: password_links.make_token(user) for user in (lan, new)}
    for later, expected in (
        (timedelta(minutes=29), [True, True]),
        (timedelta(minutes=31), [False, True]),
        (timedelta(days=2, hours=23), [False, True]),
        (timedelta(days=3, minutes=1), [False, False]),
    ):
        with time_machine.travel(now() + later, tick=False):
            assert [password_links.check_token(user, token) for user, token in links.items()] == expected, later
    for broken in (None, "", "x", "x-y", "!-!", links[lan] + "x"):
        assert password_links.check_token(lan, broken) is False


def test_a_link_dies_with_a_log_in_a_new_address_and_the_epoch(visitor, lan, alpha):
    with in_tenant(alpha):
        token = password_links.make_token(User.objects.get(pk=lan.pk))
    visitor().log_in(lan.email)
    with in_tenant(alpha):
        user = User.objects.get(pk=lan.pk)
        assert password_links.check_token(user, token) is False
        token = password_links.make_token(user)
        user.email = "other@alpha.example"
        assert password_links.check_token(user, token) is False
    Tenant.objects.filter(pk=alpha.id).update(epoch=alpha.epoch + 1)
    forget_hosts()
    assert visitor().get(f"/welcome/{lan.pk}/{token}/").status_code == 410


POISON = ["evil.example", "alpha.localhost.evil.example", "evil.example:80", "alpha.localhost@evil.example", "[::1]"]
HEADERS = [
    "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_HOST", "HTTP_X_FORWARDED_SERVER", "HTTP_X_ORIGINAL_HOST",
    "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PORT", "HTTP_ORIGIN", "HTTP_REFERER", "HTTP_X_REWRITE_URL",
]  # fmt: skip


SPELLINGS = ("{}", "http://{}", "https://{}/", "host={}", "{}, alpha.localhost", "alpha.localhost, {}")


@pytest.mark.matrix(len(SPELLINGS))
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_poisoned_headers_reach_no_mail(spelling, visitor, lan, alpha, run_agenda, mailoutbox):
    """All together more than three hundred requests."""
    for number, (poison, header) in enumerate(product(POISON, HEADERS)):
        visitor(f"198.51.{number // 200}.{number % 200}").post(
            "/forgot/", {"email": lan.email}, **{header: spelling.format(poison)}
        )
    said_nothing_of_strangers(run_agenda, mailoutbox)


def test_poisoned_hosts_reach_no_mail(visitor, lan, alpha, run_agenda, mailoutbox):
    for poison in POISON:
        answer = visitor().post("/forgot/", {"email": lan.email}, HTTP_HOST=poison)
        assert answer.status_code in {400, 404}, poison
    visitor().post("/forgot/", {"email": lan.email})
    said_nothing_of_strangers(run_agenda, mailoutbox)


def said_nothing_of_strangers(run_agenda, mailoutbox):
    run_agenda(limit=2000)
    assert mailoutbox
    for mail in mailoutbox:
        text = mail.body + mail.alternatives[0][0]
        assert "evil" not in text
        assert "::1" not in text
        assert set(re.findall(r"https?://([^/\s\"<>]+)", text)) <= {"alpha.localhost:8000", "www.w3.org"}


def test_the_answer_is_the_same_for_everybody_and_one_mailbox_is_not_flooded(
    visitor, lan, alpha, run_agenda, mailoutbox
):
    pages = set()
    for number, email in enumerate((lan.email, "nobody@alpha.example")):
        page = visitor(f"198.51.100.{number}").post("/forgot/", {"email": email})
        pages.add((page.status_code, page.content.decode().replace(email, "")))
    assert len(pages) == 1
    for number in range(20):
        assert visitor(f"198.51.101.{number}").post("/forgot/", {"email": lan.email}).status_code == 200
    run_agenda()
    assert len(mailoutbox) <= 4
