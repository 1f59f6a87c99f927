"""Values as the API writes and reads them."""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class MomentField(serializers.DateTimeField):
    """A moment in UTC, ISO 8601; read without an offset it counts as UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class RowField(serializers.PrimaryKeyRelatedField):
    """The id of a row that must exist, and that the caller may see where ``seen_by`` says which those are."""

    default_error_messages = {
        "does_not_exist": _("There is none with this id."),
        "incorrect_type": _("This is not an id."),
    }

    def __init__(self, *, seen_by: Callable[[Any], models.QuerySet] | None = None, **kwargs: Any) -> None:
        super().__init__(pk_field=serializers.UUIDField(), **kwargs)
        self.seen_by = seen_by

    def get_queryset(self) -> Any:
        return super().get_queryset() if self.seen_by is None else self.seen_by(self.context["request"].user)


class RowIdField(RowField):
    """The same, handed on as the bare id: services lock and load for themselves."""

    def to_internal_value(self, data: Any) -> UUID:
        return super().to_internal_value(data).pk


class RowIdsField(serializers.ListField):
    """Up to ``max_length`` ids of rows that must all exist, for the caller too; looked up in one query."""

    default_error_messages = {"unknown": _("There are none with these ids: {ids}.")}

    def __init__(
        self, *, queryset: models.QuerySet, seen_by: Callable[[Any], models.QuerySet] | None = None, **kwargs: Any
    ) -> None:
        self.queryset, self.seen_by = queryset, seen_by
        super().__init__(child=serializers.UUIDField(), allow_empty=False, **kwargs)

    def to_internal_value(self, data: Any) -> list[UUID]:
        wanted = list(dict.fromkeys(super().to_internal_value(data)))
        rows = self.queryset if self.seen_by is None else self.seen_by(self.context["request"].user)
        unknown = set(wanted) - set(rows.filter(pk__in=wanted).values_list("pk", flat=True))
        if unknown:
            self.fail("unknown", ids=", ".join(sorted(map(str, unknown))[:5]))
        return wanted


class OutputSerializer(serializers.ModelSerializer):
    """What a row looks like from outside: explicit fields, ids of related rows, moments in UTC."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: MomentField,
    }


class KnownFieldsOnly:
    """A field nobody knows is refused, so that nothing is silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = sorted(set(data) - known) if isinstance(data, Mapping) else []
        if unknown:
            raise serializers.ValidationError(
                {name: [_("This field is not known here.")] for name in unknown}, "unknown_field"
            )
        return super().to_internal_value(data)


class InputSerializer(KnownFieldsOnly, serializers.Serializer):
    """What may be sent to a service."""


class SettingSerializer(KnownFieldsOnly, serializers.ModelSerializer):
    """What may be sent for a row of the firm's set-up: the model's own fields, named one by one.

    Uniqueness is not looked up here: the service checks the whole row, and the database decides.
    """

    serializer_related_field = RowField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: MomentField,
    }

    def get_validators(self) -> list[Any]:
        return []

    def get_uniqueness_extra_kwargs(self, field_names: Any, declared: Any, extra_kwargs: Any) -> tuple[Any, Any]:
        return extra_kwargs, {}


class ErrorSerializer(serializers.Serializer):
    """Every refusal: a stable code, one translated sentence, and details for programs."""

    code = serializers.CharField()
    message = serializers.CharField()
    data = serializers.DictField()
