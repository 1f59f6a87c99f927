"""The two populated firms, built once for all tests of the walls."""

from collections.abc import Iterator
from typing import Any

import pytest

from tenants.context import leave, ref_of
from tenants.models import Tenant
from tenants.selectors.hosts import forget_hosts
from tests.isolation.world import World, build
from tests.support.snapshot import Snapshot
from tests.support.tables import fingerprint


@pytest.fixture(scope="package")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, World]]:
    """alpha and beta, committed; the database is as before once these tests are through."""
    with django_db_blocker.unblock():
        leave()
        forget_hosts()
        before = Snapshot.take()
        try:
            built = {slug: build(ref_of(Tenant.objects.get(slug=slug))) for slug in ("alpha", "beta")}
            committed = fingerprint(*(world.tenant for world in built.values()))
            yield built
            assert fingerprint(*(world.tenant for world in built.values())) == committed
        finally:
            leave()
            before.restore()


@pytest.fixture
def victim(worlds: dict[str, World], db: None) -> World:
    """The firm whose rows nobody else may see or touch."""
    return worlds["alpha"]


@pytest.fixture
def attacker(worlds: dict[str, World], db: None) -> World:
    """The firm whose owner and key try."""
    return worlds["beta"]
