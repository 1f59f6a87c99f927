"""Pages of journeys, stages and touchpoints."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.html import pill
from cxcrm.core.clock import now
from journeys.admin.feelings import draw_urls, stage_urls
from journeys.admin.map import map_urls
from journeys.admin.parts import part_urls, standard_urls
from journeys.admin.paths import paths_urls
from journeys.admin.publishing import publish_urls
from journeys.admin.tones import STATE_TONES
from journeys.models import Accountability, Journey, Stage, Standard, Touchpoint
from journeys.selectors.accountability import in_force
from journeys.services import journeys
from tenants.staff.admin.wording import WordedAdmin


class JourneyAdmin(WordedAdmin):
    list_display = ("name", "name_en", "stages", "standing", "is_default")
    search_fields = ("name", "name_en")
    fields = (("name", "name_en"), "is_default", "stages")
    readonly_fields = ("stages",)
    # Markup for the page of who takes part (request → markup), given by the floors that know what was done.
    panels: tuple[Callable[..., str], ...] = ()
    # The same for everybody's own part.
    part_panels: tuple[Callable[..., str], ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Journey]:
        return super().get_queryset(request).prefetch_related("stages")

    def get_urls(self) -> list[Any]:
        own = [*map_urls(self), *paths_urls(self), *draw_urls(self), *publish_urls(self), *part_urls(self)]
        return [*own, *super().get_urls()]

    @display(description=_("map"))
    def stages(self, journey: Journey) -> str:
        url = reverse("admin:journeys_journey_map", args=[journey.pk])
        names = " → ".join(str(stage) for stage in journey.stages.all()) or gettext("draw it")
        return format_html('<a class="cx-link" href="{}">{}</a>', url, names)

    @display(description=_("state"), ordering="state")
    def standing(self, journey: Journey) -> str:
        return pill(journey.get_state_display(), STATE_TONES[journey.state])

    def save_setting(self, row: Journey, form: ModelForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("name", "name_en", "is_default")}
        if change:
            journeys.update_journey(journey_id=row.pk, **values)
        else:
            row.pk = journeys.create_journey(**values).pk


class StageAdmin(WordedAdmin):
    removable = True
    list_display = ("name", "name_en", "journey", "position", "accountable")
    list_select_related = ("journey",)
    list_filter = ("journey", "viewpoint")
    ordering = ("journey", "position")
    search_fields = ("name", "name_en")
    fields = ("journey", ("name", "name_en"), ("position", "viewpoint"), "customer_goal")

    def get_readonly_fields(self, request: HttpRequest, obj: Stage | None = None) -> tuple[str, ...]:
        return ("journey",) if obj else ()

    def get_urls(self) -> list[Any]:
        return [*stage_urls(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        return super().get_queryset(request).prefetch_related(_in_force_today())

    def remove_setting(self, row: Stage) -> None:
        journeys.remove_stage(stage_id=row.pk)

    @display(description=_("accountable executive"))
    def accountable(self, stage: Stage) -> str:
        return _names(stage.in_force_today) or pill(_("nobody yet"))

    def save_setting(self, row: Stage, form: ModelForm, change: bool) -> None:
        data = form.cleaned_data
        values = {name: data[name] for name in ("name", "name_en", "position", "customer_goal", "viewpoint")}
        if change:
            journeys.update_stage(stage_id=row.pk, **values)
        else:
            row.pk = journeys.add_stage(journey_id=data["journey"].pk, **values).pk


class TouchpointAdmin(WordedAdmin):
    list_display = ("name", "name_en", "stage", "department", "accountable", "good", "is_public", "is_active")
    list_select_related = ("stage", "department")
    list_filter = ("is_active", "is_public", "is_moment_of_truth", "channel", "stage", "department")
    ordering = ("stage__position", "position", "name")
    search_fields = ("name", "name_en")
    fields = (
        ("name", "name_en"),
        ("stage", "department"),
        ("channel", "customer_outcome"),
        ("is_moment_of_truth", "has_own_feeling"),
        ("is_public", "is_active"),
    )
    autocomplete_fields = ("department",)
    change_form_outer_before_template = "admin/journeys/touchpoint_leads.html"

    def get_urls(self) -> list[Any]:
        return [*standard_urls(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Touchpoint]:
        stage_too = Prefetch("stage__accountabilities", queryset=_today(), to_attr="in_force_today")
        standing = Prefetch("standards", queryset=Standard.objects.filter(replaced_at=None), to_attr="standing")
        return super().get_queryset(request).prefetch_related(_in_force_today(), stage_too, standing)

    @display(description=_("standard"))
    def good(self, touchpoint: Touchpoint) -> str:
        url = reverse("admin:journeys_touchpoint_standard", args=[touchpoint.pk])
        words = (
            gettext("version %(number)s") % {"number": touchpoint.standing[0].version} if touchpoint.standing else "–"
        )
        return format_html('<a class="cx-link" href="{}">{}</a>', url, words)

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
            **{name: data[name] for name in ("channel", "customer_outcome", "is_moment_of_truth", "has_own_feeling")},
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
