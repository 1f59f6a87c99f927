"""A modest limit per visitor, counted per firm; nobody is refused because the cache is away."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from cxcrm.core.pages.limits import is_over_limit, visitor
from tenants.context import in_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_this_process(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "KEY_FUNCTION": "tenants.context.cache_key",
        }
    }
    cache.clear()


def ask(times: int = 2, **headers: str) -> bool:
    return is_over_limit(RequestFactory().post("/c/", **headers), "complain", times=times, seconds=60)


def test_counted_per_visitor_what_and_firm(alpha, beta):
    with in_tenant(alpha):
        assert [ask() for _ in range(4)] == [False, False, True, True]
        assert ask(REMOTE_ADDR="10.0.0.9") is False
        assert is_over_limit(RequestFactory().post("/"), "forgot", times=2, seconds=60) is False
    with in_tenant(beta):
        assert ask() is False


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0"])
def test_without_the_cache_nobody_is_refused(url, in_alpha, settings, caplog):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    assert [ask() for _ in range(4)] == [False] * 4
    assert "not counted" in caplog.text


@pytest.mark.parametrize(
    ("https", "forwarded", "expected"),
    [
        (False, "1.2.3.4", "127.0.0.1"),  # nobody's proxy: anybody could write it
        (True, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (True, "1.2.3.4", "1.2.3.4"),
        (True, "", "127.0.0.1"),
    ],
)
def test_who_the_visitor_is(https, forwarded, expected, settings):
    settings.HTTPS = https
    assert visitor(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)) == expected
