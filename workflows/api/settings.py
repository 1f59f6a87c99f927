"""Endpoints for how time and escalation are set up: calendars, promised times, ladders."""

import re
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cxcrm.core.api.fields import OutputSerializer, SettingSerializer
from cxcrm.core.api.viewsets import RemovableSettingViewSet, SettingViewSet
from feedback.models import Complaint
from workflows.models import Calendar, CalendarDay, EscalationLevel, EscalationPolicy, SlaPolicy
from workflows.services import configuration as services

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class WindowsField(serializers.ListField):
    """Opening hours of a day: pairs like ["08:00", "12:00"]; none means closed."""

    def __init__(self, **kwargs: Any) -> None:
        time = serializers.RegexField(_TIME.pattern + r"\Z", max_length=5)
        pair = serializers.ListField(child=time, min_length=2, max_length=2)
        super().__init__(child=pair, max_length=6, **kwargs)


class WeekField(serializers.DictField):
    """Weekday (0 is Monday) → opening hours; a day left out is closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=WindowsField(), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and not set(data) <= set("0123456"):
            raise serializers.ValidationError(_("Weekdays are 0 (Monday) to 6 (Sunday)."), "weekday_invalid")
        return super().to_internal_value(data)


class CalendarDayOut(OutputSerializer):
    windows = WindowsField()

    class Meta:
        model = CalendarDay
        fields = ["id", "day", "name", "windows"]


class CalendarDayIn(SettingSerializer):
    windows = WindowsField(required=False)

    class Meta:
        model = CalendarDay
        fields = ["day", "name", "windows"]


class CalendarOut(OutputSerializer):
    windows = WeekField()

    class Meta:
        model = Calendar
        fields = ["id", "name", "time_zone", "windows", "is_default", "created_at"]


class CalendarIn(SettingSerializer):
    windows = WeekField()

    class Meta:
        model = Calendar
        fields = ["name", "time_zone", "windows", "is_default"]
        extra_kwargs = {"is_default": {"validators": []}}


class SlaPolicyOut(OutputSerializer):
    """Durations are ISO 8601, business time unless ``around_the_clock``; a working day is PT8H."""

    severity = serializers.ChoiceField(choices=Complaint.Severity.choices)

    class Meta:
        model = SlaPolicy
        fields = ["id", "severity", "first_contact", "resolve", "around_the_clock", "calendar", "created_at"]


class SlaPolicyIn(SettingSerializer):
    class Meta:
        model = SlaPolicy
        fields = ["first_contact", "resolve", "around_the_clock", "calendar"]


class LevelOut(OutputSerializer):
    class Meta:
        model = EscalationLevel
        fields = ["id", "position", "audience", "share", "after_breach"]


class LevelIn(SettingSerializer):
    """Reached after a ``share`` of the clock, or ``after_breach`` once it ran out: one of the two, the other null."""

    class Meta:
        model = EscalationLevel
        fields = ["position", "audience", "share", "after_breach"]


class EscalationPolicyOut(OutputSerializer):
    levels = LevelOut(many=True)

    class Meta:
        model = EscalationPolicy
        fields = ["id", "name", "is_default", "levels", "created_at"]


class EscalationPolicyIn(SettingSerializer):
    class Meta:
        model = EscalationPolicy
        fields = ["name", "is_default"]
        extra_kwargs = {"is_default": {"validators": []}}


class CalendarViewSet(SettingViewSet):
    """When the firm is open. Making one the default takes the mark from the one before."""

    room = "workflows"
    queryset = Calendar.objects.all()
    serializer_class = CalendarOut
    inputs = {"create": CalendarIn, "partial_update": CalendarIn}

    def keep(self, row: Any) -> Any:
        return services.save_calendar(calendar=row)


class CalendarDayViewSet(RemovableSettingViewSet):
    """Days of one calendar unlike the week: holidays, and working days swapped for them."""

    room = "workflows"
    queryset = CalendarDay.objects.all()
    serializer_class = CalendarDayOut
    inputs = {"create": CalendarDayIn, "partial_update": CalendarDayIn}
    ordering = ("day", "id")

    def get_queryset(self) -> Any:
        return CalendarDay.objects.filter(**self.owner_fields())

    def owner_fields(self) -> dict[str, Any]:
        return {"calendar": get_object_or_404(Calendar, pk=self.kwargs["calendar_id"])}

    def keep(self, row: Any) -> Any:
        return services.save_calendar_day(day=row)

    def drop(self, row: Any) -> None:
        services.remove_calendar_day(day=row)


class SlaPolicyViewSet(SettingViewSet):
    """The times promised for each severity. Running clocks keep the times they were started with."""

    room = "workflows"
    http_method_names = ["get", "head", "patch"]
    queryset = SlaPolicy.objects.all()
    serializer_class = SlaPolicyOut
    inputs = {"partial_update": SlaPolicyIn}
    ordering = ("severity", "id")

    def keep(self, row: Any) -> Any:
        return services.save_sla_policy(policy=row)


class EscalationPolicyViewSet(SettingViewSet):
    """Ladders complaints climb while nobody acts, each with its rungs."""

    room = "workflows"
    queryset = EscalationPolicy.objects.all()
    serializer_class = EscalationPolicyOut
    inputs = {"create": EscalationPolicyIn, "partial_update": EscalationPolicyIn}

    def keep(self, row: Any) -> Any:
        return services.save_escalation_policy(policy=row)


class LevelViewSet(RemovableSettingViewSet):
    """The rungs of one ladder. Complaints already climbing keep the rungs they were started with."""

    room = "workflows"
    queryset = EscalationLevel.objects.all()
    serializer_class = LevelOut
    inputs = {"create": LevelIn, "partial_update": LevelIn}
    ordering = ("position", "id")

    def get_queryset(self) -> Any:
        return EscalationLevel.objects.filter(**self.owner_fields())

    def owner_fields(self) -> dict[str, Any]:
        return {"policy": get_object_or_404(EscalationPolicy, pk=self.kwargs["policy_id"])}

    def keep(self, row: Any) -> Any:
        return services.save_escalation_level(level=row)

    def drop(self, row: Any) -> None:
        services.remove_escalation_level(level=row)
