"""Lists answered by the database: a serializer's shape as one SQL expression that yields each row as JSON.

The serializer stays the one declaration of what a row looks like. ``listing`` reads it field by field and says the
same in SQL; a field it cannot say makes the whole list go the ordinary way. That both ways agree is held by
``tests/api/test_rows.py`` for every list there is."""

from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from rest_framework import relations, serializers

from cxcrm.core.api.fields import MomentField, OutputSerializer
from cxcrm.core.db.json import Elements, Listing, Moment, RowAsText, RowsAsText, Span

_PLAIN: dict[type[serializers.Field], tuple[type[models.Field], ...]] = {
    serializers.CharField: (models.CharField, models.TextField),
    serializers.ChoiceField: (models.CharField, models.IntegerField),
    serializers.UUIDField: (models.UUIDField, models.ForeignKey),
    serializers.BooleanField: (models.BooleanField,),
    serializers.IntegerField: (models.IntegerField,),
    serializers.DateField: (models.DateField,),
    serializers.JSONField: (models.JSONField,),
    serializers.DictField: (models.JSONField,),
    serializers.ListField: (models.JSONField, ArrayField),
}


class CannotSay(Exception):
    """SQL has no words for this field."""


@cache
def listing(shape: type[serializers.BaseSerializer], columns: tuple[str, ...]) -> Listing | None:
    """The list of rows as ``shape`` shows them, ordered by ``columns``; None where only Python can say it."""
    try:
        row = RowAsText(_columns(shape()))
    except CannotSay:
        return None
    return Listing(shape.Meta.model, row, columns)


def with_details(shape: type[serializers.BaseSerializer], queryset: QuerySet) -> QuerySet:
    """``queryset`` with what ``shape`` needs beside the row's own columns, for the ordinary way."""
    annotations, relations = _details(shape)
    return queryset.annotate(**annotations).prefetch_related(*relations)


@cache
def _details(shape: type[serializers.BaseSerializer]) -> tuple[dict[str, Any], list[str]]:
    if not issubclass(shape, OutputSerializer):
        return {}, []
    said: dict[str, Any] = getattr(shape.Meta, "in_sql", {})
    lists = [field for field in shape().fields.values() if isinstance(field, serializers.ListSerializer)]
    return (
        {name: expression for name, expression in said.items() if not hasattr(shape.Meta.model, name)},
        [field.source for field in lists if shape.Meta.model._meta.get_field(field.source).is_relation],
    )


def _columns(shape: Any) -> dict[str, Any]:
    if not isinstance(shape, OutputSerializer) or not _is_known(shape):
        raise CannotSay(type(shape).__name__)
    return {name: _column(shape, field) for name, field in shape.fields.items() if not field.write_only}


def _column(shape: OutputSerializer, field: serializers.Field) -> Any:
    said = getattr(shape.Meta, "in_sql", {}).get(field.source)
    if said is not None:
        return models.ExpressionWrapper(said, models.BooleanField()) if isinstance(said, Q) else said
    try:
        column: Any = shape.Meta.model._meta.get_field(field.source)
    except FieldDoesNotExist as unknown:
        raise CannotSay(field.field_name) from unknown
    if not _is_known(field):
        raise CannotSay(f"{field.field_name} has a way of its own")
    if isinstance(field, serializers.ListSerializer):
        return _rows(field, column) if column.is_relation else _elements(field, column)
    return _value(field, column)


def _value(field: serializers.Field, column: Any) -> Any:
    name = F(column.attname)
    if isinstance(field, relations.PrimaryKeyRelatedField) and column.many_to_one | column.one_to_one:
        return name
    if isinstance(field, MomentField) and isinstance(column, models.DateTimeField):
        return Moment(name)
    if isinstance(field, serializers.DurationField) and isinstance(column, models.DurationField):
        return Span(name)
    if isinstance(field, serializers.DecimalField) and isinstance(column, models.DecimalField):
        return _fixed(field, column)
    for kind, columns in _PLAIN.items():
        if isinstance(field, kind) and isinstance(column, columns) and not isinstance(column, models.DateTimeField):
            return name
    raise CannotSay(f"{field.field_name}: {type(field).__name__} of {type(column).__name__}")


def _fixed(field: serializers.DecimalField, column: models.DecimalField) -> Any:
    if field.decimal_places != column.decimal_places or field.normalize_output or field.localize:
        raise CannotSay(field.field_name)
    return Cast(F(column.attname), TextField())


def _rows(field: serializers.ListSerializer, relation: Any) -> Any:
    """Rows that point at this one, in the order of their model."""
    if not relation.one_to_many:
        raise CannotSay(f"{field.field_name} is not a list of rows that point here")
    rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
    return RowsAsText(rows.values_list(RowAsText(_columns(field.child)), flat=True))


def _elements(field: serializers.ListSerializer, column: Any) -> Any:
    """Plain objects kept in a JSON column."""
    parts = getattr(field.child, "fields", {})
    plain = all(type(part) is serializers.CharField and part.source == name for name, part in parts.items())
    if not (parts and plain and isinstance(column, models.JSONField)):
        raise CannotSay(field.field_name)
    return Elements(F(column.attname), list(parts))


def _is_known(field: serializers.Field) -> bool:
    """A class that writes values in a way of its own is not known here; nor is a list of such."""
    child = getattr(field, "child", None)
    return type(field).to_representation in _known_ways() and (child is None or _is_known(child))


@cache
def _known_ways() -> frozenset[Any]:
    kinds = [
        *_PLAIN, MomentField, serializers.DurationField, serializers.DecimalField, relations.PrimaryKeyRelatedField,
        serializers.ListSerializer, serializers.Serializer, type(serializers.ListField().child),
    ]  # fmt: skip
    return frozenset(kind.to_representation for kind in kinds)
