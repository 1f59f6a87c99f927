"""Rows as JSON text, said in SQL; and values as the API writes them."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet, ImproperlyConfigured
from django.db import connection
from django.db.models import Expression, F, Func, JSONField, Model, QuerySet, Subquery, TextField
from django.db.models.sql import Query

# Written as in ISO 8601, always in UTC, and with a fraction of six digits or none: as DRF writes it.
_MOMENT = """replace(to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')"""
_SPAN = """(SELECT CASE WHEN s < 0 THEN '-' ELSE '' END || 'P' || div(abs(s), 86400) || 'DT'
 || lpad(div(mod(abs(s), 86400), 3600)::text, 2, '0') || 'H' || lpad(div(mod(abs(s), 3600), 60)::text, 2, '0') || 'M'
 || replace(to_char(mod(abs(s), 60), 'FM00.000000'), '.000000', '') || 'S'
 FROM (SELECT extract(epoch FROM %(expressions)s) AS s) AS span WHERE s IS NOT NULL)"""


class AsObject(Subquery):
    """The rows of a queryset with two values, key and value, as one JSON object; the last of equal keys holds."""

    template = "(SELECT coalesce(jsonb_object_agg(o.k, o.v), '{}') FROM (%(subquery)s) AS o (k, v))"
    output_field = JSONField()


class Moment(Func):
    """A moment in UTC."""

    template = _MOMENT
    output_field = TextField()


class Span(Func):
    """A duration; a day has 24 hours."""

    template = _SPAN
    output_field = TextField()


class Elements(Func):
    """A JSON column that holds a list of objects, each with exactly ``names``."""

    template = """(SELECT coalesce(json_agg(json_build_object(%(pairs)s) ORDER BY n), '[]')
 FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS elements (e, n))"""
    output_field = JSONField()

    def __init__(self, column: Any, names: list[str]) -> None:
        super().__init__(column, pairs=", ".join(f"'{name}', e -> '{name}'" for name in names))


class RowAsJSON(Func):
    """One row as a JSON object of ``columns``."""

    output_field = JSONField()

    def __init__(self, columns: dict[str, Any]) -> None:
        super().__init__(*columns.values())
        self.names = list(columns)

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        texts: list[str] = []
        params: tuple[Any, ...] = ()
        for name, column in zip(self.names, self.get_source_expressions(), strict=True):
            text, values = compiler.compile(column)
            texts.append(f"{text} AS {connection.ops.quote_name(name)}")
            params += tuple(values)
        # A row of named columns costs half of json_build_object.
        return f"row_to_json((SELECT r FROM (SELECT {', '.join(texts)}) AS r))", params  # noqa: S608 - no text from outside


class Listing:
    """A list in one order, each row as JSON: what never changes of its SELECT is written once per process.

    Only FROM and WHERE are made for each request, by the ORM, of whatever the queryset was narrowed to. The text names
    no schema: which firm's rows it means is decided by the connection, each time.
    """

    def __init__(self, model: type[Model], row: Expression, columns: tuple[str, ...]) -> None:
        query = Query(model)
        compiler = query.get_compiler(connection=connection)
        query.get_initial_alias()

        def say(expression: Any) -> tuple[str, Sequence[Any]]:
            return compiler.compile(expression.resolve_expression(query))

        text, self.params = say(row)
        self.keys = [say(F(column.lstrip("-")))[0] for column in columns]
        if [table for table, uses in query.alias_refcount.items() if uses] not in ([], [model._meta.db_table]):
            raise ImproperlyConfigured("What a row shows must not join other tables: the list would change.")
        self.falling = columns[0].startswith("-")
        self.select = ", ".join([f"{text}::text", *(f"{key}::text" for key in self.keys)])
        self.order = ", ".join(f"{key} DESC" if self.falling else key for key in self.keys)

    def fits(self, queryset: QuerySet[Any]) -> bool:
        """Is it plain rows? What is grouped, united or told apart hangs on what is selected: nothing else may be."""
        query = queryset.query
        return not (query.group_by or query.distinct or query.combinator or query.is_sliced or query.extra_tables)

    def page(self, queryset: Any, *, after: Sequence[Any] | None, limit: int) -> list[tuple[str, ...]]:
        """Rows of ``queryset`` beyond the place ``after``: each as JSON, then the text of what it is ordered by."""
        query = queryset.query
        query.get_initial_alias()
        compiler = query.get_compiler(connection=connection)
        tables, params = compiler.get_from_clause()
        conditions, values = [], [*self.params, *params]
        try:
            where, params = compiler.compile(query.where)
            conditions.append(where)
            values += params
        except EmptyResultSet:
            return []
        except FullResultSet:
            pass  # nothing was narrowed
        # A list that was not narrowed is asked for all the time; the best plan of any other depends on by what.
        keep = not conditions
        if after is not None:
            places = ", ".join(f"${number}" if keep else "%s" for number in range(1, len(after) + 1))
            conditions.append(f"({', '.join(self.keys)}) {'<' if self.falling else '>'} ({places})")
        narrowed = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        place = list(after or ())
        rows: list[tuple[str, ...]] = queryset.read(
            f"SELECT {self.select} FROM {' '.join(tables)}{narrowed} ORDER BY {self.order} LIMIT {limit:d}",  # noqa: S608
            values if keep else values + place,
            place if keep else None,
        )
        return rows
