"""Who takes part: the heat map of stages and departments, everybody's own part, and the standards they work by."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxcrm.core.admin.forms import WorkForm, dress
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import DomainError
from journeys.admin.tones import CHANNEL_ICONS, STANDING_TONES
from journeys.logic.coverage import CARE_ALONE, EMPTY, NOBODY, ONE_ALONE, SHARED
from journeys.logic.months import quarter_of
from journeys.models import MAX_BEHAVIOURS, Standard, StandardProposal
from journeys.selectors.atlas import journeys_with_versions
from journeys.selectors.coverage import coverage_of, part_of, people_without_part, readers_of
from journeys.selectors.emotions import curves_to_draw
from journeys.selectors.walks import owes_a_walk, walks, who_walked
from journeys.services.standards import TEXT, acknowledge_standard, propose_standard, set_standard
from journeys.wording import quarter_name
from tenants.staff.selectors.stewardship import must_ask

WALKS_SHOWN = 4


def coverage_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Stage by department: who works there, who answers; red where nobody does, or customer care alone."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    journeys = journeys_with_versions()
    journey = next((one for one in journeys if not object_id or str(one.pk) == object_id), None)
    if journey is None and object_id:
        raise Http404
    today = timezone.localdate(now())
    words = {
        EMPTY: _("no touchpoints yet"),
        NOBODY: _("nobody in charge"),
        CARE_ALONE: _("customer care alone"),
        ONE_ALONE: _("one department"),
        SHARED: _("shared"),
    }
    coverage = coverage_of(journey, today) if journey else None
    return admin.page(
        request,
        "admin/journeys/coverage.html",
        title=_("Who takes part where"),
        journey=journey,
        journeys=journeys,
        coverage=coverage,
        stages=[(one, STANDING_TONES[one.standing], words[one.standing]) for one in coverage.stages]
        if coverage
        else [],
        by_stage=zip(coverage.stages, coverage.by_stage, strict=True) if coverage else (),
        care_alone=sum(one.standing == CARE_ALONE for one in coverage.stages) if coverage else 0,
        people=people_without_part(today),
        walked=who_walked(quarter_of(today)),
        quarter=quarter_name(quarter_of(today)),
        panels=[panel(request) for panel in admin.panels],
    )


def my_part_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """What of the journeys is the reader's own."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    if request.method == "POST":
        return _acknowledge(request)
    today = timezone.localdate(now())
    part = part_of(request.user, today)
    return admin.page(
        request,
        "admin/journeys/my_part.html",
        title=_("My part"),
        part=part,
        works_at=[(row, CHANNEL_ICONS.get(row.channel, "touch_app")) for row in part.works_at],
        to_draw=curves_to_draw(request.user.pk),
        walks=list(walks().filter(walker=request.user.pk)[:WALKS_SHOWN]),
        to_walk=owes_a_walk(request.user, today),
        panels=[panel(request) for panel in admin.part_panels],
    )


def _acknowledge(request: HttpRequest) -> HttpResponse:
    try:
        standard_id = UUID(request.POST.get("standard", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        acknowledge_standard(standard_id=standard_id, user_id=request.user.pk)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted: you have read it."))
    return redirect("admin:journeys_my_part")


class StandardForm(WorkForm):
    """What good looks like, and up to five things one does."""

    text = forms.CharField(
        label=gettext_lazy("What does good look like here?"),
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In plain words a new colleague understands on the first day."),
    )

    def __init__(self, *args: Any, behaviours: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MAX_BEHAVIOURS):
            label = _("Behaviour %(number)s") % {"number": number + 1}
            field = forms.CharField(label=label, max_length=160, required=False)
            field.initial = behaviours[number] if number < len(behaviours) else ""
            dress(field.widget)
            self.fields[f"behaviour_{number}"] = field

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors or data is None:
            return data
        return {
            "text": data["text"],
            "behaviours": [data[f"behaviour_{number}"] for number in range(MAX_BEHAVIOURS)],
        }


def standard_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The standard of a touchpoint: to be read by everybody, rewritten by whoever manages journeys."""
    touchpoint = admin.get_object(request, object_id)
    if touchpoint is None:
        raise Http404
    if not admin.has_view_permission(request, touchpoint):
        raise PermissionDenied
    versions = list(
        Standard.objects.filter(touchpoint=touchpoint).select_related("written_by", "touchpoint").order_by("-version")
    )
    standing = versions[0] if versions else None
    may_write = admin.has_change_permission(request, touchpoint)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    proposal = StandardProposal.objects.filter(touchpoint=touchpoint).select_related("proposed_by").first()
    asks = must_ask(current_actor())
    shown = proposal if asks and proposal else standing
    form = StandardForm(
        request.POST or None,
        behaviours=shown.behaviours if shown else [],
        initial={"text": shown.text if shown else ""},
    )
    write = propose_standard if asks else set_standard
    if form.is_valid() and ask(form, lambda **told: write(touchpoint_id=touchpoint.pk, **told)):
        messages.success(
            request,
            _("Submitted. The brand steward answers within two working days.")
            if asks
            else _("The standard is in force. Everybody it concerns is asked to read it."),
        )
        return redirect("admin:journeys_touchpoint_standard", touchpoint.pk)
    return admin.page(
        request,
        "admin/journeys/standard.html",
        title=_("Standard: %(touchpoint)s") % {"touchpoint": touchpoint},
        touchpoint=touchpoint,
        standard=standing,
        older=versions[1:],
        readers=readers_of(standing, timezone.localdate(now())) if standing else None,
        form=form,
        may_write=may_write,
        proposal=proposal,
        asks=asks,
        back=reverse("admin:journeys_stage_page", args=[touchpoint.stage_id]),
    )


def part_urls(admin: Any) -> list[Any]:
    """The heat map and everybody's own part, bound to the admin of journeys."""

    def covered(request: HttpRequest, object_id: str = "") -> HttpResponse:
        return coverage_view(admin, request, object_id)

    def mine(request: HttpRequest) -> HttpResponse:
        return my_part_view(admin, request)

    view = admin.admin_site.admin_view
    return [
        path("coverage/", view(covered), name="journeys_coverage"),
        path("<path:object_id>/coverage/", view(covered), name="journeys_coverage"),
        path("my-part/", view(mine), name="journeys_my_part"),
    ]


def standard_urls(admin: Any) -> list[Any]:
    """The address of a touchpoint's standard, bound to the admin of touchpoints."""

    def shown(request: HttpRequest, object_id: str) -> HttpResponse:
        return standard_view(admin, request, object_id)

    return [path("<path:object_id>/standard/", admin.admin_site.admin_view(shown), name="journeys_touchpoint_standard")]
