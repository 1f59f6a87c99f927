"""The pool of spare schemas: made ahead by replay, adopted by new firms without a single DDL statement."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from cxcrm.core.clock import db_now
from tenants.models import SchemaTemplate, SpareSchema, Tenant
from tenants.services import fingerprints
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.services.templates import drop_schema, ensure_template, ready_template, replay

KIND = "tenants.refill_spares"
CHECK_EVERY = timedelta(minutes=5)
# While a deploy runs, processes of two releases live side by side; what the other one made is not stale yet.
KEEP_YOUNGER_THAN = timedelta(days=1)


def new_schema_name() -> str:
    """Opaque and never used again, whatever becomes of the firm."""
    return f"t_{uuid4().hex}"


def adopt() -> str | None:
    """Take a spare of this release out of the pool and return its schema; None when there is none.

    Part of the caller's transaction: when that fails, the spare is back. Two never get the same, and nobody waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM public.tenants_spareschema WHERE id = (
                   SELECT id FROM public.tenants_spareschema WHERE fingerprint = %s
                   ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
               RETURNING schema_name""",
            [fingerprints.current()],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else None


@transaction.atomic
def order_refill() -> None:
    """Have the pool looked after by a worker, now and from then on; without an operators' tenant nothing happens."""
    platform = Tenant.objects.filter(is_platform=True).values_list("id", flat=True).first()
    if platform is not None:
        enqueue(KIND, platform, tenant_id=platform, reschedule=True)


@agenda_kind(KIND, priority=8, outside=True)
def refill_spares(_platform_id: UUID) -> Later:
    """Fill the pool, throw out what is stale, and look again in a while."""
    refill()
    drop_stale()
    return Later(db_now() + CHECK_EVERY)


def refill() -> int:
    """Make spares until ``SPARE_SCHEMAS`` of this release stand ready; returns how many were made."""
    ensure_template()
    made = 0
    while _add_one():
        made += 1
    return made


@transaction.atomic
def _add_one() -> bool:
    """Schema and row in one transaction: a killed builder leaves nothing behind."""
    # Locked, so that two workers do not fill the pool twice.
    template = SchemaTemplate.objects.select_for_update().get(fingerprint=fingerprints.current())
    if SpareSchema.objects.filter(fingerprint=template.fingerprint).count() >= settings.SPARE_SCHEMAS:
        return False
    name = new_schema_name()
    replay(name)
    SpareSchema.objects.create(schema_name=name, fingerprint=template.fingerprint)
    return True


def drop_stale() -> int:
    """Drop spares and templates of earlier releases; returns how many.

    A template stays as long as a firm's tables are still those of its release.
    """
    mine = ready_template()
    if mine is None:
        return 0
    earlier = Q(created_at__lt=mine.created_at) | Q(created_at__lt=db_now() - KEEP_YOUNGER_THAN)
    others = ~Q(fingerprint=mine.fingerprint)
    spares = SpareSchema.objects.filter(earlier, others)
    in_use = Tenant.objects.values("fingerprint")
    templates = SchemaTemplate.objects.filter(earlier, others).exclude(fingerprint__in=in_use)
    return sum(_drop(row) for rows in (spares, templates) for row in rows)


@transaction.atomic
def _drop(row: SpareSchema | SchemaTemplate) -> bool:
    """False when an adopter or another cleaner holds it."""
    if not type(row)._default_manager.select_for_update(skip_locked=True).filter(pk=row.pk).exists():
        return False
    drop_schema(row.schema_name)
    row.delete()
    return True
