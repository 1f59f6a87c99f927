"""Pages of journeys, stages and touchpoints."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.html import pill
from cxcrm.core.clock import now
from journeys.models import Accountability, Journey, Stage, Touchpoint
from journeys.selectors.accountability import in_force
from journeys.services import journeys
from tenants.staff.admin.wording import WordedAdmin


class JourneyAdmin(WordedAdmin):
    list_display = ("name", "name_en", "stages", "is_default")
    search_fields = ("name", "name_en")
    fields = (("name", "name_en"), "is_default", "stages")
    readonly_fields = ("stages",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Journey]:
        return super().get_queryset(request).prefetch_related("stages")

    @display(description=_("stages"))
    def stages(self, journey: Journey) -> str:
        url = reverse("admin:journeys_stage_changelist")
        names = " → ".join(str(stage) for stage in journey.stages.all()) or "–"
        return format_html('<a class="cx-link" href="{}?journey__id__exact={}">{}</a>', url, journey.pk, names)

    def save_setting(self, row: Journey, form: ModelForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("name", "name_en", "is_default")}
        if change:
            journeys.update_journey(journey_id=row.pk, **values)
        else:
            row.pk = journeys.create_journey(**values).pk


class StageAdmin(WordedAdmin):
    list_display = ("name", "name_en", "journey", "position", "accountable")
    list_select_related = ("journey",)
    list_filter = ("journey",)
    ordering = ("journey", "position")
    search_fields = ("name", "name_en")
    fields = ("journey", ("name", "name_en"), "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Stage | None = None) -> tuple[str, ...]:
        return ("journey",) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        return super().get_queryset(request).prefetch_related(_in_force_today())

    @display(description=_("accountable executive"))
    def accountable(self, stage: Stage) -> str:
        return _names(stage.in_force_today) or pill(_("nobody yet"))

    def save_setting(self, row: Stage, form: ModelForm, change: bool) -> None:
        data = form.cleaned_data
        if change:
            journeys.update_stage(
                stage_id=row.pk, name=data["name"], name_en=data["name_en"], position=data["position"]
            )
        else:
            made = journeys.add_stage(
                journey_id=data["journey"].pk, name=data["name"], name_en=data["name_en"], position=data["position"]
            )
            row.pk = made.pk


class TouchpointAdmin(WordedAdmin):
    list_display = ("name", "name_en", "stage", "department", "accountable", "is_public", "is_active")
    list_select_related = ("stage", "department")
    list_filter = ("is_active", "is_public", "stage", "department")
    ordering = ("stage__position", "name")
    search_fields = ("name", "name_en")
    fields = (("name", "name_en"), ("stage", "department"), ("is_public", "is_active"))
    autocomplete_fields = ("department",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Touchpoint]:
        stage_too = Prefetch("stage__accountabilities", queryset=_today(), to_attr="in_force_today")
        return super().get_queryset(request).prefetch_related(_in_force_today(), stage_too)

    @display(description=_("accountable executive"))
    def accountable(self, touchpoint: Touchpoint) -> str:
        """The touchpoint's own, else the one of its stage."""
        if touchpoint.in_force_today:
            return _names(touchpoint.in_force_today)
        if touchpoint.stage.in_force_today:
            return format_html(
                "{} <span class='cx-quiet'>({})</span>", _names(touchpoint.stage.in_force_today), _("stage")
            )
        return pill(_("nobody yet"), "warn" if touchpoint.is_active else "plain")

    def save_setting(self, row: Touchpoint, form: ModelForm, change: bool) -> None:
        data = form.cleaned_data
        values: dict[str, Any] = {
            "stage_id": data["stage"].pk,
            "name": data["name"],
            "name_en": data["name_en"],
            "department_id": data["department"].pk if data["department"] else None,
            "is_public": data["is_public"],
            "is_active": data["is_active"],
        }
        if change:
            journeys.update_touchpoint(touchpoint_id=row.pk, **values)
        else:
            row.pk = journeys.add_touchpoint(**values).pk


def _today() -> QuerySet[Accountability]:
    return in_force(timezone.localdate(now()))


def _in_force_today() -> Prefetch:
    return Prefetch("accountabilities", queryset=_today(), to_attr="in_force_today")


def _names(rows: list[Accountability]) -> str:
    return ", ".join(str(row.executive) for row in rows)
