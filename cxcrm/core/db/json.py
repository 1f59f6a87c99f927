"""Rows as JSON text, said in SQL; and values as the API writes them."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet, FullResultSet, ImproperlyConfigured
from django.db import connection
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    Model,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.sql import Query

# Written as in ISO 8601, always in UTC, and with a fraction of six digits or none: as DRF writes it.
_MOMENT = """replace(to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')"""
_SPAN = """(SELECT CASE WHEN s < 0 THEN '-' ELSE '' END || 'P' || div(abs(s), 86400) || 'DT'
 || lpad(div(mod(abs(s), 86400), 3600)::text, 2, '0') || 'H' || lpad(div(mod(abs(s), 3600), 60)::text, 2, '0') || 'M'
 || replace(to_char(mod(abs(s), 60), 'FM00.000000'), '.000000', '') || 'S'
 FROM (SELECT extract(epoch FROM %(expressions)s) AS s) AS span WHERE s IS NOT NULL)"""


class AsObject(Subquery):
    """The rows of a queryset with two values, key and value, as one JSON object; no two keys may be equal."""

    template = "(SELECT coalesce(json_object_agg(o.k, o.v), '{}') FROM (%(subquery)s) AS o (k, v))"
    output_field = JSONField()


class Lists(Subquery):
    """Several lists out of the same rows, told apart by conditions; ``one(name)`` is one of them.

    Where rows are written as JSON the rows behind are looked for once. Anywhere else each list stands for itself.
    """

    def __init__(self, queryset: QuerySet[Any], value: str, **conditions: Q) -> None:
        self.value, self.conditions, self.rows = value, conditions, queryset
        marks = {f"is_{name}": ExpressionWrapper(said, BooleanField()) for name, said in conditions.items()}
        super().__init__(queryset.values_list(value, *marks.values()), output_field=JSONField())
        texts = [f"coalesce(array_agg(o.v) FILTER (WHERE o.{name}), '{{}}') AS {name}" for name in conditions]
        self.template = f"(SELECT {', '.join(texts)} FROM (%(subquery)s) AS o (v, {', '.join(conditions)}))"  # noqa: S608

    def one(self, name: str) -> "OneOfLists":
        return OneOfLists(self.rows.filter(self.conditions[name]).values(self.value), self, name)


class OneOfLists(ArraySubquery):
    def __init__(self, queryset: QuerySet[Any], among: Lists, name: str) -> None:
        super().__init__(queryset)
        self.among, self.name = among, name


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


class RowAsText(Func):
    """One row as the text of a JSON object of ``columns``.

    Put together by concat, which costs less than row_to_json: it looks up once, not for every value, how a type is
    written. So what is known of a column is said here: whether it may be NULL, and whether there is anything to escape.
    """

    output_field = TextField()

    def __init__(self, columns: dict[str, Any]) -> None:
        super().__init__(*columns.values())
        self.names = list(columns)

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        return self.written(compiler)

    def shown(self) -> dict[str, str]:
        """Columns of the table that are shown as they are: column → name in the JSON."""
        found: dict[str, str] = {}
        for name, column in zip(self.names, self.source_expressions, strict=True):
            plain = _inside(column)
            if isinstance(plain, F):
                found[plain.name] = name  # type: ignore[attr-defined] # not in the stubs
        return found

    def written(self, compiler: Any, beside: Sequence[int] = ()) -> tuple[str, tuple[Any, ...]]:
        """The row; of lists that stand ``beside`` it only the names."""
        parts: list[str] = []
        params: tuple[Any, ...] = ()
        before = "{"
        for name, column in zip(self.names, self.get_source_expressions(), strict=True):
            if isinstance(column, OneOfLists) and id(column.among) in beside:
                text, values = f"lists{beside.index(id(column.among))}.{column.name}", ()
            else:
                text, values = compiler.compile(column)
            around, text = _value(column, text)
            parts += [_quoted(f"{before}{json.dumps(name)}:{around}"), text]
            params += tuple(values)
            before = f"{around},"
        return _concat([*parts, _quoted(f"{before[:-1]}}}")]), params


class RowsAsText(Subquery):
    """Rows of a queryset with one value, a row as text, as a list."""

    template = "(SELECT concat('[', string_agg(o.r, ','), ']') FROM (%(subquery)s) AS o (r))"
    output_field = TextField()


def _inside(column: Any) -> Any:
    return column.source_expressions[0] if isinstance(column, Moment) else column


def _value(column: Any, text: str) -> tuple[str, str]:
    """What stands around a value in JSON, and SQL for the value itself, which is never NULL: concat would skip it."""
    if isinstance(column, RowsAsText):
        return "", text
    field = getattr(_inside(column), "target", None)
    always, kind = (not field.null, field.db_type(connection)) if field is not None else (False, None)
    if kind == "uuid" or isinstance(column, Moment):
        return ('"', text) if always else ("", f"""coalesce('"' || {text} || '"', 'null')""")
    if always and kind in {"integer", "bigint", "smallint"}:
        return "", text
    return "", f"to_json({text})" if always else f"coalesce(to_json({text}), 'null')"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def _concat(parts: list[str], most: int = 100) -> str:
    """PostgreSQL's functions take up to ``most`` arguments."""
    if len(parts) > most:
        parts = [_concat(parts[start : start + most]) for start in range(0, len(parts), most)]
    return f"concat({', '.join(parts)})"


class Listing:
    """A list in one order, each row as JSON: what never changes of its SELECT is written once per process.

    Only FROM and WHERE are made for each request, by the ORM, of whatever the queryset was narrowed to. The text names
    no schema: which firm's rows it means is decided by the connection, each time.
    """

    def __init__(self, model: type[Model], row: RowAsText, columns: tuple[str, ...]) -> None:
        query = Query(model)
        compiler = query.get_compiler(connection=connection)
        query.get_initial_alias()

        def say(expression: Any) -> tuple[str, Sequence[Any]]:
            return compiler.compile(expression.resolve_expression(query))

        beside = []
        in_beside: list[Any] = []
        lists = {id(column.among): column.among for column in row.source_expressions if isinstance(column, OneOfLists)}
        for number, among in enumerate(lists.values()):
            text, params = say(among)
            beside.append(f", LATERAL {text} AS lists{number}")
            in_beside += params
        text, params = row.resolve_expression(query).written(compiler, list(lists))
        self.beside, self.in_beside, self.in_row = "".join(beside), in_beside, list(params)
        self.keys = [say(F(column.lstrip("-")))[0] for column in columns]
        if [table for table, uses in query.alias_refcount.items() if uses] not in ([], [model._meta.db_table]):
            raise ImproperlyConfigured("What a row shows must not join other tables: the list would change.")
        self.falling = columns[0].startswith("-")
        # A place in the list is read off the row; only what the row does not show is selected beside it.
        shown = row.shown()
        self.names = [shown.get(column.lstrip("-")) for column in columns]
        hidden = [f"{key}::text" for key, name in zip(self.keys, self.names, strict=True) if name is None]
        self.select = ", ".join([text, *hidden])
        self.table = connection.ops.quote_name(model._meta.db_table)
        self.order = ", ".join(f"{key} DESC" if self.falling else key for key in self.keys)

    def fits(self, queryset: QuerySet[Any]) -> bool:
        """Is it plain rows? What is grouped, united or told apart hangs on what is selected: nothing else may be."""
        query = queryset.query
        return not (query.group_by or query.distinct or query.combinator or query.is_sliced or query.extra_tables)

    def page(self, queryset: Any, *, after: Sequence[Any] | None, limit: int) -> list[tuple[Any, ...]]:
        """Rows of ``queryset`` beyond the place ``after``: each as JSON, then what ``place`` needs."""
        tables, where, before, among = self._narrowed(queryset.query)
        if where is None:
            return []
        # A list that is narrowed by nothing a caller named is asked for all the time; the best plan of any other
        # depends on by what.
        keep = not among
        conditions = [where] if where else []
        if after is not None:
            places = ", ".join(f"${number}" if keep else "%s" for number in range(1, len(after) + 1))
            conditions.append(f"({', '.join(self.keys)}) {'<' if self.falling else '>'} ({places})")
        narrowed = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        place = list(after or ())
        rows: list[tuple[Any, ...]] = queryset.read(
            f"SELECT {self.select} FROM {tables}{self.beside}{narrowed} ORDER BY {self.order} LIMIT {limit:d}",  # noqa: S608
            before if keep else [*before, *among, *place],
            place if keep else None,
        )
        return rows

    def place(self, row: Sequence[Any]) -> list[Any]:
        """What ``row`` is ordered by, as a cursor carries it."""
        values, hidden = json.loads(row[0]), iter(row[1:])
        return [next(hidden) if name is None else values[name] for name in self.names]

    def _narrowed(self, query: Query) -> tuple[str, str | None, list[Any], list[Any]]:
        """The tables, the condition (None: nothing can be found), the values before it and its own, in their order."""
        if not query.where and len(query.alias_map) < 2:
            return self.table, "", [*self.in_row, *self.in_beside], []
        query.get_initial_alias()
        compiler = query.get_compiler(connection=connection)
        tables, joined = compiler.get_from_clause()
        before = [*self.in_row, *joined, *self.in_beside]
        try:
            where, values = compiler.compile(query.where)
        except EmptyResultSet:
            return "", None, [], []
        except FullResultSet:
            return " ".join(tables), "", before, []
        return " ".join(tables), where, before, list(values)
