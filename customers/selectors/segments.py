"""Segments: which there are, who belongs to them, and what a rule would find, live and within a fixed time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import UUID

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from customers.models import Customer, Segment, SegmentMember, SegmentSize
from customers.selectors.contacts import may_look_for, text_shown
from customers.selectors.customers import Reader
from customers.selectors.segment_fields import CUSTOMER_FIELDS, asking
from cxcrm.core.conditions.asking import Kind
from cxcrm.core.conditions.errors import ConditionInvalid, Problem
from cxcrm.core.conditions.fields import Field
from cxcrm.core.conditions.finding import read, where
from cxcrm.core.conditions.sources import Asking
from cxcrm.core.conditions.tree import Leaf, Node, leaves, parse
from cxcrm.core.conditions.words import asked_about, shown
from cxcrm.core.db.arrays import among
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import the_firm

T = TypeVar("T")
SAMPLES: Final = 10
# Up to so many customers everything is counted, whatever it takes.
ALWAYS_COUNTED: Final = 50_000
PATIENCE: Final = 150  # milliseconds, for counting more
LOOKED_AT: Final = 3_000
COLUMNS: Final = 4


@dataclass(frozen=True)
class Counted:
    """How many; not exact, it is reckoned from ``looked_at`` customers picked from everywhere."""

    number: int
    is_exact: bool = True
    looked_at: int = 0


@dataclass(frozen=True)
class Sample:
    """One customer a rule finds, with what it asked about them in words: (question, value)."""

    customer: Customer
    values: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """What a rule would find now."""

    counted: Counted
    samples: list[Sample]


def visible_to(user: Reader) -> "QuerySet[Segment]":
    """Every segment for those who may read customers, none for others."""
    return Segment.objects.all() if user.allows("customers", Level.READ) else Segment.objects.none()


def active_segments() -> "QuerySet[Segment]":
    return Segment.objects.filter(is_active=True).order_by("name", "id")


def segments_of(customer_id: UUID) -> "QuerySet[Segment]":
    """The segments in use a customer belongs to."""
    mine = SegmentMember.objects.filter(customer_id=customer_id)
    return active_segments().filter(pk__in=mine.values("segment_id"))


def in_segment(queryset: "QuerySet[Customer]", segment_id: UUID) -> "QuerySet[Customer]":
    """Those of ``queryset`` who belong to the segment."""
    return queryset.filter(pk__in=SegmentMember.objects.filter(segment_id=segment_id).values("customer_id"))


def members_of(segment_id: UUID) -> "QuerySet[SegmentMember]":
    """Who belongs to a segment, the latest first; whoever was merged into another or erased is left out."""
    standing = SegmentMember.objects.filter(customer__merged_into=None, customer__erased_at=None)
    return standing.filter(segment_id=segment_id).order_by("-created_at", "-id")


def sizes_of(segment_id: UUID) -> "QuerySet[SegmentSize]":
    return SegmentSize.objects.filter(segment_id=segment_id).order_by("-day")


def condition_of(raw: Any, reader: Reader | None = None) -> Node:
    """The rule ``raw`` stands for; raises ConditionInvalid.

    A ``reader`` who sees phones and addresses masked may not ask for parts of them either.
    """
    node = parse(raw, CUSTOMER_FIELDS.fields())
    if reader is not None:
        hidden = [leaf for leaf in leaves(node) if _gives_away(leaf, reader)]
        if hidden:
            raise ConditionInvalid([Problem(_path(raw, leaf), "hidden", str(leaf.field.label)) for leaf in hidden])
    return node


def stored_condition(segment: Segment) -> Node | None:
    """The rule as it was stored; None when something it asks for is gone. Values no longer offered may stand in it."""
    try:
        return parse(segment.condition, CUSTOMER_FIELDS.fields(), check_choices=False)
    except ConditionInvalid:
        return None


def matching(node: Node, at: Asking | None = None) -> "QuerySet[Customer]":
    """Customers the rule holds for now, without order; those of ``at.only`` where it says so."""
    ask = at or asking()
    found = Customer.objects.filter(erased_at__isnull=True).filter(where(node, ask)).order_by()
    return found if ask.only is None else found.filter(pk__in=among(ask.only))


def count_matching(node: Node) -> Counted:
    """How many the rule holds for, see ``look``."""
    return look(node, samples=0).counted


def look(node: Node, *, samples: int = SAMPLES, reader: Reader | None = None) -> Found:
    """How many customers the rule holds for and the first of them, in a fixed time.

    Small firms are counted. In large ones counting is broken off after ``PATIENCE`` milliseconds, and the number is
    reckoned from ``LOOKED_AT`` customers picked from all over the table, as are the samples.
    """
    total = _about_how_many()
    if total <= ALWAYS_COUNTED:
        found = matching(node)
        some = list(_first(found, samples)) if samples else []
        return Found(Counted(found.count()), _told(node, some, reader))
    exact = _within_time(lambda: matching(node).count())
    first: list[Customer] | None = None
    if exact is not None and samples:
        first = _within_time(lambda: list(matching(node).select_related("branch")[:samples]))
    if exact is not None and (first is not None or not samples):
        return Found(Counted(exact), _told(node, first or [], reader))
    picked = tuple(_picked(total))
    few = matching(node, asking(picked))
    share = few.count() / len(picked) if picked else 0.0
    reckoned = Counted(round(share * total), is_exact=False, looked_at=len(picked))
    some = list(_first(few, samples)) if samples else []
    return Found(reckoned if exact is None else Counted(exact), _told(node, some, reader))


def values_for(node: Node, customers: list[Customer], reader: Reader | None = None) -> Mapping[UUID, dict[str, str]]:
    """Customer → what the rule asks about them, in words by question."""
    asked = list({leaf.key: leaf for leaf in leaves(node)}.values())[:COLUMNS]
    rows = Customer.objects.filter(pk__in=[one.pk for one in customers])
    values = read(asked, rows, asking([one.pk for one in customers]))
    currency = the_firm().currency
    return {
        one.pk: {
            asked_about(leaf): _masked(leaf.field, shown(leaf.field, values[one.pk].get(leaf.key), currency), reader)
            for leaf in asked
        }
        for one in customers
    }


def _told(node: Node, customers: list[Customer], reader: Reader | None) -> list[Sample]:
    if not customers:
        return []
    values = values_for(node, customers, reader)
    return [Sample(one, list(values[one.pk].items())) for one in customers]


def _masked(asked: Field, text: str, reader: Reader | None) -> str:
    return text_shown(text, reader) if reader is not None and asked.is_free_text else text


def _first(found: "QuerySet[Customer]", number: int) -> "QuerySet[Customer]":
    return found.select_related("branch").order_by("-created_at", "-id")[:number]


def _gives_away(leaf: Leaf, reader: Reader) -> bool:
    is_text = leaf.field.kind in (Kind.TEXT, Kind.WORDS)
    return is_text and isinstance(leaf.value, str) and not may_look_for(leaf.value, reader)


def _path(raw: Any, wanted: Leaf, path: str = "") -> str:
    """Where in ``raw`` a leaf stands."""
    if isinstance(raw, dict) and raw.get("field") == wanted.field.code and raw.get("value") == wanted.value:
        return f"{path}.value".lstrip(".")
    parts = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return next((found for key, part in parts if (found := _path(part, wanted, f"{path}.{key}".lstrip(".")))), "")


def is_large() -> bool:
    """More customers than are counted while somebody waits?"""
    return _about_how_many() > 0


def _about_how_many() -> int:
    """Customers as the database last counted them itself; asked of a small table they are counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Customer._meta.db_table])
        about = int(cursor.fetchone()[0])
    return about if about > ALWAYS_COUNTED else 0


def _picked(total: int) -> list[UUID]:
    """About ``LOOKED_AT`` customers from pages all over the table."""
    table = connection.ops.quote_name(Customer._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} TABLESAMPLE SYSTEM (%s) WHERE merged_into_id IS NULL AND erased_at IS NULL",  # noqa: S608 - the model's own name
            [min(100.0, 100.0 * LOOKED_AT / max(total, 1))],
        )
        return [ident for (ident,) in cursor.fetchall()]


def _within_time(find: Callable[[], T]) -> T | None:
    """What ``find`` finds within ``PATIENCE``, else None; the surrounding transaction goes on either way."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
            found = find()
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            return None
        raise
