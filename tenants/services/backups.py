"""Yesterday's state of one firm, kept and brought back; the other firms notice nothing."""

import time
from pathlib import Path
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import db_now, now
from cxcrm.core.errors import InvalidInput, NotFound
from tenants.context import in_tenant, outside, ref_by_id
from tenants.errors import ArchiveRefused, NotInThisState, OperatorsOwn, StillBusy
from tenants.models import AgendaItem, Tenant
from tenants.selectors.hosts import forget_hosts
from tenants.selectors.schemas import SET_ASIDE, old_schemas_of, set_aside_name
from tenants.services import agenda, erasures, fingerprints, templates
from tenants.services.archive_format import ArchiveReader, reading
from tenants.services.archives import check_release, export_firm, fill_schema, fill_shared
from tenants.services.lifecycle import note
from tenants.services.templates import drop_schema

_WHOLE = (Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.CLOSING)
# How long a worker may still have something of the firm in its hands after the firm was paused.
PATIENCE = agenda.LEASE


def backup_firm(*, tenant_id: UUID, folder: Path) -> Path:
    """Write an archive of the firm into ``folder``, named after its address and the time. Raises as ``export_firm``."""
    slug = Tenant.objects.filter(pk=tenant_id).values_list("slug", flat=True).first()
    if slug is None:
        raise NotFound
    return export_firm(tenant_id=tenant_id, path=folder / f"{slug}-{now():%Y%m%dT%H%M%SZ}.zip")


def restore_firm(*, tenant_id: UUID, path: Path) -> str:
    """Take the firm back to an archive of it; returns the name of the schema it had before, which is kept.

    The firm is paused first and stays so. Then one transaction makes a new schema of the archive and switches the firm
    over: its agenda goes back too, its epoch is raised, so nobody stays logged in and links mailed before are dead.
    What was ever sent stays on record, so after the operator resumes nothing is sent twice; whoever was erased since is
    erased in what comes back, in the same transaction. Killed anywhere, the firm
    is as it was, and paused. Raises NotFound, NotInThisState, StillBusy, ArchiveRefused.
    """
    with reading(path) as archive, outside():
        check_release(archive)
        if archive.manifest["tenant"]["id"] != str(tenant_id):
            raise ArchiveRefused(
                _("This archive is of another firm. Import it as a new firm, or choose the right file."),
                code="archive.other_firm",
            )
        before = _hold(tenant_id)
        templates.ensure_template()
        _wait_until_idle(tenant_id)
        with transaction.atomic(durable=True):
            schema = f"t_{uuid4().hex}"
            templates.replay(schema)
            fill_schema(schema, archive)
            _switch(tenant_id, before, schema, archive)
        forget_hosts()
    return set_aside_name(tenant_id, before)


def drop_old_schema(*, name: str) -> None:
    """Drop a schema that a restore has set aside, by its full name. Raises InvalidInput for any other name."""
    known = SET_ASIDE.match(name)
    if not known or name not in old_schemas_of(UUID(known[1])):
        raise InvalidInput(_("There is no schema of this name that a restore has set aside."), code="backup.no_such")
    drop_schema(name)


@transaction.atomic
def _hold(tenant_id: UUID) -> str:
    """Pause the firm; from here on no worker takes anything of it."""
    tenant = Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    if tenant.is_platform:
        raise OperatorsOwn
    if tenant.state not in _WHOLE:
        raise NotInThisState(state=tenant.state)
    Tenant.objects.filter(pk=tenant_id).update(paused=True)
    note(tenant, "paused")
    return tenant.schema_name


def _wait_until_idle(tenant_id: UUID) -> None:
    """A mail in a worker's hands must reach the record of what was sent before the switch."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while _is_busy(tenant_id):
        if time.monotonic() > deadline:
            raise StillBusy
        time.sleep(0.2)


def _is_busy(tenant_id: UUID) -> bool:
    leased = AgendaItem.objects.filter(tenant_id=tenant_id, state=AgendaItem.State.LEASED)
    return leased.filter(lease_until__gt=db_now()).exists()


def _switch(tenant_id: UUID, before: str, schema: str, archive: ArchiveReader) -> None:
    """The last and only step others see. Raises StillBusy when somebody was faster."""
    tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
    if tenant.schema_name != before or _take_away_agenda(tenant_id):
        raise StillBusy
    fill_shared("agenda", tenant_id, archive)
    fill_shared("sent", tenant_id, archive)
    with connection.cursor() as cursor:
        # Whoever still remembers the old name fails at it, rather than writing where nobody looks any more.
        aside = set_aside_name(tenant_id, before)
        cursor.execute(f"ALTER SCHEMA {connection.ops.quote_name(before)} RENAME TO {connection.ops.quote_name(aside)}")
    Tenant.objects.filter(pk=tenant_id).update(
        schema_name=schema, epoch=F("epoch") + 1, paused=True, fingerprint=fingerprints.current()
    )
    with in_tenant(ref_by_id(tenant_id)):
        erasures.erase_again(known_of=tenant_id)
    note(tenant, "restored")


def _take_away_agenda(tenant_id: UUID) -> int:
    """Delete the firm's agenda; returns how many of its items a worker had just taken after all."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH gone AS (DELETE FROM public.tenants_agendaitem WHERE tenant_id = %s RETURNING state, lease_until)
               SELECT count(*) FROM gone WHERE state = 'leased' AND lease_until > statement_timestamp()""",
            [tenant_id],
        )
        return int(cursor.fetchone()[0])
