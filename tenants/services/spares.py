"""The pool of spare schemas: made ahead, defaults and all, and adopted by new firms without a single DDL statement."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q

from cxcrm.core.clock import db_now
from tenants.models import SchemaTemplate, SpareSchema, Tenant
from tenants.services import fingerprints
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.services.defaults import Answers, fingerprint, lay_ahead
from tenants.services.templates import drop_schema, ensure_template, ready_template, replay

KIND = "tenants.refill_spares"
CHECK_EVERY = timedelta(minutes=5)
# While a deploy runs, processes of two releases live side by side; what the other one made is not stale yet.
KEEP_YOUNGER_THAN = timedelta(days=1)
# Spares are made for the house's own answers and for these many others, those firms gave most often in so long.
OTHER_ANSWERS = 2
LATELY = timedelta(days=60)


def new_schema_name() -> str:
    """Opaque and never used again, whatever becomes of the firm."""
    return f"t_{uuid4().hex}"


def adopt(answers: Answers) -> str | None:
    """Take a spare out of the pool that has this release's tables and its defaults for ``answers``; None without one.

    Part of the caller's transaction: when that fails, the spare is back. Two never get the same, and nobody waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM public.tenants_spareschema WHERE id = (
                   SELECT id FROM public.tenants_spareschema WHERE fingerprint = %s AND defaults = %s
                   ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
               RETURNING schema_name""",
            [fingerprints.current(), fingerprint(answers)],
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
    """Make spares until ``SPARE_SCHEMAS`` stand ready for each of the usual answers; returns how many were made."""
    ensure_template()
    made = 0
    for answers in usual_answers():
        while _add_one(answers):
            made += 1
    return made


def usual_answers() -> list[Answers]:
    """The house's own, and what firms have answered lately, the most frequent first."""
    lately = Tenant.objects.filter(is_platform=False, created_at__gte=db_now() - LATELY)
    counted = lately.values_list("language", "country", "time_zone").annotate(count=Count("pk")).order_by("-count")
    own = Answers()
    others = [found for found in (Answers(*row[:3]) for row in counted[: OTHER_ANSWERS + 1]) if found != own]
    return [own, *others[:OTHER_ANSWERS]]


@transaction.atomic
def _add_one(answers: Answers) -> bool:
    """Schema and row in one transaction: a killed builder leaves nothing behind."""
    # Locked, so that two workers do not fill the pool twice.
    template = SchemaTemplate.objects.select_for_update().get(fingerprint=fingerprints.current())
    made_of = {"fingerprint": template.fingerprint, "defaults": fingerprint(answers)}
    if SpareSchema.objects.filter(**made_of).count() >= settings.SPARE_SCHEMAS:
        return False
    name = new_schema_name()
    replay(name)
    lay_ahead(name, answers)
    SpareSchema.objects.create(schema_name=name, **made_of)
    return True


def drop_stale() -> int:
    """Drop spares and templates of earlier releases, and spares with defaults nobody asks for; returns how many.

    A template stays as long as a firm's tables are still those of its release.
    """
    mine = ready_template()
    if mine is None:
        return 0
    earlier = Q(created_at__lt=mine.created_at) | Q(created_at__lt=db_now() - KEEP_YOUNGER_THAN)
    others = ~Q(fingerprint=mine.fingerprint)
    wanted = [fingerprint(answers) for answers in usual_answers()]
    forgotten = ~Q(defaults__in=wanted) & Q(created_at__lt=db_now() - KEEP_YOUNGER_THAN)
    spares = SpareSchema.objects.filter((earlier & others) | forgotten)
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
