"""Visits other systems tell of, by hundreds and in any order, and the rules by which the timeline is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from customers.selectors.customers import Reader, customer_called, visible_to
from customers.selectors.matching import FILE_SOURCE
from customers.selectors.merging import survivor_of
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import uuid_array
from cxcrm.core.errors import DomainError, NotFound
from cxcrm.core.events import publish
from journeys.errors import VisitInvalid, VisitRuleInvalid, VisitRuleThere
from journeys.events import VisitRulesChanged, VisitsTold
from journeys.models import Stage, StageVisit, Touchpoint, VisitRule
from journeys.services.naming import line
from journeys.services.visit_reading import read_everybody

MAX_SOURCE: Final = 40
MAX_NUMBER: Final = 120
MAX_CHANNEL: Final = 40


class Told(TypedDict, total=False):
    """One visit: the customer by id or by number in ``source``, the stage, when, and its own number in ``source``."""

    customer_id: UUID
    customer_number: str
    stage_id: UUID
    visited_at: datetime
    source: str
    external_id: str


@dataclass(frozen=True)
class Taken:
    """What became of one visit told; ``visit_id`` is None for a refused one."""

    visit_id: UUID | None = None
    is_new: bool = False
    refusal: DomainError | None = None


@transaction.atomic
def tell_visits(*, visits: Sequence[Told], reader: Reader) -> list[Taken]:
    """Record visits, each taken or refused by itself with VisitInvalid or InvalidInput, in the order given.

    Sent again with the same source and number a visit is corrected, never doubled; of two in one call the later counts.
    ``reader`` is who tells: customers they may not see are unknown to them.
    """
    known = _Known(visits, reader)
    checked: list[tuple[Any, ...] | DomainError] = [_checked(one, known) for one in visits]
    rows = {(row[0], row[1]): row for row in checked if isinstance(row, tuple)}
    made = _write([rows[key] for key in sorted(rows)]) if rows else set()
    ids = _ids(rows)
    taken = [
        Taken(refusal=one) if isinstance(one, DomainError) else Taken(ids[one[:2]], one[:2] in made)
        for one in checked
    ]  # fmt: skip
    publish(VisitsTold(taken=len(rows)))
    return taken


class _Known:
    """Customers and stages named by id, looked up at once."""

    def __init__(self, visits: Sequence[Told], reader: Reader) -> None:
        self.seen = visible_to(reader).filter(erased_at=None)
        wanted = {one["customer_id"] for one in visits if one.get("customer_id")}
        self.customers = set(self.seen.filter(pk__in=wanted).values_list("pk", flat=True))
        stages = {one["stage_id"] for one in visits if one.get("stage_id")}
        self.stages = set(Stage.objects.filter(pk__in=stages).values_list("pk", flat=True))

    def customer(self, told: Told, source: str) -> UUID:
        """Who is meant, as they are today. Raises VisitInvalid."""
        ident = told.get("customer_id")
        if ident in self.customers:
            return ident
        number = told.get("customer_number", "")
        found = survivor_of(ident) if ident else customer_called(number=number, sources=(source, FILE_SOURCE))
        if found is None or not self.seen.filter(pk=found).exists():
            raise VisitInvalid.because("customer")
        return found


def _checked(told: Told, known: _Known) -> tuple[Any, ...] | DomainError:
    """Source, number, customer, stage, moment; or why not."""
    try:
        source = line(told.get("source", ""), "source", MAX_SOURCE)
        number = line(told.get("external_id", ""), "external_id", MAX_NUMBER)
        if not number:
            raise VisitInvalid.because("external_id")
        if told.get("stage_id") not in known.stages:
            raise VisitInvalid.because("stage")
        at = told.get("visited_at")
        if at is None or at.tzinfo is None or at > now():
            raise VisitInvalid.because("visited_at")
        return source, number, known.customer(told, source), told["stage_id"], at
    except DomainError as refusal:
        return refusal


def _write(rows: Sequence[tuple[Any, ...]]) -> set[tuple[str, str]]:
    """Insert or correct; returns source and number of the new ones. In one order, so that two callers only wait."""
    sources, numbers, customers, stages, moments = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO journeys_stagevisit AS v
                   (id, created_at, source, external_id, customer_id, stage_id, visited_at)
               SELECT uuidv7(), statement_timestamp(), t.source, t.number, t.customer, t.stage, t.at
               FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::timestamptz[])
                   t(source, number, customer, stage, at)
               ON CONFLICT (source, external_id) WHERE external_id <> ''
               DO UPDATE SET customer_id = EXCLUDED.customer_id, stage_id = EXCLUDED.stage_id,
                   visited_at = EXCLUDED.visited_at
               WHERE (v.customer_id, v.stage_id, v.visited_at)
                   IS DISTINCT FROM (EXCLUDED.customer_id, EXCLUDED.stage_id, EXCLUDED.visited_at)
               RETURNING source, external_id, xmax = 0""",
            [list(sources), list(numbers), uuid_array(customers), uuid_array(stages), list(moments)],
        )
        return {(source, number) for source, number, is_new in cursor.fetchall() if is_new}


def _ids(rows: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], UUID]:
    found = StageVisit.objects.filter(
        source__in={source for source, _number in rows}, external_id__in=[number for _source, number in rows]
    )
    return {(source, number): pk for source, number, pk in found.values_list("source", "external_id", "pk")}


@transaction.atomic
def add_visit_rule(
    *, kind: str, stage_id: UUID | None = None, channel: str = "", touchpoint_id: UUID | None = None
) -> VisitRule:
    """A rule, by which every timeline is read anew in the background. Raises VisitRuleInvalid, VisitRuleThere."""
    rule = VisitRule(
        **_rule(kind, channel, touchpoint_id, stage_id),
    )
    _save(rule)
    return rule


@transaction.atomic
def change_visit_rule(*, rule_id: UUID, **changes: Any) -> VisitRule:
    """Change ``kind``, ``channel``, ``touchpoint_id`` or ``stage_id``. Raises NotFound and what adding raises."""
    rule = VisitRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    now_so = {name: getattr(rule, name) for name in ("kind", "channel", "touchpoint_id", "stage_id")}
    for name, value in _rule(**{**now_so, **changes}).items():
        setattr(rule, name, value)
    _save(rule)
    return rule


@transaction.atomic
def remove_visit_rule(*, rule_id: UUID) -> None:
    """Take a rule away; visits only it found go with the next reading, which begins at once. Raises NotFound."""
    deleted, _by_model = VisitRule.objects.filter(pk=rule_id).delete()
    if not deleted:
        raise NotFound
    _tell(rule_id)


def _rule(kind: str, channel: str, touchpoint_id: UUID | None, stage_id: UUID | None) -> dict[str, Any]:
    if kind not in VisitRule.KINDS:
        raise VisitRuleInvalid(field="kind")
    channel = line(channel, "channel", MAX_CHANNEL)
    if channel and kind not in VisitRule.SOLD:
        raise VisitRuleInvalid.because("channel")
    if touchpoint_id is not None and kind not in VisitRule.ABOUT:
        raise VisitRuleInvalid.because("touchpoint")
    if stage_id is None and kind not in VisitRule.ABOUT:
        raise VisitRuleInvalid.because("stage")
    if stage_id is not None and not Stage.objects.filter(pk=stage_id).exists():
        raise VisitRuleInvalid(field="stage")
    if touchpoint_id is not None and not Touchpoint.objects.filter(pk=touchpoint_id).exists():
        raise NotFound(field="touchpoint")
    return {"kind": kind, "channel": channel, "touchpoint_id": touchpoint_id, "stage_id": stage_id}


def _save(rule: VisitRule) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise VisitRuleThere from error
    _tell(rule.pk)


def _tell(rule_id: UUID) -> None:
    read_everybody()
    publish(VisitRulesChanged(rule_id=rule_id))
