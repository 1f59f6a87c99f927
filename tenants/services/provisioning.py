"""Making a firm: one transaction adopts a spare schema, or replays a new one, and lays the defaults in."""

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, transaction

from tenants.context import in_tenant, ref_of
from tenants.errors import AddressTaken
from tenants.models import Domain, Plan, Tenant
from tenants.selectors.hosts import forget_hosts
from tenants.services import agenda, defaults, fingerprints, spares, templates
from tenants.services.domains import PLATFORM_SLUG, check_slug, host_for, url_for

KIND = "tenants.provision"
Entrance = Callable[[Tenant], str]
_entrance: list[Entrance] = []

_State = Tenant.State


def use_entrance(entrance: Entrance) -> Entrance:
    """Supply the path at which a new firm's owner first comes in; called inside the firm."""
    _entrance[:] = [entrance]
    return entrance


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
    """Make a firm, all or nothing; it is active when this returns.

    Only where nobody has built this release's template yet the address is reserved and the set-up left to a worker.
    Raises AddressInvalid or AddressTaken; the unique keys decide a race.
    """
    return _make(check_slug(slug), name, owner_email, owner_name, language, country, time_zone)


def ensure_platform(owner_email: str, owner_name: str) -> Tenant:
    """The operators' own tenant, made on the first start."""
    existing = Tenant.objects.filter(is_platform=True).first()
    if existing:
        return existing
    return _make(PLATFORM_SLUG, "cxcrm", owner_email, owner_name, "en", "VN", "Asia/Ho_Chi_Minh", is_platform=True)


@transaction.atomic
def _make(
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
    answers = defaults.Answers(language, country, time_zone, is_platform)
    spare = spares.adopt(answers)
    is_ready = spare is not None or templates.ready_template() is not None
    tenant = Tenant(
        schema_name=spare or spares.new_schema_name(),
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
    if is_ready:
        _mark_open(tenant)
    try:
        with transaction.atomic():
            # Not save(): django-tenants would look for the schema among all firms' and for other primary domains.
            Tenant.objects.bulk_create([tenant])
            Domain.objects.bulk_create([Domain(tenant=tenant, domain=host_for(slug), is_primary=True)])
    except IntegrityError as error:
        raise AddressTaken(slug=slug) from error
    if not is_ready:
        agenda.enqueue(KIND, tenant.id, tenant_id=tenant.id)
        return tenant
    if spare is None:
        templates.replay(tenant.schema_name)
    _furnish(tenant, is_laid=spare is not None)
    return tenant


def default_plan() -> Plan:
    """The plan of new firms, made on first use."""
    plan, _created = Plan.objects.get_or_create(is_default=True, defaults={"code": "standard", "name": "Standard"})
    return plan


@agenda.agenda_kind(KIND, priority=1, outside=True)
def provision(tenant_id: UUID) -> None:
    """Take a reserved firm to ``active``, building this release's template first; killed, it begins anew."""
    if not Tenant.objects.filter(pk=tenant_id).exists():
        raise agenda.NotYet(f"tenant {tenant_id}")
    templates.ensure_template()
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        if tenant.state not in (_State.REQUESTED, _State.PROVISIONING):
            return
        templates.drop_schema(tenant.schema_name)  # what an earlier release's set-up may have left half done
        templates.replay(tenant.schema_name)
        _mark_open(tenant)
        tenant.save(update_fields=["state", "fingerprint"])
        _furnish(tenant, is_laid=False)


def _mark_open(tenant: Tenant) -> None:
    tenant.state, tenant.fingerprint = _State.ACTIVE, fingerprints.current()


def _furnish(tenant: Tenant, *, is_laid: bool) -> None:
    """The tables are there: every floor puts its defaults in, unless they were laid ahead, and opens."""
    defaults.furnish(tenant, host_for(tenant.slug), is_laid=is_laid)
    spares.order_refill()
    # Who asked for the address a moment ago must not be told for seconds that nobody is there.
    transaction.on_commit(forget_hosts)


def entrance_of(tenant: Tenant) -> str:
    """The address at which the owner of a new firm comes in; it is as secret as a password."""
    host = host_for(tenant.slug)
    if tenant.state != _State.ACTIVE:  # its own host says how it stands
        return url_for(host, "/admin/")
    with in_tenant(ref_of(tenant, host)):
        return url_for(host, _entrance[0](tenant))
