"""Where the value of a field stands in the database, and how rows that pass a test are found there.

Every ``where`` is a yes or a no, never NULL, so that "not" means the same as in Python. What stands in other tables is
asked for as a set of owners (semi- and anti-joins): one pass over that table however many rows are looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Aggregate, BooleanField, Expression, F, Func, Max, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Collate, Lower
from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)

from cxcrm.core.conditions.asking import Days, Filled, Has, OneOf, Says, Test, Within, first_days, holds
from cxcrm.core.db.arrays import among

# Letters are compared by Unicode's own rules whatever the database was made with.
BY_LETTERS: Final = "pg_c_utf8"
_AT_LEAST_ONE: Final = Within(low=Decimal(1))
_NONE: Final = Within(high=Decimal(0))
_HOW: Final = {"is": Exact, "contains": Contains, "starts_with": StartsWith}


@dataclass(frozen=True)
class Asking:
    """When and where a condition is asked: the firm's day and zone, and of whom where not of everybody."""

    today: date
    zone: ZoneInfo
    only: tuple[Any, ...] | None = None

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


class Listed(Expression):
    """The row's key is among the owners ``rows`` yields; as a join, so that a long list is hashed once."""

    conditional = True

    def __init__(self, rows: QuerySet[Any], key: str = "pk") -> None:
        super().__init__(output_field=BooleanField())
        self.key: Any = F(key)
        self.rows: Any = Subquery(rows)

    def get_source_expressions(self) -> list[Any]:
        return [self.key, self.rows]

    def set_source_expressions(self, exprs: Any) -> None:
        self.key, self.rows = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        key, key_params = compiler.compile(self.key)
        rows, params = compiler.compile(self.rows)
        asked = f"EXISTS (SELECT 1 FROM {rows} listed(owner) WHERE listed.owner = {key})"  # noqa: S608 - compiled above
        return asked, [*params, *key_params]


def says(column: Any, test: Says) -> Any:
    """A column of text against ``test``, without regard to capitals; NULL where there is none."""
    lowered = Lower(Collate(column, BY_LETTERS), output_field=TextField())
    return _HOW[test.how](lowered, test.text)


def number_within(name: str, test: Within) -> Q:
    """``name`` (a column or annotation) lies within."""
    found = Q(**{f"{name}__isnull": False})
    if test.low is not None:
        found &= Q(**{f"{name}__{'gt' if test.low_open else 'gte'}": test.low})
    if test.high is not None:
        found &= Q(**{f"{name}__{'lt' if test.high_open else 'lte'}": test.high})
    return found


@dataclass(frozen=True)
class Column:
    """A column of the row itself: text, number, choice, moment or array."""

    path: str
    # A moment asked for by days of the firm's calendar.
    is_moment: bool = False
    is_text: bool = False
    is_array: bool = False

    def where(self, test: Test, asking: Asking, days: int | None = None) -> Q:
        there = Q(**{f"{self.path}__isnull": False})
        match test:
            case Filled():
                return there & ~Q(**{self.path: []}) if self.is_array else there & ~self._blank
            case OneOf(values):
                return there & Q(**{f"{self.path}__in": values})
            case Has(values, every):
                return there & Q(**{f"{self.path}__{'contains' if every else 'overlap'}": list(values)})
            case Says():
                return there & Q(says(F(self.path), test))
            case Within():
                return number_within(self.path, test)
            case Days():
                return there & span(self.path, test, asking if self.is_moment else None)

    @property
    def _blank(self) -> Q:
        return Q(**{self.path: ""}) if self.is_text else Q(pk__in=[])

    def read(self, rows: QuerySet[Any], asking: Asking, days: int | None = None) -> dict[Any, Any]:
        found = dict(rows.order_by().values_list("pk", self.path))
        if self.is_moment:
            return {pk: asking.day_of(moment) for pk, moment in found.items() if moment is not None}
        return {pk: str(value) if isinstance(value, UUID) else value for pk, value in found.items()}


def span(path: str, test: Days, asking: Asking | None) -> Q:
    """A day, or with ``asking`` the day of a moment, is one of ``test``'s."""
    at = asking.midnight if asking else (lambda day: day)
    found = Q()
    if test.first is not None:
        found &= Q(**{f"{path}__gte": at(test.first)})
    if test.until is not None:
        found &= Q(**{f"{path}__lt": at(test.until)})
    return found


@dataclass(frozen=True)
class Computed:
    """A value an expression makes of the row's columns; NULL where there is none. ``read_as`` turns it into Python."""

    make: Callable[[], Any]
    read_as: Callable[[Any], Any] = field(default=lambda value: value)

    def where(self, test: Test, asking: Asking, days: int | None = None) -> Q:
        value = self.make()
        found = Q(IsNull(value, False))
        match test:
            case Says():
                found &= Q(says(value, test))
            case Within(low, high, low_open, high_open):
                found &= Q((GreaterThan if low_open else GreaterThanOrEqual)(value, low)) if low is not None else Q()
                found &= Q((LessThan if high_open else LessThanOrEqual)(value, high)) if high is not None else Q()
            case Days(first, until):  # days written as texts: year, month, day
                found &= Q(GreaterThanOrEqual(value, first.isoformat())) if first else Q()
                found &= Q(LessThan(value, until.isoformat())) if until else Q()
            case Filled():
                pass
            case _:
                raise TypeError(f"{test} of a computed value")
        return found

    def read(self, rows: QuerySet[Any], asking: Asking, days: int | None = None) -> dict[Any, Any]:
        found = rows.order_by().annotate(computed=self.make()).values_list("pk", "computed")
        return {pk: self.read_as(value) for pk, value in found if value is not None}


@dataclass(frozen=True)
class Related:
    """Rows of another table that belong to the row asked about by ``owner``; ``moment`` says when they happened."""

    rows: Callable[[], QuerySet[Any]]
    owner: str = "customer_id"
    moment: str = "occurred_at"

    def within(self, asking: Asking, days: int | None) -> QuerySet[Any]:
        rows = self.rows().order_by()
        if days:
            rows = rows.filter(**{f"{self.moment}__gte": asking.midnight(first_days(days, asking.today))})
        return rows if asking.only is None else rows.filter(**{f"{self.owner}__in": among(asking.only)})

    def listed(self, rows: QuerySet[Any]) -> Q:
        return Q(Listed(rows.values(self.owner)))


@dataclass(frozen=True)
class Figure(Related):
    """What related rows come to: a count, a sum, the newest value. ``missing`` is what it is without any row."""

    figure: Aggregate | Func | None = None
    missing: Any = None
    is_count: bool = False

    def where(self, test: Test, asking: Asking, days: int | None = None) -> Q:
        rows = self.within(asking, days)
        if isinstance(test, Filled) and self.missing is not None:
            return Q(pk__isnull=False)  # nothing bought is an amount as well
        if isinstance(test, Filled) or (self.is_count and test == _AT_LEAST_ONE):
            return self.listed(rows)
        if self.is_count and test == _NONE:
            return ~self.listed(rows)
        groups = rows.values(self.owner).annotate(come_to=self.figure)
        passing = come_within("come_to", test)
        if holds(test, self.missing):  # whoever has no row passes as well
            return ~self.listed(groups.exclude(passing))
        return self.listed(groups.filter(passing))

    def read(self, rows: QuerySet[Any], asking: Asking, days: int | None = None) -> dict[Any, Any]:
        found = self.within(asking, days).filter(**{f"{self.owner}__in": rows.order_by().values("pk")})
        grouped = found.values(self.owner).annotate(come_to=self.figure).values_list(self.owner, "come_to")
        return dict.fromkeys(rows.order_by().values_list("pk", flat=True), self.missing) | dict(grouped)


def come_within(name: str, test: Test) -> Q:
    """What related rows come to, as ``name``, passes a test of a figure."""
    return number_within(name, test) if isinstance(test, Within) else Q(**{f"{name}__in": _values(test)})


def _values(test: Test) -> tuple[Any, ...]:
    if not isinstance(test, OneOf):
        raise TypeError(f"{test} of a figure")
    return test.values


def newest(column: str, moment: str, output_field: Any) -> Func:
    """The value of ``column`` in the newest row of each owner."""
    return Func(
        ArrayAgg(column, order_by=[f"-{moment}", "-pk"]), template="(%(expressions)s)[1]", output_field=output_field
    )


@dataclass(frozen=True)
class LastDay(Related):
    """The day of the newest related row; what lies ahead, as from a clock that is fast, counts as today."""

    def where(self, test: Test, asking: Asking, days: int | None = None) -> Q:
        rows = self.within(asking, days)
        first, until = (test.first, test.until) if isinstance(test, Days) else (None, None)
        if first is not None and first > asking.today:
            return Q(pk__in=[])
        since = rows.filter(**{f"{self.moment}__gte": asking.midnight(first)}) if first else rows
        found = self.listed(since)
        if until is not None and until <= asking.today:  # and nothing came after it
            found &= ~self.listed(rows.filter(**{f"{self.moment}__gte": asking.midnight(until)}))
        return found

    def read(self, rows: QuerySet[Any], asking: Asking, days: int | None = None) -> dict[Any, Any]:
        found = self.within(asking, days).filter(**{f"{self.owner}__in": rows.order_by().values("pk")})
        newest_of = found.values(self.owner).annotate(at=Max(self.moment)).values_list(self.owner, "at")
        return {pk: min(asking.day_of(at), asking.today) for pk, at in newest_of}


@dataclass(frozen=True)
class LatestDay(Related):
    """The latest day ``column`` has in the related rows, such as when what they paid for ends; it may lie ahead."""

    column: str = ""

    def where(self, test: Test, asking: Asking, days: int | None = None) -> Q:
        rows = self._filled(asking, days)
        first, until = (test.first, test.until) if isinstance(test, Days) else (None, None)
        found = self.listed(rows.filter(**{f"{self.column}__gte": first}) if first else rows)
        if until is not None:  # and none is later
            found &= ~self.listed(rows.filter(**{f"{self.column}__gte": until}))
        return found

    def _filled(self, asking: Asking, days: int | None) -> QuerySet[Any]:
        return self.within(asking, days).filter(**{f"{self.column}__isnull": False})

    def read(self, rows: QuerySet[Any], asking: Asking, days: int | None = None) -> dict[Any, Any]:
        found = self._filled(asking, days).filter(**{f"{self.owner}__in": rows.order_by().values("pk")})
        return dict(found.values(self.owner).annotate(latest=Max(self.column)).values_list(self.owner, "latest"))


@dataclass(frozen=True)
class Several(Related):
    """Every value ``column`` has in the related rows: branches bought at, or with ``is_text`` words of what was."""

    column: str = ""
    is_text: bool = False

    def where(self, test: Test, asking: Asking, days: int | None = None) -> Q:
        rows = self._filled(self.within(asking, days))
        match test:
            case Says():
                return self.listed(rows.filter(says(F(self.column), test)))
            case Has(values, every):
                if not every:
                    return self.listed(rows.filter(**{f"{self.column}__in": values}))
                found = Q()
                for value in values:
                    found &= self.listed(rows.filter(**{self.column: value}))
                return found
            case Filled():
                return self.listed(rows)
            case _:
                raise TypeError(f"{test} of several values")

    def _filled(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.exclude(**{self.column: ""}) if self.is_text else rows.filter(**{f"{self.column}__isnull": False})

    def read(self, rows: QuerySet[Any], asking: Asking, days: int | None = None) -> dict[Any, Any]:
        found: dict[Any, list[str]] = {}
        mine = self.within(asking, days).filter(**{f"{self.owner}__in": rows.order_by().values("pk")})
        for owner, value in self._filled(mine).values_list(self.owner, self.column).distinct():
            found.setdefault(owner, []).append(str(value))
        return found
