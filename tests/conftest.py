"""Fixtures every test may use: two firms, doors into them, an agenda run on demand."""

import gc
import os
from collections.abc import Callable, Iterator
from copy import copy
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.template import RequestContext
from django.test import Client, TransactionTestCase
from django.test import client as test_client
from django.test.utils import ContextList

from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.memory import forget_everything, memories
from tenants import tasks
from tenants.context import enter, in_tenant, leave, ref_of
from tenants.models import AgendaItem, Lane, Tenant
from tenants.selectors import hosts
from tenants.selectors.hosts import forget_hosts
from tenants.services import agenda, provisioning, templates, usage
from tenants.services.running import run_now
from tenants.staff.models import User
from tenants.staff.services.api_keys import create_api_key
from tests.support import matrix
from tests.support.database import maker_of
from tests.support.migrating import rendering_little
from tests.support.scenes import Scene, Stage
from tests.support.snapshot import Snapshot


def pytest_collection_finish() -> None:
    """All modules are loaded and stay: the collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Tests call as fast as they can; those about calling too fast say how fast is too fast."""
    settings.API_RATE = 0
    matrix.decide(config)


PASSWORD = "mật khẩu dài 2026"
# The same algorithm as in production, as cheap as it gets: how hard a hash is to guess is not tested here.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


# Some examples every day, other ones each time; many by `make faults`.
hypothesis.settings.register_profile("everyday", max_examples=25, deadline=None)
hypothesis.settings.register_profile("long", max_examples=1_000, deadline=None)
hypothesis.settings.load_profile("everyday")
# Rooms and fixtures that are dear to make: two full firms, a Chromium, a third firm. Each is made on one worker only.
_TOGETHER = ("tests/isolation/", "tests/browser/")
_SHARED = {"gamma"}


def pytest_report_header() -> str:
    share = "a share of the matrices, as of today" if matrix.is_everyday() else "matrices whole"
    return f"matrices: {share}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if matrix.is_everyday():
        left = matrix.left_for_another_day(items, matrix.today())
        config.hook.pytest_deselected(items=left)
        gone = {id(item) for item in left}
        items[:] = [item for item in items if id(item) not in gone]
    for item in items:
        for room in _TOGETHER:
            if item.nodeid.startswith(room):
                item.add_marker(pytest.mark.xdist_group(room))
        for fixture in _SHARED.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(fixture))


def _keep_pages_context(store: dict[str, Any], sender: Any, template: Any, context: Any, **_signal: Any) -> None:
    """What ``response.context`` is made of: the page's own context. Django keeps a copy for every widget as well."""
    if isinstance(context, RequestContext) and context.template is template:
        store.setdefault("templates", []).append(template)
        store.setdefault("context", ContextList()).append(copy(context))


test_client.store_rendered_templates = _keep_pages_context


def _ensure_firm(slug: str, **values: Any) -> Tenant:
    existing = Tenant.objects.filter(slug=slug).first()
    if existing:
        return existing
    tenant = provisioning.request_firm(slug=slug, **values)
    return run_now(tenant)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Public schema, then alpha (Vietnamese) and beta (English), made for real, once per run."""
    run, seed = os.environ.get("PYTEST_XDIST_TESTRUNUID"), None
    request.getfixturevalue("django_db_modify_db_settings")
    if not run or request.getfixturevalue("django_db_keepdb"):
        _make_database(request, django_db_blocker)
    else:
        with django_db_blocker.unblock(), maker_of(run) as seed:
            if seed.is_there():
                seed.grow()
            else:
                _make_database(request, django_db_blocker)
                seed.sow()
    with django_db_blocker.unblock():
        leave()
        for tenant in Tenant.objects.all():
            usage.remember_activity(tenant.id)  # somebody was there already, so that no test meets the hourly touch
        snapshot = Snapshot.take()

        def restore(_case: TransactionTestCase) -> None:
            leave()
            snapshot.restore()

        TransactionTestCase._fixture_teardown = restore  # flush would empty the registry of firms
    yield
    if seed is not None:
        with django_db_blocker.unblock():
            seed.clear()


def _make_database(request: pytest.FixtureRequest, django_db_blocker: Any) -> None:
    with rendering_little():
        request.getfixturevalue("django_db_setup")  # pytest-django's own
    # Without any test marked django_db, pytest-django leaves the real database in place.
    assert connection.settings_dict["NAME"].startswith("test_"), "mark the test django_db"
    with django_db_blocker.unblock():
        leave()
        _sweep_leftovers()
        with rendering_little():
            templates.ensure_template()
        alpha = _ensure_firm(
            "alpha",
            name="Cà phê Alpha",
            owner_email="chu@alpha.example",
            owner_name="Trần Thị Chủ",
            language="vi",
        )
        beta = _ensure_firm(
            "beta",
            name="Beta Cycles",
            owner_email="owner@beta.example",
            owner_name="Olivia Owner",
            language="en",
            country="SG",
            time_zone="Asia/Singapore",
        )
        for tenant in (alpha, beta):
            with in_tenant(ref_of(tenant)):
                owner = User.objects.get(email=tenant.owner_email)
                if not owner.has_usable_password():
                    owner.set_password(PASSWORD)
                    owner.save(update_fields=["password"])
        _drift_content_types(beta)
        _forget_welcome(alpha, beta)


def _sweep_leftovers() -> None:
    """With --reuse-db an interrupted run may have left firms behind."""
    with connection.cursor() as cursor:
        for table in ("agendaitem", "sentrecord", "signup", "spareschema"):
            cursor.execute(f"TRUNCATE tenants_{table}")
        cursor.execute("DELETE FROM tenants_domain WHERE domain NOT IN ('alpha.localhost', 'beta.localhost')")
        cursor.execute("DELETE FROM tenants_tenant WHERE slug NOT IN ('alpha', 'beta')")
        cursor.execute(
            """SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'
               AND nspname NOT IN (SELECT schema_name FROM tenants_tenant)"""
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP SCHEMA "{name}" CASCADE')


def _drift_content_types(tenant: Tenant) -> None:
    """Move every content-type id of one firm far away, so that an id mixed up between schemas is noticed."""
    with in_tenant(ref_of(tenant)), connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM django_content_type")
        if cursor.fetchone()[0] < 1000:
            cursor.execute("ALTER TABLE auth_permission DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM auth_permission")
            cursor.execute("UPDATE django_content_type SET id = id + 1000")
            cursor.execute("ALTER TABLE auth_permission ENABLE TRIGGER USER")


def _forget_welcome(*tenants: Tenant) -> None:
    """The mails that greet new owners are tested where firms are made; elsewhere the agenda starts empty."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tenants_agendaitem")
        for tenant in tenants:
            cursor.execute(f'TRUNCATE "{tenant.schema_name}".workflows_message CASCADE')


@pytest.fixture(autouse=True)
def _no_ambient_tenant() -> Iterator[None]:
    """Every test starts and ends outside any tenant, as a fresh process does."""
    leave()
    forget_hosts()
    forget_everything()
    yield
    leave()


@pytest.fixture(autouse=True)
def _no_spares(settings: Any) -> None:
    """A worker fills the pool of spare schemas only where a test asks for it."""
    settings.SPARE_SCHEMAS = 0


@pytest.fixture
def nothing_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that count queries: on a slow machine a memory of a few seconds would be asked anew in between."""
    monkeypatch.setattr(hosts, "TTL_SECONDS", 3600.0)
    for memory in memories():
        monkeypatch.setattr(memory, "seconds", 3600.0)


_EMPTY = Scene()


@pytest.fixture
def scene(db: None) -> Callable[[str, Callable[[], Any]], Any]:
    """``scene(name, make)``: what many tests start from, made by the first and copied by the others."""
    return Stage.before(_EMPTY).set_up


@pytest.fixture
def alpha(db: None) -> TenantRef:
    return ref_of(Tenant.objects.get(slug="alpha"))


@pytest.fixture
def beta(db: None) -> TenantRef:
    return ref_of(Tenant.objects.get(slug="beta"))


@pytest.fixture
def in_alpha(alpha: TenantRef) -> Iterator[TenantRef]:
    enter(alpha)
    yield alpha
    leave()


@pytest.fixture
def in_beta(beta: TenantRef) -> Iterator[TenantRef]:
    enter(beta)
    yield beta
    leave()


class FirmClient(Client):
    """A browser at one firm's host; whatever tenant the test was in, it is in afterwards."""

    def __init__(self, tenant: TenantRef, **kwargs: Any) -> None:
        super().__init__(HTTP_HOST=tenant.host, **kwargs)
        self.tenant = tenant

    def request(self, **request: Any) -> Any:
        before = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(before)

    def force_login(self, user: Any, backend: str | None = None) -> None:
        with in_tenant(self.tenant):
            super().force_login(user, backend)


@pytest.fixture
def client_alpha(alpha: TenantRef) -> Client:
    return FirmClient(alpha)


@pytest.fixture
def client_beta(beta: TenantRef) -> Client:
    return FirmClient(beta)


@pytest.fixture
def owner_alpha(alpha: TenantRef) -> User:
    with in_tenant(alpha):
        return User.objects.get(email="chu@alpha.example")


@pytest.fixture
def owner_beta(beta: TenantRef) -> User:
    with in_tenant(beta):
        return User.objects.get(email="owner@beta.example")


@pytest.fixture
def staff_client_alpha(client_alpha: FirmClient, owner_alpha: User, scene: Callable[..., Any]) -> Client:
    def log_in() -> SimpleCookie:
        client_alpha.force_login(owner_alpha)
        return client_alpha.cookies

    client_alpha.cookies = scene("owner logged in", log_in)
    return client_alpha


def _api(tenant: TenantRef, scene: Callable[..., Any]) -> Callable[..., Client]:
    def new_key(scopes: list[str]) -> str:
        with in_tenant(tenant):
            return create_api_key(name="test", scopes=scopes)[1]

    def make(scopes: list[str] | None = None) -> Client:
        """A client with a fresh key; no scopes given means a client without a key."""
        if scopes is None:
            return FirmClient(tenant)
        text = scene(f"key of {tenant.slug} for {scopes}", lambda: new_key(scopes))
        client = FirmClient(tenant)
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
        return client

    return make


@pytest.fixture
def api_alpha(alpha: TenantRef, scene: Callable[..., Any]) -> Callable[..., Client]:
    return _api(alpha, scene)


@pytest.fixture
def api_beta(beta: TenantRef, scene: Callable[..., Any]) -> Callable[..., Client]:
    return _api(beta, scene)


@pytest.fixture
def run_agenda(db: None) -> Callable[..., int]:
    """Carry out what is due, through the real claim, until nothing is; returns how many items ran."""

    def run(limit: int = 200) -> int:
        before, count = connection.tenant, 0
        try:
            leave()
            while count < limit:
                items = [item for lane in Lane.values for item in agenda.claim(lane)]
                if not items:
                    return count
                for item in items:
                    tasks.carry_out(item)
                    count += 1
            raise AssertionError(f"the agenda did not come to rest within {limit} items")
        finally:
            connection.set_tenant(before)

    return run


@pytest.fixture
def advance(db: None) -> Iterator[Callable[[timedelta], None]]:
    """Let time pass: this process's clock moves on, and what waits on the agenda comes that much nearer."""
    travellers: list[Any] = []

    def move(delta: timedelta) -> None:
        destination = now() + delta
        while travellers:
            travellers.pop().stop()
        traveller = time_machine.travel(destination, tick=True)
        traveller.start()
        travellers.append(traveller)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE public.tenants_agendaitem SET due_at = due_at - %s WHERE state = 'pending'", [delta])

    yield move
    while travellers:
        travellers.pop().stop()


@pytest.fixture
def agenda_items(db: None) -> Callable[..., list[AgendaItem]]:
    """Agenda rows of one firm by kind, soonest first."""

    def rows(tenant: TenantRef, kind: str | None = None) -> list[AgendaItem]:
        found = AgendaItem.objects.filter(tenant_id=tenant.id).order_by("due_at", "id")
        return list(found.filter(kind=kind) if kind else found)

    return rows
