"""A third firm with a whole life behind it, really committed, for tests that move it or take it back in time."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import TransactionTestCase

from cxcrm.core.context import TenantRef
from tenants import tasks
from tenants.context import leave, ref_of
from tenants.models import Lane, Tenant
from tenants.selectors.hosts import forget_hosts
from tenants.services import agenda, provisioning, templates
from tenants.services.rows import LEFT_BEHIND
from tenants.services.running import run_now
from tests.isolation.world import World, build
from tests.support.snapshot import Snapshot
from tests.support.tables import fingerprint

# Second factors and sealed secrets stay where they were made, and passwords that needed one with them.
CHANGED_ON_ARRIVAL = {
    "staff_authenticatorapp",
    "staff_identityprovider",
    "staff_passkey",
    "staff_recoverycode",
    "staff_user",
}


@pytest.fixture(scope="module")
def gamma(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The firm, for modules marked ``django_db(transaction=True)``: undone when the module is through, not before."""
    with django_db_blocker.unblock():
        leave()
        forget_hosts()
        templates.ensure_template()
        before = Snapshot.take()
        undo, TransactionTestCase._fixture_teardown = TransactionTestCase._fixture_teardown, lambda _case: leave()
        try:
            Tenant.objects.filter(slug="beta").update(is_platform=True)  # as every installation has one
            values = {"name": "Gamma", "owner_email": "chi@gamma.example", "owner_name": "Đỗ Thị Chi"}
            yield build(ref_of(run_now(provisioning.request_firm(slug="gamma", **values))))
        finally:
            TransactionTestCase._fixture_teardown = undo
            leave()
            drop_set_aside()
            before.restore()


def ref(slug: str) -> TenantRef:
    """The firm at ``slug`` as the registry has it now."""
    forget_hosts()
    return ref_of(Tenant.objects.get(slug=slug))


def digests(tenant: TenantRef) -> dict[str, str]:
    """A checksum per table of what travels with a firm."""
    found = fingerprint(tenant, ignore=LEFT_BEHIND)
    return {name.partition(".")[2]: digest for name, digest in found.items()}


def carry_on(limit: int = 500) -> list[Any]:
    """Carry out what is due until nothing is; returns the mails that left."""
    before = len(mail.outbox)
    for _round in range(limit):
        leave()
        items = [item for lane in Lane.values for item in agenda.claim(lane)]
        if not items:
            return mail.outbox[before:]
        for item in items:
            tasks.carry_out(item)
    raise AssertionError(f"the agenda did not come to rest in {limit} rounds")


def schemas() -> set[str]:
    """Every schema that is a firm's or was one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^(t|old)_'")
        return {name for (name,) in cursor.fetchall()}


def drop_set_aside() -> None:
    for name in schemas():
        if name.startswith("old_"):
            templates.drop_schema(name)
