"""The host decides the firm, exactly; anything else is a constant 404."""

import pytest
from django.test import Client

from tenants.models import Tenant
from tenants.selectors.hosts import forget_hosts, tenant_at

pytestmark = pytest.mark.django_db
HOSTS = [
    "gamma.localhost", "www.alpha.localhost", "alpha.localhost.", "alpha.localhost.evil.example", "evil.example",
    "127.0.0.1", "[::1]", "", "alpha", "xn--alpha.localhost", "alpha.localhost:80:80", "alpha.localhost/..", "t_1",
    "alpha..localhost", "alpha localhost", "ａlpha.localhost", "alpha.localhost\x00", "user@alpha.localhost",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_unknown_hosts_get_the_same_404(host, alpha):
    answers = [
        Client(HTTP_HOST=host, raise_request_exception=True).get(path)
        for path in ("/", "/admin/", "/api/v1/customers/")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, b"<!doctype html><title>404</title><h1>404</h1>")
    }


def test_forwarded_hosts_are_ignored(alpha):
    answer = Client(HTTP_HOST="evil.example").get("/", HTTP_X_FORWARDED_HOST="alpha.localhost")
    assert answer.status_code == 404


def test_case_and_port_do_not_matter(alpha, client_alpha):
    assert Client(HTTP_HOST="ALPHA.localhost:8000").get("/admin/login/").status_code == 200


def test_a_warm_host_costs_no_query(alpha, django_assert_num_queries):
    assert tenant_at("alpha.localhost") == alpha
    assert tenant_at("nobody.localhost") is None
    with django_assert_num_queries(0):
        assert tenant_at("alpha.localhost") == alpha
        assert tenant_at("nobody.localhost") is None


def test_the_memory_of_hosts_is_bounded(alpha, monkeypatch):
    from tenants.selectors import hosts

    monkeypatch.setattr(hosts, "MAX_ENTRIES", 3)
    for number in range(10):
        tenant_at(f"x{number}.localhost")
    assert len(hosts._cache) <= 3


def test_a_firm_that_is_not_ready_says_so(alpha):
    Tenant.objects.filter(pk=alpha.id).update(state=Tenant.State.PROVISIONING)
    forget_hosts()
    answer = Client(HTTP_HOST="alpha.localhost").get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_health_answers_on_any_host(db):
    answer = Client(HTTP_HOST="anything").get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": True, "broker": True})


def test_views_are_loaded_outside_any_firm(alpha, api_alpha, api_beta):
    """A class-level queryset made during a request of one firm would belong to it; the guard would stop the other."""
    for client in (api_alpha(["workflows:read"]), api_beta(["workflows:read"])):
        assert client.get("/api/v1/sla-policies/").status_code == 200
