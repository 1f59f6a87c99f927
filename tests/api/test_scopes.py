"""Every address asks for exactly its scope; whoever lacks it changes nothing and learns nothing."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from customers.models import Customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.memory import forget_everything
from tenants.context import in_tenant
from tenants.staff.models import ApiKey, User
from tenants.staff.roles import ROOMS, Level
from tenants.staff.services.accounts import create_user
from tenants.staff.services.api_keys import revoke_api_key
from tests.api.conftest import EVERYTHING, World
from tests.api.endpoints import ENDPOINTS, Endpoint
from tests.conftest import FirmClient
from workflows.models import Event

LEVELS = [str(level) for level in Level]


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back, so that endpoints do not see each other's work."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows(tenant: TenantRef) -> dict[str, int]:
    """How many rows each table of the firm has, and how far its versions are: equal means nothing happened."""
    with in_tenant(tenant), connection.cursor() as cursor:
        tables = [model._meta.db_table for label in ROOMS for model in apps.get_app_config(label).get_models()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith("api/v1/"):
            actions = getattr(pattern.callback, "actions", None) or {"get": ""}
            allowed = getattr(pattern.callback, "cls", None).http_method_names
            for method in set(actions) & set(allowed):
                yield method.upper(), re.sub(r"<[^>]+>", "{}", path.removeprefix("api/v1/"))


def test_every_address_is_in_the_table() -> None:
    known = {(e.method, re.sub(r"\{[a-z_]+\}", "{}", e.path.partition("?")[0])) for e in ENDPOINTS}
    served = {route for route in routes(get_resolver("cxcrm.urls").url_patterns) if route[0] != "HEAD"}
    assert served == known


def test_the_exact_scope_is_enough(api_alpha: Callable[..., Client], world: World) -> None:
    clients = {needs: api_alpha([needs or "staff:read"]) for needs in {e.needs for e in ENDPOINTS}}
    found = {}
    for endpoint in ENDPOINTS:
        with undone():
            response = endpoint.call(clients[endpoint.needs], world)
        if response.status_code != endpoint.status:
            found[str(endpoint)] = (response.status_code, response.content.decode())
    assert found == {}


def _too_little(needs: str) -> list[str]:
    """Everything in the other rooms, and everything below in this one."""
    room, level = needs.split(":")
    below = [f"{room}:{lower}" for lower in LEVELS[: LEVELS.index(level)]]
    return [scope for scope in EVERYTHING if not scope.startswith(f"{room}:")] + below


def test_any_other_scope_is_refused_and_nothing_happens(
    api_alpha: Callable[..., Client], alpha: TenantRef, world: World
) -> None:
    needed = {e.needs for e in ENDPOINTS if e.needs}
    clients = {needs: api_alpha(_too_little(needs)) for needs in needed}
    before = rows(alpha)
    found = {}
    for endpoint in ENDPOINTS:
        if endpoint.needs is None:
            continue
        response = endpoint.call(clients[endpoint.needs], world)
        body = response.json()
        if response.status_code != 403 or body["code"] != "not_allowed" or body["data"] != {"needs": endpoint.needs}:
            found[str(endpoint)] = (response.status_code, body)
    assert found == {}
    assert rows(alpha) == before


def test_without_a_key_nobody_gets_in(api_alpha: Callable[..., Client], alpha: TenantRef, world: World) -> None:
    anonymous = api_alpha()
    before = rows(alpha)
    for endpoint in ENDPOINTS:
        response = endpoint.call(anonymous, world)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer"), str(endpoint)
        assert set(response.json()) == {"code", "message", "data"}
        assert response.json()["code"] == "not_authenticated"
    assert rows(alpha) == before


def test_a_key_of_another_firm_reads_like_one_that_never_was(
    api_alpha: Callable[..., Client], api_beta: Callable[..., Client], alpha: TenantRef, world: World
) -> None:
    stranger, nobody = api_alpha(), api_alpha()
    stranger.defaults["HTTP_AUTHORIZATION"] = api_beta(EVERYTHING).defaults["HTTP_AUTHORIZATION"]
    nobody.defaults["HTTP_AUTHORIZATION"] = "Bearer cx_0123456789ab_" + "x" * 43
    before = rows(alpha)
    for endpoint in ENDPOINTS:
        theirs, unknown = endpoint.call(stranger, world), endpoint.call(nobody, world)
        assert theirs.status_code == unknown.status_code == 401, str(endpoint)
        assert theirs.content == unknown.content
        assert theirs.json()["code"] == "api_key_invalid"
    assert rows(alpha) == before


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer a b", "Bearer cx_", "Bearer cx__", "Bearer \x00", "Bearer cx_é_ü", "bearer cx_a_b"]
)
def test_a_broken_key_is_refused(api_alpha: Callable[..., Client], header: str) -> None:
    client = api_alpha()
    response = client.get("/api/v1/customers/", HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert response.json()["code"] == "api_key_invalid"


def _ids_in(endpoint: Endpoint) -> list[str]:
    return re.findall(r"\{([a-z_]+)\}", endpoint.path)


def test_another_firms_row_reads_like_one_that_never_was(
    api: Client, alpha: TenantRef, world: World, foreign_world: World
) -> None:
    before = rows(alpha)
    for endpoint in ENDPOINTS:
        for name in _ids_in(endpoint):
            theirs = endpoint.call(api, world, **{name: foreign_world[name]})
            nobodys = endpoint.call(api, world, **{name: str(uuid.uuid4())})
            assert theirs.status_code == nobodys.status_code == 404, f"{endpoint} {name}: {theirs.content!r}"
            assert theirs.content == nobodys.content
            assert theirs.json()["code"] in {"not_found", "workflows.alert_unknown"}
    assert rows(alpha) == before


def _staff_client(tenant: TenantRef, client: Client, role: str) -> Client:
    with in_tenant(tenant):
        user = create_user(email=f"{role}@alpha.example", full_name=f"Người {role}", role=role)
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", ["owner", "agent", "read_only"])
def test_a_session_may_what_its_role_may(alpha: TenantRef, client_alpha: Client, world: World, role: str) -> None:
    client = _staff_client(alpha, client_alpha, role)
    with in_tenant(alpha):
        user = User.objects.get(email=f"{role}@alpha.example")
    found = {}
    for endpoint in ENDPOINTS:
        may = endpoint.needs is None or user.allows(*endpoint.needs.split(":"))
        with undone():
            response = endpoint.call(client, world)
        of_role = endpoint.status_for_agents if role != "owner" else None
        expected = (of_role or endpoint.status_in_person or endpoint.status) if may else 403
        if response.status_code != expected:
            found[str(endpoint)] = (response.status_code, expected, response.content.decode())
    assert found == {}


def test_a_brand_steward_drafts_personas_and_a_key_needs_what_publishes(
    alpha: TenantRef, client_alpha: Client, api_alpha: Callable[..., Client], world: World
) -> None:
    steward, key = (
        _staff_client(alpha, client_alpha, "brand_steward"),
        api_alpha(["customers:write", "journeys:manage"]),
    )
    found, of_keys = {}, set()
    for endpoint in ENDPOINTS:
        if endpoint.method == "GET" or not endpoint.path.startswith("personas/"):
            continue
        with undone():
            found[str(endpoint)] = endpoint.call(steward, world).status_code
        of_keys.add(endpoint.call(key, world).status_code)
    assert found == {
        "POST personas/": 201,
        "PATCH personas/{persona}/": 200,
        "DELETE personas/{persona}/": 204,
        "POST personas/{persona}/publish/": 403,
        "POST personas/{live_persona}/retire/": 403,
        "POST personas/{persona}/citations/": 201,
        "DELETE personas/{persona}/citations/{citation}/": 204,
    }
    assert of_keys == {403}


def test_a_session_needs_the_csrf_token_to_write(alpha: TenantRef, owner_alpha: User) -> None:
    client = FirmClient(alpha, enforce_csrf_checks=True)
    client.force_login(owner_alpha)
    assert client.get("/api/v1/customers/").status_code == 200
    response = client.post("/api/v1/customers/", {"full_name": "Lén"}, content_type="application/json")
    assert response.status_code == 403
    assert response.json()["code"] == "not_allowed"
    with in_tenant(alpha):
        assert Customer.objects.count() == 0


def test_a_revoked_key_stops_at_once_and_elsewhere_within_seconds(api: Client, alpha: TenantRef) -> None:
    assert api.get("/api/v1/me/").status_code == 200
    with in_tenant(alpha):
        key = ApiKey.objects.get()
        ApiKey.objects.update(expires_at=now())
    assert api.get("/api/v1/me/").status_code == 200  # another process did that
    forget_everything()  # as after five seconds
    assert api.get("/api/v1/me/").status_code == 401
    with in_tenant(alpha):
        ApiKey.objects.update(expires_at=None)
    forget_everything()
    assert api.get("/api/v1/me/").status_code == 200
    with in_tenant(alpha):
        revoke_api_key(key_id=key.id)
    assert api.get("/api/v1/me/").json()["code"] == "api_key_invalid"


def test_what_a_key_does_is_signed_by_it(api: Client, alpha: TenantRef) -> None:
    api.post("/api/v1/customers/", {"full_name": "Lê An"}, content_type="application/json")
    with in_tenant(alpha):
        event = Event.objects.get(name="customers.customer_created")
        assert (event.actor_kind, event.actor_id, event.actor_label) == ("api_key", ApiKey.objects.get().id, "test")
