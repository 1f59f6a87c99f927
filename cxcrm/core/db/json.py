"""Rows as JSON text, said in SQL; and values as the API writes them."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Expression, Func, JSONField, Subquery, TextField

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

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        texts, params = [], []
        for name, column in zip(self.names, self.get_source_expressions(), strict=True):
            text, values = compiler.compile(column)
            texts.append(f"{text} AS {connection.ops.quote_name(name)}")
            params += values
        # A row of named columns costs half of json_build_object.
        return f"row_to_json((SELECT r FROM (SELECT {', '.join(texts)}) AS r))", params  # noqa: S608 - no text from outside


class Compiled(Expression):
    """An expression over one table whose SQL is made once per process and name of that table, as text."""

    output_field = TextField()

    def __init__(self, expression: Expression) -> None:
        super().__init__()
        self.expression = expression
        self.said: dict[str, tuple[str, tuple[Any, ...]]] = {}
        self.table = ""

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> "Compiled":
        table = query.get_initial_alias()
        if table not in self.said:
            self.said[table] = self._say(query)
        resolved = self.copy()
        resolved.table = table
        return resolved

    def _say(self, query: Any) -> tuple[str, tuple[Any, ...]]:
        query = query.clone()
        before = _tables(query)
        text, params = query.get_compiler(connection=connection).compile(self.expression.resolve_expression(query))
        if _tables(query) != before:
            raise ImproperlyConfigured("What a row shows must not join other tables: the list would change.")
        return f"{text}::text", tuple(params)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.said[self.table]


def _tables(query: Any) -> set[str]:
    return {table for table, uses in query.alias_refcount.items() if uses}
