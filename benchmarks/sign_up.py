"""A firm from nothing: a spare adopted, or a schema replayed, beside django-tenants' own (SIGN_UP_FIRMS: 1000)."""

import os
import time
from collections.abc import Callable, Iterator
from statistics import median
from uuid import uuid4

from benchmarks.figures import Figure
from benchmarks.firm import firm

FIRMS = int(os.environ.get("SIGN_UP_FIRMS", "1000"))
FEW, STOCK_ROUNDS, ROUNDS = 10, 3, 15


def measure() -> Iterator[Figure]:
    from tenants.models import Tenant
    from tenants.selectors.catalogs import structure_of

    firm()  # bootstrap, template, one firm
    fill(FEW)
    few = Times()
    fill(FIRMS)
    many = Times()
    goal = "goal: 0.01 x"
    for times, count in ((few, FEW), (many, FIRMS)):
        yield Figure(f"schema, firm and address, {count} firms there", times.bare, "ms", times.stock, goal)
        yield Figure("the same with owner and defaults", times.adopted, "ms", times.stock, goal)
        yield Figure("the same with an empty pool", times.replayed, "ms", times.stock, "goal: 0.125 x")
    yield Figure(f"a whole sign-up beside {FIRMS} firms", many.adopted, "ms", few.adopted, f"goal: 2 x that of {FEW}")
    yield Figure("a spare made ahead by a worker", many.replay, "ms", few.replay, f"floor: beside {FEW} firms")
    newest = Tenant.objects.order_by("-created_at")
    migrated, *others = (
        structure_of(newest.filter(slug__startswith=f"{kind}-")[0].schema_name)
        for kind in ("stock", "bare", "spare", "replayed")
    )
    differences = sum(len(migrated ^ other) for other in others)
    yield Figure("catalog differences of migrated, adopted and replayed schemas", differences, "", None, "goal: none")


def fill(count: int) -> None:
    """Firms with all their tables, as many as it takes; their defaults make no table more."""
    from tenants.models import Tenant
    from tenants.services import fingerprints, provisioning, templates

    plan = provisioning.default_plan()
    for number in range(Tenant.objects.count(), count):
        schema = f"t_{uuid4().hex}"
        templates.replay(schema)
        Tenant.objects.bulk_create(
            [Tenant(schema_name=schema, name="x", slug=f"full-{number}", plan=plan, owner_email="x@x.example",
                    state=Tenant.State.ACTIVE, fingerprint=fingerprints.current())]
        )  # fmt: skip


class Times:
    """Median milliseconds of each way, taken in turns so that a busy machine is busy for all."""

    def __init__(self) -> None:
        from django.conf import settings

        from tenants.services import spares

        settings.SPARE_SCHEMAS = 2 * ROUNDS + 2
        made: list[int] = []
        replay = milliseconds(lambda: made.append(spares.refill())) / made[0]
        taken: dict[Callable[[], object], list[float]] = {way: [] for way in (_stock, _bare, _adopt, _replay)}
        for turn in range(ROUNDS + 1):
            for way, times in taken.items():
                if way is _stock and turn > STOCK_ROUNDS:
                    continue
                elapsed = milliseconds(way)
                if turn:  # the first one warms up
                    times.append(elapsed)
        self.stock, self.bare, self.adopted, self.replayed = (median(times) for times in taken.values())
        self.replay = replay


def milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e3


def _stock() -> None:
    """What django-tenants does by default when a tenant is saved: create the schema and migrate it."""
    from tenants.models import Domain

    tenant = _tenant("stock")
    tenant.schema_name = f"t_{uuid4().hex}"
    tenant.auto_create_schema = True
    tenant.save(verbosity=0)
    Domain.objects.create(tenant=tenant, domain=f"{tenant.slug}.localhost", is_primary=True)


def _bare() -> None:
    """As much as the stock library does: schema, tenant, domain."""
    from django.db import transaction

    from tenants.models import Domain, Tenant
    from tenants.services import spares
    from tenants.services.defaults import Answers

    with transaction.atomic():
        tenant = _tenant("bare")
        tenant.schema_name = spares.adopt(Answers()) or ""
        Tenant.objects.bulk_create([tenant])
        Domain.objects.bulk_create([Domain(tenant=tenant, domain=f"{tenant.slug}.localhost", is_primary=True)])


def _adopt() -> None:
    _request("spare")


def _replay() -> None:
    """A firm while the pool is empty."""
    from tenants.services import spares

    adopt, spares.adopt = spares.adopt, lambda _answers: None
    try:
        _request("replayed")
    finally:
        spares.adopt = adopt


def _request(kind: str) -> None:
    from tenants.services import provisioning

    provisioning.request_firm(
        name="Quán Gió", slug=_slug(kind), owner_email="gio@example.com", owner_name="Lê Gió", language="vi"
    )


def _tenant(kind: str) -> "Tenant":  # noqa: F821 - imported once Django is set up
    from tenants.models import Tenant
    from tenants.services import fingerprints, provisioning

    return Tenant(
        name="Quán Gió", slug=_slug(kind), owner_email="gio@example.com", owner_name="Lê Gió", country="VN",
        plan=provisioning.default_plan(), state=Tenant.State.ACTIVE, fingerprint=fingerprints.current(),
    )  # fmt: skip


def _slug(kind: str) -> str:
    return f"{kind}-{uuid4().hex[:12]}"
