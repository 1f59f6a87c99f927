"""Everything of a firm as one file, and a firm made from such a file, here or in another installation."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from tenants.context import in_tenant, outside, ref_of
from tenants.errors import AddressTaken, ArchiveRefused, NotInThisState
from tenants.models import Domain, Plan, Tenant
from tenants.selectors.hosts import forget_hosts
from tenants.services import erasures, fingerprints, rows, templates
from tenants.services.archive_format import ArchiveReader, ArchiveWriter, reading, writing
from tenants.services.domains import check_slug, host_for
from tenants.services.lifecycle import note
from tenants.services.provisioning import default_plan
from tenants.staff.services.moving import leave_behind

FIRM, SHARED = "firm", "shared"
# What the registry says of a firm and an archive repeats; where it lives and how it stands is decided on arrival.
_VALUES = ("name", "slug", "language", "time_zone", "country", "owner_email", "owner_name", "epoch")
_WHOLE = (Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.CLOSING)


def export_firm(*, tenant_id: UUID, path: Path) -> Path:
    """Write the firm to ``path`` as it is at one moment, streaming; the firm goes on working meanwhile.

    On distributed PostgreSQL "one moment" holds per node: pause the firm first. Raises NotFound, NotInThisState,
    ArchiveNotWritten.
    """
    with writing(path) as target, outside(), transaction.atomic(durable=True):
        _freeze()
        tenant = Tenant.objects.select_related("plan").filter(pk=tenant_id).first()
        if tenant is None:
            raise NotFound
        if tenant.state not in _WHOLE:
            raise NotInThisState(state=tenant.state)
        with ArchiveWriter(target) as archive:
            for table in rows.travelling_tables(tenant.schema_name):
                archive.add(f"{FIRM}/{table.name}.csv", rows.copy_out(table))
            for name in rows.SHARED:
                archive.add(f"{SHARED}/{name}.csv", rows.copy_out_shared(name, tenant.pk))
            archive.close(_facts(tenant))
    note(tenant, "exported")
    return path


def import_firm(*, path: Path, slug: str = "") -> Tenant:
    """Make a new firm of an archive: all of it or nothing, at its old address or at ``slug``, paused.

    Keys of rows stay, so do passwords and API keys; nobody stays logged in, mailed links of the other installation do
    not open here, and second factors are set up anew. Nothing that was sent there is sent again, and whoever this
    installation knows to be erased from that firm is erased here too. Raises ArchiveRefused,
    AddressTaken, AddressInvalid.
    """
    with reading(path) as archive, outside():
        values = _values_of(archive)
        slug = check_slug(slug or values["slug"])
        templates.ensure_template()
        with transaction.atomic(durable=True):
            tenant = _register(values, slug)
            templates.replay(tenant.schema_name)
            fill_schema(tenant.schema_name, archive)
            for name in rows.SHARED:
                fill_shared(name, tenant.pk, archive)
            with in_tenant(ref_of(tenant)):
                leave_behind()
                erasures.erase_again(known_of=UUID(values["id"]))
            note(tenant, "imported")
        forget_hosts()
    return tenant


def check_release(archive: ArchiveReader) -> None:
    """Raises ArchiveRefused for an archive of another release, or one that lacks a table."""
    if archive.manifest.get("release") != fingerprints.current():
        raise ArchiveRefused(
            _(
                "This archive was made by another version of cxcrm. Import it with that version into an empty "
                "installation, upgrade that one, and export the firm again."
            ),
            code="archive.other_version",
        )


def fill_schema(schema: str, archive: ArchiveReader) -> None:
    """Put the firm's rows into a schema just made. Raises ArchiveRefused when a table is missing or unknown."""
    names = {table.name for table in rows.travelling_tables(schema)}
    if archive.files_in(FIRM) != names or archive.files_in(SHARED) != set(rows.SHARED):
        raise ArchiveRefused
    rows.fill(schema, {name: archive.chunks(f"{FIRM}/{name}.csv") for name in names})


def fill_shared(name: str, tenant_id: UUID, archive: ArchiveReader) -> None:
    """Put what the registry holds for the firm beside it: ``agenda``, ``sent`` or ``usage``."""
    rows.fill_shared(name, tenant_id, archive.chunks(f"{SHARED}/{name}.csv"))


def _freeze() -> None:
    """From here on this transaction sees one moment and can change nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _facts(tenant: Tenant) -> dict[str, Any]:
    return {
        "release": tenant.fingerprint,
        "made_at": now().isoformat(timespec="seconds"),
        "tenant": {"id": str(tenant.pk), "plan": tenant.plan.code, **{name: getattr(tenant, name) for name in _VALUES}},
    }


def _values_of(archive: ArchiveReader) -> dict[str, Any]:
    check_release(archive)
    values = archive.manifest.get("tenant")
    if not isinstance(values, dict) or not {*_VALUES, "id", "plan"} <= set(values):
        raise ArchiveRefused
    return values


def _register(values: dict[str, Any], slug: str) -> Tenant:
    tenant = Tenant(
        **{**{name: values[name] for name in _VALUES}, "slug": slug},
        schema_name=f"t_{uuid4().hex}",
        plan=Plan.objects.filter(code=values["plan"]).first() or default_plan(),
        state=Tenant.State.ACTIVE,
        paused=True,
        fingerprint=fingerprints.current(),
    )
    try:
        with transaction.atomic():
            tenant.save()
            Domain.objects.create(tenant=tenant, domain=host_for(slug), is_primary=True)
    except IntegrityError as error:
        raise AddressTaken(slug=slug) from error
    return tenant
