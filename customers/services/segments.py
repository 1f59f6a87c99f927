"""Segments are made, changed and put away here, and customers put into those made by hand."""

from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from customers.errors import TextInvalid
from customers.events import SegmentRefreshed
from customers.group_errors import (
    SegmentArchived,
    SegmentBroken,
    SegmentChanged,
    SegmentIsByRule,
    SegmentKindFixed,
    SegmentNameTaken,
    SegmentNotFound,
)
from customers.models import Customer, Persona, Segment, SegmentMember, SegmentSize
from customers.selectors.customers import Reader
from customers.selectors.segment_fields import asking
from customers.selectors.segments import active_segments, condition_of, is_large, matching, members_of, stored_condition
from customers.services import fields
from customers.services.persona_rules import assign_by_rule
from cxcrm.core.clock import now
from cxcrm.core.configuration import record
from cxcrm.core.db.arrays import among
from cxcrm.core.events import publish
from tenants.services.agenda import enqueue

KIND: Final = "customers.refresh_segment"
MAX_NAME: Final = 80
MAX_DESCRIPTION: Final = 300
# Raises a Conflict when something above still needs the segment.
Check = Callable[[UUID], None]
_needs: Final[list[Check]] = []


def needs_segments(check: Check) -> Check:
    """Register a check that raises a Conflict while a segment may not be put away."""
    if check not in _needs:
        _needs.append(check)
    return check


@transaction.atomic
def create_segment(
    *, name: str, description: str = "", kind: str = Segment.Kind.RULE, condition: Any = None, reader: Reader
) -> Segment:
    """Make a segment; one by rule is filled at once, or in a firm of very many in the background.

    Raises TextInvalid, ChoiceInvalid, SegmentNameTaken, ConditionInvalid (also where a static one gets a rule).
    """
    segment = Segment(
        name=_name(name),
        description=fields.line(description, "description", MAX_DESCRIPTION),
        kind=fields.choice(kind, Segment.Kind, "kind"),
    )
    if segment.kind == Segment.Kind.RULE:
        segment.condition = condition_of(condition or {}, reader).raw()
    elif condition:
        raise SegmentIsByRule
    _save(segment, force_insert=True)
    record(segment, "added")
    return recount_segment(segment_id=segment.id) if segment.kind == Segment.Kind.RULE else segment


@transaction.atomic
def change_segment(*, segment_id: UUID, reader: Reader, version: int | None = None, **changes: Any) -> Segment:
    """Change what is sent of name, description, condition, is_active; a new rule is asked at once.

    Raises SegmentNotFound, SegmentChanged for an old ``version``, SegmentKindFixed, and what ``create_segment`` does;
    putting it away raises the Conflict of whoever needs it.
    """
    segment = _locked(segment_id)
    if version is not None and version != segment.version:
        raise SegmentChanged(version=segment.version)
    before = segment.condition
    if changes.get("kind", segment.kind) != segment.kind:
        raise SegmentKindFixed(field="kind")
    if "name" in changes:
        segment.name = _name(changes["name"])
    if "description" in changes:
        segment.description = fields.line(changes["description"], "description", MAX_DESCRIPTION)
    if "condition" in changes:
        if segment.kind == Segment.Kind.STATIC:
            raise SegmentIsByRule
        segment.condition = condition_of(changes["condition"], reader).raw()
    if "is_active" in changes and changes["is_active"] != segment.is_active:
        segment.is_active = changes["is_active"]
        for check in _needs if not segment.is_active else ():
            check(segment.id)
    segment.version += 1
    segment.updated_at = now()
    _save(segment)
    record(segment, "changed")
    return recount_segment(segment_id=segment.id) if segment.condition != before and segment.is_active else segment


@transaction.atomic
def recount_segment(*, segment_id: UUID) -> Segment:
    """Refresh a segment somebody waits for: at once, or in a firm of very many in the background.

    Until that is done ``refreshed_at`` is None. Raises what ``refresh_segment`` does.
    """
    if not is_large():
        return refresh_segment(segment_id=segment_id)
    segment = _locked(segment_id)
    if not segment.is_active:
        raise SegmentArchived
    if segment.kind == Segment.Kind.RULE and stored_condition(segment) is None:
        raise SegmentBroken
    segment.refreshed_at = None
    segment.save(update_fields=["refreshed_at"])
    enqueue(KIND, segment.id, reschedule=True)
    return segment


@transaction.atomic
def refresh_segment(*, segment_id: UUID) -> Segment:
    """Ask the rule anew and bring the members up to date; of a segment by hand only the size is counted.

    Two at once wait for each other. Raises SegmentNotFound, SegmentArchived, SegmentBroken.
    """
    segment = _locked(segment_id)
    if not segment.is_active:
        raise SegmentArchived
    came = went = 0
    if segment.kind == Segment.Kind.RULE:
        node = stored_condition(segment)
        if node is None:
            raise SegmentBroken
        came, went = _bring_up_to_date(segment, matching(node))
    return _counted(segment, came, went)


def refresh_or_say(*, segment_id: UUID) -> None:
    """The same at night: what does not work is marked as such, and one put away meanwhile is left alone."""
    try:
        refresh_segment(segment_id=segment_id)
    except SegmentBroken:
        Segment.objects.filter(pk=segment_id).update(is_broken=True)
    except (SegmentArchived, SegmentNotFound):
        return


@transaction.atomic
def refresh_all_later() -> int:
    """Put every segment in use on the agenda, each by itself; returns how many."""
    ids = list(active_segments().values_list("pk", flat=True))
    for ident in ids:
        enqueue(KIND, ident, reschedule=True)
    return len(ids)


@transaction.atomic
def add_to_segment(*, segment_id: UUID, customers: "QuerySet[Customer] | Iterable[UUID]") -> int:
    """Put customers into a segment made by hand; returns how many came. Raises SegmentNotFound, SegmentIsByRule."""
    segment = _by_hand(segment_id)
    came = _insert(segment, Customer.objects.filter(pk__in=_ids(customers), erased_at=None))
    _counted(segment, came, 0)
    return came


@transaction.atomic
def remove_from_segment(*, segment_id: UUID, customers: "QuerySet[Customer] | Iterable[UUID]") -> int:
    """Take customers out of a segment made by hand; returns how many went. Raises SegmentNotFound, SegmentIsByRule."""
    segment = _by_hand(segment_id)
    went, _tables = SegmentMember.objects.filter(segment=segment, customer_id__in=_ids(customers)).delete()
    _counted(segment, 0, went)
    return went


def _by_hand(segment_id: UUID) -> Segment:
    segment = _locked(segment_id)
    if not segment.is_active:
        raise SegmentArchived
    if segment.kind != Segment.Kind.STATIC:
        raise SegmentIsByRule
    return segment


def _locked(segment_id: UUID) -> Segment:
    segment = Segment.objects.select_for_update(no_key=True).filter(pk=segment_id).first()
    if segment is None:
        raise SegmentNotFound
    return segment


def _name(name: str) -> str:
    cleaned = fields.line(name, "name", MAX_NAME)
    if not cleaned:
        raise TextInvalid(field="name")
    return cleaned


def _save(segment: Segment, **how: Any) -> None:
    try:
        with transaction.atomic():
            segment.save(**how)
    except IntegrityError as error:
        raise SegmentNameTaken(field="name") from error


def _ids(customers: "QuerySet[Customer] | Iterable[UUID]") -> Any:
    return customers.order_by().values("pk") if isinstance(customers, QuerySet) else among(customers)


_MEMBERS: Final = SegmentMember._meta.db_table


def _bring_up_to_date(segment: Segment, found: "QuerySet[Customer]") -> tuple[int, int]:
    """Who came and who went, in one statement: the rule is asked once, and only the difference is written."""
    rule, params = found.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        # A large firm's purchases are put together in memory rather than on disk, for this transaction only.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(
            f"""WITH fits (id) AS MATERIALIZED ({rule}),
                gone AS (
                    DELETE FROM {_MEMBERS} m WHERE m.segment_id = %s
                    AND NOT EXISTS (SELECT 1 FROM fits WHERE fits.id = m.customer_id) RETURNING 1),
                come AS (
                    INSERT INTO {_MEMBERS} (id, created_at, segment_id, customer_id)
                    SELECT uuidv7(), statement_timestamp(), %s, fits.id FROM fits
                    WHERE NOT EXISTS (
                        SELECT 1 FROM {_MEMBERS} m WHERE m.segment_id = %s AND m.customer_id = fits.id)
                    ON CONFLICT DO NOTHING RETURNING 1)
                SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)""",  # noqa: S608 - made by the query compiler
            [*params, segment.id, segment.id, segment.id],
        )
        came, went = cursor.fetchone()
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
    return came, went


def _insert(segment: Segment, customers: "QuerySet[Customer]") -> int:
    chosen, params = customers.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {_MEMBERS} (id, created_at, segment_id, customer_id)
                SELECT uuidv7(), statement_timestamp(), %s, chosen.id FROM ({chosen}) chosen (id)
                ON CONFLICT (segment_id, customer_id) DO NOTHING""",  # noqa: S608 - made by the query compiler
            [segment.id, *params],
        )
        return int(cursor.rowcount)


def _counted(segment: Segment, came: int, went: int) -> Segment:
    """Keep the size, and what it was today; tell when somebody came or went."""
    members = members_of(segment.id) if segment.kind == Segment.Kind.STATIC else segment.members  # merged ones are gone
    segment.size = members.order_by().count()
    segment.refreshed_at, segment.is_broken = now(), False
    segment.save(update_fields=["size", "refreshed_at", "is_broken"])
    SegmentSize.objects.bulk_create(
        [SegmentSize(segment=segment, day=asking().today, size=segment.size)],
        update_conflicts=True,
        unique_fields=["segment", "day"],
        update_fields=["size"],
    )
    if came or went:
        publish(SegmentRefreshed(segment_id=segment.id, came=came, went=went))
        if Persona.objects.filter(segment=segment, state=Persona.State.LIVE).exists():
            assign_by_rule()
    return segment
