"""Endpoints for the fields a firm adds to its customers."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from customers.models import CustomField
from customers.services.custom_fields import remove_custom_field, save_custom_field
from cxcrm.core.api.fields import OutputSerializer, SettingSerializer
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.viewsets import RemovableSettingViewSet


class CustomChoiceSerializer(serializers.Serializer):
    """``value`` is what is stored; a ``retired`` one is not offered any more, but some customer has it."""

    value = serializers.CharField(max_length=40)
    vi = serializers.CharField(max_length=80)
    en = serializers.CharField(max_length=80)
    retired = serializers.BooleanField(required=False)


class CustomFieldOut(OutputSerializer):
    """``key`` names the field in a customer's ``custom``."""

    choices = serializers.JSONField()

    class Meta:
        model = CustomField
        fields = [
            "id", "key", "label_vi", "label_en", "kind", "choices", "applies_to", "help_text", "is_required",
            "position", "is_active", "created_at",
        ]  # fmt: skip


class CustomFieldIn(SettingSerializer):
    """``choices`` replace the whole list; one left out that customers have is kept as retired."""

    choices = CustomChoiceSerializer(many=True, required=False)

    class Meta:
        model = CustomField
        fields = [
            "key", "label_vi", "label_en", "kind", "choices", "applies_to", "help_text", "is_required", "position",
            "is_active",
        ]  # fmt: skip

    def validate_choices(self, choices: list[Any]) -> list[dict[str, Any]]:
        return [dict(choice) for choice in choices]


class CustomFieldFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=CustomField.Kind.choices)
    is_active = YesNoFilter()

    class Meta:
        model = CustomField
        fields: list[str] = []


class CustomFieldViewSet(RemovableSettingViewSet):
    """What the firm wants to know of its customers beside what everybody does. Changing it takes `customers:manage`."""

    room = "customers"
    queryset = CustomField.objects.all()
    serializer_class = CustomFieldOut
    inputs = {"create": CustomFieldIn, "partial_update": CustomFieldIn}
    filterset_class = CustomFieldFilter
    ordering = ("position", "label_vi", "id")

    def keep(self, row: Any) -> Any:
        return save_custom_field(field=row)

    def drop(self, row: Any) -> None:
        remove_custom_field(field=row)
