"""Making a firm: a resumable job whose every step may be repeated."""

from collections.abc import Callable
from functools import cache
from uuid import UUID, uuid4

from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from tenants.context import in_tenant, ref_of
from tenants.errors import AddressTaken
from tenants.models import Domain, Plan, Tenant
from tenants.services import agenda
from tenants.services.domains import PLATFORM_SLUG, check_slug, host_for

KIND = "tenants.provision"
DefaultsLayer = Callable[[Tenant], None]
_layers: list[tuple[int, DefaultsLayer]] = []


def lays_defaults(floor: int) -> Callable[[DefaultsLayer], DefaultsLayer]:
    """Register what an app puts into a new firm; lower floors first. Each must be harmless when repeated."""

    def register(layer: DefaultsLayer) -> DefaultsLayer:
        _layers.append((floor, layer))
        _layers.sort(key=lambda entry: entry[0])
        return layer

    return register


def request_firm(
    *,
    name: str,
    slug: str,
    owner_email: str,
    owner_name: str,
    language: str = "vi",
    country: str = "VN",
    time_zone: str = "Asia/Ho_Chi_Minh",
) -> Tenant:
    """Reserve the address and queue the set-up.

    Raises AddressInvalid or AddressTaken; the unique keys decide a race.
    """
    return _request(check_slug(slug), name, owner_email, owner_name, language, country, time_zone)


def ensure_platform(owner_email: str, owner_name: str) -> Tenant:
    """The operators' own tenant, made on the first start."""
    existing = Tenant.objects.filter(is_platform=True).first()
    if existing:
        return existing
    return _request(PLATFORM_SLUG, "cxcrm", owner_email, owner_name, "en", "VN", "Asia/Ho_Chi_Minh", is_platform=True)


def _request(
    slug: str,
    name: str,
    owner_email: str,
    owner_name: str,
    language: str,
    country: str,
    time_zone: str,
    *,
    is_platform: bool = False,
) -> Tenant:
    try:
        with transaction.atomic():
            tenant = Tenant(
                schema_name=f"t_{uuid4().hex}",
                name=name.strip(),
                slug=slug,
                owner_email=owner_email.strip().lower(),
                owner_name=owner_name.strip(),
                language=language,
                country=country,
                time_zone=time_zone,
                plan=default_plan(),
                is_platform=is_platform,
            )
            tenant.save()
            Domain.objects.create(tenant=tenant, domain=host_for(slug), is_primary=True)
            agenda.enqueue(KIND, tenant.id, tenant_id=tenant.id)
    except IntegrityError as error:
        raise AddressTaken(slug=slug) from error
    return tenant


def default_plan() -> Plan:
    """The plan of new firms, made on first use."""
    plan, _created = Plan.objects.get_or_create(is_default=True, defaults={"code": "standard", "name": "Standard"})
    return plan


@agenda.agenda_kind(KIND, outside=True)
def provision(tenant_id: UUID) -> None:
    """Take a requested firm to ``active``; continues where a killed run stopped."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        raise agenda.NotYet(f"tenant {tenant_id}")
    if tenant.state == Tenant.State.ACTIVE:
        return
    _advance(tenant, Tenant.Step.SCHEMA, state=Tenant.State.PROVISIONING)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(tenant.schema_name)}")
    _advance(tenant, Tenant.Step.TABLES)
    migrate(tenant)
    _advance(tenant, Tenant.Step.DEFAULTS)
    lay_defaults(tenant)
    _advance(tenant, Tenant.Step.DONE, state=Tenant.State.ACTIVE)


def migrate(tenant: Tenant) -> None:
    """Bring the tables of one firm up to date."""
    call_command("migrate_schemas", schema_name=tenant.schema_name, interactive=False, verbosity=0)


def is_current(tenant: Tenant) -> bool:
    """Has every migration of this release been applied to the firm's schema? One query, no start of a migration."""
    schema = connection.ops.quote_name(tenant.schema_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema}.django_migrations"])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f"SELECT app, name FROM {schema}.django_migrations")  # noqa: S608 - our own opaque name
        applied = set(cursor.fetchall())
    return _known_migrations() <= applied


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Migrations of the apps every firm has."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def lay_defaults(tenant: Tenant) -> None:
    """Let every floor put its defaults in, all or nothing."""
    with in_tenant(ref_of(tenant)), transaction.atomic():
        for _floor, layer in _layers:
            layer(tenant)


def _advance(tenant: Tenant, step: str, state: str | None = None) -> None:
    tenant.step = step
    tenant.state = state or tenant.state
    tenant.save(update_fields=["step", "state"])
