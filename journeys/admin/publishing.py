"""Publishing a map: what is missing, asking for a review, and the versions there are."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import DomainError
from journeys.admin.tones import CHANNEL_ICONS, STATE_TONES
from journeys.logic.publishing import acts_from
from journeys.models import JourneyVersion
from journeys.selectors.publishing import digest_of, missing_in, one_sided_in, snapshot_of, versions_of
from journeys.services.publishing import publish_journey, send_back_journey, submit_journey
from tenants.staff.selectors.stewardship import must_ask


def publish_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """What is missing, or the buttons when nothing is; below, every version published."""
    journey = admin.get_object(request, object_id)
    if journey is None:
        raise Http404
    if not admin.has_view_permission(request, journey):
        raise PermissionDenied
    may_publish = admin.has_change_permission(request, journey)
    if request.method == "POST":
        if not may_publish:
            raise PermissionDenied
        return _act(request, journey)
    today = timezone.localdate(now())
    versions = versions_of(journey)
    latest = JourneyVersion.objects.filter(pk=versions[0].pk).values_list("digest", flat=True).get() if versions else ""
    return admin.page(
        request,
        "admin/journeys/publish.html",
        title=_("Publish “%(journey)s”") % {"journey": journey},
        journey=journey,
        state_tone=STATE_TONES[journey.state],
        missing=missing_in(journey, today),
        one_sided=one_sided_in(journey),
        is_same=latest == digest_of(snapshot_of(journey, today)),
        acts=[act.value for act in acts_from(journey.state)],
        may_publish=may_publish,
        asks=must_ask(current_actor()),
        versions=versions,
    )


def _act(request: HttpRequest, journey: Any) -> HttpResponse:
    acts = {
        "submit": (submit_journey, _("Submitted. The brand steward answers within two working days.")),
        "send_back": (send_back_journey, _("Back to the drawing board.")),
        "publish": (publish_journey, _("Published. This version stays as it is, whatever changes from now on.")),
    }
    if request.POST.get("act") not in acts:
        raise Http404
    call, done = acts[request.POST["act"]]
    try:
        call(journey_id=journey.pk)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("admin:journeys_journey_publish", journey.pk)


def publish_urls(admin: Any) -> list[Any]:
    """The address of publishing, bound to the admin of journeys."""

    def shown(request: HttpRequest, object_id: str) -> HttpResponse:
        return publish_view(admin, request, object_id)

    return [path("<path:object_id>/publish/", admin.admin_site.admin_view(shown), name="journeys_journey_publish")]


class JourneyVersionAdmin(ReadOnlyAdmin):
    """Maps as they were published."""

    nothing_here = gettext_lazy("Nothing has been published yet. Open the journey map and publish it.")
    list_display = ("journey", "version", "published_at", "published_by")
    list_select_related = ("journey", "published_by")
    list_filter = ("journey",)
    ordering = ("-published_at",)

    @display(description=gettext_lazy("version"))
    def version(self, row: JourneyVersion) -> str:
        return str(row.number)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The map as it was that day: stages, touchpoints, people, standards."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = self.get_object(request, object_id)
        if version is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        stages = version.snapshot["stages"]
        names = {stage["code"]: stage["name"] for stage in stages}
        for stage in stages:
            stage["leads"] = [names[code] for code in stage["leads_to"]]
            for touchpoint in stage["touchpoints"]:
                touchpoint["icon"] = CHANNEL_ICONS.get(touchpoint["channel"], "touch_app")
        return self.page(
            request,
            "admin/journeys/version.html",
            title=_("%(journey)s, version %(number)s") % {"journey": version.journey, "number": version.number},
            version=version,
            stages=stages,
        )
