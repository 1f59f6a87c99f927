"""Set-up pages of time and escalation."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import formats
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cxcrm.core.admin.base import SettingAdmin, SettingInline
from cxcrm.core.admin.html import cell
from feedback.models import Complaint
from tenants.staff.services.configuration import time_zones
from workflows.admin.spans import SpanField, span_text
from workflows.models import Calendar, CalendarDay, EscalationLevel, EscalationPolicy, SlaPolicy
from workflows.services import configuration

# The first Monday of a year that began on one: names of weekdays come from the reader's language.
_A_MONDAY = date(2024, 1, 1)


def weekday_name(number: int) -> str:
    return formats.date_format(_A_MONDAY + timedelta(days=number), "l")


class HoursField(forms.CharField):
    """Opening hours as people write them: ``08:00-12:00, 13:00-17:00``; empty is closed."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(f"{start}-{end}" for start, end in value or [])

    def clean(self, value: Any) -> list[list[str]]:
        spans = [span.replace("–", "-").split("-") for span in super().clean(value).split(",") if span.strip()]
        if any(len(span) != 2 for span in spans):
            raise forms.ValidationError(_("Write hours like 08:00-12:00, 13:00-17:00."))
        return [[part.strip().zfill(5) for part in span] for span in spans]


class CalendarForm(ModelForm):
    """One line of hours per weekday instead of the JSON they are stored as."""

    day_0 = HoursField(required=False)
    day_1 = HoursField(required=False)
    day_2 = HoursField(required=False)
    day_3 = HoursField(required=False)
    day_4 = HoursField(required=False)
    day_5 = HoursField(required=False)
    day_6 = HoursField(required=False)

    class Meta:
        model = Calendar
        fields = ("name", "time_zone", "is_default")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = forms.ChoiceField(
            label=capfirst(_("time zone")),
            choices=[(zone, zone) for zone in time_zones()],
            widget=UnfoldAdminSelectWidget,
        )
        for number in range(7):
            self.fields[f"day_{number}"].label = weekday_name(number).capitalize()
            self.initial.setdefault(f"day_{number}", self.instance.windows.get(str(number), []))

    def _post_clean(self) -> None:
        hours = {str(number): self.cleaned_data.get(f"day_{number}") for number in range(7)}
        self.instance.windows = {day: spans for day, spans in hours.items() if spans}
        super()._post_clean()


class DayForm(ModelForm):
    windows = HoursField(required=False, label=_("opening hours"))

    class Meta:
        model = CalendarDay
        fields = ("day", "name", "windows")


class DayInline(SettingInline):
    model = CalendarDay
    form = DayForm
    ordering = ("day",)
    per_page = 20

    @staticmethod
    def save_setting(row: CalendarDay) -> None:
        configuration.save_calendar_day(day=row)

    @staticmethod
    def remove_setting(row: CalendarDay) -> None:
        configuration.remove_calendar_day(day=row)


class CalendarAdmin(SettingAdmin):
    form = CalendarForm
    list_display = ("name", "hours", "time_zone", "is_default")
    fieldsets = (
        (None, {"fields": (("name", "time_zone"), "is_default")}),
        (
            _("Opening hours"),
            {
                "fields": (("day_0", "day_1"), ("day_2", "day_3"), ("day_4", "day_5"), "day_6"),
                "description": _(
                    "Like 08:00-12:00, 13:00-17:00. Empty is closed. Promised times count these hours only."
                ),
            },
        ),
    )
    inlines = (DayInline,)

    @display(description=_("opening hours"))
    def hours(self, calendar: Calendar) -> str:
        lines = [
            (weekday_name(number), ", ".join("–".join(span) for span in calendar.windows.get(str(number), [])) or "–")
            for number in range(7)
        ]
        return cell(format_html_join("", '<span class="cx-line"><b>{}</b> {}</span>', lines))

    def save_setting(self, row: Calendar, form: ModelForm, change: bool) -> None:
        configuration.save_calendar(calendar=row)


class SlaPolicyAdmin(SettingAdmin):
    list_display = ("level", "first", "answer", "around_the_clock", "calendar")
    list_select_related = ("calendar",)
    ordering = ("severity",)
    fields = ("severity", ("first_contact", "resolve"), ("around_the_clock", "calendar"))
    formfield_overrides = {models.DurationField: {"form_class": SpanField, "widget": UnfoldAdminTextInputWidget}}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "severity":
            return forms.ChoiceField(
                label=capfirst(_("severity")), choices=Complaint.Severity.choices, widget=UnfoldAdminSelectWidget
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: SlaPolicy | None = None) -> tuple[str, ...]:
        return ("severity",) if obj else ()

    @display(description=_("severity"), ordering="severity")
    def level(self, policy: SlaPolicy) -> Any:
        return Complaint.Severity(policy.severity).label

    @display(description=_("first personal contact within"))
    def first(self, policy: SlaPolicy) -> str:
        return span_text(policy.first_contact)

    @display(description=_("answer within"))
    def answer(self, policy: SlaPolicy) -> str:
        return span_text(policy.resolve)

    def save_setting(self, row: SlaPolicy, form: ModelForm, change: bool) -> None:
        configuration.save_sla_policy(policy=row)


class LevelInline(SettingInline):
    model = EscalationLevel
    fields = ("position", "audience", "share", "after_breach")
    ordering = ("position",)
    formfield_overrides = {models.DurationField: {"form_class": SpanField, "widget": UnfoldAdminTextInputWidget}}

    @staticmethod
    def save_setting(row: EscalationLevel) -> None:
        configuration.save_escalation_level(level=row)

    @staticmethod
    def remove_setting(row: EscalationLevel) -> None:
        configuration.remove_escalation_level(level=row)


class EscalationPolicyAdmin(SettingAdmin):
    list_display = ("name", "rungs", "is_default")
    fields = (("name", "is_default"),)
    inlines = (LevelInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EscalationPolicy]:
        return super().get_queryset(request).prefetch_related("levels")

    @display(description=_("rungs"))
    def rungs(self, policy: EscalationPolicy) -> str:
        lines = [(level, self._when(level)) for level in policy.levels.all()]
        return cell(format_html_join("", '<span class="cx-line">{} <span class="cx-quiet">{}</span></span>', lines))

    @staticmethod
    def _when(level: EscalationLevel) -> Any:
        if level.share is not None:
            return _("after %(percent)d %% of the time") % {"percent": round(level.share * 100)}
        if not level.after_breach:
            return _("as the time runs out")
        return _("%(span)s after the time ran out") % {"span": span_text(level.after_breach)}

    def save_setting(self, row: EscalationPolicy, form: ModelForm, change: bool) -> None:
        configuration.save_escalation_policy(policy=row)
